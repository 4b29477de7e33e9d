"""What IPython and Jupyter show of a Value or a step: the text, and where it can be drawn, the graph."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.graph import topological
from autograd.value import Value
from autograd.words.text import Text

LARGEST = 150
"""Graphs of more operations are shown as text alone."""


def bundle(text: str, root: Value, highlight: Sequence[Value] = ()) -> dict[str, str]:
    """Representations by their MIME type."""
    shown = {"text/plain": repr(Text(text))}
    if not root._prev or len(topological(root)) > LARGEST:
        return shown
    try:
        import viz
    except ImportError:
        return shown
    try:
        shown["image/svg+xml"] = viz.svg(root, highlight=highlight, theme="auto")
    except viz.LayoutError:
        return shown
    return shown
