"""The story of a forward and a backward pass: the changes of the picture at each step, and the words beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograd import Value
from autograd.backprop import Forward, lessons
from autograd.differentiable import as_number
from autograd.steps import Step
from autograd.words.names import Names
from viz.edges import Edge, places, trace
from viz.pen import derivative_text


@dataclass(frozen=True)
class Frame:
    """One step. Parts that it does not mention stay as they were."""

    heading: str
    """The position in the story: `Backward, step 2 of 5`."""
    title: str
    sentences: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    """For each operand the rule, the sum, and a note, any of which may be empty."""
    states: dict[str, str] = field(default_factory=dict)
    """By the id of a part: `later` (not computed yet), `now`, `positive` and `negative` (the gradient's sign)."""
    texts: dict[str, str] = field(default_factory=dict)
    """The texts in the picture, by their ids."""


@contextmanager
def _fresh(nodes: Iterable[Value]) -> Iterator[None]:
    """A block in which all gradients are 0, as before a first backward pass."""
    held = {node: node.grad for node in nodes}
    for node in held:
        node.grad = 0.0
    try:
        yield
    finally:
        for node, grad in held.items():
            node.grad = grad


class Story:
    """The frames of a graph, and the names of the parts that they mention.

    Node i of `trace(loss)` is the part `v{i}`, with the texts `v{i}-data` and `v{i}-grad`; the edge from its operand k
    is `e{i}-{k}`, with the text `e{i}-{k}-text`. A picture may lack some: constants are drawn at their operation.

    Args:
        loss: the Value to explain; it is not changed.
        numbers: the format of numbers, in Python's format language.
    """

    def __init__(self, loss: Value, numbers: str) -> None:
        self.nodes, self.edges = trace(loss)
        self.numbers = numbers
        self._number = {node: i for i, node in enumerate(self.nodes)}
        self._home = places(self.nodes)
        self._now: dict[str, str] = {}
        self._signs: dict[str, str] = {}
        self._grads: dict[Value, float] = {}
        self.names = Names(loss)
        """The names of the nodes."""
        name = self.names(loss)
        self.title = f"Backpropagation of {name}"
        self.frames = [self._start(name)]
        self.frames += [self._forward(step) for step in Forward(loss)]
        self.frames.append(self._turn(loss, name))
        with _fresh(self.nodes):
            self.frames += [self._backward(step) for step in lessons(loss)]
        self.frames.append(self._end(name))

    def longest(self, part: str) -> str:
        """The longest text of a part, for which the picture needs room."""
        return max((frame.texts.get(part, "") for frame in self.frames), key=len)

    def of_value(self, node: Value) -> str:
        """The id of a value."""
        return f"v{self._number[node]}"

    def of_edge(self, edge: Edge) -> str:
        """The id of an edge from an operand."""
        return f"e{self._number[edge.result]}-{edge.position}"

    def _operand_edges(self, node: Value) -> list[Edge]:
        return [Edge(operand, node, i) for i, operand in enumerate(node._prev)]

    def _around(self, node: Value) -> list[str]:
        """The edges that end at a node."""
        return [self.of_edge(edge) for edge in self._operand_edges(node)]

    def _turn_to(self, parts: Iterable[str]) -> dict[str, str]:
        """The new states of the parts that were active until now, and of those that are active next."""
        states = {part: self._signs.get(part, "") for part in self._now}
        self._now = {part: f"now {self._signs.get(part, '')}".strip() for part in parts}
        return states | self._now

    def _data(self, node: Value) -> str:
        return format(node.data, self.numbers)

    def _grad(self, node: Value) -> str:
        return f"∂ {format(self._grads[node], self.numbers)}"

    def _sign(self, node: Value) -> None:
        grad = self._grads[node]
        self._signs[self.of_value(node)] = "positive" if grad > 0 else "negative" if grad < 0 else ""

    def _start(self, name: str) -> Frame:
        states, texts = {}, {}
        for node in self.nodes:
            part = self.of_value(node)
            for each in [part, *self._around(node)]:
                states[each] = "later" if node._prev else ""
            texts[f"{part}-data"] = "?" if node._prev else self._data(node)
            texts[f"{part}-grad"] = "∂ –"
        texts.update({f"{self.of_edge(edge)}-text": "" for edge in self.edges})
        given = "The leaves are given; nothing else is computed yet."
        return Frame("Start", f"How {name} is computed, and how gradients flow back", (given,), (), states, texts)

    def _forward(self, step: Step) -> Frame:
        node = step.node
        texts = {f"{self.of_value(node)}-data": self._data(node)}
        for edge in self._operand_edges(node):
            texts[f"{self.of_edge(edge)}-text"] = derivative_text(edge, self._home[node], self.numbers)
        states = self._turn_to([self.of_value(node), *self._around(node)])
        return self._told("Forward", step, states, texts)

    def _turn(self, loss: Value, name: str) -> Frame:
        self._grads = dict.fromkeys(self.nodes, 0.0) | {loss: 1.0}
        self._sign(loss)
        texts = {f"{self.of_value(node)}-grad": self._grad(node) for node in self.nodes}
        sentences = (
            f"∂{name}/∂{name} = 1: the backward pass starts here."
            if len(name) < 20
            else "The backward pass starts here.",
            "All other gradients start at 0, and each step adds to them.",
        )
        return Frame(
            "The backward pass", f"{name}.grad = 1.0", sentences, (), self._turn_to([self.of_value(loss)]), texts
        )

    def _backward(self, step: Step) -> Frame:
        node = step.node
        grad = self._grads[node]
        texts = {}
        for edge, change in zip(self._operand_edges(node), step.changes, strict=False):
            local = node._local_grads[edge.position : edge.position + 1]
            after, before = as_number(change.after), as_number(change.before)
            factors = [format(x, self.numbers) for x in (*local, grad)] if local else []
            product = format(local[0] * grad if local else after - before, self.numbers)
            texts[f"{self.of_edge(edge)}-text"] = " = ".join(filter(None, [" · ".join(factors), product]))
        for change in step.changes:
            self._grads[change.node] = as_number(change.after)
            self._sign(change.node)
            texts[f"{self.of_value(change.node)}-grad"] = self._grad(change.node)
        receivers = [self.of_value(change.node) for change in step.changes]
        states = self._turn_to(dict.fromkeys([self.of_value(node), *self._around(node), *receivers]))
        return self._told("Backward", step, states, texts)

    def _end(self, name: str) -> Frame:
        sentence = f"Each gradient says how fast {name} changes with that value, and equals that of {name}.backward()."
        return Frame("The end", "All gradients are complete", (sentence,), (), self._turn_to([]), {})

    def _told(self, way: str, step: Step, states: dict[str, str], texts: dict[str, str]) -> Frame:
        return Frame(
            f"{way}, step {step.number} of {step.total}",
            step.title,
            tuple(filter(None, (step.reason, step.words))),
            tuple((change.rule, change.sum, change.note) for change in step.changes),
            states,
            texts,
        )
