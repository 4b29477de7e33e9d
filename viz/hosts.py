"""Shows a page in the browser or in a notebook."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from html import escape
from pathlib import Path

from autograd import Value
from autograd.shown import WHOLE, path_shown
from viz.drawing import svg
from viz.layout import LayoutError
from viz.play import page, play

HEIGHT = 480
"""The height of a page's frame in a notebook, in pixels."""


def show(loss: Value, *, numbers: str = ".4g") -> Path:
    """Opens the page of `play` in the browser; prints its path if there is none.

    Args:
        loss: the Value to explain.
        numbers: the format of numbers, in Python's format language.

    Returns:
        The page's path, in a new folder among the system's temporary files.

    Raises:
        TypeError, ValueError: as for `play`.
    """
    path = Path(tempfile.mkdtemp(prefix="glassgrad-")) / "page.html"
    play(loss, path, numbers=numbers)
    try:
        opened = webbrowser.open(path.as_uri())
    except webbrowser.Error:
        opened = False
    if not opened:
        print(f"there is no browser here; the page is {path_shown(path, WHOLE)}")
    return path


def framed(loss: Value, *, selected: Value | None = None) -> str:
    """The page in a frame, for a notebook; it begins at the step of the selected node.

    The frame runs the page's script and nothing else: it has no access to the notebook around it.
    """
    return (
        f'<iframe sandbox="allow-scripts" style="width: 100%; height: {HEIGHT}px; border: 0" '
        f'title="Expression graph" srcdoc="{escape(page(loss, selected=selected))}"></iframe>'
    )


def pictures(roots: Sequence[Value], highlight: Sequence[Value], drawn: bool) -> dict[str, str]:
    """A graph in a notebook: the page of one root, and a drawing if it is wanted and can be laid out.

    `autograd` finds this function as a plug-in named in `pyproject.toml`.
    """
    shown = {}
    if len(roots) == 1:
        shown["text/html"] = framed(roots[0], selected=highlight[0] if highlight else None)
    if drawn:
        with suppress(LayoutError):
            shown["image/svg+xml"] = svg(*roots, highlight=highlight, theme="auto")
    return shown
