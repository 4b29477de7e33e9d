"""What a compiled program found, in words."""

from __future__ import annotations

from autograd.compiler.emission import Emitted
from autograd.compiler.grouping import CONSTANTS, Group, Grouping, Terms


def report(grouping: Grouping, emitted: Emitted) -> str:
    """A line for the whole, and one for each group."""
    params, inputs, constants = (leaf.rows for leaf in grouping.groups[: CONSTANTS + 1])
    lines = [
        f"{grouping.scalars:,} scalar operations -> {emitted.forward_calls} numpy calls"
        f" (and {emitted.backward_calls} for the gradient)",
        f"{inputs:,} inputs, {params:,} parameters, {constants:,} distinct constants",
    ]
    rows = [(_where(each), _what(each), _how(each)) for each in grouping.groups[CONSTANTS + 1 :]]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    lines += [f"  {where.ljust(widths[0])}  {what.ljust(widths[1])}  -> {how}" for where, what, how in rows]
    return "\n".join(lines)


def _where(each: Group) -> str:
    return "".join(c if c.isprintable() else "?" for c in each.place)[:40]


def _what(each: Group) -> str:
    if each.rule is not None:
        return f"{each.rows:,} × {each.rule.name}"
    products = sum(terms.count for terms in each.terms if len(terms.factors) == 2)
    others = sum(terms.count for terms in each.terms if len(terms.factors) == 1)
    parts = [f"{products:,} products"] * bool(products) + [f"{others:,} numbers"] * bool(others)
    return f"{each.rows:,} × sum of {' and '.join(parts)}"


def _how(each: Group) -> str:
    if each.rule is not None:
        return f"{each.rule.name} of an array"
    return " and ".join(_term(each, terms) for terms in each.terms)


def _term(each: Group, terms: Terms) -> str:
    if terms.grid is not None:
        m, v = terms.grid
        k = terms.factors[0].index.shape[1]
        return f"a matrix product ({m} × {k}) · ({k} × {'batch' if v == 1 else f'{v}·batch'})"
    if terms.starts is not None:
        return f"{each.rows:,} segments of {terms.count:,}"
    if len(terms.factors) == 2:
        return "products, added up" if terms.count > each.rows else "a product of arrays"
    return "an array" if terms.count == each.rows else "arrays, added up"
