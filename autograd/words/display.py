"""What IPython and Jupyter show of what has a graph: the text, the graph alive, and a drawing where it is small.

The pictures come from whatever is installed for it, as a plug-in: `viz` is. It is found, and loaded, when first wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from autograd.graph import every_node
from autograd.value import Value
from autograd.words.text import Text

PLUGINS = "glassgrad.pictures"
"""The group of entry points among which pictures are looked for: `pictures(roots, highlight, drawn)`.

Such a function gives representations by their MIME type, and a drawing among them where one is wanted.
"""
DRAWN = 300
"""Graphs of more nodes are not drawn: the page that shows them is enough."""
LARGEST = 20_000
"""Graphs of more nodes are shown as text alone: a notebook would grow by megabytes."""


def bundle(text: str, *roots: Value, highlight: Sequence[Value] = ()) -> dict[str, str]:
    """Representations by their MIME type.

    Args:
        text: what stands where there are no pictures.
        *roots: whose graph to show, if any.
        highlight: nodes to mark; the page begins at the step of the first.
    """
    shown = {"text/plain": repr(Text(text))}
    size = len(every_node(*roots)) if any(root._prev for root in roots) else 0
    pictures = _pictures() if 0 < size <= LARGEST else None
    return shown | pictures(roots, highlight, size <= DRAWN) if pictures else shown


_Pictures = Callable[[Sequence[Value], Sequence[Value], bool], dict[str, str]]


@cache
def _pictures() -> _Pictures | None:
    """What displays a graph, or None where nothing is installed that does."""
    from importlib.metadata import entry_points

    for plugin in entry_points(group=PLUGINS):
        try:
            found: _Pictures = plugin.load()
        except ImportError:
            continue
        return found
    return None
