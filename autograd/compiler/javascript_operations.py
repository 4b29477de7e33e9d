"""The operations of an array program in JavaScript, each as the statements that compute an array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from autograd import javascript
from autograd.compiler.ir import BATCH, Array
from autograd.compiler.javascript_loops import Access, At, c_order, nest
from autograd.compiler.javascript_products import one_by_one, products
from autograd.compiler.javascript_writer import Writer
from autograd.terms import Term, as_constant, folded


def _rows(w: Writer, a: Array) -> list[str]:
    out, x = w.access(a), w.access(a.args[0], a.attr)
    return nest(a.shape, [out, x], a.batched, lambda out, x: [f"{out} = {x};"])


def _map(w: Writer, a: Array) -> list[str]:
    term = _cheaper(a.attr.term)

    def body(out: At, *args: At) -> list[str]:
        lines, answer = javascript.statements(term, {f"x{i}": str(arg) for i, arg in enumerate(args)})
        return [*lines, f"{out} = {answer};"]

    return nest(a.shape, [w.access(a), *map(w.access, a.args)], a.batched, body)


def _cheaper(term: Term) -> Term:
    """Writes the squares in a term as products."""

    def inner(each: Term, args: tuple[Term, ...]) -> Term:
        square = each.head == "**" and as_constant(args[1]) == 2.0
        return Term("*", (args[0], args[0])) if square else Term(each.head, args)

    found: Term = folded(term, lambda each: each, inner)
    return found


def _sum(w: Writer, a: Array) -> list[str]:
    (arg,) = a.args
    if a.attr == BATCH:
        each = "for (let b = 0; b < batch; b++)"
        return nest(a.shape, [w.access(a), w.access(arg)], False, lambda out, x: _added(each, out, x))
    each = _along(arg.shape[a.attr])
    return nest(a.shape, [w.access(a), w.access(arg).without(a.attr)], a.batched, lambda out, x: _added(each, out, x))


def _added(each: str, out: At, x: At) -> list[str]:
    """A sum in a loop. It starts at -0, so that a sum of negative zeros is -0."""
    return ["let s = -0;", f"{each} s += {x};", f"{out} = s;"]


def _along(count: int, start: int = 0) -> str:
    """A loop along an axis."""
    return f"for (let k = {start}; k < {count}; k++)"


_RUNNING = {"maximum": "Math.max(s, {})", "minimum": "Math.min(s, {})", "add": "s + {}", "multiply": "s * {}"}


def _fold(w: Writer, a: Array) -> list[str]:
    (arg,) = a.args

    def body(out: At, x: At) -> list[str]:
        each = f"{_along(arg.shape[-1], 1)} s = {_RUNNING[a.attr].format(x)};"
        return [f"let s = {x.at('0')};", each, f"{out} = s;"]

    return nest(a.shape, [w.access(a), w.access(arg).without(len(a.shape))], a.batched, body)


def _accumulate(w: Writer, a: Array) -> list[str]:
    (arg,) = a.args
    axis = len(a.shape) - 1

    def body(out: At, x: At) -> list[str]:
        each = f"{_along(a.shape[-1], 1)} {out} = s = {_RUNNING[a.attr].format(x)};"
        return [f"let s = {x.at('0')};", f"{out.at('0')} = s;", each]

    return nest(a.shape[:-1], [w.access(a).without(axis), w.access(arg).without(axis)], a.batched, body)


def _segments(w: Writer, a: Array) -> list[str]:
    (arg,) = a.args
    starts = Access(w.table(np.append(a.attr.reshape(-1), arg.size)), 0, c_order(a.shape), False)
    x = w.access(arg, np.arange(arg.size))
    x = replace(x, steps=(0,) * len(a.shape), along=x.steps[0])

    def body(out: At, start: At, end: At, x: At) -> list[str]:
        return _added(f"for (let k = {start}; k < {end}; k++)", out, x)

    return nest(a.shape, [w.access(a), starts, replace(starts, start=1), x], a.batched, body)


def _contract(w: Writer, a: Array) -> list[str]:
    arrays = (*a.args, a)
    operands = list(zip(map(w.access, arrays), a.attr.letters, strict=True))
    sizes = {
        letter: length
        for array, letters in zip(arrays, a.attr.letters, strict=True)
        for letter, length in zip(letters, array.shape, strict=True)
    }
    if a.attr.extent is not None or any(access.table for access, _ in operands):
        return one_by_one(operands, sizes, None if a.attr.extent is None else w.table(a.attr.extent))
    w.multiplies = True
    return products(operands, sizes)


def _place(w: Writer, a: Array) -> list[str]:
    buffer = w.plan.spots[a].buffer
    lines = [f"{buffer.name}.fill(0);"] if a in w.plan.cleared else []
    for part, index, mode in zip(a.args, a.attr.indices, w.plan.modes[a], strict=True):
        if mode != "here":
            there, x = w.within(buffer, index.reshape(-1)), w.access(part, np.arange(part.size))
            sign = "+=" if mode == "add" else "="
            lines += nest((part.size,), [there, x], a.batched, lambda out, x, sign=sign: [f"{out} {sign} {x};"])
    return lines


def _pick(w: Writer, a: Array) -> list[str]:
    table, index = a.args
    known = f"k >= 0 && k < {table.shape[-1]} && Number.isInteger(k)"

    def body(out: At, index: At, x: At) -> list[str]:
        return [f"const k = {index};", f"{out} = {known} ? {x} : NaN;"]

    return nest(a.shape, [w.access(a), w.access(index), w.access(table).without(1)], a.batched, body)


def _scatter(w: Writer, a: Array) -> list[str]:
    index, x = a.args
    out = w.access(a)

    def body(out: At, index: At, x: At) -> list[str]:
        there = f"const k = Math.min(Math.max(Math.trunc({index}) || 0, 0), {a.attr - 1});"
        return [there, f"{out} {'=' if a.batched else '+='} {x};"]

    cleared = nest(a.shape, [out], a.batched, lambda out: [f"{out} = 0;"])
    accesses = [out.without(1), w.access(index), w.access(x)]
    return [*cleared, *nest(index.shape, accesses, index.batched or x.batched, body)]


WRITERS: dict[str, Callable[[Writer, Array], list[str]]] = {
    "rows": _rows,
    "map": _map,
    "sum": _sum,
    "fold": _fold,
    "accumulate": _accumulate,
    "segments": _segments,
    "contract": _contract,
    "place": _place,
    "pick": _pick,
    "scatter": _scatter,
}
