"""`jit`: a Python function that finds, for each row of numbers, the program of its path."""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from autograd import modes
from autograd.arguments import a_dtype, a_whole_number, iterated
from autograd.calls import within_transform
from autograd.compiler.grouping import TooManyGroupsError
from autograd.jitted import arguments
from autograd.jitted.arguments import Shape, Static
from autograd.jitted.batch import Batch, Found, Scope, Structure
from autograd.jitted.guards import current
from autograd.jitted.parameters import Parameters
from autograd.jitted.path import Path, Refused, trace
from autograd.jitted.report import Known, arguments_told, report
from autograd.jitted.state import State
from autograd.lines import Where, levels_up
from autograd.locks import Lock
from autograd.scalars import as_float
from autograd.shown import as_code, shown
from autograd.structure import flat, like, mapped
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.annotations import Numbers

BUDGET = 64
"""The maximum number of paths that are traced for one structure of arguments."""
_STRUCTURES = 128
"""The maximum number of structures of arguments whose paths are kept, by last use."""
_CHANGES = 3
"""The most traces of a function that changes what it reads, such as a cache that it fills at first."""
_SCOPES = 8
"""The maximum number of sets of modules among the arguments whose paths are kept."""


_NUMBERS = frozenset({float, int})

Chosen = int | str | Iterable[int | str]
"""Arguments, by position or name."""


@overload
def jit(
    function: Callable[..., Any], *, static: Chosen = (), dtype: str | type = "float64", budget: int = BUDGET
) -> Jitted: ...
@overload
def jit(
    *, static: Chosen = (), dtype: str | type = "float64", budget: int = BUDGET
) -> Callable[[Callable[..., Any]], Jitted]: ...
def jit(
    function: Callable[..., Any] | None = None,
    *,
    static: Chosen = (),
    dtype: str | type = "float64",
    budget: int = BUDGET,
) -> Any:
    """A function whose calls run as programs, always with the numbers of the Python function.

    The function is traced once for each structure of its arguments and each path through its decisions. A comparison
    of Values, or of numbers read from `.data`, becomes a guard: a row that fails it takes another path, which is traced
    when it first occurs. A read of `.data` is computed anew at each call, and has no derivative. Values that the
    function finds in modules among its arguments, in globals or in closures are its parameters, whose numbers are read
    anew at each call. If it cannot be traced (it prints, draws random numbers, changes globals), or exceeds the budget
    of paths, it runs eagerly: equally correct, but slower, with one warning that names the line.

    Args:
        function: a function of numbers, Values, modules, and lists, tuples, dicts and arrays of these.
        static: arguments, by position or name, that select the structure: each of their values has its own traces.
        dtype: `float64` or `float32`, the type of all computation.
        budget: the maximum number of paths traced for one structure of arguments.

    Example:
        >>> import autograd
        >>> @autograd.jit
        ... def halvings(x):
        ...     count = 0
        ...     while x > 1:
        ...         x, count = x * 0.5, count + 1
        ...     return x + count
        >>> halvings(5.0)
        3.625
        >>> halvings.batch([5.0, 0.5, 3.0, 6.0])
        array([3.625, 0.5  , 2.75 , 3.75 ])
    """
    if function is None:
        return functools.partial(jit, static=static, dtype=dtype, budget=budget)
    return Jitted(function, static, dtype, budget)


class Jitted:
    """A function as programs: see `autograd.jit`."""

    def __init__(self, function: Callable[..., Any], static: Any, dtype: Any, budget: int) -> None:
        if not callable(function):
            raise TypeError(f"jit takes a function, not {type(function).__name__}")
        self._dtype = a_dtype(dtype)
        self.function, self.budget = function, a_whole_number(budget, "a budget of paths", least=1)
        functools.update_wrapper(self, function, updated=())
        self.__name__ = _innermost(function).__name__
        self._static = _positions(function, static)
        self._scopes: dict[tuple[Any, ...], Scope] = {}
        self._last: Scope | None = None
        self._notes: Counter[str] = Counter()
        self._eager_rows = 0
        self._own_changes = 0
        """The number of traces in which the function changed what it reads."""
        self._warned = False
        self._lock = Lock()

    # Calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's result: Values with its graph if an argument is a Value, else numbers."""
        if current() is not None or within_transform():
            return self.function(*args, **kwargs)
        if (not _NUMBERS.issuperset(map(type, args)) and _hold_values(args)) or _hold_values(kwargs.values()):
            return self.function(*args, **kwargs)
        with self._lock.held:
            numbers: list[Any] = []
            shapes = self._shapes(args, kwargs, numbers, rows=False)
            if modes.checking():  # a program has no nodes to check
                result = self._called(shapes, list(map(as_float, numbers)))[0]()
                return mapped(lambda x: x._data if isinstance(x, Value) else x, result)
            try:
                X = np.array([numbers], dtype=np.float64).reshape(1, -1)
            except (OverflowError, ValueError):
                X = np.array([list(map(as_float, numbers))]).reshape(1, -1)
            return self._run(shapes, X, learning=False).first_row()

    def batch(self, *args: Any, **kwargs: Any) -> Any:
        """The function's result for each row.

        Args:
            *args: its arguments, with an array of one number per row instead of each number: (rows,) for a number, and
                (rows, 3) for three of them, which become lists if given as lists and arrays if given as arrays.
                Modules, Values and static arguments are the same for all rows.
            **kwargs: the same for keyword arguments.

        Returns:
            The function's result, with an array (rows,) instead of each number.

        Raises:
            ValueError: the arguments have different numbers of rows, or the function returns different structures for
                different rows; or whatever the function raises.
        """
        with self._lock.held:
            shapes, X = self._rows(args, kwargs)
            found = self._run(shapes, X, learning=False)
            return like(found.structure, found.columns())

    def value_and_grad(self, *args: Any, **kwargs: Any) -> tuple[float, Numbers]:
        """The mean over all rows of the number that the function returns, and its gradient for `params`.

        Args:
            *args: as for `batch`.
            **kwargs: the same for keyword arguments.

        Returns:
            The mean and its gradient, (parameters,), which is `grads`; the next call overwrites it.

        Raises:
            ValueError: there are no parameters, or the function returns more than one number; or what `batch` raises.
        """
        with self._lock.held:
            shapes, X = self._rows(args, kwargs)
            found = self._run(shapes, X, learning=True)
            parameters = self._current.parameters
            if not parameters.values:
                raise ValueError(f"{self.__name__} has no parameters: it uses no Values but its arguments'")
            parameters.grads[...] = 0.0 if found.gradient is None else found.gradient
            return float(np.add.reduce(found.columns()[0]) / len(X)), parameters.grads

    def _through(self, transform: Callable[..., Any], *args: Any, **kwargs: Any) -> Jitted:
        """A transform's derivative of the function, jitted too."""
        derived = Jitted(transform(self.function, *args, **kwargs), (), self._dtype, self.budget)
        derived._static = self._static
        return derived

    # Parameters, as in a program

    @property
    def params(self) -> Numbers:
        """(parameters,), the numbers of the Values that the function uses. Optimisers change them in place.

        They agree with their Values at each call, and whenever they are read here: a Value that is read then has the
        number that an optimiser gave it, and one that was assigned to a Value is found here. Until a Value is next
        read, its number may be here alone; `type()` then shows a subclass of `Value`. `sync()` writes at once.
        """
        parameters = self._current.parameters
        parameters.exchange()
        return parameters.vector

    @property
    def grads(self) -> Numbers:
        """(parameters,), the gradient that the last `value_and_grad` computed; zeros before."""
        return self._current.parameters.grads

    def parameters(self) -> list[Value]:
        """The Values that the function uses, in the order of `params`."""
        return list(self._current.parameters.values)

    def sync(self) -> None:
        """Writes `params` into the `data` of their Values, and `grads` into their `grad`."""
        with self._lock.held:
            parameters = self._current.parameters
            parameters.exchange()
            for value, grad in zip(parameters.values, parameters.grads.tolist(), strict=True):
                value.grad = grad

    def report(self) -> str:
        """The traces and their reasons: paths, guards with their lines, rows along each, and seconds."""
        known = [
            Known(arguments_told(structure.shapes), structure.paths, structure.eager)
            for scope in self._scopes.values()
            for structure in scope.structures.values()
            if structure.paths or structure.eager
        ]
        notes = [note if count == 1 else f"{note} ({count} times)" for note, count in self._notes.items()]
        return report(self.__name__, known, notes, self._eager_rows)

    def __repr__(self) -> str:
        return f"<jitted {self.__name__}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A bound method; each instance has its own programs."""
        if instance is None:
            return self
        name = f"_jitted_{self.__name__}_{id(self)}"
        if not hasattr(instance, "__dict__"):
            raise TypeError(
                f"{type(instance).__name__} has __slots__, so it cannot store the programs of its method "
                f"{self.__name__}: add '__dict__' to them"
            )
        if name not in vars(instance):
            bound = Jitted(self.function.__get__(instance, owner), (), self._dtype, self.budget)
            bound._static = {each - 1 if isinstance(each, int) else each for each in self._static}
            if isinstance(instance, type):  # a method of the class
                type.__setattr__(instance, name, bound)
            else:
                vars(instance)[name] = bound
        return vars(instance)[name]

    def __reduce__(self) -> Any:
        """Pickles a method by its instance, and a function by its name; programs are made again."""
        instance = getattr(self.function, "__self__", None)
        if isinstance(getattr(type(instance), self.__name__, None), Jitted):
            return getattr, (instance, self.__name__)
        if isinstance(self.function, FunctionType):
            return str(vars(self)["__qualname__"])
        return Jitted, (self.function, list(self._static), str(self._dtype), self.budget)

    # Arguments

    def _shapes(self, args: Any, kwargs: dict[str, Any], numbers: list[Any], rows: bool) -> tuple[Shape, ...]:
        given = [Static(arg) if i in self._static else arg for i, arg in enumerate(args)]
        named = {name: Static(arg) if name in self._static else arg for name, arg in kwargs.items()}
        return arguments.taken_apart([*given, named], numbers, rows)

    def _rows(self, args: Any, kwargs: dict[str, Any]) -> tuple[tuple[Shape, ...], Numbers]:
        blocks: list[Any] = []
        shapes = self._shapes(args, kwargs, blocks, rows=True)
        for block in blocks:
            if not isinstance(block, np.ndarray) or block.ndim == 0:
                raise ValueError(f"a batch needs an array with one entry for each row in place of {shown(block)}")
        counts = dict.fromkeys(map(len, blocks))
        if len(counts) > 1:
            told = " and ".join(map(str, counts))
            raise ValueError(f"all arguments of a batch need the same number of rows, not {told}")
        whole = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1) if blocks else np.empty((1, 0))
        X = np.ascontiguousarray(whole, dtype=np.float64)
        if not len(X):
            raise ValueError("a batch needs at least one row")
        return shapes, X

    def _called(self, shapes: Sequence[Shape], row: Sequence[float]) -> tuple[Callable[[], Any], list[Value]]:
        """A call of the function on a row, and the Values that stand for its numbers."""
        rest, leaves = iter(row), list[Value]()

        def number(whole: bool) -> Value:
            leaves.append(arguments.leaf(next(rest), whole))
            return leaves[-1]

        *args, kwargs = given = arguments.put_together(shapes, number)
        before = list(map(id, flat(given)))

        def call() -> Any:
            result = self.function(*args, **kwargs)
            if list(map(id, flat(given))) != before:
                raise TypeError(
                    f"{self.__name__} changes its arguments, which are copies under jit: return the new values instead"
                )
            return result

        return call, leaves

    # State outside the arguments

    @property
    def _current(self) -> Scope:
        if self._last is None:
            self._last = self._scope([])
        return self._last

    def _scope(self, held: list[Any]) -> Scope:
        key = tuple(map(id, held))
        known = self._scopes.get(key)
        if known is not None:
            changed = known.state.changed(known.parameters.lent)
            if changed is None:
                return known
            known.parameters.exchange()
            self._notes[f"traced again: {changed} changed"] += 1
        state = State(self.function, held)
        leaves = list(state.leaves)
        if known is not None and list(map(id, leaves)) == list(map(id, known.parameters.values)):
            parameters = known.parameters
        else:
            parameters = Parameters(leaves, self._dtype)
        scope = self._scopes[key] = Scope(state, parameters)
        often = self._own_changes >= _CHANGES
        if known is not None and (often or self._notes.total() > self.budget):
            reason = f"the function changes {changed}" if often else f"what it reads keeps changing: {changed}"
            scope.structures = {shapes: Structure(shapes, eager=reason) for shapes in known.structures}
        while len(self._scopes) > _SCOPES:
            del self._scopes[next(iter(self._scopes))]
            self._notes[f"evicted: more than {_SCOPES} sets of modules among the arguments"] += 1
        return scope

    def _structure(self, scope: Scope, shapes: tuple[Shape, ...]) -> Structure:
        found = scope.structures.pop(shapes, None) or Structure(shapes)
        scope.structures[shapes] = found
        if len(scope.structures) > _STRUCTURES:
            del scope.structures[next(iter(scope.structures))]
            self._notes[f"evicted: more than {_STRUCTURES} structures of arguments"] += 1
        return found

    # Running

    def _run(self, shapes: tuple[Shape, ...], X: Numbers, learning: bool) -> Found:
        scope = self._last = self._scope(arguments.held(shapes))
        scope.parameters.exchange()
        structure = self._structure(scope, shapes)
        if X.dtype != self._dtype:
            with np.errstate(over="ignore"):  # numbers too large for float32 become inf
                X = X.astype(self._dtype)
        return Batch(self, scope, structure, X, learning and bool(scope.parameters.values), learning).run()

    def _trace(self, scope: Scope, structure: Structure, row: Sequence[float], learning: bool) -> Path | Refused | None:
        """Runs the function on a row, as a path if it can be traced.

        If not, `structure.eager` says why. The run counts nevertheless, since its effects cannot be undone. None means
        that it did not run.
        """
        call, leaves = self._called(structure.shapes, row)
        code = getattr(_innermost(self.function), "__code__", None)
        line = Where("?", 0) if code is None else Where(code.co_filename, code.co_firstlineno)
        if scope.state.refused:
            structure.eager = f"it uses {scope.state.refused}"
            return None
        scope.parameters.give_back()
        watched = not (scope.state.pure and arguments.plain(structure.shapes))
        run = trace(call, leaves, scope.parameters, scope.state.computed, line, watched)
        if isinstance(run, Path) and not run.constant:
            try:
                run.machine(learning)
            except TooManyGroupsError as error:
                run = Refused(run.result, str(error))
        changed = scope.state.changed()
        if changed is not None:
            self._own_changes += 1
            structure.eager = f"the function changes {changed}"
        if isinstance(run, Path):
            return run
        structure.eager = run.reason or structure.eager
        if run.error is not None:
            if structure.eager:
                raise self._explained(run.error)
            run = self._without_trace(structure, row, run.error)
            structure.eager = run.reason
        return run

    def _without_trace(self, structure: Structure, row: Sequence[float], failed: Exception) -> Refused:
        """Another run, after one that failed and changed nothing: the trace itself may be the reason."""
        call, _ = self._called(structure.shapes, row)
        try:
            return Refused(call(), f"{type(failed).__name__} only while it is traced: {failed}")
        except Exception as error:
            raise self._explained(error)  # noqa: B904 - it is the function's own error

    def _explained(self, error: Exception) -> Exception:
        """The function's error, with a note if it comes from a Value in place of a number."""
        if isinstance(error, TypeError) and ("Value" in str(error) or "Whole" in str(error)):
            error.add_note(
                f"jit passes {self.__name__} a Value instead of each number: "
                f"to keep an argument a number, name it in jit(static=...)"
            )
        return error

    def _warn(self, structure: Structure) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self.__name__} runs eagerly (correctly, but slowly), since it cannot be traced: {structure.eager}",
                stacklevel=levels_up(),
            )


def _innermost(function: Any) -> Any:
    """The function that a partial calls, or the class of a callable."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if hasattr(function, "__name__") else type(function)


def _positions(function: Callable[..., Any], static: Any) -> set[int | str]:
    """The static arguments, by position and by name."""
    given = [static] if isinstance(static, (int, str)) else list(iterated(static, "static", "positions or names"))
    if not given:
        return set()
    parameters = inspect.signature(function).parameters
    names = list(parameters)
    most = len(names) if all(each.kind is not each.VAR_POSITIONAL for each in parameters.values()) else sys.maxsize
    found: set[int | str] = set()
    for each in given:
        if isinstance(each, str) and each not in names:
            raise ValueError(f"there is no argument {as_code(each)} to be static; there are {', '.join(names)}")
        if not isinstance(each, (int, str)):
            raise TypeError(f"a static argument must be given by its position or name, not {shown(each)}")
        if isinstance(each, int) and not 0 <= each < most:
            raise ValueError(f"there is no argument {each} to be static; there are {len(names)}, counted from 0")
        if isinstance(each, str):
            found |= {each, names.index(each)}
        else:
            found |= {each, *names[each : each + 1]}
    return found


def _hold_values(args: Iterable[Any]) -> bool:
    return any(isinstance(x, Value) for arg in args for x in flat(arg))
