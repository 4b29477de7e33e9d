"""What IPython and Jupyter show of a Value or a step: the text, the graph alive, and a drawing where it is small.

The pictures come from `viz`, once it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    if not 0 < size <= LARGEST or _pictures is None:
        return shown
    return shown | _pictures(root, highlight, size <= DRAWN)


_Pictures = Callable[[Value, Sequence[Value], bool], dict[str, str]]

_pictures: _Pictures | None = None


def show_with(pictures: _Pictures) -> None:
    """Registers what displays a graph, as `viz` does when it is imported.

    Args:
        pictures: `pictures(root, highlight, drawn)`: representations by their MIME type, a drawing among them where one
            is wanted.
    """
    global _pictures
    _pictures = pictures
