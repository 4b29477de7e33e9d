"""`play`: a graph as an interactive page, which steps through the passes and lets every leaf be changed."""

from __future__ import annotations

import os
import re
from html import escape
from pathlib import Path

from autograd import Value
from autograd.arguments import a_format, a_value
from autograd.files import a_path, write_whole
from autograd.shown import as_code, path_shown
from autograd.words.names import Names
from viz import themes
from viz.bundle import bundled, source
from viz.drawing import svg
from viz.escaping import visible
from viz.export import exported
from viz.layout import LayoutError
from viz.template import filled, in_script

DRAWN = 20_000
"""The maximum number of scalars in the picture for browsers without JavaScript; more would take too long to draw."""
LARGEST = 100_000
"""The maximum number of scalars of a page."""
_NUMBERS = re.compile(r"[+ ]?,?(\.\d+)?[gfe%]?")


def play(loss: Value, path: str | os.PathLike[str], *, numbers: str = ".4g") -> None:
    """Writes a graph as an interactive page: it steps forward and back, and every leaf can be changed.

    The page is one self-contained file that computes by itself, with JavaScript generated from the operations'
    declarations. A large graph opens as a few boxes, which can be entered, down to scalars. The words beside it
    are those of `Backprop`. The graph is not changed, and its gradients do not matter: those of the page begin at 0.

    Args:
        loss: the Value to explain.
        path: the path of the page, such as `backprop.html`.
        numbers: the format of numbers, in Python's format language: `.4g`, `+.2f`.

    Raises:
        TypeError: `loss` is not a Value.
        ValueError: the graph has more than 100,000 nodes; the path does not end in `.html`; or the page does not
            support the number format.
        OSError: the file cannot be written.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> play(a * b, "backprop.html")
    """
    if Path(a_path(path)).suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{path_shown(path)!r} should end in .html: it is a page")
    write_whole(path, page(loss, numbers=numbers))


def page(loss: Value, *, numbers: str = ".4g", selected: Value | None = None, live: bool = False) -> str:
    """The page of `play` as text.

    Args:
        loss: the Value to explain.
        numbers: the format of numbers.
        selected: the node to begin at, in the step that passes its gradient on.
        live: whether the page follows the process that serves it.
    """
    a_value(loss, "play(loss, path)")
    if not _NUMBERS.fullmatch(a_format(numbers)):
        raise ValueError(
            f"numbers={as_code(numbers)} is not a format that a page supports: write a sign, digits and g, f, e or %"
        )
    graph = exported(loss)
    if len(graph.nodes) > LARGEST:
        raise ValueError(f"the graph has {len(graph.nodes):,} nodes, but a page holds up to {LARGEST:,}")
    name = Names(loss)(loss)
    options = {"format": numbers, "live": live}
    if selected is not None:
        options["selected"] = next((i for i, node in enumerate(graph.nodes) if node is selected), -1)
    still = _still(loss) if len(graph.nodes) <= DRAWN else ""
    parts = {
        "title": escape(visible(f"Backpropagation of {name}", 200)),
        "style": f"{themes.variables()}\n{source('page.css')}",
        "connect": "; connect-src 'self'" if live else "",
        "still": still,
        "said": "Steps and changes need JavaScript." + (" The picture shows the graph as Python had it." * bool(still)),
        "without": source("still.css"),
        "graph": in_script(graph.data | options),
        "script": script(graph.program),
    }
    return filled(source("page.html"), parts)


def script(program: str) -> str:
    """The page's script, which starts by itself."""
    begin = f'module_main.start(JSON.parse(document.getElementById("graph").textContent), {program});'
    return f'"use strict";\n(() => {{\n{bundled("main")}\n{begin}\n}})();'


def _still(loss: Value) -> str:
    """A picture for browsers without JavaScript; empty if no layout program is available."""
    try:
        drawn = svg(loss, theme="auto", title="As Python had it")
    except LayoutError:
        return ""
    return drawn[drawn.index("<svg") :]
