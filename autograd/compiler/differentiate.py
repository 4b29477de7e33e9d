"""Reverse mode on an array program: a rule for each operation, from arrays to arrays.

A rule takes an array, its cotangent (the derivative of the root with respect to it) and the position of an argument. It
gives the argument's share of the chain rule: an array, and the index of the argument's numbers that it is for.
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

Share = tuple[Array, "Index | None"]
"""A share of a cotangent, and the numbers that it is for, in C order (None: all of them, as they come)."""


def differentiate(root: Array, row: int, seed: Array, wanted: Iterable[Array], b: Builder) -> dict[Array, Array]:
    """The cotangents of some arrays, as arrays of the same program.

    Args:
        root: what is differentiated, a number of it.
        row: which number.
        seed: the cotangent of that number, of shape (1,).
        wanted: the arrays whose cotangents are to be computed.
        b: makes the arrays.

    Returns:
        For each wanted array that the root depends on, its cotangent.
    """
    active = set(wanted)
    order = walk(root)
    for array in order:
        if any(arg in active for arg in array.args):
            active.add(array)
    shares: dict[Array, list[Share]] = {root: [(seed, np.array([row], dtype=np.intp))]}
    cotangents: dict[Array, Array] = {}
    for array in reversed(order):
        if array not in shares or array not in active:
            continue
        b.note = f"gradient of {b.notes[array]}"
        cotangents[array] = cotangent = _accumulated(array, shares.pop(array), b)
        for i, arg in enumerate(array.args):
            if arg in active and (share := VJP[array.op](array, cotangent, i, b)) is not None:
                shares.setdefault(arg, []).append(_without_repeats(*share, arg, b))
    return {array: cotangents[array] for array in wanted if array in cotangents}


def _accumulated(array: Array, shares: list[Share], b: Builder) -> Array:
    """All shares of a cotangent added up: those for all numbers as a sum, the others at their places."""
    total: Array | None = None
    others: list[tuple[Array, Index]] = []
    for share, index in shares:
        if index is not None and not _whole(index, array):
            others.append((b.reshape(share, index.shape), index))
            continue
        share = b.reshape(share, array.shape)
        total = share if total is None else b.map(Term("+", (X0, X1)), (total, share))
    if total is None:
        return b.place(others, array.shape, array.batched)
    if not others:
        return total
    whole = np.arange(total.size, dtype=np.intp).reshape(total.shape)
    return b.place([(total, whole), *others], array.shape, array.batched)


def _whole(index: Index, array: Array) -> bool:
    return index.size == array.size and bool((index.reshape(-1) == np.arange(index.size)).all())


def _without_repeats(share: Array, index: Index | None, arg: Array, b: Builder) -> Share:
    """The same share with no number twice: what is for the same number is added up first."""
    if not arg.batched:
        share = b.sum(share, BATCH)
    if index is None:
        return share, None
    share = b.reshape(share, index.shape)
    for axis in reversed(range(index.ndim)):
        first = index.take([0], axis)
        if index.shape[axis] > 1 and (index == first).all():
            share, index = b.sum(share, axis), first.squeeze(axis)
    if index.ndim == 0:
        return b.reshape(share, (1,)), index.reshape(1)
    found = segments(index)
    if len(found.rows) == index.size:
        return share, index
    return b.segments(b.rows(share, found.order), found.starts), found.rows


# The rules


def _of_rows(array: Array, cotangent: Array, i: int, b: Builder) -> Share:
    return cotangent, array.attr


def _of_map(array: Array, cotangent: Array, i: int, b: Builder) -> Share | None:
    slope = array.attr.partials[i]
    if slope is None:
        return None
    constant = as_constant(slope)
    if constant is not None and not array.args[i].batched:
        cotangent = b.sum(cotangent, BATCH)  # the same number for each example goes before the sum
    if constant == 1.0:
        return cotangent, None
    if constant == -1.0:
        return b.map(Term("neg", (X0,)), (cotangent,)), None
    if slope.head == "where" and [as_constant(arg) for arg in slope.args[1:]] == [1.0, 0.0]:
        slope = slope.args[0]  # a condition, as a number, is 1 or 0
    operands = {**{f"x{j}": arg for j, arg in enumerate(array.args)}, "y": array}
    if slope.head == "*" and as_constant(slope.args[0]) is not None and _is_seed(cotangent):
        cotangent = b.map(Term("*", (slope.args[0], X0)), (cotangent,))  # which is computed once
        slope = slope.args[1]
    used, term = _times_cotangent(slope)
    return b.map(term, (*[operands[name] for name in used], cotangent)), None


@lru_cache(maxsize=4096)
def _times_cotangent(slope: Term) -> tuple[list[str], Term]:
    """The names in a derivative, and its product with a cotangent, over those and the cotangent."""
    used = names_in(slope)
    slope = substituted(slope, {name: argument(j) for j, name in enumerate(used)})
    if slope.head == "/" and as_constant(slope.args[0]) == 1.0:
        return used, Term("/", (argument(len(used)), slope.args[1]))
    return used, Term("*", (argument(len(used)), slope))


def _is_seed(cotangent: Array) -> bool:
    return all(each.op in ("rows", "leaf") for each in walk(cotangent)) and walk(cotangent)[0].attr == SEED


def _of_sum(array: Array, cotangent: Array, i: int, b: Builder) -> Share:
    (arg,) = array.args
    if array.attr == BATCH:
        raise NotImplementedError("a sum over the examples is not differentiated")
    return b.spread(cotangent, array.attr, arg.shape[array.attr]), None


def _of_fold(array: Array, cotangent: Array, i: int, b: Builder) -> Share:
    """Each comparison passes on its share: by the second operand's derivative to a number, and by the first one's
    through all later comparisons.
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


def _of_segments(array: Array, cotangent: Array, i: int, b: Builder) -> Share:
    (arg,) = array.args
    counts = np.diff(np.append(array.attr, arg.size))
    return b.rows(cotangent, np.repeat(np.arange(len(counts), dtype=np.intp), counts)), None


def _of_contraction(array: Array, cotangent: Array, i: int, b: Builder) -> Share:
    """The other operand's product with the cotangent."""
    first, second, answer = array.attr.letters
    if i == 0:
        return b.contract(cotangent, array.args[1], f"{answer},{second}->{first}", None, _either(array, i)), None
    made = b.contract(array.args[0], cotangent, f"{first},{answer}->{second}", array.attr.extent, _either(array, i))
    return made, None


def _either(array: Array, i: int) -> bool:
    """The share of what is the same for all examples is summed over them as well."""
    return array.args[i].batched


def _of_place(array: Array, cotangent: Array, i: int, b: Builder) -> Share:
    return b.rows(cotangent, array.attr.indices[i]), None


def _of_pick(array: Array, cotangent: Array, i: int, b: Builder) -> Share | None:
    """The index makes the choice, and has no derivative."""
    table, index = array.args
    return None if i else (b.scatter(index, cotangent, table.shape[-1], table.batched), None)


VJP: dict[str, Callable[[Array, Array, int, Builder], Share | None]] = {
    "rows": _of_rows,
    "map": _of_map,
    "sum": _of_sum,
    "fold": _of_fold,
    "segments": _of_segments,
    "contract": _of_contraction,
    "place": _of_place,
    "pick": _of_pick,
}
"""For each operation its vector-Jacobian product. `accumulate` and `scatter` are made by derivatives only."""
