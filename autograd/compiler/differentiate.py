"""Reverse mode on an array program: a vector-Jacobian product for each operation, from arrays to arrays.

A rule takes an array, its cotangent (the derivative of the root with respect to it) and the position of an argument. It
returns a contribution to the argument's cotangent: an array, and the index of the elements to which it is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np

from autograd.compiler.elementwise import X0, X1, argument, elementwise, names_in
from autograd.compiler.indexing import segments
from autograd.compiler.ir import BATCH, SEED, Array, Builder, Index, walk
from autograd.ops import OPERATIONS, Operation
from autograd.terms import Term, as_constant, substituted

Contribution = tuple[Array, "Index | None"]
"""A contribution to a cotangent, and the elements to which it is added (None: all of them, in C order)."""


def differentiate(root: Array, row: int, seed: Array, wanted: Iterable[Array], b: Builder) -> dict[Array, Array]:
    """The cotangents of the wanted arrays, as arrays of the same program.

    Args:
        root: the array that holds the number to differentiate.
        row: the position of that number.
        seed: its cotangent, of shape (1,).
        wanted: the arrays whose cotangents are asked for.
        b: makes the new arrays.

    Returns:
        The cotangent of each wanted array that the root depends on.
    """
    active = set(wanted)
    order = walk(root)
    for array in order:
        if any(arg in active for arg in array.args):
            active.add(array)
    contributions: dict[Array, list[Contribution]] = {root: [(seed, np.array([row], dtype=np.intp))]}
    cotangents: dict[Array, Array] = {}
    for array in reversed(order):
        if array not in contributions or array not in active:
            continue
        b.note = f"gradient of {b.notes[array]}"
        cotangents[array] = cotangent = _accumulated(array, contributions.pop(array), b)
        for i, arg in enumerate(array.args):
            if arg in active and (contribution := VJP[array.op](array, cotangent, i, b)) is not None:
                contributions.setdefault(arg, []).append(_without_repeats(*contribution, arg, b))
    return {array: cotangents[array] for array in wanted if array in cotangents}


def _accumulated(array: Array, contributions: list[Contribution], b: Builder) -> Array:
    """Accumulates contributions: those to all elements by `+`, those to some elements by `place`."""
    total: Array | None = None
    others: list[tuple[Array, Index]] = []
    for contribution, index in contributions:
        if index is not None and not _whole(index, array):
            others.append((b.reshape(contribution, index.shape), index))
            continue
        contribution = b.reshape(contribution, array.shape)
        total = contribution if total is None else b.map(Term("+", (X0, X1)), (total, contribution))
    if total is None:
        return b.place(others, array.shape, array.batched)
    if not others:
        return total
    whole = np.arange(total.size, dtype=np.intp).reshape(total.shape)
    return b.place([(total, whole), *others], array.shape, array.batched)


def _whole(index: Index, array: Array) -> bool:
    return index.size == array.size and bool((index.reshape(-1) == np.arange(index.size)).all())


def _without_repeats(contribution: Array, index: Index | None, arg: Array, b: Builder) -> Contribution:
    """The same contribution with distinct elements: contributions to the same element are summed first."""
    if not arg.batched:
        contribution = b.sum(contribution, BATCH)
    if index is None:
        return contribution, None
    contribution = b.reshape(contribution, index.shape)
    for axis in reversed(range(index.ndim)):
        first = index.take([0], axis)
        if index.shape[axis] > 1 and (index == first).all():
            contribution, index = b.sum(contribution, axis), first.squeeze(axis)
    if index.ndim == 0:
        return b.reshape(contribution, (1,)), index.reshape(1)
    found = segments(index)
    if len(found.rows) == index.size:
        return contribution, index
    return b.segments(b.rows(contribution, found.order), found.starts), found.rows


# The rules


def _of_rows(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution:
    return cotangent, array.attr


def _of_map(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution | None:
    slope = array.attr.partials[i]
    if slope is None:
        return None
    constant = as_constant(slope)
    if constant is not None and not array.args[i].batched:
        cotangent = b.sum(cotangent, BATCH)  # a constant factor goes before the sum
    if constant == 1.0:
        return cotangent, None
    if constant == -1.0:
        return b.map(Term("neg", (X0,)), (cotangent,)), None
    if slope.head == "where" and [as_constant(arg) for arg in slope.args[1:]] == [1.0, 0.0]:
        slope = slope.args[0]  # a condition, as a number, is 1 or 0
    operands = {**{f"x{j}": arg for j, arg in enumerate(array.args)}, "y": array}
    if slope.head == "*" and as_constant(slope.args[0]) is not None and _is_seed(cotangent):
        cotangent = b.map(Term("*", (slope.args[0], X0)), (cotangent,))  # constants, so computed once
        slope = slope.args[1]
    used, term = _times_cotangent(slope)
    return b.map(term, (*[operands[name] for name in used], cotangent)), None


@lru_cache(maxsize=4096)
def _times_cotangent(slope: Term) -> tuple[list[str], Term]:
    """The names in a derivative, and its product with the cotangent as a term over these names and the cotangent."""
    used = names_in(slope)
    slope = substituted(slope, {name: argument(j) for j, name in enumerate(used)})
    if slope.head == "/" and as_constant(slope.args[0]) == 1.0:
        return used, Term("/", (argument(len(used)), slope.args[1]))
    return used, Term("*", (argument(len(used)), slope))


def _is_seed(cotangent: Array) -> bool:
    return all(each.op in ("rows", "leaf") for each in walk(cotangent)) and walk(cotangent)[0].attr == SEED


def _of_sum(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution:
    (arg,) = array.args
    if array.attr == BATCH:
        raise NotImplementedError("cannot differentiate a sum over the examples")
    return b.spread(cotangent, array.attr, arg.shape[array.attr]), None


def _of_fold(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution:
    """The weight of an element is its derivative in its own comparison, as the second operand, times the derivatives
    for the first operand in all later comparisons.
    """
    (arg,) = array.args
    n, count = arg.size // arg.shape[-1], arg.shape[-1]
    places = np.arange(arg.size, dtype=np.intp).reshape(n, count)
    rule = OPERATIONS[array.attr]
    assert isinstance(rule, Operation)
    to_first, to_second = elementwise(rule, (None, None)).partials
    assert to_first is not None
    assert to_second is not None
    best = b.accumulate(array.attr, arg)
    compared = [b.rows(best, places[:, :-1]), b.rows(arg, places[:, 1:]), b.rows(best, places[:, 1:])]
    names = {"x0": argument(0), "x1": argument(1), "y": argument(2)}
    own = b.map(substituted(to_second, names), tuple(compared))
    past = b.map(substituted(to_first, names), tuple(compared))
    backwards = np.arange(past.size, dtype=np.intp).reshape(n, count - 1)[:, ::-1]
    later = b.rows(b.accumulate("multiply", b.rows(past, backwards)), backwards)  # from each comparison to the last
    last, inner, first = places[:, -1], places[:, 1:-1], places[:, 0]
    at = np.arange(later.size, dtype=np.intp).reshape(n, count - 1)
    parts = [(b.rows(later, at[:, 0]), first), (b.rows(own, at[:, -1]), last)]
    if count > 2:
        passed = b.map(Term("*", (X0, X1)), (b.rows(own, at[:, :-1]), b.rows(later, at[:, 1:])))
        parts.append((b.reshape(passed, (passed.size,)), inner.reshape(-1)))
    weights = b.place(parts, arg.shape, arg.batched)
    spread = b.spread(b.reshape(cotangent, array.shape), len(array.shape), count)
    return b.map(Term("*", (X0, X1)), (spread, weights)), None


def _of_segments(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution:
    (arg,) = array.args
    counts = np.diff(np.append(array.attr, arg.size))
    return b.rows(cotangent, np.repeat(np.arange(len(counts), dtype=np.intp), counts)), None


def _of_contraction(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution:
    """The product of the other operand with the cotangent."""
    first, second, answer = array.attr.letters
    if i == 0:
        return b.contract(cotangent, array.args[1], f"{answer},{second}->{first}", None, _either(array, i)), None
    made = b.contract(array.args[0], cotangent, f"{first},{answer}->{second}", array.attr.extent, _either(array, i))
    return made, None


def _either(array: Array, i: int) -> bool:
    """Whether the cotangent is batched: that of an unbatched array is summed over the examples."""
    return array.args[i].batched


def _of_place(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution:
    return b.rows(cotangent, array.attr.indices[i]), None


def _of_pick(array: Array, cotangent: Array, i: int, b: Builder) -> Contribution | None:
    """A gather transposes to a scatter. The index has no derivative."""
    table, index = array.args
    return None if i else (b.scatter(index, cotangent, table.shape[-1], table.batched), None)


VJP: dict[str, Callable[[Array, Array, int, Builder], Contribution | None]] = {
    "rows": _of_rows,
    "map": _of_map,
    "sum": _of_sum,
    "fold": _of_fold,
    "segments": _of_segments,
    "contract": _of_contraction,
    "place": _of_place,
    "pick": _of_pick,
}
"""The vector-Jacobian product of each operation. `accumulate` and `scatter` occur in derivatives only."""
