"""Recomputes a graph from its leaves' current numbers without changing it."""

from __future__ import annotations

from collections.abc import Mapping

from autograd.graph import describe, topological
from autograd.ops import Operation
from autograd.sweep import sweep
from autograd.value import Value


def recomputed(loss: Value, given: Mapping[Value, float] | None = None) -> dict[Value, float]:
    """The number that each node would have now; `given` overrides the numbers of some nodes.

    Raises:
        TypeError: a node was made by hand and cannot be computed again.
    """
    found: dict[Value, float] = dict(given or {})
    for node in topological(loss, known=list(found)):
        found[node] = _evaluated(node, found)[0]
    found.setdefault(loss, loss.data)
    return found


def differentiated(
    loss: Value, given: Mapping[Value, float] | None = None
) -> tuple[dict[Value, float], dict[Value, float]]:
    """The number that each node would have now, and the derivative of the loss with respect to it.

    Raises:
        TypeError: a node was made by hand and cannot be computed again.
    """
    data: dict[Value, float] = dict(given or {})
    order = topological(loss)
    slopes: dict[Value, list[float]] = {}
    for node in order:
        data[node], *slopes[node] = _evaluated(node, data)
    return data, sweep(order, {loss: 1.0}, lambda node: slopes[node].__getitem__)


def _evaluated(node: Value, data: Mapping[Value, float]) -> tuple[float, ...]:
    rule = node._rule
    if not isinstance(rule, Operation):
        raise TypeError(f"{describe(node)} was made by hand and cannot be computed again")
    return rule.evaluate(*[data.get(operand, operand.data) for operand in node._prev])
