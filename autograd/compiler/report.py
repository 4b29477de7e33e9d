"""Reports which scalars a compiled program grouped, and how it computes them."""

from __future__ import annotations

from autograd.compiler.build import Built
from autograd.compiler.grouping import CONSTANTS, Group, Terms
from autograd.compiler.lower import plain
from autograd.shown import many


def report(built: Built) -> str:
    """Two lines for the whole program, and one for each group."""
    grouping = built.grouping
    params, inputs, constants = (leaf.rows for leaf in grouping.groups[: CONSTANTS + 1])
    lines = [
        size(built),
        f"{many(inputs, 'input')}, {many(params, 'parameter')}, {many(constants, 'distinct constant')}",
    ]
    rows = [(plain(each.place)[:40], _what(each), _how(each)) for each in grouping.groups[CONSTANTS + 1 :]]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    lines += [f"  {where.ljust(widths[0])}  {what.ljust(widths[1])}  -> {how}" for where, what, how in rows]
    return "\n".join(lines)


def size(built: Built) -> str:
    """The number of scalar operations, and of the calls that replace them."""
    calls, more = built.emitted.forward_calls, built.emitted.backward_calls
    scalars = many(built.grouping.scalars, "scalar operation")
    return f"{scalars} -> {many(calls, 'numpy call')} (and {more} for the gradient)"


def _what(each: Group) -> str:
    products = sum(terms.count for terms in each.terms if len(terms.factors) == 2)
    others = sum(terms.count for terms in each.terms if len(terms.factors) == 1)
    parts = [many(products, "product")] * bool(products) + [many(others, "number")] * bool(others)
    return f"{each.rows:,} × {plain(each.what)}" + (f" of {' and '.join(parts)}" if parts else "")


def _how(each: Group) -> str:
    if each.terms:
        return " and ".join(_term(each, terms) for terms in each.terms)
    return f"{plain(each.what)} of an array"


def _term(each: Group, terms: Terms) -> str:
    if terms.product is not None:
        (h, m, v), k = terms.product.shape, terms.product.left.shape[2]
        blocks = f"{h} matrix products" if h > 1 else "a matrix product"
        return f"{blocks} ({m} × {k}) · ({k} × {'batch' if v == 1 else f'{v}·batch'})"
    if terms.starts is not None:
        return f"{many(each.rows, 'segment')} of {terms.count:,}"
    if len(terms.factors) == 2:
        return "products, added up" if terms.count > each.rows else "a product of arrays"
    return "an array" if terms.count == each.rows else "arrays, added up"
