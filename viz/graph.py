"""What there is to draw: the nodes of an expression, their operands, and where in a network they belong."""

from __future__ import annotations

from typing import NamedTuple

from autograd import Value
from autograd.graph import every_node


class Edge(NamedTuple):
    """An operand and the node that uses it."""

    operand: Value
    result: Value
    position: int
    """Which operand it is, from 0: `a - b` has a at 0 and b at 1, and `a + a` has two edges."""


def trace(*roots: Value) -> tuple[list[Value], list[Edge]]:
    """All nodes that the roots were made from, operands first, and the edges between them.

    The order depends on the graph alone: the same graph gives the same lists in every process.

    Example:
        >>> a = Value(2.0)
        >>> nodes, edges = trace(a + a)
        >>> len(nodes), len(edges)
        (2, 2)
    """
    nodes = every_node(*roots)
    return nodes, edges_of(nodes)


def edges_of(nodes: list[Value]) -> list[Edge]:
    """The edges that end at the nodes."""
    return [Edge(operand, node, i) for node in nodes for i, operand in enumerate(node._prev)]


def places(nodes: list[Value]) -> dict[Value, str]:
    """Where in a network each node belongs: `layers[0].neurons[3]`, or '' for what belongs nowhere.

    A module marks what it returns; what only leads there belongs there too, and so do its parameters, whose labels
    begin with its place.
    """
    consumers: dict[Value, list[Value]] = {}
    for node in nodes:
        for operand in node._prev:
            consumers.setdefault(operand, []).append(node)
    found: dict[Value, str] = {}
    for node in reversed(nodes):
        if node.place:
            found[node] = node.place
            continue
        around = {found[consumer] for consumer in consumers.get(node, [])}
        common = around.pop() if len(around) == 1 else ""
        at_home = bool(node._prev) or not node.label or node.label.startswith(f"{common}.") or _own(node, common)
        found[node] = common if at_home else ""
    return found


def _own(leaf: Value, place: str) -> bool:
    """Whether it is a parameter of a lone neuron, whose parameters carry no path."""
    return place == "neuron" and (leaf.label == "b" or leaf.label.startswith("w["))


def spans(nodes: list[Value], edges: list[Edge]) -> dict[Edge, int]:
    """How many operations each edge spans in a drawing, at least 1.

    Each node stands as near to its first consumer as can be, so only those used again much later have long edges.
    """
    to_the_end = dict.fromkeys(nodes, 0)
    for node in reversed(nodes):
        for operand in node._prev:
            to_the_end[operand] = max(to_the_end[operand], to_the_end[node] + 1)
    return {edge: to_the_end[edge.operand] - to_the_end[edge.result] for edge in edges}
