"""What a function reads beside its arguments: globals, closures, attributes, and the Values that are held there."""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from autograd.value import Value

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_GONE = object()


class State:
    """What can be reached from a function by the names that its code uses.

    Attributes:
        leaves: the Values found, in the order in which they are found; a program takes their numbers anew at each call.
        computed: Values found that were computed before.
    """

    def __init__(self, *roots: Any) -> None:
        self.leaves: dict[Value, None] = {}
        self.computed: dict[int, Value] = {}
        self._held: list[tuple[str, Callable[[], Any], Any]] = []
        self._met: dict[int, Any] = {}
        pending = [("the function", root, frozenset[str]()) for root in roots]
        while pending:
            pending += reversed(list(self._enter(*pending.pop())))

    def changed(self) -> str | None:
        """The name of something that is no longer as it was."""
        for name, read, known in self._held:
            try:
                if not _unchanged(read(), known):
                    return name
            except ValueError:  # an empty cell of a closure
                return name
        return None

    def _enter(self, name: str, x: Any, names: frozenset[str]) -> Iterator[tuple[str, Any, frozenset[str]]]:
        """Notes what is found, and gives what it leads to. `names` are those that the code around it uses."""
        if isinstance(x, _PLAIN) or id(x) in self._met:
            return
        self._met[id(x)] = x
        if isinstance(x, Value):
            if x._prev:
                self.computed[id(x)] = x
            else:
                self.leaves[x] = None
        elif isinstance(x, FunctionType):
            yield from self._function(x)
        elif isinstance(x, MethodType):
            yield name, x.__func__, names
            yield name, x.__self__, names
        elif isinstance(x, functools.partial):
            for part in (x.func, list(x.args), x.keywords):
                yield name, part, names
        elif isinstance(x, (list, tuple, set, frozenset, dict)):
            parts = list(x.values() if isinstance(x, dict) else x)
            if not isinstance(x, (tuple, frozenset)):
                self._hold(name, lambda: list(x.values() if isinstance(x, dict) else x), parts)
            for part in parts:
                if not isinstance(part, _PLAIN):
                    yield name, part, names
        elif isinstance(x, ModuleType):
            if x.__name__ == "numpy" and "random" in names:
                self._hold("numpy.random", lambda: repr(x.random.get_state()[2:]), repr(x.random.get_state()[2:]))
            elif not _library(x.__name__):
                for each in sorted(names & set(vars(x))):
                    yield from self._named(f"{x.__name__}.{each}", vars(x), each, names)
        elif isinstance(x, type):
            if not _library(x.__module__):
                for each in list(vars(x).values()):
                    yield name, getattr(each, "__func__", each), names
        elif hasattr(x, "dtype") and hasattr(x, "tobytes"):
            self._hold(name, lambda: x.tobytes(), x.tobytes())
        elif hasattr(x, "bit_generator"):
            self._hold(name, lambda: repr(x.bit_generator.state), repr(x.bit_generator.state))
        elif hasattr(x, "function") and type(x).__name__ == "Jitted":
            yield name, x.function, names
        elif hasattr(x, "__dict__") and not _library(type(x).__module__, "nn"):
            for each in list(vars(x)):
                yield from self._named(f"{name}.{each}", vars(x), each, names)
            yield name, type(x), names

    def _function(self, f: FunctionType) -> Iterator[tuple[str, Any, frozenset[str]]]:
        if _library(f.__module__ or ""):
            return
        names = frozenset(_names(f.__code__))
        for each in sorted(names & set(f.__globals__)):
            yield from self._named(each, f.__globals__, each, names)
        for each, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            read = functools.partial(getattr, cell, "cell_contents")
            try:
                found = read()
            except ValueError:
                continue
            self._hold(each, read, found)
            yield each, found, names
        for each in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
            yield f.__name__, each, names

    def _named(self, name: str, space: Any, key: str, names: frozenset[str]) -> Iterator[tuple[str, Any, Any]]:
        self._hold(name, lambda: space.get(key, _GONE), space[key])
        yield name, space[key], names

    def _hold(self, name: str, read: Callable[[], Any], known: Any) -> None:
        self._held.append((name, read, known))


def _unchanged(now: Any, known: Any) -> bool:
    if now is known:
        return True
    if type(now) is list and type(known) is list:
        return len(now) == len(known) and (all(map(operator.is_, now, known)) or all(map(_unchanged, now, known)))
    return type(now) is type(known) and isinstance(now, _PLAIN) and (now == known or (now != now and known != known))


def _library(module: str, *but: str) -> bool:
    top = module.partition(".")[0]
    return (
        top not in but and (top in sys.stdlib_module_names or top in ("autograd", "nn", "numpy")) and top != "__main__"
    )


def _names(code: CodeType) -> Iterator[str]:
    """The names of globals and attributes in a function's code, and in that of the functions within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
