"""How IPython and Jupyter display a Value or a step: as text, as a live graph, and as a drawing if it is small.

`viz` registers the pictures when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.graph import topological
from autograd.value import Value
from autograd.words.text import Text

DRAWN = 150
"""Graphs with more operations are not drawn; the live page shows them."""
LARGEST = 20_000
"""Graphs with more operations are shown as text only, since a page would add megabytes to the notebook."""


def bundle(text: str, root: Value, highlight: Sequence[Value] = ()) -> dict[str, str]:
    """The representations by MIME type. The page selects the nodes in `highlight`, such as that of a step."""
    shown = {"text/plain": repr(Text(text))}
    size = len(topological(root)) if root._prev else 0
    if not 0 < size <= LARGEST or _pictures is None:
        return shown
    return shown | _pictures(root, highlight, size <= DRAWN)


_Pictures = Callable[[Value, Sequence[Value], bool], dict[str, str]]

_pictures: _Pictures | None = None


def show_with(pictures: _Pictures) -> None:
    """Registers the function that draws graphs; `viz` calls this when it is imported.

    Args:
        pictures: `pictures(root, highlight, drawn)` returns representations by MIME type, with a drawing if `drawn`.
    """
    global _pictures
    _pictures = pictures
