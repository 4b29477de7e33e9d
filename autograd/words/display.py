"""What IPython and Jupyter show of a Value or a step: the text, the graph alive, and a drawing where it is small."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.graph import topological
from autograd.value import Value
from autograd.words.text import Text

DRAWN = 150
"""Graphs of more operations are not drawn: the page that shows them is enough."""
LARGEST = 20_000
"""Graphs of more operations are shown as text alone: a notebook would grow by megabytes."""


def bundle(text: str, root: Value, highlight: Sequence[Value] = ()) -> dict[str, str]:
    """Representations by their MIME type; where a step is shown, its node is selected in the page."""
    shown = {"text/plain": repr(Text(text))}
    size = len(topological(root)) if root._prev else 0
    if not 0 < size <= LARGEST:
        return shown
    try:
        import viz
    except ImportError:
        return shown
    shown["text/html"] = viz.framed(root, selected=highlight[0] if highlight else None)
    if size <= DRAWN:
        try:
            shown["image/svg+xml"] = viz.svg(root, highlight=highlight, theme="auto")
        except viz.LayoutError:
            return shown
    return shown
