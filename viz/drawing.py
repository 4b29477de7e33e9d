"""`draw_dot`, `svg` and `save`: an expression graph as a picture."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

import graphviz

from autograd import Value
from autograd.arguments import a_format, a_text, a_value, a_whole_number, values
from autograd.files import a_path, write_whole
from autograd.graph import every_node, gradient as gradient_of
from autograd.shown import as_code, many, path_shown
from autograd.words.display import bundle
from viz import collapse as collapsing, direction, gathered, layout, themes
from viz.edges import edges_of
from viz.page import dressed
from viz.pen import Pen, derivative_text
from viz.plan import plan

ENDINGS = ("svg", "png", "pdf", "dot")


class Drawing(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that renders with or without `dot` on the PATH, and displays in Jupyter."""

    description = ""
    dpi = 192
    """The resolution of a PNG, in pixels per inch."""
    theme = "light"
    title = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles: dict[str, str] = {}
        """The description of each part, by its id."""
        self.roots: tuple[Value, ...] = ()
        self.highlight: list[Value] = []

    def __repr__(self) -> str:
        return "<Drawing: .render('name') writes a file, .source is its DOT; viz.show(loss) opens a page>"

    def pipe(
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> Any:  # bytes, or a string in an encoding
        """The picture as bytes, or as text in an encoding, like `graphviz.Digraph.pipe`."""
        form = _known(format or self.format)
        if encoding is not None:
            a_text(encoding, "an encoding")
        source = self._source_at(self.dpi) if form == "png" else self.source
        data: bytes = source.encode() if form == "dot" else layout.render(source, form)
        if form == "svg":
            data = dressed(data.decode(), self.title, self.description, self.theme, self.titles).encode()
        try:
            return data.decode(encoding) if encoding else data
        except (LookupError, UnicodeError, ValueError):
            raise ValueError(f"the picture is not text in the encoding {as_code(encoding)}") from None

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: object
    ) -> dict[str, Any]:
        """For IPython and Jupyter: the picture, and the interactive graph, which they prefer."""
        shown: dict[str, Any] = super()._repr_mimebundle_(include, exclude)
        alive = bundle("", *self.roots, highlight=self.highlight).get("text/html")
        if alive and (include is None or "text/html" in include) and "text/html" not in set(exclude or ()):
            shown["text/html"] = alive
        return shown

    def _source_at(self, dpi: int) -> str:
        """The source for a bitmap; in all other formats the unit is a point."""
        before = self.graph_attr.get("dpi")
        self.graph_attr["dpi"] = str(dpi)
        try:
            return str(self.source)
        finally:
            del self.graph_attr["dpi"]
            if before is not None:
                self.graph_attr["dpi"] = before

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        **options: Any,
    ) -> str:
        """Writes the DOT to `filename` and the picture beside it; returns the picture's path, as `graphviz` does."""
        form = _known(format or self.format)
        source = Path(a_path(directory or self.directory or "."), a_path(filename or self.filename))
        picture = source.with_name(f"{source.name}.{form}")
        source.parent.mkdir(parents=True, exist_ok=True)
        write_whole(picture, self.pipe(form))
        if not cleanup:
            write_whole(source, self.source)
        if view:
            self._view(str(picture), format=form, quiet=False)
        return str(picture)


class Options(TypedDict, total=False):
    """The options of `draw_dot`, which says what they mean."""

    rankdir: str
    collapse: str
    local_derivatives: bool
    gradients: bool
    numbers: str
    theme: str
    title: str
    highlight: Value | Iterable[Value]
    dpi: int


def draw_dot(
    *roots: Value,
    format: str = "svg",
    rankdir: str = "auto",
    collapse: str = "auto",
    local_derivatives: bool = False,
    gradients: bool = True,
    numbers: str = ".4g",
    theme: str = "light",
    title: str = "",
    highlight: Value | Iterable[Value] = (),
    dpi: int = 192,
) -> Drawing:
    """Draws the graph that computed some values: a box for each node, with its operation, name, number and gradient ∂.

    Operands enter in order: the first at the top, or at the left if the picture goes down. An unlabelled number that
    only one operation uses is drawn at it: `- 1`. A gradient is shown as `–`, not computed, rather than 0 if
    `backward()` has not been run on a root, whose gradient would then be 1. Numbers that are not finite stand out.

    If edges would span more than 800 operations in total, those that span more than 10 start at a tag with the
    operand's name beside their consumer, instead of at the operand's box: Graphviz would take hours for many long
    edges, and nobody could follow them.

    Args:
        *roots: one or several values.
        format: the default format of the drawing: `svg`, `png`, `pdf`.
        rankdir: `LR` from left to right, `TB` from top to bottom; `RL`, `BT`; `auto`: down if it would be wide.
        collapse: `auto` draws up to 300 nodes one by one, except for long chains of one operation (`tanh ×198`), and
            groups more into boxes; `none`, `neuron`, `layer` and `rolled` (one box for similar nodes) set the
            grouping. A box shows the range of its results, `32 out: -1 … 1` if it has inner scalars too. Numbers at
            the edges between boxes count scalars.
        local_derivatives: write ∂result/∂operand on each edge, if nodes are drawn one by one: a visible chain rule.
        gradients: show gradients as numbers, and by the frame's colour and dashes (sign) and width (size, in powers of
            ten); edges show the gradient that they carry back in the same way.
        numbers: the format of numbers, in Python's format language.
        theme: `light`, `dark`, or `auto`, which follows the reader's preference.
        title: a title above the picture.
        highlight: a node, or several, to mark; edges between two of them are marked too, as a path.
        dpi: the resolution of a PNG, in pixels per inch.

    Raises:
        TypeError: a root is not a Value.
        ValueError: an unknown collapse mode, theme, direction, format or number format; `dpi` is not positive; a node
            to highlight is not in the graph.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> drawing = draw_dot(a * b)
        >>> drawing.source.count("->")
        2
    """
    for root in roots:
        a_value(root, "draw_dot(a, b, …)")
    if not roots:
        raise TypeError("draw_dot needs at least one Value")
    direction.check(rankdir)
    a_format(numbers)
    a_text(title, "the title")
    dpi = a_whole_number(dpi, "dpi, the pixels of an inch,", least=1, most=10_000)
    colours = themes.find(theme)
    nodes = every_node(*roots)
    marked = _marked(highlight, nodes)
    collapsed = collapsing.collapse(nodes, collapse)
    drawing = Drawing(format=_known(format))

    def pen(way: str) -> Pen:
        computed = any(gradient_of(root) != 0.0 for root in roots)
        return Pen(drawing, way, colours, numbers, gradients=gradients, computed=computed, marked=marked)

    if collapsed is None:
        drawn = plan(nodes, {*marked, *roots}, fold=collapse == "auto")
        links = [edge[:2] for edge in drawn.edges]
        used = pen(direction.chosen(rankdir, drawn.nodes, links, 90, 70 if local_derivatives else 0))
        number = {node: i for i, node in enumerate(nodes)}
        used.full(drawn, number, partial(derivative_text, numbers=numbers) if local_derivatives else None)
        description = f"An expression graph of {many(len(nodes), 'value')} and {many(len(edges_of(nodes)), 'edge')}."
    else:
        used = pen(direction.chosen(rankdir, range(len(collapsed.boxes)), collapsed.links, 150, 30))
        gathered.draw(used, collapsed, roots)
        description = (
            f"{many(len(nodes), 'scalar')} in {many(len(collapsed.boxes), 'box', 'boxes')} "
            f"(collapse='{collapsed.mode}'); collapse='none' draws each"
        )
    if lines := [line for line in (title, description if collapsed is not None else "") if line]:
        used.caption(*lines)
    drawing.title, drawing.description = title or "Expression graph", description
    drawing.theme, drawing.dpi, drawing.titles = theme, dpi, used.titles
    drawing.roots, drawing.highlight = roots, list(marked)
    return drawing


def _marked(highlight: Value | Iterable[Value], nodes: list[Value]) -> dict[Value, None]:
    """Checks the nodes to highlight."""
    marked = dict.fromkeys([highlight] if isinstance(highlight, Value) else values(highlight, "highlight"))
    present = set(nodes)
    if strange := [node for node in marked if node not in present]:
        raise ValueError(f"{strange[0]!r} cannot be highlighted: it is not in the graph")
    return marked


def _known(form: object) -> str:
    """Checks a format of Graphviz."""
    if not isinstance(form, str) or form not in graphviz.FORMATS:
        raise ValueError(f"unknown format {as_code(form)}; use svg, png, pdf, dot or another format of Graphviz")
    return form


def svg(*roots: Value, **options: Unpack[Options]) -> str:
    """The picture of `draw_dot` as SVG text.

    Args:
        *roots: the values.
        **options: as for `draw_dot`.

    Raises:
        LayoutError: Graphviz cannot be found.
    """
    return str(draw_dot(*roots, **options).pipe("svg", encoding="utf-8"))


def save(root: Value | Sequence[Value], path: str | os.PathLike[str], **options: Unpack[Options]) -> None:
    """Writes the picture of `draw_dot` to a file, completely or not at all.

    Args:
        root: a value, or several.
        path: the file; its suffix, `.svg`, `.png`, `.pdf` or `.dot`, determines the format.
        **options: as for `draw_dot`.

    Raises:
        TypeError: `root` is neither a Value nor a list of them.
        ValueError: the path has another suffix.
        LayoutError: Graphviz cannot be found.
        OSError: the file cannot be written.
    """
    ending = Path(a_path(path)).suffix[1:].lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path_shown(path)!r} should end in one of {', '.join('.' + e for e in ENDINGS)}")
    roots = [root] if isinstance(root, Value) else values(root, "the roots of a drawing")
    write_whole(path, draw_dot(*roots, **options).pipe(ending))
