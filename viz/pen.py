"""What a drawing is made of: boxes for values, ellipses for operations, edges, clusters, tags."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import graphviz

from autograd import Value
from viz import collapse as collapsing
from viz.collapse import Collapsed
from viz.graph import Edge, places, spans
from viz.text import beside, in_markup, shown
from viz.themes import Theme

ALL_SPANS = 800
"""How many operations the edges of a drawing may span in all, before long ones are cut."""
FARTHEST = 10
"""How many operations an edge may span then; a longer one starts at a tag beside its consumer."""
LONG_NAMES = 12
"""Up to how many characters the two names of a local derivative are written on its edge."""
_HASTE = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.1", "splines": "line"}
"""How Graphviz lays out a large graph in seconds: fewer passes over ranks and crossings, straight edges."""
_PORTS = {"LR": ("e", "w"), "RL": ("w", "e"), "TB": ("s", "n"), "BT": ("n", "s")}
"""For each direction, the sides of a box where edges leave and arrive."""


class Pen:
    """Writes nodes and edges into a drawing.

    Args:
        drawing: which starts empty.
        rankdir: its direction.
        colours: of everything.
        numbers: how they are written, in Python's format language.
        gradients: whether they are shown as colour and width.
        marked: the nodes to highlight.
        grad_text: how the gradient of a node is written.
        nickname: what a computed value without a label is called; without one, only those with tags have a name.
    """

    def __init__(
        self,
        drawing: graphviz.Digraph,
        rankdir: str,
        colours: Theme,
        numbers: str,
        *,
        gradients: bool,
        marked: dict[Value, None],
        grad_text: Callable[[Value], str] | None = None,
        nickname: Callable[[Value], str] | None = None,
    ) -> None:
        self.drawing, self.colours, self.numbers = drawing, colours, numbers
        self.gradients, self.marked = gradients, marked
        self.titles: dict[str, str] = {}
        """For each part, by its name in DOT, what it shows, for those who hear it or rest the mouse on it."""
        self._leave, self._arrive = _PORTS[rankdir]
        self._grad_text = grad_text or self._number_of_gradient
        self._nickname = nickname or (lambda node: self._names[node] if node in self._tagged else "")
        self._largest = 0.0
        self._names: dict[Value, str] = {}
        self._tags: dict[Value, list[Edge]] = {}
        self._tagged: set[Value] = set()
        drawing.attr(rankdir=rankdir, bgcolor=colours.paper, fontname="Helvetica", nodesep="0.14", ranksep="0.35")
        drawing.attr("node", fontname="Helvetica", fontsize="11", color=colours.faint, fontcolor=colours.ink)
        drawing.attr(
            "edge", fontname="Helvetica", fontsize="10", color=colours.faint, fontcolor=colours.ink, arrowsize="0.6"
        )

    def caption(self, *lines: str) -> None:
        """Lines of text above the picture."""
        text = '<BR ALIGN="CENTER"/>'.join(in_markup(shown(line, 120)) for line in lines)
        self.drawing.graph_attr.update(label=f"<{text}>", labelloc="t", fontcolor=self.colours.ink, fontsize="12")

    def full(self, nodes: list[Value], edges: list[Edge], edge_text: Callable[[Edge, str], str] | None = None) -> None:
        """Each value by itself, within its neuron and layer.

        Args:
            nodes: operands first.
            edges: between them.
            edge_text: the label of an edge, given the path of the cluster that its result is in.
        """
        self._names = {node: f"v{i}" for i, node in enumerate(nodes)}
        if len(nodes) > collapsing.FULL:
            self.drawing.attr(**_HASTE)
        self._cut_long(spans(nodes, edges))
        sizes = (abs(gradient_of(node)) for node in nodes)
        self._largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
        home = places(nodes)
        self._clusters(home)
        for node in nodes:
            if node._prev:
                name = self._names[node]
                style = self._edge_style(node, node)
                self.drawing.edge(f"{name}op", name, id=f"o{name[1:]}", headport=self._arrive, **style)
        for edge in edges:
            self._edge(edge, edge_text(edge, home[edge.result]) if edge_text else "")

    def _cut_long(self, spans: dict[Edge, int]) -> None:
        """Tags in place of edges that span much, where Graphviz would be busy with them for long."""
        if sum(spans.values()) <= ALL_SPANS:
            return
        for edge, span in spans.items():
            if span > FARTHEST:
                self._tags.setdefault(edge.result, []).append(edge)
                self._tagged.add(edge.operand)

    def _edge_name(self, edge: Edge) -> str:
        return f"e{self._names[edge.result][1:]}-{edge.position}"

    def _edge(self, edge: Edge, text: str) -> None:
        far = edge in self._tags.get(edge.result, ())
        start = f"t{self._edge_name(edge)}" if far else self._names[edge.operand]
        end = f"{self._names[edge.result]}op"
        style = self._edge_style(edge.operand, edge.result)
        if not far:
            start += f":{self._leave}"
        self.drawing.edge(start, end, label=beside(text), id=self._edge_name(edge), **style)
        self.titles[f"{start}->{end}"] = text

    def _clusters(self, home: dict[Value, str]) -> None:
        tree: dict[str, Any] = {}
        for node in self._names:
            branch = tree
            for part in filter(None, home[node].split(".")):
                branch = branch.setdefault(part, {})
            branch.setdefault("", []).append(node)
        # Not by recursion: a place may be as deep as its maker likes.
        pending: list[tuple[Any, dict[str, Any], str]] = [(self.drawing, tree, "")]
        count = 0
        finished: list[tuple[Any, Any]] = []
        while pending:
            parent, branch, path = pending.pop()
            for node in branch.get("", []):
                self._value(parent, node, path)
            for part, inner in reversed(list(branch.items())):
                if part:
                    cluster = graphviz.Digraph(name=f"cluster{count}")
                    count += 1
                    cluster.attr(label=f"<{in_markup(shown(part))}>", labelloc="t", labeljust="l", style="rounded")
                    cluster.attr(color=self.colours.cluster, fontcolor=self.colours.faint, fontsize="10")
                    finished.append((parent, cluster))
                    pending.append((cluster, inner, f"{path}.{part}" if path else part))
        for parent, cluster in reversed(finished):
            parent.subgraph(cluster)

    def _value(self, parent: Any, node: Value, path: str) -> None:
        name = self._names[node]
        label = within(node.label, path) or self._nickname(node)
        data, grad = format(node.data, self.numbers), self._grad_text(node)
        cells = [f"<B>{in_markup(shown(label))}</B>"] if label else []
        cells += [f"data {in_markup(data)}", f"grad {in_markup(grad)}"]
        fill = self.colours.value if node._prev or not label else self.colours.parameter
        parent.node(name, _table(cells, fill, *self._frame(node)), shape="plain", id=name)
        self.titles[name] = f"{shown(node.label) or name}: data {data}, grad {grad}"
        if node._prev:
            op = shown(node._op or "?")
            parent.node(
                f"{name}op",
                f"<{in_markup(op)}>",
                id=f"{name}op",
                shape="ellipse",
                style="filled",
                fillcolor=self.colours.operation,
                margin="0.05,0.02",
                height="0.3",
                width="0.4",
            )
            self.titles[f"{name}op"] = op
        for edge in self._tags.get(node, ()):
            self._tag(parent, edge)

    def _tag(self, parent: Any, edge: Edge) -> None:
        operand = self._names[edge.operand]
        text = shown(edge.operand.label or operand)
        name = f"t{self._edge_name(edge)}"
        parent.node(
            name,
            f"<{in_markup(text)}>",
            shape="plain",
            fontsize="9",
            fontcolor=self.colours.faint,
        )
        self.titles[name] = f"{text}, whose box is far from here: the edge is not drawn in full"

    def _number_of_gradient(self, node: Value) -> str:
        return format(gradient_of(node), self.numbers) if self.gradients else "–"

    def _frame(self, node: Value) -> tuple[str, float]:
        """Colour and width: by sign and size of the gradient."""
        if node in self.marked:
            return self.colours.highlight, 3.0
        grad = gradient_of(node)
        if not self.gradients or not grad or grad != grad:
            return self.colours.faint, 1.0
        size = abs(grad) / self._largest if math.isfinite(grad) else 1.0
        return self.colours.positive if grad > 0 else self.colours.negative, 1.0 + 2.0 * size

    def _edge_style(self, start: Value, end: Value) -> dict[str, str]:
        if start in self.marked and end in self.marked:
            return {"color": self.colours.highlight, "penwidth": "3"}
        colour, width = self._frame(start) if start not in self.marked else (self.colours.faint, 1.0)
        return {"color": colour, "penwidth": f"{width:.2f}"}

    def boxes(self, collapsed: Collapsed) -> None:
        """Many scalars in a box, and how many edges join two boxes."""
        for i, box in enumerate(collapsed.boxes):
            count = len(box.members)
            outputs = list(box.outputs) or box.members[-1:]
            title = shown((box.members[0].label if count == 1 else "") or box.title or "?")
            data = self._range([node.data for node in outputs])
            grad = self._range([gradient_of(node) for node in outputs]) if self.gradients else "–"
            scalars = f"{count:,} scalar{'s' * (count > 1)}"
            cells = [f"<B>{in_markup(title)}</B>", scalars, f"data {in_markup(data)}", f"grad {in_markup(grad)}"]
            fill = self.colours.value if box.members[-1]._prev else self.colours.parameter
            marked = any(node in self.marked for node in box.members)
            frame = (self.colours.highlight, 3.0) if marked else (self.colours.faint, 1.0)
            self.drawing.node(f"b{i}", _table(cells, fill, *frame, upright=True), shape="plain")
            self.titles[f"b{i}"] = f"{title}: {scalars}, data {data}, grad {grad}"
        for (start, end), count in collapsed.links.items():
            self.drawing.edge(f"b{start}", f"b{end}", label=beside(f"{count:,}") if count > 1 else "")
            self.titles[f"b{start}->b{end}"] = f"{count:,} edge{'s' * (count > 1)}"

    def _range(self, numbers: list[float]) -> str:
        least, most = (format(x, self.numbers) for x in collapsing.extent(numbers))
        return least if least == most else f"{least} to {most}"


def within(label: str, path: str) -> str:
    """A label without the path of the cluster that it stands in: `w[0]` for `layers[0].neurons[3].w[0]`."""
    return label.removeprefix(f"{path}.")


def as_number(grad: Any) -> float:
    """A gradient as a number: after `backward(create_graph=True)` it is a Value."""
    return grad.data if isinstance(grad, Value) else float(grad)


def gradient_of(node: Value) -> float:
    """The gradient that a node holds, as a number."""
    return as_number(node.grad)


def derivative_text(edge: Edge, path: str, numbers: str) -> str:
    """The local derivative of an edge: `∂e/∂a = -3`, or without names that are missing or long.

    Args:
        edge: from an operand to its result.
        path: of the cluster in which it is drawn.
        numbers: how they are written, in Python's format language.
    """
    if edge.position >= len(edge.result._local_grads):
        return ""
    below, above = (shown(within(node.label, path)) for node in (edge.operand, edge.result))
    names = f"∂{above}/∂{below}" if below and above and len(below) + len(above) <= LONG_NAMES else "∂"
    return f"{names} = {format(edge.result._local_grads[edge.position], numbers)}"


def _table(cells: list[str], fill: str, colour: str, width: float, *, upright: bool = False) -> str:
    between = "</TR><TR>" if upright else ""
    padding = 0 if upright else 4
    # Where Graphviz takes text for wider than it is, the room left over is then all on one side.
    align = ' ALIGN="LEFT"' if upright else ""
    row = between.join(f'<TD BORDER="0"{align}>{cell}</TD>' for cell in cells)
    row = row.replace("</TD><TD", "</TD><VR/><TD")
    inset = 4 if upright else 0
    return (
        f'<<TABLE BORDER="{max(1, round(width))}" CELLBORDER="0" CELLSPACING="{inset}" CELLPADDING="{padding}" '
        f'STYLE="ROUNDED" COLOR="{colour}" BGCOLOR="{fill}"><TR>{row}</TR></TABLE>>'
    )
