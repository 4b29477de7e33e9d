"""Displays objects with a graph in IPython and Jupyter: text, the interactive graph, and a drawing if it is small.

The pictures come from an installed plug-in, such as `viz`, which is found and loaded on first use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from autograd.graph import every_node
from autograd.value import Value
from autograd.words.text import Text

PLUGINS = "glassgrad.pictures"
"""The group of entry points that provide pictures: functions `pictures(roots, highlight, drawn)`.

Such a function returns representations by their MIME type, including a drawing if `drawn` is set.
"""
DRAWN = 300
"""The maximum number of nodes of a graph that is drawn; for larger ones the page suffices."""
LARGEST = 20_000
"""The maximum number of nodes of a graph with a page in a notebook; larger ones, which add megabytes, are only text."""


def bundle(text: str, *roots: Value, highlight: Sequence[Value] = ()) -> dict[str, str]:
    """Representations by their MIME type.

    Args:
        text: the text for hosts without pictures.
        *roots: the roots of the graph to show, if any.
        highlight: nodes to mark; the page begins at the step of the first.
    """
    shown = {"text/plain": repr(Text(text))}
    size = len(every_node(*roots)) if any(root._prev for root in roots) else 0
    pictures = _pictures() if 0 < size <= LARGEST else None
    return shown | pictures(roots, highlight, size <= DRAWN) if pictures else shown


_Pictures = Callable[[Sequence[Value], Sequence[Value], bool], dict[str, str]]


@cache
def _pictures() -> _Pictures | None:
    """The plug-in's function, or None if no plug-in is installed."""
    from importlib.metadata import entry_points

    for plugin in entry_points(group=PLUGINS):
        try:
            found: _Pictures = plugin.load()
        except ImportError:
            continue
        return found
    return None
