"""Whether a graph's numbers still follow from its leaves, and what has changed since they were computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.graph import topological
from autograd.ops import Operation
from autograd.partials import partial_term
from autograd.shown import number, printable

if TYPE_CHECKING:
    from autograd.value import Value

LOOKED_AT = 1000
"""The maximum number of operations that a repr checks, so that it is fast on a graph of any size."""


def stale(root: Value, most: int | None = None) -> str:
    """A sentence that says what changed after this graph was computed; empty if nothing did.

    A node is stale if its operands' current numbers give another result, or other local derivatives, than it holds. An
    operand's earlier number is known if a product kept it as a local derivative.

    Args:
        root: the root of the graph.
        most: the largest number of operations to check; for larger graphs the result is empty.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(3.0, label="w"), Value(2.0, label="x")
        >>> y = w * x
        >>> w.data = 1.2
        >>> stale(y)
        'stale: w was changed from 3.0 to 1.2 after this was computed; refresh()'
    """
    order = _order(root, most)
    changed = [node for node in order if differs(node)]
    if not changed:
        return ""
    return f"stale: {_changes(order, changed)} after this was computed; refresh()"


def stale_at_a_glance(root: Value) -> str:
    """`stale` with a limit on the graph's size, for a repr."""
    return stale(root, LOOKED_AT)


def differs(node: Value) -> bool:
    """Whether a node's operands now give another number, or other local derivatives, than it holds."""
    rule = node._rule
    if not isinstance(rule, Operation) or not node._local_grads:
        return False  # made by hand: nothing here knows how to recompute it
    try:
        answer, *slopes = rule.evaluate(*[operand.data for operand in node._prev])
    except (ArithmeticError, ValueError):
        return True
    held = (node.data, *node._local_grads)
    return any(x != y and (x == x or y == y) for x, y in zip((answer, *slopes), held, strict=True))


def _order(root: Value, most: int | None) -> list[Value]:
    """The operations below a node; none if there are more than `most`."""
    if most is None:
        return topological(root)
    met, pending = {root}, [root]
    while pending:
        for operand in pending.pop()._prev:
            if operand not in met:
                met.add(operand)
                pending.append(operand)
        if len(met) > 2 * most:
            return []
    return topological(root)


def _changes(order: list[Value], changed: list[Value]) -> str:
    """The leaves that changed, with their old and new numbers as far as they are known."""
    before: dict[Value, float] = {}
    for node in order:
        for operand, old in _kept(node):
            before.setdefault(operand, old)
    suspects = dict.fromkeys(operand for node in changed for operand in node._prev)
    sure = [v for v in suspects if v in before and _other(before[v], v.data)]
    unsure = [v for v in suspects if v not in before and not v._prev and v.label]
    if sure:
        shown = [f"{_called(v)} was changed from {number(before[v])} to {number(v.data)}" for v in sure[:3]]
        return " and ".join([*shown, *([f"{len(sure) - 3} more"] if len(sure) > 3 else [])])
    if len(unsure) == 1:
        return f"{_called(unsure[0])} was changed to {number(unsure[0].data)}"
    if unsure:
        return f"one or more of {', '.join(map(_called, unsure[:5]))} were changed"
    return "an operand was changed"


def _kept(node: Value) -> list[tuple[Value, float]]:
    """The operands' numbers when a node was computed, if its rule kept them: a product keeps its factors."""
    rule, operands = node._rule, node._prev
    if not isinstance(rule, Operation) or not node._local_grads:
        return []
    found = []
    for i, local in enumerate(node._local_grads):
        partial = partial_term(rule, i, len(operands))
        if partial is not None and partial.head == "name" and partial.args[0] != "y":
            found.append((operands[int(partial.args[0][1:])], local))
    return found


def _other(x: float, y: float) -> bool:
    return x != y and (x == x or y == y)


def _called(v: Value) -> str:
    return printable(v.label) if v.label else "a result" if v._prev else "a Value without a label"
