"""Places layers side by side, by keeping a layer's parameters away from the layer before it."""

from __future__ import annotations

from bisect import bisect_left

from autograd import Value
from viz.edges import Edge


def behind(nodes: list[Value], edges: list[Edge], home: dict[Value, str]) -> list[tuple[Value, Value]]:
    """Pairs of a result and a parameter to place behind it, in the layer that uses the result.

    Otherwise a parameter would be beside its first consumer, among the nodes of the layer before, and the two layers
    would be drawn one below the other. No pair closes a cycle, even with recurrent layers.

    Args:
        nodes: the nodes that are drawn, operands first.
        edges: the edges between them.
        home: the place of each node in the network.
    """
    place = {node: i for i, node in enumerate(nodes)}
    layer = {node: home[node].partition(".")[0] for node in nodes}
    feeders: dict[str, set[int]] = {}
    first: dict[Value, int] = {}
    for edge in edges:
        inside = layer[edge.result]
        if inside and edge.operand._prev and layer[edge.operand] != inside:
            feeders.setdefault(inside, set()).add(place[edge.operand])
        first[edge.operand] = min(first.get(edge.operand, len(nodes)), place[edge.result])
    sorted_feeders = {inside: sorted(some) for inside, some in feeders.items()}
    pairs = []
    for leaf in nodes:
        known = sorted_feeders.get(layer[leaf], [])
        if not leaf._prev and known and leaf in first and (before := bisect_left(known, first[leaf])):
            pairs.append((nodes[known[before - 1]], leaf))
    return pairs
