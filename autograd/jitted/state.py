"""The state that a function reads besides its arguments: globals, closures, attributes, and the Values in them."""

from __future__ import annotations

import functools
import io
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any, cast
from weakref import ReferenceType

import numpy as np

from autograd.jitted import effects
from autograd.jitted.effects import library
from autograd.jitted.snapshot import PLAIN, Snapshot
from autograd.value import Value

_BUILDING = {"__init__", "__new__", "__post_init__", "__repr__", "__str__", "__format__"}
"""Methods that are not called unless something is constructed or shown."""
_SPECIAL = frozenset(
    {key for kind in (int, complex, dict, set, ContextVar) for key in dir(kind) if key.startswith("__")}
    | {
        "__getattr__",
        "__call__",
        "__get__",
        "__set__",
        "__enter__",
        "__exit__",
        "__next__",
        "__missing__",
        "__matmul__",
    }
)
"""Methods that Python calls by itself."""
_OF_ALL = {"__dict__", "vars", "getattr", "dir"}
"""Names by which code may reach attributes that it has no names for."""
_OF_FUNCTIONS = {"__name__", "__qualname__", "__doc__", "__module__", "__annotations__"}
_CONTAINERS = (list, tuple, set, frozenset, dict, deque, MappingProxyType)
_EXCHANGED = {"max", "min"}
"""Functions that a trace replaces, perhaps in another thread."""
_PLAIN_MAPPINGS = (dict, defaultdict, Counter, OrderedDict, MappingProxyType)
"""Mappings whose views run no code of the user's."""
_CACHED = type(functools.lru_cache(len))

Found = Iterator[tuple[str, Any]]
"""The objects found, by name."""


class State:
    """The objects that a function can reach by the names in its code, and in the code of functions that it calls.

    Attributes:
        leaves: the Values found, in order of discovery; a program reads their numbers anew at each call.
        computed: the Values found that were computed before.
        pure: whether everything found is known to be pure.
        refused: something that gives a different result at each use, with its name; empty if there is none.
    """

    def __init__(self, *roots: Any) -> None:
        self.leaves: dict[Value, None] = {}
        self.computed: dict[int, Value] = {}
        self.pure, self.refused = True, ""
        self._seen = Snapshot()
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
        self._note_names()
        self._seen.seal()

    def changed(self, lent: Callable[[], bool] = bool) -> str | None:
        """The name of something that has changed.

        Args:
            lent: whether all leaves are lent as parameters.
        """
        return self._seen.changed(lent)

    def _enter(self, name: str, x: Any) -> Found:
        """Records an object, and returns the objects that it leads to."""
        if isinstance(x, PLAIN) or id(x) in self._met:
            return
        self._met[id(x)] = x
        if isinstance(x, Value):
            if x._prev:
                self.computed[id(x)] = x
            else:
                self.leaves[x] = None
            if vars(x):
                yield from self._space(name, x, "")
        elif isinstance(x, (BuiltinFunctionType, MethodWrapperType)):
            self.pure = self.pure and effects.pure_object(x)
            if not isinstance(x.__self__, ModuleType):
                yield name, x.__self__
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
            self._seen.other(name, read, found)
            yield name, found
        elif (content := _content(x)) is not None:
            self._seen.other(name, functools.partial(_content, x), content)
        elif hasattr(type(x), "bit_generator"):
            self.pure = False
            self._seen.other(name, lambda: repr(x.bit_generator.state), repr(x.bit_generator.state))
        elif isinstance(x, (ModuleType, type)):
            yield from self._space(name, x, x.__name__ if isinstance(x, ModuleType) else x.__module__)
        elif hasattr(type(x), "__next__"):
            self.refused = f"{'a stream' if isinstance(x, io.IOBase) else 'an iterator'}, {name}"
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
            self._seen.attribute(name, x, "__class__", x.__class__)
            yield name, type(x)

    def _container(self, name: str, x: Any) -> Found:
        if isinstance(x, np.ndarray):
            read = functools.partial(_elements, x)
            self._seen.other(name, read, found := read())
        elif isinstance(x, (dict, MappingProxyType)):
            found = [*x.keys(), *x.values()]
            if type(x) in _PLAIN_MAPPINGS:
                self._seen.contents(name, x.keys())
                self._seen.contents(name, x.values())
            else:
                self._seen.other(name, lambda: [*x.keys(), *x.values()], found)
        else:
            found = list(x)
            if type(x) in (list, deque, set):
                self._seen.contents(name, x)
            elif not isinstance(x, (tuple, frozenset)):
                self._seen.other(name, functools.partial(list, x), found)
        yield from [(name, part) for part in found if not isinstance(part, PLAIN)]

    def _space(self, name: str, x: Any, module: str) -> Found:
        """A module, a class or an instance, whose attributes are found by name."""
        if module == "numpy" and "random" in self._names:
            self.pure = False
            self._seen.other("numpy.random", lambda: repr(x.random.get_state()[2:]), repr(x.random.get_state()[2:]))
        if library(module):
            pure = effects.pure_module(module) if isinstance(x, ModuleType) else effects.pure_object(x)
            self.pure = self.pure and pure
            if not isinstance(x, ModuleType):
                return
        self._spaces.append((name if not isinstance(x, ModuleType) else x.__name__, x))
        yield from self._attributes(*self._spaces[-1])
        if isinstance(x, type):
            self._seen.attribute(name, x, "__bases__", x.__bases__)
            yield from [(name, base) for base in (*x.__bases__, type(x)) if not library(base.__module__)]

    def _attributes(self, name: str, x: Any) -> Found:
        """The attributes that code has names for, and that were not returned before."""
        for key in _keys(x, self._names):
            if (id(x), key) not in self._taken:
                self._taken.add((id(x), key))
                for found in self._attribute(f"{name}.{key}", x, key):
                    yield f"{name}.{key}", found

    def _attribute(self, name: str, x: Any, key: str) -> Iterator[Any]:
        """An attribute, if it exists, read without running any code."""
        if isinstance(x, (ModuleType, type)):
            self._seen.item(name, vars(x), key, vars(x)[key])
            yield vars(x)[key]
        elif key in getattr(x, "__dict__", ()):
            self._seen.own(name, x, key, x.__dict__[key])
            yield x.__dict__[key]
        elif hasattr(x, key):
            self._seen.attribute(name, x, key, getattr(x, key))
            yield getattr(x, key)
        else:  # an empty slot
            self._seen.other(name, functools.partial(hasattr, x, key), False)

    def _note_names(self) -> None:
        """Records which names exist, since a function may set others."""
        for name, x in self._spaces:
            if hasattr(x, "__dict__") and not library(getattr(x, "__name__", "")):  # which is loaded gradually
                self._seen.names(name, vars(x), self._names | _SPECIAL if isinstance(x, type) else self._names)
                if not (self._names.isdisjoint(_OF_ALL) or isinstance(x, (ModuleType, type))):
                    self._seen.contents(name, vars(x).keys())
        for f in [x for x in self._met.values() if isinstance(x, FunctionType)]:
            for key in self._names & _OF_FUNCTIONS:
                self._seen.attribute(f.__name__, f, key, found := getattr(f, key))
                if isinstance(found, dict):
                    self._seen.contents(f.__name__, found.keys())
                    self._seen.contents(f.__name__, found.values())

    def _function(self, f: FunctionType) -> Found:
        if library(f.__module__ or ""):
            self.pure = self.pure and effects.pure_module(f.__module__)
            return
        self.pure = self.pure and effects.pure_code(f.__code__)
        names = set(_names(f.__code__))
        self._names |= names
        self._seen.names("a global", f.__globals__, names)
        for each in sorted(names & set(f.__globals__)):
            self._seen.item(each, f.__globals__, each, f.__globals__[each])
            yield each, f.__globals__[each]
        usual: dict[str, Any] = cast(Any, f).__builtins__
        for each in (names & usual.keys()) - _EXCHANGED:
            self._seen.item(each, usual, each, usual[each])
        for each, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            try:
                found = cell.cell_contents
            except ValueError:
                continue
            self._seen.attribute(each, cell, "cell_contents", found)
            yield each, found
        for key in ("__code__", "__defaults__", "__kwdefaults__", "__dict__"):
            self._seen.attribute(f.__name__, f, key, getattr(f, key))
        yield from [(f.__name__, held) for held in (f.__defaults__, f.__kwdefaults__, vars(f))]


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


def _elements(x: np.ndarray[Any, Any]) -> list[Any]:
    return list(x.reshape(-1))


def _content(x: Any) -> list[Any] | None:
    """The contents of an array or another buffer, and its form; None for anything else."""
    if isinstance(x, np.ndarray):
        return [x.tobytes(), f"{x.dtype} {x.shape}"]
    if hasattr(type(x), "tobytes"):
        return [bytes(x.tobytes())]
    try:
        return [bytes(memoryview(x))]
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
    if isinstance(x, Value):
        slots = []
    if not names.isdisjoint(_OF_ALL):
        return [*own, *slots]
    network = any(base.__module__.startswith("nn.") for base in type(x).__mro__)  # whose parts are found by all names
    return [key for key in (*own, *slots) if key in names or (network and not isinstance(own.get(key), PLAIN))]


def _slots(kind: type) -> Sequence[str]:
    slots = vars(kind).get("__slots__", ())
    return [slots] if isinstance(slots, str) else [key for key in slots if key not in ("__dict__", "__weakref__")]


def _names(code: CodeType) -> Iterator[str]:
    """The names of globals and attributes in the code of a function and of those within it, also in strings."""
    yield from code.co_names
    yield from [text for text in code.co_consts if isinstance(text, str) and text.isidentifier()]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
