"""Which way a drawing goes: across, as one reads, unless it would be much wider than a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from autograd.arguments import a_choice
from viz.graph import Node, to_the_end

DIRECTIONS = ("auto", "LR", "TB", "RL", "BT")
_WIDE = 1000.0
"""So wide, in points, a drawing may be: on a page of 830 pixels its text is then some 9 pixels high."""
_GAP = 30.0


def check(rankdir: str) -> None:
    """Raises ValueError where there is no such direction."""
    a_choice(rankdir, "direction", DIRECTIONS)


def chosen(rankdir: str, nodes: Sequence[Node], links: Iterable[tuple[Node, Node]], box: float, label: float) -> str:
    """The direction, where `auto` leaves it to the shape of the graph.

    Args:
        rankdir: as the caller asked.
        nodes: those that are drawn, operands first.
        links: between them.
        box: how wide one is, in points.
        label: how wide the labels of links are.
    """
    if rankdir != "auto":
        return rankdir
    ranks = Counter(to_the_end(nodes, links).values())
    across = len(ranks) * (box + _GAP + label)
    down = max(ranks.values(), default=1) * (box + label)
    return "TB" if across > _WIDE and down < across else "LR"
