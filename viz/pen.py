"""Draws scalars: boxes, edges, clusters, tags."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import graphviz

from autograd import Value
from autograd.differentiable import as_number
from autograd.graph import gradient as gradient_of
from viz import collapse as collapsing, labels
from viz.edges import Edge, places, spans
from viz.emphasis import Stroke, stroke, unusual
from viz.escaping import FONT, beside, in_markup, visible
from viz.layers import behind
from viz.plan import Plan
from viz.themes import Theme

ALL_SPANS = 800
"""The maximum number of operations that the edges of a drawing may span in total before long ones are cut."""
FARTHEST = 10
"""The maximum number of operations that an edge then spans; a longer one starts at a tag beside its consumer."""
LONG_NAMES = 12
"""The maximum number of characters of the two names of a local derivative that its edge shows."""
_HASTE = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.1", "splines": "line"}
"""Settings with which Graphviz lays out a large graph in seconds: fewer passes over ranks and crossings, no curves."""
_PORTS = {"LR": ("e", "w"), "RL": ("w", "e"), "TB": ("s", "n"), "BT": ("n", "s")}
"""For each direction, the sides of a box where edges leave and arrive."""


class Pen:
    """Adds nodes and edges to a drawing.

    Args:
        drawing: an empty drawing.
        rankdir: its direction.
        colours: the theme.
        numbers: the format of numbers, in Python's format language.
        gradients: whether to show gradients.
        computed: whether gradients have been computed, to show as number, colour and width.
        marked: the nodes to highlight.
        grad_text: the text of a node's gradient.
        nickname: the name of a computed value without a label; by default, only those with tags have one.
        align: the alignment of numbers in a box.
    """

    def __init__(
        self,
        drawing: graphviz.Digraph,
        rankdir: str,
        colours: Theme,
        numbers: str,
        *,
        gradients: bool = True,
        computed: bool = True,
        marked: dict[Value, None],
        grad_text: Callable[[Value], str] | None = None,
        nickname: Callable[[Value], str] | None = None,
        align: str = "RIGHT",
    ) -> None:
        self.drawing, self.colours, self.numbers = drawing, colours, numbers
        self.gradients, self.computed, self.marked = gradients, gradients and computed, marked
        self.titles: dict[str, str] = {}
        """The description of each part, by its id, for screen readers and tooltips."""
        self._leave, self._arrive = _PORTS[rankdir]
        self._grad_text = grad_text or self.gradient
        self._nickname = nickname or (lambda node: self._names[node] if node in self._tagged else "")
        self._align = align
        self._plan = Plan([], [])
        self._largest = 0.0
        self._names: dict[Value, str] = {}
        self._tags: dict[Value, list[Edge]] = {}
        self._tagged: set[Value] = set()
        drawing.attr(rankdir=rankdir, bgcolor=colours.paper, fontname=FONT, nodesep="0.12", ranksep="0.32")
        drawing.attr("node", shape="plain", fontname=FONT, fontsize="11", color=colours.faint, fontcolor=colours.ink)
        drawing.attr("edge", fontname=FONT, fontsize="11", color=colours.faint, fontcolor=colours.ink, arrowsize="0.6")

    def caption(self, *lines: str) -> None:
        """Lines of text above the picture."""
        text = '<BR ALIGN="CENTER"/>'.join(in_markup(visible(line, 120)) for line in lines)
        self.drawing.graph_attr.update(label=f"<{text}>", labelloc="t", fontcolor=self.colours.ink, fontsize="12")

    def number(self, x: float) -> str:
        """A number in markup; it stands out if it is not finite."""
        return self.emphasised(format(x, self.numbers), x)

    def emphasised(self, text: str, x: float) -> str:
        """The text of a number in markup, bold if the number is not finite."""
        return in_markup(text) if math.isfinite(x) else f"<B>{in_markup(text)}</B>"

    def signed(self, markup: str, x: float) -> str:
        """Markup in the colour of a number's sign."""
        colour = self.colours.positive if x > 0 else self.colours.negative if x < 0 else ""
        return f'<FONT COLOR="{colour}">{markup}</FONT>' if colour else markup

    def gradient(self, node: Value) -> str:
        """The gradient of a node as text, or the sign for one that has not been computed."""
        return format(gradient_of(node), self.numbers) if self.computed else "–"

    def full(self, plan: Plan, number: dict[Value, int], edge_text: Callable[[Edge, str], str] | None = None) -> None:
        """Draws each value separately, within its neuron and layer.

        Args:
            plan: the nodes and edges to draw.
            number: the number of each node of the graph, for the names of its parts.
            edge_text: the label of an edge, given the path of its result's cluster.
        """
        self._plan = plan
        self._names = {node: f"v{number[node]}" for node in plan.nodes}
        if len(plan.nodes) > collapsing.FULL:
            self.drawing.attr(**_HASTE)
        self._cut_long(spans(plan.nodes, plan.edges))
        sizes = (abs(gradient_of(node)) for node in plan.nodes)
        self._largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
        home = places(list(number))
        self._clusters(home)
        for edge in plan.edges:
            self._edge(edge, edge_text(edge, home[edge.result]) if edge_text else "")
        for result, leaf in behind(plan.nodes, plan.edges, home):
            self.drawing.edge(self._names[result], self._names[leaf], style="invis")

    def _cut_long(self, spans: dict[Edge, int]) -> None:
        """Replaces long edges by tags if Graphviz would take too long for them."""
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
        start = f"t{self._edge_name(edge)}" if far else f"{self._names[edge.operand]}:{self._leave}"
        end = f"{self._names[edge.result]}:i{edge.position}:{self._arrive}"
        line = self._carried(edge)
        self.drawing.edge(
            start,
            end,
            label=beside(text),
            id=self._edge_name(edge),
            color=line.colour,
            penwidth=f"{line.width:.2f}",
            style=line.style,
        )
        self.titles[self._edge_name(edge)] = text

    def _carried(self, edge: Edge) -> Stroke:
        """The line of an edge, styled by its contribution to the operand's gradient."""
        if edge.operand in self.marked and edge.result in self.marked:
            return Stroke(self.colours.highlight, 3.0)
        local = edge.result._local_grads[edge.position : edge.position + 1]
        if not self.computed or not local or edge.result in self._plan.repeats:
            return Stroke(self.colours.faint, 1.0)
        return stroke(as_number(local[0]) * gradient_of(edge.result), self._largest, self.colours)

    def _clusters(self, home: dict[Value, str]) -> None:
        tree: dict[str, Any] = {}
        for node in self._names:
            branch = tree
            for part in filter(None, home[node].split(".")):
                branch = branch.setdefault(part, {})
            branch.setdefault("", []).append(node)
        # Not recursive, since places have no limit of depth.
        pending: list[tuple[Any, dict[str, Any], str]] = [(self.drawing, tree, "")]
        inner: list[tuple[Any, list[Any]]] = []
        while pending:
            parent, branch, path = pending.pop()
            for node in branch.get("", []):
                self._value(parent, node, path)
            clusters: list[Any] = []
            for part in filter(None, branch):
                cluster = graphviz.Digraph(name=f"cluster{len(inner)}-{len(clusters)}")
                cluster.attr(label=f"<{in_markup(visible(part))}>", labelloc="t", labeljust="l", style="rounded")
                cluster.attr(color=self.colours.cluster, fontcolor=self.colours.faint, fontsize="11", margin="6")
                clusters.append(cluster)
                pending.append((cluster, branch[part], f"{path}.{part}" if path else part))
            inner.append((parent, clusters))
        # In order, since Graphviz starts from it; contents come first, since a cluster is copied.
        for parent, clusters in reversed(inner):
            for cluster in clusters:
                parent.subgraph(cluster)

    def _value(self, parent: graphviz.Digraph, node: Value, path: str) -> None:
        name = self._names[node]
        label = within(node.label, path) or (self._nickname(node) if node._prev else "")
        data, grad = format(node.data, self.numbers), self._grad_text(node) if self.gradients else ""
        slope = gradient_of(node) if self.computed else 0.0
        text = labels.value(
            in_markup(visible(label)),
            self.emphasised(data, node.data),
            self.signed(f"∂ {self.emphasised(grad, slope)}", slope) if grad else "",
            align=self._align,
        )
        symbol = visible(self._plan.symbol(node, self.numbers)) if node._prev else ""
        drawn = labels.box(
            text,
            self.colours.value if node._prev else self.colours.parameter if label else self.colours.paper,
            self._frame(node),
            symbol=labels.chip(in_markup(symbol), self.colours.operation) if symbol else "",
            operands=[i for i in range(len(node._prev)) if i not in self._plan.constants.get(node, {})],
            side=self._arrive,
            mark=self.colours.highlight if node in self.marked else "",
        )
        parent.node(name, drawn, id=name)
        known = f"{visible(node.label)}: " if node.label else f"{symbol}: " if symbol else ""
        self.titles[name] = f"{known}data {data}" + (f", gradient {grad}" if grad else "")
        for edge in self._tags.get(node, ()):
            self._tag(parent, edge)

    def _tag(self, parent: graphviz.Digraph, edge: Edge) -> None:
        operand = self._names[edge.operand]
        text = visible(edge.operand.label or operand)
        name = f"t{self._edge_name(edge)}"
        parent.node(name, f"<{in_markup(text)}>", id=name, fontcolor=self.colours.faint)
        self.titles[name] = f"{text}, whose box is far from here: the edge is not drawn in full"

    def _frame(self, node: Value) -> Stroke:
        """The frame of a box, by the sign and size of the gradient; it stands out if that is not finite."""
        if not math.isfinite(node.data):
            return unusual(self.colours)
        return stroke(gradient_of(node) if self.computed else 0.0, self._largest, self.colours)


def within(label: str, path: str) -> str:
    """A label without the path of its cluster: `w[0]` for `layers[0].neurons[3].w[0]`."""
    return label.removeprefix(f"{path}.")


def derivative_text(edge: Edge, path: str, numbers: str) -> str:
    """The local derivative of an edge: `∂e/∂a = -3`, without names that are missing or long.

    Args:
        edge: an edge from an operand to its result.
        path: the path of its cluster.
        numbers: the format of numbers, in Python's format language.
    """
    if edge.position >= len(edge.result._local_grads):
        return ""
    below, above = (visible(within(node.label, path)) for node in (edge.operand, edge.result))
    names = f"∂{above}/∂{below}" if below and above and len(below) + len(above) <= LONG_NAMES else "∂"
    return f"{names} = {format(edge.result._local_grads[edge.position], numbers)}"
