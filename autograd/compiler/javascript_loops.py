"""JavaScript loops over the elements of arrays, with one loop for all axes that can be merged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

_VARIABLES = "ijlmnopqruvw"
"""The variables of loops over axes; `b` counts examples, and `k` elements along a summed axis."""
_LINE = 100
"""A longer line is broken after its loop heads."""


@dataclass(frozen=True)
class Access:
    """The location of an array's elements in a typed array.

    An element's position is `start` plus a step along each axis. In a batched array, positions are multiplied by
    `batch` and the examples are adjacent. If `width` is set, as for the inputs, each example is a row of that length.
    If there is a table, start and steps give a position in it, and the table holds the element's position.
    """

    name: str
    start: int
    steps: tuple[int, ...]
    batched: bool
    width: int = 0
    table: str = ""
    along: int = 0
    """The step along the axis that `k` counts."""

    @property
    def flat(self) -> bool:
        """Whether a step of 1 leads to the element whose examples follow those of this one."""
        return self.batched and not self.width and not self.table

    def without(self, axis: int) -> Access:
        """The same access with one axis counted by `k`."""
        return replace(self, steps=self.steps[:axis] + self.steps[axis + 1 :], along=self.steps[axis])

    def at(self, variables: Sequence[str], k: str = "k") -> str:
        """The element at the variables; the last one also counts examples if it is `ib`."""
        places = [(step, v) for step, v in zip(self.steps, variables, strict=True) if v != "ib"]
        place = linear([*places, (self.along, k)], self.start)
        if self.table:
            place = f"{self.table}[{place}]"
        if self.batched and self.width:
            place = linear([(1, place), (self.width, "b")])
        elif self.batched:
            place = linear([(1, times(place, "batch")), (1, "ib" if "ib" in variables else "b")])
        return f"{self.name}[{place}]"


def linear(terms: Sequence[tuple[int, str]], start: int = 0) -> str:
    """A sum of products of steps and variables as an expression.

    Example:
        >>> linear([(64, "i"), (1, "j"), (0, "k")], 8)
        '8 + 64 * i + j'
    """
    parts = [str(start)] if start else []
    for step, variable in terms:
        if step and variable != "0":
            parts.append(variable if step == 1 else f"{step} * {variable}")
    return " + ".join(parts).replace("+ -", "- ") or "0"


def times(place: str, factor: str) -> str:
    """The product of an expression and a name or number."""
    if place in ("0", "1"):
        return "0" if place == "0" else factor
    return f"({place}) * {factor}" if " " in place else f"{place} * {factor}"


def nest(shape: Sequence[int], accesses: Sequence[Access], examples: bool, body: Callable[..., list[str]]) -> list[str]:
    """Loops over the axes of a shape, and within them over the examples.

    Args:
        shape: the lengths of the axes.
        accesses: the arrays that are read and written, with a step for each axis.
        examples: whether to loop over the examples.
        body: takes each access within the loops, and returns the statements there.
    """
    lengths, merged = _merged(shape, [access.steps for access in accesses])
    accesses = [replace(access, steps=tuple(steps)) for access, steps in zip(accesses, merged, strict=True)]
    variables = [_VARIABLES[i] for i in range(len(lengths))]
    heads = [_head(variable, str(length)) for variable, length in zip(variables, lengths, strict=True)]
    if examples and lengths and all(access.flat and access.steps[-1] == 1 for access in accesses):
        variables[-1] = "ib"
        heads[-1] = _head("ib", f"{lengths[-1]} * batch")
    elif examples:
        heads.append(_head("b", "batch"))
    return within(heads, body(*[At(access, variables) for access in accesses]))


@dataclass(frozen=True)
class At:
    """An access within loops."""

    access: Access
    variables: Sequence[str]

    def __str__(self) -> str:
        return self.at()

    def at(self, k: str = "k") -> str:
        """The element at the loop variables."""
        return self.access.at(self.variables, k)


def within(heads: Sequence[str], statements: Sequence[str]) -> list[str]:
    """Statements within loops, or within a block."""
    head = " ".join(heads)
    if not heads and len(statements) == 1:
        return list(statements)
    if len(statements) == 1 and len(head) + len(statements[0]) < _LINE:
        return [f"{head} {statements[0]}"]
    return [f"{head} {{".strip(), *[f"  {line}" for line in statements], "}"]


def _head(variable: str, length: str) -> str:
    return f"for (let {variable} = 0; {variable} < {length}; {variable}++)"


def _merged(shape: Sequence[int], steps: Sequence[Sequence[int]]) -> tuple[list[int], list[list[int]]]:
    """Merges axes where possible, and drops those of length 1."""
    lengths: list[int] = []
    found: list[list[int]] = [[] for _ in steps]
    for axis, length in enumerate(shape):
        if length == 1:
            continue
        if lengths and all(kept[-1] == each[axis] * length for kept, each in zip(found, steps, strict=True)):
            lengths[-1] *= length
            for kept, each in zip(found, steps, strict=True):
                kept[-1] = each[axis]
        else:
            lengths.append(length)
            for kept, each in zip(found, steps, strict=True):
                kept.append(each[axis])
    return lengths, found


def c_order(shape: Sequence[int]) -> tuple[int, ...]:
    """The steps along the axes of an array in C order."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
