"""`draw_dot`, `svg` and `save`: an expression graph as a picture."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import graphviz

from autograd import Value
from autograd.files import write_whole
from viz import collapse as collapsing
from viz import layout, themes
from viz.graph import Edge, places, trace
from viz.page import dressed
from viz.text import in_markup, number, shown
from viz.themes import Theme

ENDINGS = ("svg", "png", "pdf", "dot")
_HASTE = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.1", "splines": "line"}
"""How Graphviz lays out a large graph in seconds: fewer passes over ranks and crossings, straight edges."""


class Drawing(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that renders with or without `dot` on the PATH, and displays in Jupyter."""

    description = ""
    theme = "light"
    title = ""

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
    ) -> Any:
        """The picture as bytes, or as text in an encoding; as `graphviz.Digraph.pipe`."""
        form = format or self.format
        data: bytes = self.source.encode() if form == "dot" else layout.render(self.source, form)
        if form == "svg":
            data = dressed(data.decode(), self.title, self.description, self.theme).encode()
        return data.decode(encoding) if encoding else data

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
        form = format or self.format
        source = Path(directory or self.directory or "", filename or self.filename)
        picture = source.with_name(f"{source.name}.{form}")
        source.parent.mkdir(parents=True, exist_ok=True)
        write_whole(picture, self.pipe(form))
        if not cleanup:
            write_whole(source, self.source)
        if view:
            self._view(str(picture), format=form, quiet=False)
        return str(picture)


def draw_dot(
    *roots: Value,
    format: str = "svg",
    rankdir: str = "LR",
    collapse: str = "auto",
    local_derivatives: bool = False,
    gradients: bool = True,
    numbers: str = ".4g",
    theme: str = "light",
    title: str = "",
    highlight: Iterable[Value] = (),
) -> Drawing:
    """The graph that values were computed by: a box for each value, an ellipse for each operation.

    A gradient reads `–` where `backward()` has not been run on a root (which then would have the gradient 1): it is not
    computed, rather than 0.

    Args:
        *roots: one or several values.
        format: what the drawing renders to by default: `svg`, `png`, `pdf`.
        rankdir: `LR` from left to right, `TB` from top to bottom.
        collapse: `auto` draws up to 300 nodes one by one and puts more into boxes; `none`, `neuron`, `layer`, `rolled`
            (one box for each operation of a layer) choose.
        local_derivatives: write ∂result/∂operand on each edge: the chain rule, made visible.
        gradients: show gradients, by number, colour (sign) and width of the frame (size).
        numbers: how numbers are written, in Python's format language.
        theme: `light`, `dark`, or `auto`, which follows the reader's preference.
        title: written above.
        highlight: nodes to mark; the edges between two of them are marked too.

    Raises:
        TypeError: a root is no Value.
        ValueError: an unknown way to collapse, theme or direction.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> drawing = draw_dot(a * b)
        >>> drawing.source.count("->")
        3
    """
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(f"a Value can be drawn, not {type(root).__name__}; several: draw_dot(a, b)")
    if not roots:
        raise TypeError("draw_dot needs at least one Value")
    if rankdir not in ("LR", "TB", "RL", "BT"):
        raise ValueError(f"unknown direction {rankdir!r}; there are LR, TB, RL, BT")
    colours = themes.find(theme)
    nodes, edges = trace(*roots)
    collapsed = collapsing.collapse(nodes, edges, collapse)
    pen = _Pen(_empty(format, rankdir, colours), colours, numbers, gradients and any(root.grad for root in roots))
    pen.marked = dict.fromkeys(highlight)
    if collapsed is None:
        if len(nodes) > collapsing.FULL:
            pen.drawing.attr(**_HASTE)
        pen.full(nodes, edges, local_derivatives)
        description = f"An expression graph of {len(nodes)} values and {len(edges)} edges."
    else:
        pen.boxes(collapsed)
        description = (
            f"{len(nodes):,} scalars in {len(collapsed.boxes)} boxes (collapse='{collapsed.mode}'); "
            "collapse='none' draws each"
        )
    caption = "\n".join(filter(None, [title, description if collapsed is not None else ""]))
    if caption:
        lines = '<BR ALIGN="CENTER"/>'.join(in_markup(shown(line, 120)) for line in caption.split("\n"))
        pen.drawing.graph_attr.update(label=f"<{lines}>", labelloc="t", fontcolor=colours.ink)
    pen.drawing.title, pen.drawing.description, pen.drawing.theme = title or "Expression graph", description, theme
    return pen.drawing


def svg(*roots: Value, **options: Any) -> str:
    """The picture of `draw_dot` as SVG text.

    Args:
        *roots: the values.
        **options: as for `draw_dot`.

    Raises:
        LayoutError: Graphviz cannot be found.
    """
    return str(draw_dot(*roots, **options).pipe("svg", encoding="utf-8"))


def save(root: Value | Sequence[Value], path: str | os.PathLike[str], **options: Any) -> None:
    """Writes the picture of `draw_dot` to a file, whole or not at all.

    Args:
        root: a value, or several.
        path: ends in `.svg`, `.png`, `.pdf` or `.dot`, which decides what is written.
        **options: as for `draw_dot`.

    Raises:
        ValueError: another ending.
        LayoutError: Graphviz cannot be found.
        OSError: the file cannot be written.
    """
    ending = Path(path).suffix[1:].lower()
    if ending not in ENDINGS:
        raise ValueError(f"{os.fspath(path)!r} should end in one of {', '.join('.' + e for e in ENDINGS)}")
    roots = [root] if isinstance(root, Value) else list(root)
    write_whole(path, draw_dot(*roots, **options).pipe(ending))


def _empty(form: str, rankdir: str, colours: Theme) -> Drawing:
    drawing = Drawing(format=form)
    drawing.attr(rankdir=rankdir, bgcolor="transparent", fontname="Helvetica", nodesep="0.12", ranksep="0.35")
    drawing.attr("node", fontname="Helvetica", fontsize="11", color=colours.faint, fontcolor=colours.ink)
    drawing.attr(
        "edge", fontname="Helvetica", fontsize="9", color=colours.faint, fontcolor=colours.ink, arrowsize="0.6"
    )
    return drawing


class _Pen:
    """Writes nodes and edges into a drawing."""

    def __init__(self, drawing: Drawing, colours: Theme, numbers: str, gradients: bool) -> None:
        self.drawing, self.colours, self.numbers, self.gradients = drawing, colours, numbers, gradients
        self.marked: dict[Value, None] = {}
        self.largest = 0.0

    def full(self, nodes: list[Value], edges: list[Edge], local_derivatives: bool) -> None:
        """Each value by itself, within its neuron and layer."""
        names = {node: f"v{i}" for i, node in enumerate(nodes)}
        self.largest = max((abs(_float(node.grad)) for node in nodes), default=0.0) if self.gradients else 0.0
        home = places(nodes)
        self._clusters(names, home)
        for node in nodes:
            if node._prev:
                self.drawing.edge(f"{names[node]}op", names[node], **self._edge_style(node, node))
        for edge in edges:
            style = self._edge_style(edge.operand, edge.result)
            if local_derivatives and edge.position < len(edge.result._local_grads):
                local = number(edge.result._local_grads[edge.position], self.numbers)
                style |= {"label": f"<&#8706; {in_markup(local)}>"}
            self.drawing.edge(names[edge.operand], f"{names[edge.result]}op", **style)

    def _clusters(self, names: dict[Value, str], home: dict[Value, str]) -> None:
        tree: dict[str, Any] = {}
        for node in names:
            branch = tree
            for part in filter(None, home[node].split(".")):
                branch = branch.setdefault(part, {})
            branch.setdefault("", []).append(node)
        self._cluster(self.drawing, tree, names, "")

    def _cluster(self, parent: Any, branch: dict[str, Any], names: dict[Value, str], path: str) -> None:
        for node in branch.get("", []):
            self._value(parent, node, names[node], path)
        for part, inner in branch.items():
            if part:
                inside = f"{path}.{part}" if path else part
                with parent.subgraph(name=f"cluster {inside}") as cluster:
                    cluster.attr(label=f"<{in_markup(shown(part))}>", labelloc="t", labeljust="l", style="rounded")
                    cluster.attr(color=self.colours.cluster, fontcolor=self.colours.faint, fontsize="10")
                    self._cluster(cluster, inner, names, inside)

    def _value(self, parent: Any, node: Value, name: str, path: str) -> None:
        label = node.label.removeprefix(f"{path}.")
        grad = number(_float(node.grad), self.numbers) if self.gradients else "–"
        cells = [f"<B>{in_markup(shown(label))}</B>"] if label else []
        cells += [f"data {in_markup(number(node.data, self.numbers))}", f"grad {in_markup(grad)}"]
        fill = self.colours.value if node._prev or not label else self.colours.parameter
        parent.node(name, _table(cells, fill, *self._frame(node)), shape="plain")
        if node._prev:
            parent.node(
                f"{name}op",
                f"<{in_markup(shown(node._op or '?'))}>",
                shape="ellipse",
                style="filled",
                fillcolor=self.colours.operation,
                margin="0.05,0.02",
                height="0.3",
                width="0.4",
            )

    def _frame(self, node: Value) -> tuple[str, float]:
        if node in self.marked:
            return self.colours.highlight, 3.0
        grad = _float(node.grad)
        if not self.gradients or not grad or grad != grad:
            return self.colours.faint, 1.0
        return self._sign(grad), 1.0 + 2.0 * min(abs(grad) / self.largest, 1.0)

    def _edge_style(self, start: Value, end: Value) -> dict[str, str]:
        if start in self.marked and end in self.marked:
            return {"color": self.colours.highlight, "penwidth": "3"}
        colour, width = self._frame(start) if start not in self.marked else (self.colours.faint, 1.0)
        return {"color": colour, "penwidth": f"{width:.2f}"}

    def _sign(self, grad: float) -> str:
        return self.colours.positive if grad > 0 else self.colours.negative

    def boxes(self, collapsed: collapsing.Collapsed) -> None:
        """Many scalars in a box, and how many edges join two boxes."""
        for i, box in enumerate(collapsed.boxes):
            count = len(box.members)
            outputs = list(box.outputs) or box.members[-1:]
            cells = [f"<B>{in_markup(shown(box.title or '?'))}</B>"]
            cells.append(f"{count:,} scalar{'s' * (count > 1)}")
            cells.append(f"data {self._range([node.data for node in outputs])}")
            grads = self._range([_float(node.grad) for node in outputs]) if self.gradients else "–"
            cells.append(f"grad {grads}")
            fill = self.colours.value if box.members[-1]._prev else self.colours.parameter
            self.drawing.node(f"b{i}", _table(cells, fill, self.colours.faint, 1.0, upright=True), shape="plain")
        for (start, end), count in collapsed.links.items():
            self.drawing.edge(f"b{start}", f"b{end}", label=f"{count:,}" if count > 1 else "")

    def _range(self, numbers: list[float]) -> str:
        least, most = collapsing.extent(numbers)
        text = number(least, self.numbers)
        return in_markup(text if least == most else f"{text} … {number(most, self.numbers)}")


def _table(cells: list[str], fill: str, colour: str, width: float, *, upright: bool = False) -> str:
    between = "</TR><TR>" if upright else ""
    row = between.join(f'<TD BORDER="0">{cell}</TD>' for cell in cells)
    rule = "" if upright else "<VR/>"
    row = row.replace("</TD><TD", f"</TD>{rule}<TD")
    return (
        f'<<TABLE BORDER="{max(1, round(width))}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" STYLE="ROUNDED" '
        f'COLOR="{colour}" BGCOLOR="{fill}"><TR>{row}</TR></TABLE>>'
    )


def _float(grad: Any) -> float:
    """A gradient as a number: after `backward(create_graph=True)` it is a Value."""
    return grad.data if isinstance(grad, Value) else float(grad)
