"""The array program: what every pass of the compiler reads and writes, and every backend is written from.

A program is a graph of `Array`s, each in terms of earlier ones. All numbers of one array for one example form its
`shape`; the examples of a batch are one more axis, the last, which no operation mentions except `sum`. An array that is
the same for all examples is not `batched`.

| op | arguments | attribute | gives |
| --- | --- | --- | --- |
| `leaf` | | a name | `params`, `inputs`, `constants` or `seed`, given from outside |
| `rows` | x | an index | the numbers of x, counted in C order, at the index: its shape is the index's |
| `map` | x0, x1, … | `Elementwise` | a term over the arguments, element by element |
| `sum` | x | an axis | the sum along it, from the left if it is short; along `BATCH`, the sum over the examples |
| `fold` | x | `maximum` or `minimum` | the largest or least along the last axis, compared from the left |
| `accumulate` | x | a function | its running results along the last axis |
| `segments` | x | where each starts | the sums of runs of numbers |
| `contract` | a, b | `Contraction` | products summed over the axis that a and b share and the answer lacks |
| `pick` | x, i | | of each row of x the number that i, a whole number from 0, counts to; nan where there is none |
| `scatter` | i, c | how many | zeros, with c at what i counts to in each row: what comes back from a `pick` |
| `place` | c0, c1, … | `Places` | zeros, with each part added at its index |

`reference.py` says in a line each what they mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.terms import Term, folded

Index = npt.NDArray[np.intp]

PARAMS, INPUTS, CONSTANTS, SEED = "params", "inputs", "constants", "seed"
"""The names of leaves. The seed is the gradient of the root: one over the size of the batch."""

BATCH = -1
"""The axis of the examples."""

MANY = 8
"""So many numbers along an axis are summed in any order; fewer from the left."""


@dataclass(frozen=True, eq=False)
class Array:
    """One array, in terms of earlier ones: see the table above."""

    op: str
    args: tuple[Array, ...]
    attr: Any
    shape: tuple[int, ...]
    batched: bool

    @property
    def size(self) -> int:
        """How many numbers it holds for an example."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Elementwise:
    """What a `map` computes: a term over `x0`, `x1`, …, and how it is differentiated."""

    term: Term
    partials: tuple[Term | None, ...] = ()
    """For each argument the derivative, over the arguments and the answer `y`; None where it is 0 everywhere. Empty for
    a map that is never differentiated."""


@dataclass(frozen=True, eq=False)
class Contraction:
    """A product summed over shared axes, in Einstein's notation: `hmk,hvk->hvm`.

    `extent`, of the shape of all axes of the first operand but its last, tells how far along the last axis each of its
    rows reaches: what lies beyond is absent, whatever it would be multiplied by.
    """

    spec: str
    extent: Index | None = None

    @property
    def letters(self) -> tuple[str, str, str]:
        """The axes of both operands and of the answer."""
        operands, answer = self.spec.split("->")
        first, second = operands.split(",")
        return first, second, answer


@dataclass(frozen=True, eq=False)
class Places:
    """Where the parts of a `place` go: for each an index into the numbers of the answer, in C order, none twice."""

    indices: tuple[Index, ...]


def walk(*roots: Array) -> list[Array]:
    """All arrays that the roots are made from, operands first."""
    seen: dict[Array, None] = {}
    pending = [(root, False) for root in reversed(roots)]
    while pending:
        array, operands_done = pending.pop()
        if operands_done:
            seen[array] = None
        elif array not in seen:
            pending.append((array, True))
            pending += [(arg, False) for arg in reversed(array.args) if arg not in seen]
    return list(seen)


@dataclass
class Builder:
    """Makes arrays: equal ones once."""

    made: dict[Any, Array] = field(default_factory=dict)
    notes: dict[Array, str] = field(default_factory=dict)
    """For each array what it belongs to, for the comments in emitted code."""
    note: str = ""
    """What is written down in `notes` for each new array."""

    def _make(
        self, op: str, args: tuple[Array, ...], attr: Any, shape: tuple[int, ...], batched: bool | None = None
    ) -> Array:
        key = (op, args, _key(attr), shape, batched)
        if key not in self.made:
            if batched is None:
                batched = any(arg.batched for arg in args)
            self.made[key] = array = Array(op, args, attr, shape, batched)
            self.notes[array] = self.note
        return self.made[key]

    def leaf(self, name: str, size: int, batched: bool) -> Array:
        """What is given from outside."""
        return self._make("leaf", (), name, (size,), batched)

    def rows(self, x: Array, index: Index) -> Array:
        """The numbers of x at an index. The rows of rows are rows."""
        if x.op == "rows":
            return self.rows(x.args[0], x.attr.reshape(-1)[index])
        if index.shape == x.shape and (index.reshape(-1) == np.arange(index.size)).all():
            return x
        return self._make("rows", (x,), index, index.shape)

    def reshape(self, x: Array, shape: tuple[int, ...]) -> Array:
        """The same numbers in another shape."""
        return self.rows(x, np.arange(x.size, dtype=np.intp).reshape(shape))

    def spread(self, x: Array, axis: int, count: int) -> Array:
        """The same numbers again and again along a new axis."""
        index = np.expand_dims(np.arange(x.size, dtype=np.intp).reshape(x.shape), axis)
        return self.rows(x, np.repeat(index, count, axis))

    def map(
        self, term: Term, args: tuple[Array, ...], partials: tuple[Term | None, ...] = (), batched: bool | None = None
    ) -> Array:
        """A term over arguments of one shape."""
        if term.head == "name" and batched is None and partials != (None,):
            return args[int(term.args[0][1:])]
        return self._make("map", args, Elementwise(term, partials), args[0].shape, batched)

    def sum(self, x: Array, axis: int) -> Array:
        """The sum along an axis; along the batch of what is the same for all examples, that itself."""
        if axis == BATCH:
            return self._make("sum", (x,), BATCH, x.shape, False) if x.batched else x
        return self._make("sum", (x,), axis, x.shape[:axis] + x.shape[axis + 1 :])

    def fold(self, function: str, x: Array) -> Array:
        """The largest or least along the last axis; of one number, that itself."""
        if x.shape[-1] == 1:
            return self.reshape(x, x.shape[:-1])
        return self._make("fold", (x,), function, x.shape[:-1])

    def accumulate(self, function: str, x: Array) -> Array:
        """The running results of a function along the last axis."""
        return self._make("accumulate", (x,), function, x.shape)

    def segments(self, x: Array, starts: Index) -> Array:
        """The sums of runs of numbers, one after the other."""
        return self._make("segments", (x,), starts, starts.shape)

    def contract(
        self, a: Array, b: Array, spec: str, extent: Index | None = None, batched: bool | None = None
    ) -> Array:
        """A product of a and b, summed over the axes that the answer lacks."""
        attr = Contraction(spec, extent)
        first, second, answer = attr.letters
        sizes = {**dict(zip(first, a.shape, strict=True)), **dict(zip(second, b.shape, strict=True))}
        return self._make("contract", (a, b), attr, tuple([sizes[letter] for letter in answer]), batched)

    def pick(self, x: Array, index: Array) -> Array:
        """Of each row of x, (rows, numbers), one number."""
        return self._make("pick", (x, index), None, index.shape)

    def scatter(self, index: Array, x: Array, count: int, batched: bool) -> Array:
        """Zeros, (rows, count), with a number of x in each row; if not batched, summed over the examples."""
        return self._make("scatter", (index, x), count, (*index.shape, count), batched)

    def place(self, parts: Iterable[tuple[Array, Index]], shape: tuple[int, ...], batched: bool) -> Array:
        """Zeros, with each part added at its index."""
        arrays, indices = zip(*parts, strict=True)
        return self._make("place", arrays, Places(indices), shape, batched)


def _key(attr: Any) -> Any:
    """What equal attributes have in common."""
    match attr:
        case np.ndarray():
            return attr.shape, attr.tobytes()
        case Contraction():
            return attr.spec, _key(attr.extent)
        case Places():
            return tuple(map(_key, attr.indices))
    return attr


def listing(*roots: Array) -> str:
    """The program to be read, an array a line."""
    order = walk(*roots)
    names = {array: f"%{i}" for i, array in enumerate(order)}
    lines = []
    for a in order:
        shape = "×".join(map(str, a.shape)) + ("×batch" if a.batched else "")
        args = ", ".join(names[arg] for arg in a.args)
        lines.append(f"{names[a]}: {shape} = {' '.join(filter(None, [a.op, args, _attribute(a)]))}")
    return "\n".join(lines)


def _attribute(a: Array) -> str:
    match a.attr:
        case Elementwise(term):
            return f"by {spelled(term)}"
        case Contraction(spec, extent):
            return spec if extent is None else f"{spec}, as far as {_shown(extent)}"
        case Places(indices):
            return f"at {', '.join(map(_shown, indices))}"
        case np.ndarray():
            return _shown(a.attr)
    return ("over the batch" if a.attr == BATCH else f"along {a.attr}") if a.op == "sum" else str(a.attr)


def _shown(index: Index) -> str:
    """An index in short: the first and the last of it."""
    flat = index.reshape(-1).tolist()
    if flat == list(range(flat[0], flat[0] + len(flat))):
        return f"[{flat[0]}:{flat[-1] + 1}]"
    return f"[{', '.join(map(str, flat if len(flat) <= 6 else [*flat[:3], '…', flat[-1]]))}]"


_INFIX = ("+", "-", "*", "/", "**")


def spelled(term: Term) -> str:
    """A term as one writes it."""

    def inner(each: Term, args: tuple[str, ...]) -> str:
        if each.head in _INFIX:
            return f"({args[0]} {each.head} {args[1]})"
        return f"-{args[0]}" if each.head == "neg" else f"{each.head}({', '.join(args)})"

    text: str = folded(term, lambda each: each.args[0] if each.head == "name" else f"{each.args[0]:g}", inner)
    return text
