"""The direction of a drawing: from left to right, unless it would be much wider than a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from autograd.arguments import a_choice
from viz.edges import Node, to_the_end

DIRECTIONS = ("auto", "LR", "TB", "RL", "BT")
_WIDE = 1000.0
"""The largest width of a drawing, in points; on a page of 830 pixels its text is then about 9 pixels high."""
_GAP = 30.0


def check(rankdir: str) -> None:
    """Raises ValueError if there is no such direction."""
    a_choice(rankdir, "direction", DIRECTIONS)


def chosen(rankdir: str, nodes: Sequence[Node], links: Iterable[tuple[Node, Node]], box: float, label: float) -> str:
    """The direction; for `auto`, it depends on the shape of the graph.

    Args:
        rankdir: the caller's choice.
        nodes: the nodes that are drawn, operands first.
        links: the links between them.
        box: the width of a box, in points.
        label: the width of the links' labels.
    """
    if rankdir != "auto":
        return rankdir
    ranks = Counter(to_the_end(nodes, links).values())
    across = len(ranks) * (box + _GAP + label)
    down = max(ranks.values(), default=1) * (box + label)
    return "TB" if across > _WIDE and down < across else "LR"
