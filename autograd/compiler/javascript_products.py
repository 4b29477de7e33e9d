"""A contraction in JavaScript: matrix products, each a call of `product.js`, in loops over the other axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograd.compiler.javascript_loops import Access, c_order, linear, within

Operands = Sequence[tuple[Access, str]]
"""The locations of arrays, each with the letters of its axes."""

Length = tuple[int, int]
"""A factor and an exponent of the batch size: (64, 1) is 64 · batch."""

ONE: Length = (1, 0)
NONE: Length = (0, 0)
_A, _B, _C = range(3)


@dataclass(frozen=True)
class Axis:
    """An axis of a contraction, with its strides in a, b and the result; 0 in an array that lacks it."""

    variable: str
    length: Length
    strides: tuple[Length, Length, Length]

    def spans(self, inner: Axis) -> bool:
        """Whether an inner axis fills this axis's strides exactly, so that the two can be merged."""
        return all(
            stride == (step[0] * inner.length[0], step[1] + inner.length[1]) or stride == step == NONE
            for stride, step in zip(self.strides, inner.strides, strict=True)
        )

    def head(self) -> str:
        """The loop over it."""
        return f"for (let {self.variable} = 0; {self.variable} < {spelled(self.length)}; {self.variable}++)"


def spelled(length: Length) -> str:
    """A length as an expression."""
    count, batches = length
    if not count or not batches:
        return str(count)
    return "batch" if count == 1 else f"{count} * batch"


def _axes(operands: Operands, sizes: Mapping[str, int]) -> list[Axis]:
    """The axes longer than 1; that of the examples is last."""
    found = []
    for letter in dict.fromkeys("".join(letters for _, letters in operands)):
        strides = [
            _stride(access, access.steps[letters.index(letter)]) if letter in letters else NONE
            for access, letters in operands
        ]
        if sizes[letter] > 1:
            found.append(Axis(letter, (sizes[letter], 0), (strides[_A], strides[_B], strides[_C])))
    if any(access.batched for access, _ in operands):
        a, b, c = ((access.width or 1, 0) if access.batched else NONE for access, _ in operands)
        found.append(Axis("b", (1, 1), (a, b, c)))
    return found


def _stride(access: Access, step: int) -> Length:
    return (step, int(access.batched and not access.width)) if step else NONE


def products(operands: Operands, sizes: Mapping[str, int]) -> list[str]:
    """The statements that compute a contraction by matrix products.

    Args:
        operands: a, b and the result, each with its letters.
        sizes: the lengths of the axes.
    """
    axes, accesses = _axes(operands, sizes), [access for access, _ in operands]
    summed = _merged(axis for axis in axes if axis.strides[_C] == NONE)
    kept = [axis for axis in axes if axis.strides[_C] != NONE]
    many = _merged(axis for axis in kept if NONE not in axis.strides)
    left = _merged(axis for axis in kept if axis.strides[_B] == NONE and axis.strides[_A] != NONE)
    right = _merged(axis for axis in kept if axis.strides[_A] == NONE)
    a, b = _A, _B
    if any(axis.strides[_C] == ONE for axis in left):  # columns are adjacent in the result
        left, right, a, b = right, left, b, a
    row, column, term = _longest(left), _columns(right), _longest(summed)
    inner = [axis for axis in (row, column, term) if axis is not None]
    outer = [axis for axis in (*many, *left, *right) if axis not in inner]
    repeated = [axis for axis in summed if axis not in inner]

    matrices = [
        _matrix(accesses[operand], operand, axes_of, (*outer, *repeated))
        for operand, axes_of in ((a, (row, term)), (b, (term, column)), (_C, (row, column)))
    ]
    lengths = [spelled(ONE if axis is None else axis.length) for axis in (row, column, term)]
    add = " + ".join(axis.variable for axis in repeated)
    call = ", ".join([*lengths, *matrices, f"{add} > 0" if add else "false"])
    return within([axis.head() for axis in (*outer, *repeated)], [f"product({call});"])


def _matrix(access: Access, operand: int, axes: Sequence[Axis | None], loops: Sequence[Axis]) -> str:
    """An operand within loops as a `Matrix` of `product.js`; `axes` are those of its rows and columns."""
    start = (access.start, int(access.batched and not access.width))
    place = _place(start, [(axis.strides[operand], axis.variable) for axis in loops if axis.strides[operand] != NONE])
    steps = [spelled(NONE if axis is None else axis.strides[operand]) for axis in axes]
    return f"[{', '.join([access.name, place, *steps])}]"


def _place(start: Length, terms: Sequence[tuple[Length, str]]) -> str:
    """A position as an expression."""
    parts = [spelled(start)] if start[0] else []
    for (count, batches), variable in terms:
        factors = [str(count)] if count != 1 else []
        factors += ["batch"] * batches + [variable]
        parts.append(" * ".join(factors))
    return " + ".join(parts) or "0"


def _merged(axes: Iterable[Axis]) -> list[Axis]:
    """Merges axes where possible."""
    found: list[Axis] = []
    for axis in axes:
        for i, other in enumerate(found):
            if other.spans(axis) or axis.spans(other):
                strides = axis.strides if other.spans(axis) else other.strides
                length = (other.length[0] * axis.length[0], other.length[1] + axis.length[1])
                found[i] = Axis(axis.variable, length, strides)
                break
        else:
            found.append(axis)
    return found


def _longest(axes: Sequence[Axis]) -> Axis | None:
    return max(axes, key=lambda axis: (axis.length[1], axis.length[0]), default=None)


def _columns(axes: Sequence[Axis]) -> Axis | None:
    """The axis that is contiguous in the result, or else the longest."""
    return next((axis for axis in axes if axis.strides[_C] == ONE), None) or _longest(axes)


def one_by_one(operands: Operands, sizes: Mapping[str, int], extent: str | None) -> list[str]:
    """The statements that compute each element of the result in a loop, which skips elements beyond the extent.

    Args:
        operands: a, b and the result, each with its letters.
        sizes: the lengths of the axes.
        extent: the name of a table with the extent of each row of a, along its last axis.
    """
    axes = _axes(operands, sizes)
    known = {axis.variable for axis in axes}

    def at(access: Access, letters: str) -> str:
        return access.at([letter if letter in known else "0" for letter in letters])

    (a, b, c) = (at(access, letters) for access, letters in operands)
    heads = [axis.head() for axis in axes if axis.strides[_C] != NONE]
    summed = [axis.head() for axis in axes if axis.strides[_C] == NONE]
    reach = ""
    if extent is not None:
        letters = operands[_A][1]
        steps = zip(c_order([sizes[letter] for letter in letters[:-1]]), letters[:-1], strict=True)
        place = linear([(step, letter) for step, letter in steps if letter in known])
        reach = f"if ({letters[-1] if letters[-1] in known else 0} < {extent}[{place}]) "
    return within(heads, ["let s = 0;", *within(summed, [f"{reach}s += {a} * {b};"]), f"{c} = s;"])
