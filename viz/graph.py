"""What there is to draw: the nodes of an expression, their operands, and where in a network they belong."""

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
    nodes = every_node(*values(roots, "what is traced"))
    return nodes, edges_of(nodes)


def edges_of(nodes: list[Value]) -> list[Edge]:
    """The edges that end at the nodes."""
    return [Edge(operand, node, i) for node in nodes for i, operand in enumerate(node._prev)]


DEEPEST = 20
"""How many parts of a place are drawn: a frame around a frame around a frame."""


def places(nodes: list[Value]) -> dict[Value, str]:
    """Where in a network each node belongs: `layers[0].neurons[3]`, or '' for what belongs nowhere.

    A module marks what it returns; what only leads there belongs there too, and so do its parameters, whose labels
    begin with its place. Of a place of more than 20 parts it is the outer ones.
    """
    consumers: dict[Value, list[Value]] = {}
    for node in nodes:
        for operand in node._prev:
            consumers.setdefault(operand, []).append(node)
    found: dict[Value, str] = {}
    for node in reversed(nodes):
        if place := node.place:
            found[node] = place if place.count(".") < DEEPEST else ".".join(place.split(".", DEEPEST)[:DEEPEST])
            continue
        around = {found[consumer] for consumer in consumers.get(node, [])}
        common = around.pop() if len(around) == 1 else ""
        at_home = bool(node._prev) or not node.label or node.label.startswith(f"{common}.") or _own(node, common)
        found[node] = common if at_home else ""
    return found


def _own(leaf: Value, place: str) -> bool:
    """Whether it is a parameter of a lone neuron, whose parameters carry no path."""
    return place == "neuron" and (leaf.label == "b" or leaf.label.startswith("w["))


def to_the_end(nodes: Sequence[Node], links: Iterable[tuple[Node, Node]]) -> dict[Node, int]:
    """For each node, operands first, how many operations the longest way from it has."""
    incoming: dict[Node, list[Node]] = {}
    for start, end in links:
        incoming.setdefault(end, []).append(start)
    distance = dict.fromkeys(nodes, 0)
    for node in reversed(nodes):
        for start in incoming.get(node, ()):
            distance[start] = max(distance[start], distance[node] + 1)
    return distance


def spans(nodes: list[Value], edges: list[Edge]) -> dict[Edge, int]:
    """How many operations each edge spans in a drawing, at least 1.

    Each node stands as near to its first consumer as can be, so only those used again much later have long edges.
    """
    distance = to_the_end(nodes, (edge[:2] for edge in edges))
    return {edge: distance[edge.operand] - distance[edge.result] for edge in edges}
