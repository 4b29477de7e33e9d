"""The lesson of one step of a pass: the same words for the prompt and for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.shown import many
from autograd.value import Value
from autograd.words.display import bundle
from autograd.words.rules import MANY
from autograd.words.text import cells, folded, padded, width

MOST = 20
"""The maximum number of changes of one step that are written out."""


def told(operands: int) -> range:
    """The operands that a step mentions: all of them, or the first few of very many."""
    return range(operands if operands <= MANY else MOST)


@dataclass(frozen=True, slots=True)
class Change:
    """The effect of one step on one gradient."""

    node: Value
    """The node whose gradient changed."""
    before: Any
    after: Any
    """Floats, or Values if the gradients can be differentiated again; None in a forward pass."""
    rule: str
    """The local derivative, in symbols and numbers: `∂L/∂d = f = -2.0`."""
    sum: str
    """The change of the gradient: `d.grad: 0 → 0 + (-2.0)·1.0 = -2.0`."""
    note: str = ""
    """A remark, such as `contributions add up`."""
    constant: bool = False
    """Whether the node is a plain number in the expression, which the lesson omits by default."""


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """The lesson of one step: the same words for the prompt and for a page.

    `repr(step)` is the whole lesson. The attributes are for other layouts.
    """

    number: int
    """The number of the step, from 1."""
    total: int
    node: Value
    """The node that was visited."""
    title: str
    """The node's equation, in names and numbers: `d = e + c = -6.0 + 10.0 = 4.0`."""
    reason: str
    """The node's gradient, and why it is complete."""
    words: str
    """The rule of differentiation in a sentence."""
    changes: tuple[Change, ...]
    """A change for each operand, in order; in the last step also for each leaf that had a gradient before the pass."""
    loss: Value | None = None
    """The root of the pass."""
    notes: tuple[str, ...] = ()
    """Further remarks: a breakpoint, watched gradients, a stale number."""

    @property
    def lines(self) -> list[str]:
        """The lesson as lines, wrapped to the terminal's width."""
        columns = width()
        lines = folded(f"Step {self.number} of {self.total}: {self.title}", columns, "    ")
        for sentence in filter(None, (self.reason, self.words)):
            lines += folded(f"  {sentence}", columns)
        changes = [change for change in self.changes if not change.constant]
        lines += _in_columns(changes[:MOST], columns)
        operands = len(self.node._prev)
        if more := max(len(changes) - MOST, 0) + operands - len(told(operands)):
            lines.append(f"  and {many(more, 'more operand')}")
        for note in self.notes:
            lines += folded(f"  {note}", columns)
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """For IPython and Jupyter: the lesson, and the graph with the step's node highlighted."""
        return bundle(repr(self), self.node if self.loss is None else self.loss, highlight=[self.node])


def _in_columns(changes: list[Change], columns: int) -> list[str]:
    """Rules in one column and sums in another if they fit, else below each other."""
    left = max((cells(change.rule) for change in changes), default=0)
    return [line for change in changes for line in _laid_out(change, left, columns)]


def _laid_out(change: Change, left: int, columns: int) -> list[str]:
    note = f"({change.note})" if change.note else ""
    parts = [padded(change.rule, left) if change.sum or note else change.rule, change.sum, note]
    whole = "  " + "   ".join(part for part in parts if part.strip())
    if cells(whole) <= columns:
        return [whole]
    present = [part.strip() for part in parts if part.strip()]
    return [
        line
        for i, part in enumerate(present)
        for line in folded(("  " if i == 0 else "      ") + part, columns, "      " if i == 0 else "        ")
    ]
