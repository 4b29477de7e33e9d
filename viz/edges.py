"""The graph to draw: the nodes of an expression, their operands, and their places in a network."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from autograd import Value
from autograd.arguments import values
from autograd.graph import every_node

Node = TypeVar("Node", bound=Hashable)


class Edge(NamedTuple):
    """An operand and the node that uses it."""

    operand: Value
    result: Value
    position: int
    """The operand's index: `a - b` has a at 0 and b at 1, and `a + a` has two edges."""


def trace(*roots: Value) -> tuple[list[Value], list[Edge]]:
    """All nodes that the roots were made from, operands first, and the edges between them.

    The order depends on the graph alone: the same graph gives the same lists in every process.

    Example:
        >>> a = Value(2.0)
        >>> nodes, edges = trace(a + a)
        >>> len(nodes), len(edges)
        (2, 2)
    """
    nodes = every_node(*values(roots, "the roots of a graph"))
    return nodes, edges_of(nodes)


def edges_of(nodes: list[Value]) -> list[Edge]:
    """The edges that end at the nodes."""
    return [Edge(operand, node, i) for node in nodes for i, operand in enumerate(node._prev)]


DEEPEST = 20
"""The maximum number of parts of a place that are drawn, as nested frames."""


def places(nodes: list[Value]) -> dict[Value, str]:
    """The place of each node in a network: `layers[0].neurons[3]`, or '' for nodes without one.

    A module marks its results. Nodes that only lead to them have the same place, and so do the module's parameters,
    whose labels begin with it. Only the outer 20 parts of a longer place are kept.
    """
    found: dict[Value, str] = {}
    around: dict[Value, str] = {}
    """The common place of a node's consumers."""
    for node in reversed(nodes):
        operands, common = node._prev, around.pop(node, "")
        if place := node.place:
            place = place if place.count(".") < DEEPEST else ".".join(place.split(".", DEEPEST)[:DEEPEST])
        elif operands or not node.label or node.label.startswith(f"{common}.") or _own(node, common):
            place = common
        found[node] = place
        for operand in operands:
            if around.setdefault(operand, place) != place:
                around[operand] = ""
    return found


def _own(leaf: Value, place: str) -> bool:
    """Whether a leaf is a parameter of a single neuron, whose parameters have no path."""
    return place == "neuron" and (leaf.label == "b" or leaf.label.startswith("w["))


def to_the_end(nodes: Sequence[Node], links: Iterable[tuple[Node, Node]]) -> dict[Node, int]:
    """For each node, operands first, the length of the longest path from it, in operations."""
    incoming: dict[Node, list[Node]] = {}
    for start, end in links:
        incoming.setdefault(end, []).append(start)
    distance = dict.fromkeys(nodes, 0)
    for node in reversed(nodes):
        for start in incoming.get(node, ()):
            distance[start] = max(distance[start], distance[node] + 1)
    return distance


def spans(nodes: list[Value], edges: list[Edge]) -> dict[Edge, int]:
    """The number of operations that each edge spans in a drawing, at least 1.

    Each node is placed as close as possible to its first consumer, so only nodes used again much later have long edges.
    """
    distance = to_the_end(nodes, (edge[:2] for edge in edges))
    return {edge: distance[edge.operand] - distance[edge.result] for edge in edges}
