"""`Backprop` and `Forward`: a graph one step at a time, with a small lesson at each step.

The backward pass of `Value.backward()` visits the nodes in reverse topological order. Here the same pass is a cursor:
each step applies the chain rule at one node, shows what happened, and can be undone exactly.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, TypeAlias

from autograd.cursor import Cursor, operations
from autograd.graph import gradient
from autograd.locks import Lock
from autograd.ops import Operation
from autograd.shown import factor, number
from autograd.stale import differs, stale
from autograd.steps import Change, Step, told
from autograd.value import Value
from autograd.words.paths import explain
from autograd.words.rules import derivative, equation
from autograd.words.text import Text, several

if TYPE_CHECKING:
    from autograd.annotations import Gradient

STALE_LOOKED_AT = 10_000
"""At the first step, a graph is searched for changed numbers if it has at most this many operations."""


class Forward(Cursor):
    """The forward pass as a cursor: how a value was computed, node by node. It changes nothing.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> next(Forward(a * b))
        Step 1 of 1: a * b = 2.0 * -3.0 = -6.0
          kept for the backward pass:
          ∂(a * b)/∂a = b = -3.0
          ∂(a * b)/∂b = a = 2.0
    """

    def __init__(self, loss: Value) -> None:
        super().__init__(loss)
        self._taken = 0

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self._taken

    def _sequence(self) -> list[Value]:
        return operations(self.loss)

    def _visit(self) -> None:
        self._taken += 1

    def _undo_one(self) -> None:
        self._taken -= 1

    def _told(self) -> Step:
        node = self._order[self.position - 1]
        operands = node._prev
        kept = [
            Change(v, None, None, derivative(node, i, self.names), "", constant=self.names.is_constant(v))
            for i, v in enumerate(operands[: len(told(len(operands)))])
            if node._local_grads
        ]
        shown = any(not change.constant for change in kept)
        reason = "kept for the backward pass:" if shown else "" if node._prev else "a leaf: given, not computed"
        title = equation(node, self.names)
        return Step(self.position, len(self._order), node, title, reason, "", tuple(kept), self.loss, _stale_here(node))

    def _complete_after(self, node: Value) -> int:
        return next((i + 1 for i, each in enumerate(self._order) if each is node), 0)

    def _finished(self) -> str:
        return (
            f"{_steps(len(self._order))} been taken: {self.names(self.loss)} = {number(self.loss.data)}. "
            "back(), goto(0) and reset() go back; Backprop of the same Value goes the other way."
        )

    def _state(self, node: Value) -> str:
        known = self._complete_after(node) <= self.position
        return f"{self.names.atom(node)} = {number(node.data) if known else 'not computed yet'}"


def _stale_here(node: Value) -> tuple[str, ...]:
    return (stale(node) or "stale: an operand was changed after this was computed; refresh()",) if differs(node) else ()


class Backprop(Cursor):
    """The backward pass as a cursor: `next(bp)` applies the chain rule at one node and says what it did.

    After the last step the gradients equal those of `loss.backward()` to the bit: inner nodes start from 0, and leaves
    add to the gradients they had. `reset()` restores, at any time, the state before the first step. If a step is
    interrupted or raises, it has not been taken.

    Two cursors over common nodes do not mix: while one moves, the other is suspended, and it resumes at its position
    when it is moved again.

    Args:
        loss: the Value to start from.
        constants: whether to show the gradients of plain numbers in the expression.

    Raises:
        TypeError: `loss` is not a Value.

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
        The one step was undone: everything is as it was. At the start. The next step, 1 of 1, is at e.
        >>> a.grad
        0.0
    """

    def __init__(self, loss: Value, *, constants: bool = False) -> None:
        super().__init__(loss)
        self._constants = constants
        self._taken: list[_Before] = []
        self._unfinished: _Before | None = None
        self._now: dict[Value, Gradient] = {}
        self._zero = float("0")
        """The gradient of what got nothing yet: an object of its own, as in `passes.py`."""
        self._aside = 0
        self._notes: list[str] = []
        self._consumers: dict[Value, list[Value]] = {}
        self._last: dict[Value, int] = {}

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self._aside or len(self._taken)

    def _sequence(self) -> list[Value]:
        return operations(self.loss)[::-1]

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

    def explain(self, a: Value | str) -> Text:
        """Explains the gradient that `a` has or will have; see `autograd.explain`."""
        return explain(self.loss, self._node(a))

    def reset(self) -> Text:
        """Goes back to the start and restores everything as it was before the pass."""
        if self._aside:
            self._aside = 0
            return self._place("Another pass had undone this one, which is at its start again")
        return super().reset()

    # Numbers. Appending the previous gradients to `_taken` is what makes a step taken. Until then they are kept in
    # `_unfinished`, from which an interrupted step is undone before anything else happens.

    def _visit(self) -> None:
        self._come_back()
        node = self._order[len(self._taken)]
        operands = dict.fromkeys(node._prev)
        if self._taken:
            self._check_untouched(node, *operands)
            before: _Before = [(operand, operand.grad) for operand in operands]
        else:
            for leaf in self.names.nodes:
                if not leaf._prev:
                    gradient(leaf)  # raises if it is not a number
            before = [(each, each.grad) for each in self.names.nodes]
        last = len(self._taken) + 1 == len(self._order)
        held = self._held(before) if last else {}
        before += [(leaf, leaf.grad) for leaf in held if leaf not in operands] if self._taken else []
        self._unfinished = before
        try:
            if not self._taken:
                self._begin(before)
            self._send(node)
            for leaf, grad in held.items():
                self._set(leaf, (0.0 if grad is None else grad) + leaf.grad)
        except BaseException:
            self._settle()
            raise
        self._taken.append(before)

    def _begin(self, before: _Before) -> None:
        for node, _ in before:
            node.grad = self._zero
        self._now = {}
        self._set(self.loss, 1.0)
        with _lock.held:
            _passes.append(weakref.ref(self))
        _latest[:] = [(_passes[-1], self._taken, len(self._order))]

    def _send(self, node: Value) -> None:
        """Adds the node's gradient times the local derivative to each operand's gradient, as `backward()` does."""
        if node.grad is self._zero:
            return
        node._backward()
        for operand in node._prev:
            self._now[operand] = operand.grad

    def _held(self, before: _Before) -> dict[Value, Gradient]:
        """The leaves' gradients from before the pass, which `backward()` adds at its end."""
        first = self._taken[0] if self._taken else before
        return {leaf: grad for leaf, grad in first if not leaf._prev and (grad or leaf is self.loss)}

    def _set(self, node: Value, grad: Gradient) -> None:
        node.grad = grad
        self._now[node] = grad

    def _settle(self) -> None:
        """Undoes an interrupted step."""
        unfinished = self._unfinished
        if unfinished is not None and not (self._taken and self._taken[-1] is unfinished):
            self._restore(unfinished)
        self._unfinished = None

    def _restore(self, before: _Before) -> None:
        for node, grad in before:
            self._set(node, grad)

    def _undo_one(self) -> None:
        self._come_back()
        self._take_back()

    def _take_back(self) -> None:
        self._unfinished = before = self._taken[-1]
        self._taken.pop()
        self._restore(before)
        self._unfinished = None

    def _check_untouched(self, *nodes: Value) -> None:
        for node in nodes:
            expected = self._now.get(node, 0.0)
            found = node.grad
            if found is not expected and found != expected and not (found != found and expected != expected):
                raise RuntimeError(
                    f"{self.names.atom(node)}.grad was changed from {number(expected)} to {number(found)} since step "
                    f"{self.position}, by something other than this pass: reset() starts again"
                )

    # Several passes over common nodes

    def _come_back(self) -> None:
        """Suspends the passes that would mix with this one, and resumes this one if it was suspended."""
        self._settle()
        if not _moved or _moved[0]() is not self:
            with _lock.held:
                self._put_others_aside()
                _moved[:] = [weakref.ref(self)]
        if self._aside:
            where, self._aside = self._aside, 0
            while len(self._taken) < where:
                self._visit()

    def _put_others_aside(self) -> None:
        self._undo_dropped()
        _passes[:] = [ref for ref in _passes if (each := ref()) is not None and each._taken]
        mine = set(self.names.nodes)
        begun = [each for ref in _passes if (each := ref()) is self or (each and not mine.isdisjoint(each.names.nodes))]
        place = begun.index(self) if self in begun else len(begun)
        mixed = [i for i, each in enumerate(begun) if i > place or (i < place and len(each._taken) < len(each._order))]
        if not mixed:
            return
        for each in reversed(begun[mixed[0] :]):
            each._settle()
            each._aside = each._aside or len(each._taken)
            while each._taken:
                each._take_back()
        others = [repr(each).strip("<>") for each in begun[mixed[0] :] if each is not self]
        self._notes.append(f"undone, to be resumed at its next command: {several(others)}")

    def _undo_dropped(self) -> None:
        """Undoes the latest pass if its cursor is gone and left it half way: its gradients do not count as earlier."""
        for ref, taken, total in _latest:
            if ref() is None and taken and len(taken) < total:
                mine = set(self.names.nodes)
                if any(node in mine for node, _ in taken[0]):
                    for node, grad in taken[0]:
                        node.grad = grad
                    self._notes.append("an unfinished earlier pass over this graph was undone first")
        _latest[:] = [each for each in _latest if each[0]() is not None]

    # Words

    def _told(self) -> Step:
        node = self._order[self.position - 1]
        before: dict[Value, Gradient] = dict(self._taken[-1])
        if len(self._taken) == 1:
            before = {**dict.fromkeys(before, 0.0), self.loss: 1.0}
        changes = self._by_closure(node, before) if node._closure is not None else self._by_rule(node, before)
        if all(change.constant for change in changes):
            changes = [_shown(change) for change in changes]
        if self.done:
            changes += self._accumulated(node, changes)
        rule = node._rule
        words = rule.words if isinstance(rule, Operation) else "made by hand: its own _backward" if node._prev else ""
        notes = (*self._notes, *self._stale(node))
        self._notes = []
        title = equation(node, self.names)
        reason = self._why_complete(node, before)
        return Step(self.position, len(self._order), node, title, reason, words, tuple(changes), self.loss, notes)

    def _stale(self, node: Value) -> tuple[str, ...]:
        if differs(node):
            return _stale_here(node)
        said = stale(self.loss, STALE_LOOKED_AT) if self.position == 1 else ""
        return (said,) if said else ()

    def _why_complete(self, node: Value, before: dict[Value, Gradient]) -> str:
        grad = before.get(node, self._now.get(node, node.grad)) if node is self.loss else node.grad
        name = f"{self.names.atom(node)}.grad = {number(grad)}"
        if node is self.loss:
            return f"{name}: the derivative of the loss with respect to itself"
        users = self.consumers[node]
        whose = "its only consumer" if len(users) == 1 else f"all its {len(users)} consumers,"
        have = "has" if len(users) == 1 else "have"
        comma = "" if len(users) == 1 else ","
        return f"{name}, complete: {whose} {several(map(self.names, users))}{comma} {have} been visited"

    def _by_rule(self, node: Value, before: dict[Value, Gradient]) -> list[Change]:
        """The contribution to each operand's gradient, from the local derivatives."""
        running = dict(before)
        received: set[Value] = set()
        changes: dict[int, Change] = {}
        operands, slopes = node._prev, node._local_grads
        of = told(len(operands))
        for i in node._order() if slopes else ():
            operand, old = operands[i], running[operands[i]]
            got_nothing = node.grad is self._zero
            running[operand] = old if got_nothing else old + slopes[i] * node.grad
            if i in of:
                product = "0" if got_nothing else f"{factor(slopes[i])}·{factor(node.grad)}"
                more = operand in received or self.consumers[operand][0] is not node
                rule = derivative(node, i, self.names)
                changes[i] = self._change(operand, old, running[operand], rule, product, more)
            received.add(operand)
        return [changes[i] for i in sorted(changes)]

    def _by_closure(self, node: Value, before: dict[Value, Gradient]) -> list[Change]:
        changes = []
        held = self._held(self._taken[0]) if self.done else {}
        for operand in dict.fromkeys(node._prev):
            old, new = before[operand], operand.grad - (held.get(operand) or 0.0)
            more = self.consumers[operand][0] is not node
            changes.append(self._change(operand, old, new, "by its own _backward", factor(new - old), more))
        return changes

    def _change(self, operand: Value, before: Gradient, after: Gradient, rule: str, product: str, more: bool) -> Change:
        start = "0" if before == 0 else number(before)
        text = f"{self.names.atom(operand)}.grad: {start} → {start} + {product} = {number(after)}"
        note = "contributions add up" if more else ""
        constant = self.names.is_constant(operand) and not self._constants
        return Change(operand, before, after, rule, text, note, constant)

    def _accumulated(self, node: Value, changes: list[Change]) -> list[Change]:
        """The changes at the end of the pass, when the leaves' earlier gradients are added."""
        received = {change.node: change.after for change in changes}
        added = []
        for leaf, held in self._held(self._taken[0]).items():
            if held:
                got = received.get(leaf, leaf.grad - held if leaf is not node else 1.0)
                sum_ = f"{self.names.atom(leaf)}.grad: {number(held)} from before + {factor(got)} = {number(leaf.grad)}"
                added.append(Change(leaf, got, leaf.grad, "", sum_, "gradients of leaves accumulate"))
        return added

    def _complete_after(self, node: Value) -> int:
        """An inner node is complete once it has been visited; a leaf, once all its consumers have been."""
        if not self._last:
            for i, each in enumerate(self._order, 1):
                self._last.update(dict.fromkeys(each._prev, i))
            self._last.update({each: i for i, each in enumerate(self._order, 1)})
        return self._last[node]

    def _complete(self, node: Value) -> str:
        where = super()._complete(node)
        return f"{where}: {self._gradient(node)}" if self._complete_after(node) <= self.position else where

    def _gradient(self, node: Value) -> str:
        return f"{self.names.atom(node)}.grad = {number(node.grad)}"

    def _finished(self) -> str:
        leaves = [node for node in self.names.nodes if not node._prev and not self.names.is_constant(node)]
        final = "".join(f"\n  {self._gradient(leaf)}" for leaf in leaves[:10])
        more = f"\n  and {len(leaves) - 10:,} more" if len(leaves) > 10 else ""
        example = self.names(leaves[0]) if leaves and leaves[0].label else "a"
        steps = _steps(len(self._order))
        return (
            f"The pass is done. {steps} been taken, and these gradients are final:{final}{more}\n"
            f"back() undoes a step, goto({example}) goes to where {example} was complete, reset() starts again;\n"
            f"explain({self.names(self.loss)}, {example}) explains a gradient."
        )

    def _state(self, node: Value) -> str:
        after = self._complete_after(node)
        return f"{self._gradient(node)}{' (complete)' if after <= self.position else ''}"


def _shown(change: Change) -> Change:
    return Change(change.node, change.before, change.after, change.rule, change.sum, change.note)


_Before: TypeAlias = "list[tuple[Value, Gradient]]"
"""The gradients before a step."""

_lock = Lock()
"""Held while the lists of passes change, since threads may step through graphs of their own."""

_passes: list[weakref.ref[Backprop]] = []
"""Every pass that has begun, in order."""

_moved: list[weakref.ref[Backprop]] = []
"""The pass that moved last, if any. Until another moves, it need not look for conflicts."""

_latest: list[tuple[weakref.ref[Backprop], list[_Before], int]] = []
"""The pass that began last, the gradients to undo it, and its number of steps."""


def lessons(loss: Value) -> list[Step]:
    """All lessons of a backward pass, for a page that plays it. The graph is left unchanged."""
    bp = Backprop(loss)
    try:
        return list(bp)
    finally:
        bp.reset()


def _steps(count: int) -> str:
    return "Its one step has" if count == 1 else f"All {count} steps have"
