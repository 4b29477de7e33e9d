"""The array program: the intermediate representation that all passes of the compiler and all backends share.

A program is a graph of `Array`s, each computed from earlier ones. `shape` is the shape of an array for one example. The
examples of a batch are one more axis, the last, which only `sum` mentions. An array that is the same for all examples
is not `batched`.

| op | arguments | attribute | gives |
| --- | --- | --- | --- |
| `leaf` | | a name | `params`, `inputs`, `constants` or `seed`, given from outside |
| `rows` | x | an index | the numbers of x, counted in C order, at the index: its shape is the index's |
| `map` | x0, x1, … | `Elementwise` | a term over the arguments, element by element |
| `sum` | x | an axis | the sum along it, from the left if it is short; along `BATCH`, the sum over the examples |
| `fold` | x | `maximum` or `minimum` | the maximum or minimum along the last axis, compared from the left |
| `accumulate` | x | a function | its running results along the last axis |
| `segments` | x | the start of each | the sums of runs of numbers |
| `contract` | a, b | `Contraction` | products summed over the axis that a and b share and the result lacks |
| `pick` | x, i | | the number at index i of each row of x; nan if i is not an index |
| `scatter` | i, c | the row's length | zeros, with c at index i of each row: the transpose of `pick` |
| `place` | c0, c1, … | `Places` | zeros, with each part added at its index |

`reference.py` defines each in a line of numpy.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd.terms import Term, folded, length

Index = npt.NDArray[np.intp]

Attr: TypeAlias = Any
"""A parameter of an operation besides its operands; the type depends on its name."""

PARAMS, INPUTS, CONSTANTS, SEED = "params", "inputs", "constants", "seed"
"""The names of leaves. The seed is the gradient of the root: one over the size of the batch."""

BATCH = -1
"""The axis of the examples."""

MANY = 8
"""From this many numbers along an axis, a sum may be taken in any order; a shorter one goes from the left."""


@dataclass(frozen=True, eq=False)
class Array:
    """An array and the operation that computes it; see the table above."""

    op: str
    args: tuple[Array, ...]
    attr: Attr
    shape: tuple[int, ...]
    batched: bool

    @property
    def size(self) -> int:
        """The number of its elements for one example."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Elementwise:
    """The function of a `map`: a term over `x0`, `x1`, …, with its partial derivatives."""

    term: Term
    partials: tuple[Term | None, ...] = ()
    """The derivative for each argument, as a term over the arguments and the result `y`; None if it is 0 everywhere.
    Empty for a map that is never differentiated."""


@dataclass(frozen=True, eq=False)
class Contraction:
    """A product summed over shared axes, in einsum notation: `hmk,hvk->hvm`.

    `extent` has the shape of the first operand without its last axis, and is the length of each of its rows. Elements
    beyond it are absent: they contribute nothing, even if the other factor is inf or nan.
    """

    spec: str
    extent: Index | None = None

    @property
    def letters(self) -> tuple[str, str, str]:
        """The axes of both operands and of the result."""
        operands, answer = self.spec.split("->")
        first, second = operands.split(",")
        return first, second, answer


@dataclass(frozen=True, eq=False)
class Places:
    """The destination of each part of a `place`: an index into the result, flattened in C order, without repeats."""

    indices: tuple[Index, ...]


def walk(*roots: Array) -> list[Array]:
    """All arrays that the roots depend on, operands first."""
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
    """Makes arrays, and reuses equal ones."""

    made: dict[Any, Array] = field(default_factory=dict)
    notes: dict[Array, str] = field(default_factory=dict)
    """The origin of each array, for comments in emitted code."""
    note: str = ""
    """The origin of the arrays that are made from now on."""

    def _make(
        self, op: str, args: tuple[Array, ...], attr: Attr, shape: tuple[int, ...], batched: bool | None = None
    ) -> Array:
        key = (op, args, _key(attr), shape, batched)
        if key not in self.made:
            if batched is None:
                batched = any(arg.batched for arg in args)
            self.made[key] = array = Array(op, args, attr, shape, batched)
            self.notes[array] = self.note
        return self.made[key]

    def leaf(self, name: str, size: int, batched: bool) -> Array:
        """An array given from outside."""
        return self._make("leaf", (), name, (size,), batched)

    def rows(self, x: Array, index: Index) -> Array:
        """The elements of x at an index. Rows of rows become rows of the original array."""
        if x.op == "rows":
            return self.rows(x.args[0], x.attr.reshape(-1)[index])
        if index.shape == x.shape and (index.reshape(-1) == np.arange(index.size)).all():
            return x
        return self._make("rows", (x,), index, index.shape)

    def reshape(self, x: Array, shape: tuple[int, ...]) -> Array:
        """The same elements in another shape."""
        return self.rows(x, np.arange(x.size, dtype=np.intp).reshape(shape))

    def spread(self, x: Array, axis: int, count: int) -> Array:
        """Repeats x along a new axis."""
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
        """The sum along an axis. Summing an unbatched array over the batch returns the array itself."""
        if axis == BATCH:
            return self._make("sum", (x,), BATCH, x.shape, False) if x.batched else x
        return self._make("sum", (x,), axis, x.shape[:axis] + x.shape[axis + 1 :])

    def fold(self, function: str, x: Array) -> Array:
        """The maximum or minimum along the last axis."""
        if x.shape[-1] == 1:
            return self.reshape(x, x.shape[:-1])
        return self._make("fold", (x,), function, x.shape[:-1])

    def accumulate(self, function: str, x: Array) -> Array:
        """The running results of a function along the last axis."""
        return self._make("accumulate", (x,), function, x.shape)

    def segments(self, x: Array, starts: Index) -> Array:
        """The sums of consecutive runs of elements."""
        return self._make("segments", (x,), starts, starts.shape)

    def contract(
        self, a: Array, b: Array, spec: str, extent: Index | None = None, batched: bool | None = None
    ) -> Array:
        """The product of a and b, summed over the axes that the result lacks."""
        attr = Contraction(spec, extent)
        first, second, answer = attr.letters
        sizes = {**dict(zip(first, a.shape, strict=True)), **dict(zip(second, b.shape, strict=True))}
        return self._make("contract", (a, b), attr, tuple([sizes[letter] for letter in answer]), batched)

    def pick(self, x: Array, index: Array) -> Array:
        """One element from each row of x, (rows, numbers)."""
        return self._make("pick", (x, index), None, index.shape)

    def scatter(self, index: Array, x: Array, count: int, batched: bool) -> Array:
        """Zeros, (rows, count), with an element of x in each row; summed over the examples unless `batched`."""
        return self._make("scatter", (index, x), count, (*index.shape, count), batched)

    def place(self, parts: Iterable[tuple[Array, Index]], shape: tuple[int, ...], batched: bool) -> Array:
        """Zeros, with each part added at its index."""
        arrays, indices = zip(*parts, strict=True)
        return self._make("place", arrays, Places(indices), shape, batched)


def _key(attr: Attr) -> Hashable:
    """A hashable key that is equal for equal attributes."""
    match attr:
        case np.ndarray():
            return attr.shape, attr.tobytes()
        case Contraction():
            return attr.spec, _key(attr.extent)
        case Places():
            return tuple(map(_key, attr.indices))
    key: Hashable = attr
    return key


LONGEST = 1000
"""The number of operations in a term that a listing writes out. A rule that uses a part twice may have billions."""


def listing(*roots: Array) -> str:
    """The program as readable text, one array a line."""
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
            size = length(term)
            return f"by {spelled(term)}" if size <= LONGEST else f"by {size:,} operations"
        case Contraction(spec, extent):
            return spec if extent is None else f"{spec}, as far as {_shown(extent)}"
        case Places(indices):
            return f"at {', '.join(map(_shown, indices))}"
        case np.ndarray():
            return _shown(a.attr)
    return ("over the batch" if a.attr == BATCH else f"along {a.attr}") if a.op == "sum" else str(a.attr)


def _shown(index: Index) -> str:
    """An abbreviated index."""
    flat = index.reshape(-1).tolist()
    if flat == list(range(flat[0], flat[0] + len(flat))):
        return f"[{flat[0]}:{flat[-1] + 1}]"
    return f"[{', '.join(map(str, flat if len(flat) <= 6 else [*flat[:3], '…', flat[-1]]))}]"


_INFIX = ("+", "-", "*", "/", "**")


def spelled(term: Term) -> str:
    """A term in infix notation."""

    def inner(each: Term, args: tuple[str, ...]) -> str:
        if each.head in _INFIX:
            return f"({args[0]} {each.head} {args[1]})"
        return f"-{args[0]}" if each.head == "neg" else f"{each.head}({', '.join(args)})"

    text: str = folded(term, lambda each: each.args[0] if each.head == "name" else f"{each.args[0]:g}", inner)
    return text
