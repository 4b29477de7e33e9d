"""Calls a function to differentiate it: replaces its numbers by Values, and Values by numbers in its result."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from autograd import modes
from autograd.arguments import a_function
from autograd.differentiable import adjoints, as_number, differentiable
from autograd.graph import topological
from autograd.scalars import is_scalar
from autograd.shown import as_code, many, shown
from autograd.structure import flat, is_structure, like, mapped
from autograd.sweep import stored
from autograd.value import Value, operand

if TYPE_CHECKING:
    from autograd.annotations import Function, Gradient, Structure

Argnum: TypeAlias = int | tuple[int, ...]
"""The position of an argument, or several."""


class Whole(Value):
    """An int among the arguments, which can still be used as one, as in `range(n)` and `xs[n]`."""

    __slots__ = ()

    def __index__(self) -> int:
        return int(self._data)


def _independent(x: Structure) -> Value:
    """A new Value equal to x; if x is a Value, it depends on x."""
    return x - 0.0 if isinstance(x, Value) else Value(x)


def _constant(x: Structure) -> Structure:
    """A number as a Value; anything else unchanged, including bools, which are decisions rather than numbers."""
    if isinstance(x, Value) or not is_scalar(x) or type(x).__name__ in ("bool", "bool_"):
        return x
    return Whole(x) if hasattr(type(x), "__index__") else Value(x)


def _constants(x: Structure) -> Structure:
    """Turns the numbers of an argument that is not differentiated into Values. Arrays stay, for numpy's functions."""
    return mapped(_constant, x, arrays=False)


_outer: ContextVar[frozenset[Value]] = ContextVar("outer", default=frozenset())
"""The arguments of the transforms that are active in this context."""


def within_transform() -> bool:
    """Whether a transform is active in this context."""
    return bool(_outer.get())


class Call:
    """A call of a function with its numbers replaced by Values.

    Args:
        f: the function.
        args, kwargs: its arguments.
        chosen: the position of the argument to differentiate by, or several positions.
        graph: make derivatives differentiable even if no argument is a Value.
        has_aux: the function returns a pair, of which only the first is differentiated.
    """

    numbers: bool = False
    """Whether what is given back are numbers, though a graph was made: in a trace, which computes them anew."""

    def __init__(
        self,
        f: Function,
        args: tuple[Structure, ...],
        kwargs: dict[str, Structure],
        chosen: int | tuple[int, ...],
        graph: bool = False,
        has_aux: bool = False,
    ) -> None:
        a_function(f, "the first argument")
        positions = _positions(chosen, len(args))
        replaced = [_constants(x) for x in args]
        outer = _outer.get()
        recording = modes.recording()
        with nullcontext() if recording else modes.enable_grad():
            for n in positions:
                replaced[n] = mapped(_independent, args[n])
            picked = tuple([replaced[n] for n in positions])
            self.wanted = picked if isinstance(chosen, tuple) else picked[0]
            self.wrt = list(flat(picked))
            token = _outer.set(outer.union(self.wrt))
            try:
                self.result = f(*replaced, **{key: _constants(x) for key, x in kwargs.items()})
            finally:
                _outer.reset(token)
        self.aux = None
        if has_aux:
            self.result, self.aux = _pair(self.result)
        self.roots = [_as_value(y) for y in flat(self.result)]
        self.recording = recording
        self.graph = graph or self.wants_graph(args)
        self.local = differentiable if self.graph else stored

    def wants_graph(self, args: tuple[Structure, ...]) -> bool:
        """Whether derivatives are Values: of Values, or of what a transform around this one differentiates."""
        return any(isinstance(x, Value) for x in flat(args)) or self._reaches(_outer.get())

    def _reaches(self, outer: frozenset[Value]) -> bool:
        """Whether the result depends on the arguments of an outer transform."""
        if not outer:
            return False
        nodes = topological(*self.roots, known=self.wrt)
        return not outer.isdisjoint(self.roots) or any(not outer.isdisjoint(node._prev) for node in nodes)

    def adjoints(self, root: Value) -> Structure:
        """The derivatives of one result, in the structure of the arguments."""
        return self.pulled_back([root], [1.0])

    def pulled_back(self, roots: Sequence[Value], gradients: Sequence[Gradient]) -> Structure:
        """The derivatives of results, weighted by their cotangents, in the structure of the arguments."""
        seeds = [operand(gradient) for gradient in gradients] if self.graph else gradients
        return like(self.wanted, map(self.given_back, adjoints(roots, seeds, self.wrt, self.local)))

    def given_back(self, x: Structure) -> Structure:
        """A number for the caller: a Value if an argument was a Value, else a float."""
        if not self.graph:
            return as_number(x)
        x = x if isinstance(x, Value) else Value(x)
        return x if self.recording else x.detach()

    def returned(self) -> Structure:
        """The function's result for the caller."""
        return like(self.result, map(self.given_back, self.roots))

    def beside(self, found: Structure) -> Structure:
        """A derivative, paired with the auxiliary result if there is one."""
        if self.aux is None:
            return found
        return found, mapped(lambda x: self.given_back(x) if isinstance(x, Value) else x, self.aux[0])

    def one_root(self) -> Value:
        """The result of a function that must return one number."""
        if is_structure(self.result):
            raise TypeError(
                f"grad needs a function that returns one number, not a {type(self.result).__name__} of "
                f"{len(self.result)}: use jacobian"
            )
        return self.roots[0]


def _pair(result: Structure) -> tuple[Structure, tuple[Structure]]:
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise TypeError(
            f"with has_aux the function must return a pair, (number, anything), not {type(result).__name__}"
        )
    return result[0], (result[1],)


def chosen_by(argnum: Argnum | list[int], argnums: Argnum | list[int] | None) -> int | tuple[int, ...]:
    """One option with two names: checked, with tuples for lists."""
    if argnums is not None and argnum not in (0, None):
        raise TypeError("argnum and argnums are the same option: pass one of them")
    given = argnum if argnums is None else argnums
    chosen = tuple(given) if isinstance(given, list) else given
    for n in chosen if isinstance(chosen, tuple) else (chosen,):
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(
                f"argnum must be the position of an argument, or a tuple of positions, not {as_code(chosen)}"
            )
    return chosen


def _positions(chosen: Argnum, count: int) -> tuple[int, ...]:
    several = chosen if isinstance(chosen, tuple) else (chosen,)
    for n in several:
        if not -count <= n < count:
            raise IndexError(
                f"argnum is {as_code(n)}, but the function was called with {many(count, 'positional argument')}"
            )
    return tuple(n % count for n in several)


def _as_value(y: Structure) -> Value:
    try:
        return y if isinstance(y, Value) else Value(y)
    except TypeError:
        raise TypeError(
            f"the function must return numbers that were computed from its arguments, not {shown(y)}"
        ) from None
