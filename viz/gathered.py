"""Draws a collapsed graph: many scalars in a box, and the number of edges between two boxes."""

from __future__ import annotations

import re
from itertools import pairwise

from autograd import Value
from autograd.graph import gradient as gradient_of
from viz import labels
from viz.collapse import Box, Collapsed, extent
from viz.edges import to_the_end
from viz.emphasis import Stroke
from viz.escaping import beside, in_markup, visible
from viz.pen import Pen


def draw(pen: Pen, collapsed: Collapsed, roots: tuple[Value, ...]) -> None:
    """Draws the boxes and their links with a pen.

    Args:
        pen: the pen, whose drawing is empty.
        collapsed: the boxes.
        roots: the values to draw; a box shows the label of a root in it.
    """
    for i, box in enumerate(collapsed.boxes):
        members = set(box.members)
        _box(pen, f"b{i}", box, [root for root in roots if root in members])
    for (start, end), count in collapsed.links.items():
        name = f"l{start}-{end}"
        pen.drawing.edge(f"b{start}", f"b{end}", id=name, label=beside(f"×{count:,}") if count > 1 else "")
        pen.titles[name] = f"{count:,} edge{'s' * (count > 1)}"
    for row in _siblings(collapsed):
        with pen.drawing.subgraph() as rank:
            rank.attr(rank="same")
            for before, after in pairwise(row):
                rank.edge(f"b{before}", f"b{after}", style="invis")


def _siblings(collapsed: Collapsed) -> list[list[int]]:
    """Rows of boxes at the same depth whose titles differ only in a number, such as the neurons of a layer."""
    boxes, links = range(len(collapsed.boxes)), list(collapsed.links)
    after = to_the_end(boxes, links)
    before = to_the_end(boxes[::-1], [(end, start) for start, end in links])
    rows: dict[tuple[str, int, int], list[int]] = {}
    for i in boxes:
        title = collapsed.boxes[i].title
        if pattern := re.sub(r"\d+(?!.*\d)", "*", title):
            rows.setdefault((pattern, after[i], before[i]), []).append(i)
    return [row for row in rows.values() if len(row) > 1]


def _box(pen: Pen, name: str, box: Box, roots: list[Value]) -> None:
    count = len(box.members)
    title = visible((box.members[0].label if count == 1 else "") or box.title or "?")
    outputs = list(box.outputs)
    whose = f"{len(outputs):,} out: " if len(outputs) < count else ""
    lines = [whose + _range(pen, [node.data for node in outputs])]
    if pen.gradients:
        lines.append("∂ " + (_range(pen, [gradient_of(node) for node in outputs]) if pen.computed else "–"))
    named = [root for root in roots if root.label and count > 1]
    lines += [f"<B>{in_markup(visible(root.label))}</B> {pen.number(root.data)}" for root in named]
    pen.drawing.node(
        name,
        labels.box(
            labels.lines(in_markup(title), f"×{count:,}" if count > 1 else "", *lines),
            pen.colours.value if box.members[-1]._prev else pen.colours.parameter,
            Stroke(pen.colours.faint, 1.0),
            mark=pen.colours.highlight if any(node in pen.marked for node in box.members) else "",
        ),
        id=name,
    )
    pen.titles[name] = f"{title}: {count:,} scalar{'s' * (count > 1)}"


def _range(pen: Pen, numbers: list[float]) -> str:
    """The range from minimum to maximum, in markup; numbers that are not finite stand out."""
    least, most = extent(numbers)
    low, high = pen.number(least), pen.number(most)
    return low if low == high else f"{low} … {high}"
