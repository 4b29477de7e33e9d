"""Records the decisions and reads of a function during a trace.

`Value` itself knows nothing of tracing: its methods are replaced while a trace is running in any thread, and restored
after the last one. In a thread without a trace they behave as always.
"""

from __future__ import annotations

import builtins
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd import modes, ops, passes
from autograd.calls import Call, Whole
from autograd.jitted import effects
from autograd.jitted.guards import TRACE, Trace, current
from autograd.jitted.reads import Read, extreme
from autograd.lines import where
from autograd.locks import Lock
from autograd.looks import look
from autograd.scalars import is_scalar
from autograd.value import Value, apply, operand


@contextmanager
def tracing(watched: bool) -> Iterator[Trace]:
    """A block in which comparisons and reads are recorded.

    Args:
        watched: whether to watch calls of builtins for effects that a program cannot repeat.
    """
    trace = Trace()
    token = TRACE.set(trace)
    watched, collecting = watched and sys.getprofile() is None, gc.isenabled()  # a profiler keeps its place
    gc.disable()  # code that a collection calls is not part of the function
    _install()
    try:
        with modes.enable_grad():
            if watched:
                sys.setprofile(effects.watch)
            try:
                yield trace
            finally:
                if watched:
                    sys.setprofile(None)
    finally:
        TRACE.reset(token)
        _remove()
        if collecting:
            gc.enable()


# The replaced methods

_lock = Lock()
_running = 0
_kept: list[tuple[Any, str, Any]] = []


def _install() -> None:
    global _running
    with _lock.held:
        _running += 1
        if _running == 1:
            for owner, name, method in _exchanged():
                _kept.append((owner, name, owner.__dict__.get(name)))
                setattr(owner, name, method)


def _remove() -> None:
    global _running
    with _lock.held:
        _running -= 1
        if not _running:
            while _kept:
                owner, name, method = _kept.pop()
                if method is None:
                    delattr(owner, name)
                else:
                    setattr(owner, name, method)


def _exchanged() -> Iterator[tuple[Any, str, Any]]:
    for name in ("lt", "le", "gt", "ge"):
        yield Value, f"__{name}__", _comparing(name)
    yield Value, "__eq__", _equal
    yield Value, "__hash__", object.__hash__
    yield Value, "__bool__", _truth
    yield Value, "__init__", _initialised(Value.__init__)
    yield Value, "detach", _detached(Value.detach)
    yield Value, "data", _data(Value.__dict__["data"])
    yield Value, "grad", _grad(Value.__dict__["grad"])
    for name in ("label", "place"):
        usual = Value.__dict__[name]
        yield Value, name, property(_refusing(usual.fget, f"a read of .{name}"), usual.fset, doc=usual.__doc__)
    yield passes, "explained", _noted(passes.explained)
    yield Call, "__init__", _differentiating(Call.__init__)
    yield Call, "given_back", _given_back(Call.given_back)
    yield Whole, "__index__", _index
    for name, what in _UNFOLLOWED.items():
        yield Value, name, _refusing(getattr(Value, name), what)
    yield modes.no_grad, "__enter__", _refusing(modes.no_grad.__enter__, "no_grad")
    for name in ("max", "min"):
        yield builtins, name, extreme(name, getattr(builtins, name))


_UNFOLLOWED = {
    "__repr__": "the text of a Value",
    "__format__": "the text of a Value",
    "backward": "backward(), which sets gradients: use autograd.grad,",
    "refresh": "refresh()",
    "__copy__": "a copy of a Value",
    "__reduce_ex__": "a copy of a Value",
}


def _comparing(name: str) -> Callable[[Value, Any], Any]:
    usual = getattr(Value, f"__{name}__")

    def compared(self: Value, other: Any) -> Any:
        trace = current()
        if trace is None:
            for v in (self, other):
                if isinstance(v, Value):
                    look(v, sys._getframe(1))
            return usual(self, other)
        other = _read_value(other)
        if not (isinstance(other, Value) or is_scalar(other)):
            return usual(self, other)
        return trace.compared(name, self, other)

    return compared


def _read_value(x: Any) -> Any:
    """The Value behind a number that was read."""
    return getattr(x, "_read_from", x)


def _equal(self: Value, other: Any) -> Any:
    if self is other or isinstance(other, Value):
        return self is other
    if not is_scalar(other):
        return NotImplemented
    trace, other = current(), _read_value(other)
    if trace is None:
        look(self, sys._getframe(1))
        return bool(self._data == other)
    return trace.compared("eq", self, other)


def _truth(self: Value) -> bool:
    trace = current()
    if trace is None:
        look(self, sys._getframe(1))
        return self._data != 0.0
    return trace.compared("ne", self, 0.0)


def _index(self: Whole) -> int:
    trace = current()
    if trace is not None:
        trace.compared("eq", self, self._data)
    return int(self._data)


def _initialised(usual: Callable[..., None]) -> Callable[..., None]:
    def init(self: Value, data: Any, *args: Any, **kwargs: Any) -> None:
        trace = current()
        read = _read_value(data)
        if trace is None or read is data:
            usual(self, data, *args, **kwargs)
            if trace is not None:
                if self._prev:
                    trace.stop("a node made by hand")
                trace.made[id(self)] = self
            return
        usual(self, read._data, **kwargs)
        self._assemble(ops.STOP, (read,), (0.0,))

    return init


def _detached(usual: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def detached(self: Value) -> Value:
        if current() is None:
            look(self, sys._getframe(1))
            return usual(self)
        return apply(ops.STOP, self)

    return detached


def _data(usual: Any) -> property:
    def read(self: Value) -> Any:
        if current() is None:
            look(self, sys._getframe(1))
            return self._data
        return Read(apply(ops.STOP, self))

    def assign(self: Value, number: Any) -> None:
        trace = current()
        if trace is not None:
            trace.stop("an assignment to .data")
        usual.fset(self, number)

    return property(read, assign, doc=usual.__doc__)


def _grad(slot: Any) -> property:
    """A property that replaces the slot: gradients of an earlier backward pass are not part of the function."""

    def read(self: Value) -> Any:
        trace = current()
        if trace is not None:
            trace.stop("a read of .grad")
        return slot.__get__(self)

    return property(read, slot.__set__)


def _noted(usual: Callable[..., Exception]) -> Callable[..., Exception]:
    def explained(error: Exception, node: Value) -> Exception:
        trace = current()
        if trace is None:
            return usual(error, node)
        trace.failed = where()
        token = TRACE.set(None)  # the message reads numbers
        try:
            return usual(error, node)
        finally:
            TRACE.reset(token)

    return explained


def _differentiating(usual: Callable[..., None]) -> Callable[..., None]:
    """A transform in a trace makes a graph even if it would return numbers, so that these are computed anew."""

    def init(
        self: Call, f: Any, args: Any, kwargs: Any, chosen: Any, graph: bool = False, has_aux: bool = False
    ) -> None:
        usual(self, f, args, kwargs, chosen, graph or current() is not None, has_aux)
        self.numbers = current() is not None and not (graph or self.wants_graph(args))

    return init


def _given_back(usual: Callable[..., Any]) -> Callable[..., Any]:
    def given_back(self: Call, x: Any) -> Any:
        return Read(apply(ops.STOP, operand(x))) if self.numbers else usual(self, x)

    return given_back


def _refusing(usual: Callable[..., Any], what: str) -> Callable[..., Any]:
    def refused(*args: Any, **kwargs: Any) -> Any:
        trace = current()
        if trace is not None:
            trace.stop(what)
        return usual(*args, **kwargs)

    return refused
