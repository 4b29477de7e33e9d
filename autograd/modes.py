"""`no_grad`, `enable_grad`, `detect_anomaly` and `record_lines`: modes for the operations of a block.

Open blocks are tracked per context (`contextvars`), so each thread and each asynchronous task has its own. A mode is in
force exactly while its block is open, in whatever order, context or thread blocks are left.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from typing import Self, TypeVar

Decorated = TypeVar("Decorated", bound=Callable[..., object])

CUT, CHECKED, LOCATED = 1, 2, 4
"""The modes, as bits: results are cut off from their operands; results that are not finite raise; the line of code that
made a result is recorded."""

_RUNS_LATER = 0x20 | 0x80 | 0x200
"""The flags of generators, coroutines and asynchronous generators, as in the module `inspect`, slow to import."""


class _Block:
    """An open block. Dropping the last reference closes it, which no interrupt can split."""

    __slots__ = ("__weakref__", "keeps", "sets")

    def __init__(self, bit: int, on: bool) -> None:
        self.keeps, self.sets = ~bit, bit if on else 0


_Entered = tuple["weakref.ref[_Block]", ...]

unusual: set[weakref.ref[_Block]] = set()
"""The open blocks of all threads. While there are none, the fast paths skip the check of the mode."""

_entered: ContextVar[_Entered] = ContextVar("entered", default=())
"""The blocks entered in this context, the innermost last."""
_entered_here = _entered.get


def current() -> int:
    """The modes in force in this context, as bits."""
    blocks = _entered_here()
    if not blocks:
        return 0
    try:  # one block, and open: asked for at every operation, so that a loop would be felt
        (entered,) = blocks
        return entered().sets  # type: ignore[union-attr]
    except (ValueError, AttributeError):
        pass
    mode = 0
    for entered in blocks:
        block = entered()
        if block is not None:
            mode = mode & block.keeps | block.sets
    return mode


def recording() -> bool:
    """Whether operations record their operands."""
    return not current() & CUT


def checking() -> bool:
    """Whether results that are not finite raise."""
    return bool(current() & CHECKED)


class _Mode(ContextDecorator):
    """A mode that lasts for a `with` block or for each call of a decorated function."""

    _bit: int
    _on: bool

    def __init__(self, function: object = None) -> None:
        if function is not None:
            name = type(self).__name__
            raise TypeError(f"{name} takes no arguments: write @{name}(), with parentheses, or with {name}():")
        self._open: list[_Block] = []

    def __call__(self, function: Decorated) -> Decorated:
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & _RUNS_LATER:
            name = type(self).__name__
            raise TypeError(f"{function.__qualname__} runs only after it was called: write with {name}(): in its body")
        return super().__call__(function)

    def _recreate_cm(self) -> Self:
        return type(self)()  # a decorated function may run in several threads at once

    def __enter__(self) -> Self:
        block = _Block(self._bit, self._on)
        entered = weakref.ref(block, unusual.discard)
        unusual.add(entered)
        _entered.set((*(each for each in _entered.get() if each() is not None), entered))
        try:
            self._open.append(block)
            return self
        except BaseException:  # an interrupt: the block is not entered
            self._open.remove(block)
            raise

    def __exit__(self, *exception: object) -> None:
        self._open.pop(self._innermost())
        _entered.set(tuple([each for each in _entered.get() if each() is not None]))

    def _innermost(self) -> int:
        """This object's open block that was entered last in this context; else one entered elsewhere."""
        for entered in reversed(_entered.get()):
            for i, block in enumerate(self._open):
                if entered() is block:
                    return i
        return -1


class no_grad(_Mode):
    """Operations in this block compute without recording: their results are leaves.

    Example:
        >>> from autograd import Value, no_grad
        >>> w = Value(3.0)
        >>> with no_grad():
        ...     y = w * 2
        >>> y._prev
        ()
    """

    _bit = CUT
    _on = True


class enable_grad(_Mode):
    """Operations in this block record their operands, even within `no_grad()`.

    Example:
        >>> from autograd import Value, enable_grad, no_grad
        >>> with no_grad(), enable_grad():
        ...     len((Value(3.0) * 2)._prev)
        2
    """

    _bit = CUT
    _on = False


class detect_anomaly(_Mode):
    """In this block, the first result or gradient that is inf or nan raises `FloatingPointError` and names its node.

    Example:
        >>> from autograd import Value, detect_anomaly
        >>> with detect_anomaly():
        ...     Value(1e308, label="a") * 10
        Traceback (most recent call last):
        ...
        FloatingPointError: mul(a = 1e+308, 10.0) is inf, the first result that is not finite
    """

    _bit = CHECKED
    _on = True


class record_lines(_Mode):
    """Results in this block remember the line of the program that made them, and pages show it.

    Example:
        >>> from autograd import Value, record_lines
        >>> from autograd.lines import line_of
        >>> with record_lines():
        ...     y = Value(2.0) * 3
        >>> line_of(y).text
        'y = Value(2.0) * 3'
    """

    _bit = LOCATED
    _on = True


class _unchecked(_Mode):
    _bit = CHECKED
    _on = False


@contextmanager
def ordinary() -> Iterator[None]:
    """A block in which operations record and do not check, whatever the outer modes.

    Rules of differentiation are evaluated in it, since the branch that a rule does not take may be infinite.
    """
    if not unusual:
        yield
        return
    with enable_grad(), _unchecked():
        yield
