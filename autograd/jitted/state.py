"""The state that a function reads besides its arguments: globals, closures, attributes, and the Values in them."""

from __future__ import annotations

import functools
import operator
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from contextvars import ContextVar
from types import CodeType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any
from weakref import ReferenceType

import numpy as np

from autograd.jitted import effects
from autograd.jitted.effects import library
from autograd.value import Value

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_BUILDING = {"__init__", "__new__", "__post_init__", "__repr__", "__str__", "__format__"}
"""Methods that are not called unless something is constructed or shown."""
_CONTAINERS = (list, tuple, set, frozenset, dict, deque, MappingProxyType)
_CACHED = type(functools.lru_cache(len))
_GONE = object()

Found = Iterator[tuple[str, Any]]
"""The objects found, by name."""


class State:
    """The objects that a function can reach by the names in its code, and in the code of functions that it calls.

    Attributes:
        leaves: the Values found, in order of discovery; a program reads their numbers anew at each call.
        computed: the Values found that were computed before.
        pure: whether everything found is known to be pure.
        refused: the name of something that gives a different result at each use; empty if there is none.
    """

    def __init__(self, *roots: Any) -> None:
        self.leaves: dict[Value, None] = {}
        self.computed: dict[int, Value] = {}
        self.pure, self.refused = True, ""
        self._held: list[tuple[str, Callable[[], Any], Any]] = []
        self._met: dict[int, Any] = {}
        self._names: set[str] = set()
        """The names in all code that was found."""
        self._spaces: list[tuple[str, Any]] = []
        """The modules, classes and instances whose attributes are searched by these names."""
        self._taken: set[tuple[int, str]] = set()
        pending = [("the function", root) for root in roots]
        while pending:
            pending += reversed(list(self._enter(*pending.pop())))
            if not pending:  # later names may be those of attributes of earlier objects
                pending = [each for space in list(self._spaces) for each in self._attributes(*space)]
        self._hold_what_is_missing()

    def changed(self) -> str | None:
        """The name of something that has changed."""
        for name, read, known in self._held:
            try:
                if not _unchanged(read(), known):
                    return name
            except ValueError:  # an empty cell of a closure
                return name
        return None

    def _enter(self, name: str, x: Any) -> Found:
        """Records an object, and returns the objects that it leads to."""
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
        elif isinstance(x, _CONTAINERS) or (isinstance(x, np.ndarray) and x.dtype == object):
            yield from self._container(name, x)
            if not library(type(x).__module__):
                yield from self._instance(name, x)
        elif (parts := _parts(x)) is not None:
            yield from [(name, part) for part in parts]
        elif isinstance(x, (ContextVar, ReferenceType)):
            read = functools.partial(x.get, None) if isinstance(x, ContextVar) else x
            found = read()
            self._hold(name, read, found)
            yield name, found
        elif (content := _content(x)) is not None:
            self._hold(name, functools.partial(_content, x), content)
        elif hasattr(type(x), "bit_generator"):
            self.pure = False
            self._hold(name, lambda: repr(x.bit_generator.state), repr(x.bit_generator.state))
        elif isinstance(x, (ModuleType, type)):
            yield from self._space(name, x, x.__name__ if isinstance(x, ModuleType) else x.__module__)
        elif hasattr(type(x), "__next__"):
            self.refused = name
        else:
            yield from self._instance(name, x)

    def _instance(self, name: str, x: Any) -> Found:
        """An object of some class: its attributes, and the methods of the class."""
        module = type(x).__module__
        if library(module, "nn"):
            self.pure = self.pure and effects.pure_object(x)
        if not library(module, "nn") or (library(module, "autograd", "nn", "numpy") and hasattr(x, "__dict__")):
            yield from self._space(name, x, "")
        if not library(module):
            yield name, type(x)

    def _container(self, name: str, x: Any) -> Found:
        def parts() -> list[Any]:
            if isinstance(x, np.ndarray):
                return list(x.reshape(-1))
            return [*x.keys(), *x.values()] if isinstance(x, (dict, MappingProxyType)) else list(x)

        if type(x) is list:  # networks have hundreds of them, so they are compared as they are
            self._hold(name, lambda: x, parts())
        elif not isinstance(x, (tuple, frozenset)):
            self._hold(name, parts, parts())
        yield from [(name, part) for part in parts() if not isinstance(part, _PLAIN)]

    def _space(self, name: str, x: Any, module: str) -> Found:
        """A module, a class or an instance, whose attributes are found by name."""
        if module == "numpy" and "random" in self._names:
            self.pure = False
            self._hold("numpy.random", lambda: repr(x.random.get_state()[2:]), repr(x.random.get_state()[2:]))
        if library(module):
            pure = effects.pure_module(module) if isinstance(x, ModuleType) else effects.pure_object(x)
            self.pure = self.pure and pure
            if not isinstance(x, ModuleType):
                return
        self._spaces.append((name if not isinstance(x, ModuleType) else x.__name__, x))
        yield from self._attributes(*self._spaces[-1])
        if isinstance(x, type):
            yield from [(name, base) for base in (*x.__bases__, type(x)) if not library(base.__module__)]

    def _attributes(self, name: str, x: Any) -> Found:
        """The attributes that code has names for, and that were not returned before."""
        for key in _keys(x, self._names):
            if (id(x), key) not in self._taken:
                self._taken.add((id(x), key))
                found = _attribute(x, key)
                if found is not _GONE:
                    self._hold(f"{name}.{key}", functools.partial(_attribute, x, key), found)
                    yield f"{name}.{key}", found

    def _hold_what_is_missing(self) -> None:
        """Records names that do not exist yet, since a function may set them."""
        names = frozenset(self._names)
        for name, x in self._spaces:
            if hasattr(x, "__dict__") and not library(getattr(x, "__name__", "")):  # which is loaded gradually
                self._hold(name, functools.partial(_present, vars(x), names), _present(vars(x), names))

    def _function(self, f: FunctionType) -> Found:
        if library(f.__module__ or ""):
            self.pure = self.pure and effects.pure_module(f.__module__)
            return
        self.pure = self.pure and effects.pure_code(f.__code__)
        names = set(_names(f.__code__))
        self._names |= names
        self._hold("a global", functools.partial(_present, f.__globals__, names), _present(f.__globals__, names))
        for each in sorted(names & set(f.__globals__)):
            self._hold(each, functools.partial(f.__globals__.get, each, _GONE), f.__globals__[each])
            yield each, f.__globals__[each]
        for each, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            read = functools.partial(getattr, cell, "cell_contents")
            try:
                found = read()
            except ValueError:
                continue
            self._hold(each, read, found)
            yield each, found
        for key in ("__code__", "__defaults__", "__kwdefaults__", "__dict__"):
            self._hold(f.__name__, functools.partial(getattr, f, key), getattr(f, key))
        yield from [(f.__name__, held) for held in (f.__defaults__, f.__kwdefaults__, vars(f))]

    def _hold(self, name: str, read: Callable[[], Any], known: Any) -> None:
        self._held.append((name, read, known))


def _parts(x: Any) -> Sequence[Any] | None:
    """The parts of a wrapper that only forwards calls; None for anything else."""
    if isinstance(x, MethodType):
        return (x.__func__, x.__self__)
    if isinstance(x, (staticmethod, classmethod)):
        return (x.__func__,)
    if isinstance(x, functools.partial):
        return (x.func, list(x.args), x.keywords)
    if isinstance(x, property):
        return [each for each in (x.fget, x.fset) if each is not None]
    if type(x).__name__ == "Jitted" and hasattr(x, "function"):
        return (x.function,)
    return (x.__wrapped__,) if isinstance(x, _CACHED) else None


def _content(x: Any) -> bytes | None:
    """The contents of an array or another buffer; None for anything else."""
    if hasattr(type(x), "tobytes"):
        return bytes(x.tobytes())
    try:
        return bytes(memoryview(x))
    except TypeError:
        return None


def _keys(x: Any, names: set[str]) -> list[str]:
    """The attributes of a module, a class or an instance that code may use."""
    if isinstance(x, ModuleType):
        return sorted(names & set(vars(x)))
    if isinstance(x, type):
        unused = set() if x.__name__ in names else _BUILDING
        return [key for key in vars(x) if key in names or (key.startswith("__") and key not in unused)]
    own = vars(x) if hasattr(x, "__dict__") else {}
    slots = [key for base in type(x).__mro__ for key in _slots(base)]
    if library(type(x).__module__):
        return list(own)  # slots in `nn` are caches
    if not names.isdisjoint({"__dict__", "vars", "getattr"}):
        return [*own, *slots]
    network = any(base.__module__.startswith("nn.") for base in type(x).__mro__)  # whose parts are found by all names
    return [key for key in (*own, *slots) if key in names or (network and not isinstance(own.get(key), _PLAIN))]


def _present(space: Mapping[str, Any], names: AbstractSet[str]) -> list[str]:
    return sorted(names & space.keys())


def _slots(kind: type) -> Sequence[str]:
    slots = vars(kind).get("__slots__", ())
    return [slots] if isinstance(slots, str) else [key for key in slots if key not in ("__dict__", "__weakref__")]


def _attribute(x: Any, key: str) -> Any:
    """An attribute, read without running any code."""
    if key in getattr(x, "__dict__", ()):
        return x.__dict__[key]
    return _GONE if isinstance(x, (ModuleType, type)) else getattr(x, key, _GONE)


def _unchanged(now: Any, known: Any) -> bool:
    if now is known:
        return True
    if type(now) is list and type(known) is list:
        return len(now) == len(known) and (all(map(operator.is_, now, known)) or all(map(_unchanged, now, known)))
    return type(now) is type(known) and isinstance(now, _PLAIN) and (now == known or (now != now and known != known))


def _names(code: CodeType) -> Iterator[str]:
    """The names of globals and attributes in the code of a function and of those within it, also in strings."""
    yield from code.co_names
    yield from [text for text in code.co_consts if isinstance(text, str) and text.isidentifier()]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
