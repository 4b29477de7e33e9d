"""`Backprop` and `Forward`: a graph one step at a time, with a small lesson at each.

The backward pass of `Value.backward()` visits the nodes in reverse topological order. Here the same pass is a cursor:
each step applies the chain rule at one node, shows what happened, and can be undone exactly.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from autograd.graph import topological
from autograd.ops import Operation
from autograd.value import Value
from autograd.words.display import bundle
from autograd.words.names import Names
from autograd.words.paths import explain
from autograd.words.rules import derivative, equation
from autograd.words.text import WIDTH, Text, factor, number, several


@dataclass(frozen=True, slots=True)
class Change:
    """What one step did to one gradient."""

    node: Value
    """Whose gradient changed."""
    before: Any
    after: Any
    rule: str
    """The local derivative, in symbols and numbers: `∂L/∂d = f = -2.0`."""
    sum: str
    """How the gradient changed: `d.grad: 0 → 0 + (-2.0)·1.0 = -2.0`."""
    note: str = ""
    """What is worth noticing: `the second contribution: they add up`."""


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """The lesson of one step: the same words for the prompt and for a page.

    Its `repr`, and `lines`, is the whole lesson; the parts are for who lays it out differently.
    """

    number: int
    """Which step it is, from 1."""
    total: int
    node: Value
    """The node at which the chain rule was applied, or which was computed."""
    title: str
    """The node and its operation with numbers filled in: `d = e + c = -6.0 + 10.0 = 4.0`."""
    reason: str
    """Its gradient so far, and why it is complete."""
    words: str
    """The rule of differentiation in a sentence."""
    changes: tuple[Change, ...]
    """One for each operand, in order; in the last step also one for each leaf that held a gradient before the pass."""
    loss: Value | None = None
    """Where the pass started."""

    @property
    def lines(self) -> list[str]:
        """The lesson, at most 100 columns wide."""
        lines = _wrapped(f"Step {self.number} of {self.total}: {self.title}", "  ")
        for sentence in filter(None, (self.reason, self.words)):
            lines += _wrapped(f"  {sentence}", "  ")
        width = max((len(change.rule) for change in self.changes), default=0)
        for change in self.changes:
            lines += _laid_out(change, width)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """For IPython and Jupyter: the lesson, and the drawing with the step's node marked."""
        return bundle(repr(self), self.loss or self.node, [self.node])


StepType = TypeVar("StepType", bound=Step)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="", subsequent_indent=indent + "  ", drop_whitespace=False) or [
        text
    ]


def _laid_out(change: Change, width: int) -> list[str]:
    """A change on one line where it fits, else the rule, the sum and the note below each other."""
    parts = [f"  {change.rule.ljust(width)}" if width else "", change.sum, f"({change.note})" if change.note else ""]
    whole = "   ".join(filter(None, (part.rstrip() and part for part in parts))).rstrip()
    if len(whole) <= WIDTH:
        return [whole if whole.startswith("  ") else f"  {whole}"]
    lines: list[str] = []
    for i, part in enumerate(part.strip() for part in parts if part.strip()):
        lines += _wrapped(("  " if i == 0 else "      ") + part, "      ")
    return lines


class Cursor(Generic[StepType]):
    """A place in the sequence of a graph's nodes, which can go forward and back."""

    def __init__(self, loss: Value) -> None:
        if not isinstance(loss, Value):
            raise TypeError(f"a pass starts at a Value, the loss, not at {type(loss).__name__}")
        self.loss = loss
        self.names = Names(loss)
        self.position = 0
        self._order = self._sequence()

    def _sequence(self) -> list[Value]:
        raise NotImplementedError

    def _advance(self, node: Value) -> StepType:
        raise NotImplementedError

    def _retreat(self) -> None:
        """Undoes what the last step did, before the position changes."""

    @property
    def done(self) -> bool:
        """Whether all nodes have been visited."""
        return self.position == len(self._order)

    @property
    def remaining(self) -> int:
        """How many steps are left."""
        return len(self._order) - self.position

    @property
    def current(self) -> Value | None:
        """The node that the next step visits; None when done."""
        return None if self.done else self._order[self.position]

    def __iter__(self) -> Iterator[StepType]:
        return self

    def __next__(self) -> StepType:
        if self.done:
            raise StopIteration
        step = self._advance(self._order[self.position])
        self.position += 1
        return step

    def next(self, steps: int = 1) -> StepType:
        """Takes one step, or several; returns the last.

        Raises:
            ValueError: fewer than one step was asked for.
            StopIteration: the pass is done already.
        """
        if steps < 1:
            raise ValueError(f"next() takes at least one step, not {steps}; back() goes the other way")
        step = next(self)
        for _ in range(min(steps - 1, self.remaining)):
            step = next(self)
        return step

    def back(self, steps: int = 1) -> None:
        """Undoes the last step exactly, or several; at the start nothing is left to undo."""
        if steps < 1:
            raise ValueError(f"back() undoes at least one step, not {steps}")
        for _ in range(min(steps, self.position)):
            self._retreat()
            self.position -= 1

    def run(self, until: Value | None = None) -> StepType | None:
        """Goes on to the end, or until just after `until` has been visited; returns the last step taken.

        Raises:
            ValueError: `until` is not among the nodes that are left to visit.
        """
        if until is not None and not any(until is node for node in self._order[self.position :]):
            raise ValueError(f"{self.names(until)} is not among the {self.remaining} nodes left; goto(0) starts again")
        step = None
        for step in self:
            if step.node is until:
                break
        return step

    def goto(self, position: int) -> None:
        """Goes forward or back, until exactly `position` steps have been taken.

        Raises:
            ValueError: there is no such position.
        """
        if not 0 <= position <= len(self._order):
            raise ValueError(f"positions go from 0 to {len(self._order)}, not {position}")
        if position < self.position:
            self.back(self.position - position)
        elif position > self.position:
            self.next(position - self.position)

    def reset(self) -> None:
        """Goes back to the start, and leaves everything as it was found."""
        self.goto(0)

    def __repr__(self) -> str:
        kind, total = type(self).__name__, len(self._order)
        where = "done" if self.current is None else f"next: {self.names(self.current)}"
        return f"<{kind} of {self.names(self.loss)}: {self.position} of {total} steps taken, {where}>"


class Forward(Cursor[Step]):
    """The way forward: how a value was computed, node by node. It changes nothing.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> next(Forward(a * b))
        Step 1 of 1: a * b = 2.0 * -3.0 = -6.0
          kept for the way back:
          ∂(a * b)/∂a = b = -3.0
          ∂(a * b)/∂b = a = 2.0
    """

    def _sequence(self) -> list[Value]:
        return topological(self.loss) or [self.loss]

    def _advance(self, node: Value) -> Step:
        kept = [
            Change(operand, None, None, derivative(node, i, self.names), "")
            for i, operand in enumerate(node._prev)
            if node._local_grads
        ]
        reason = "kept for the way back:" if kept else "" if node._prev else "a leaf: given, not computed"
        return Step(
            self.position + 1, len(self._order), node, equation(node, self.names), reason, "", tuple(kept), self.loss
        )


class Backprop(Cursor[Step]):
    """The backward pass as a cursor: `next(bp)` applies the chain rule at one node and tells what it did.

    After the last step the gradients are those of `loss.backward()`, to the bit: those of inner nodes afresh, those of
    leaves added to what the leaves held. `reset()` restores what was before the first step, at any time.

    Args:
        loss: where the pass starts.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> e = a * b
        >>> e.label = "e"
        >>> bp = Backprop(e)
        >>> next(bp)
        Step 1 of 1: e = a * b = 2.0 * -3.0 = -6.0
          e.grad = 1.0: the derivative of the loss with respect to itself
          each factor's derivative is the other factor
          ∂e/∂a = b = -3.0   a.grad: 0 → 0 + (-3.0)·1.0 = -3.0
          ∂e/∂b = a = 2.0    b.grad: 0 → 0 + 2.0·1.0 = 2.0
        >>> bp.done, a.grad, b.grad
        (True, -3.0, 2.0)
        >>> bp.reset()
        >>> a.grad
        0.0
    """

    def __init__(self, loss: Value) -> None:
        super().__init__(loss)
        self._found: dict[Value, Any] = {}
        self._undo: list[list[tuple[Value, Any]]] = []
        self._consumers: dict[Value, list[Value]] = {}
        self._received: dict[Value, int] = {}

    def _sequence(self) -> list[Value]:
        return (topological(self.loss) or [self.loss])[::-1]

    @property
    def consumers(self) -> dict[Value, list[Value]]:
        """For each node, the nodes that use it, in the order in which the pass visits them."""
        if not self._consumers:
            found: dict[Value, list[Value]] = {node: [] for node in self.names.nodes}
            for node in self._order:
                for operand in dict.fromkeys(node._prev):
                    found[operand].append(node)
            self._consumers = found
        return self._consumers

    def explain(self, a: Value) -> Text:
        """Why `a` has the gradient that it has, or will have: see `autograd.explain`."""
        return explain(self.loss, a)

    def _begin(self) -> None:
        """Clears the gradients for this pass, and remembers what they were."""
        self._found = {node: node.grad for node in self.names.nodes}
        for node in self._found:
            node.grad = 0.0
        self.loss.grad = 1.0

    def _advance(self, node: Value) -> Step:
        if self.position == 0:
            self._begin()
        operands = list(dict.fromkeys(node._prev))
        self._undo.append([(operand, operand.grad) for operand in operands])
        reason = self._complete(node)
        changes = self._by_closure(node, operands) if node._closure is not None else self._by_rule(node)
        if self.remaining == 1:
            changes += self._finish()
        rule = node._rule
        words = rule.words if isinstance(rule, Operation) else "made by hand: its own _backward" if node._prev else ""
        title = equation(node, self.names)
        return Step(self.position + 1, len(self._order), node, title, reason, words, tuple(changes), self.loss)

    def _complete(self, node: Value) -> str:
        name = f"{self.names.atom(node)}.grad = {number(node.grad)}"
        if node is self.loss:
            return f"{name}: the derivative of the loss with respect to itself"
        users = self.consumers[node]
        whose = "its only consumer" if len(users) == 1 else f"all its {len(users)} consumers,"
        have = "has" if len(users) == 1 else "have"
        comma = "" if len(users) == 1 else ","
        return f"{name}, complete: {whose} {several(map(self.names, users))}{comma} {have} been visited"

    def _by_rule(self, node: Value) -> list[Change]:
        """Sends each operand this node's gradient times the local derivative, as `backward()` does."""
        changes: dict[int, Change] = {}
        for i in node._order():
            operand, local = node._prev[i], node._local_grads[i]
            before = operand.grad
            operand.grad = before + local * node.grad
            product = f"{factor(local)}·{factor(node.grad)}"
            first = not any(node._prev[k] is operand for k in changes)
            changes[i] = self._change(operand, before, derivative(node, i, self.names), product, node, first)
        return [changes[i] for i in sorted(changes)]

    def _by_closure(self, node: Value, operands: list[Value]) -> list[Change]:
        before = [operand.grad for operand in operands]
        node._backward()
        return [
            self._change(operand, old, "by its own _backward", factor(operand.grad - old), node, True)
            for operand, old in zip(operands, before, strict=True)
        ]

    def _change(self, operand: Value, before: Any, rule: str, product: str, node: Value, first: bool) -> Change:
        start = "0" if before == 0 else number(before)
        text = f"{self.names.atom(operand)}.grad: {start} → {start} + {product} = {number(operand.grad)}"
        users = self.consumers[operand]
        note = "" if (first and users[0] is node) or node._closure is not None else "one more contribution: they add up"
        return Change(operand, before, operand.grad, rule, text, note)

    def _finish(self) -> list[Change]:
        """Adds what leaves held before the pass, as `backward()` does at its end."""
        changes = []
        for leaf, held in self._found.items():
            if leaf._a is None and (held or leaf is self.loss):
                before = leaf.grad
                self._undo[-1].append((leaf, before))
                leaf.grad = (held or 0.0) + before
                name = f"{self.names.atom(leaf)}.grad"
                sum_ = f"{name}: {number(held)} from before + {factor(before)} = {number(leaf.grad)}"
                if held:
                    changes.append(Change(leaf, before, leaf.grad, "", sum_, "gradients of leaves accumulate"))
        return changes

    def _retreat(self) -> None:
        for node, grad in reversed(self._undo.pop()):
            node.grad = grad
        if self.position == 1:
            for node, grad in self._found.items():
                node.grad = grad


def lessons(loss: Value) -> list[Step]:
    """The lessons of a whole backward pass, for a page that plays it; the graph is left as it was.

    Each `Step` has `node`, `title`, `reason`, `words` and `changes` (for each operand its node, the gradient before
    and after, `rule`, `sum` and `note`), and `lines`, the same laid out for a terminal.
    """
    bp = Backprop(loss)
    try:
        return list(bp)
    finally:
        bp.reset()
