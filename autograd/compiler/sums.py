"""Reads chains of `+` and `-` as one long sum, and chains of `maximum` or `minimum` as one comparison.

A node whose only consumer is the next node of its chain needs no array. A chain is read only if computing it from the
left gives the same number: in `a - (b - c)`, the difference in parentheses stays a separate node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from autograd import ops
from autograd.nary import DOT, SUM

if TYPE_CHECKING:
    from autograd.value import Value


@dataclass(slots=True)
class Added:
    """The terms of a sum, in columns since there are many: each has a sign and one or two factors."""

    signs: list[int]
    firsts: list[Value]
    seconds: list[Value | None]
    """None if the term has one factor."""


FOLDS = (ops.MAXIMUM, ops.MINIMUM)
"""The comparisons that form chains."""
_SUMS = (ops.ADD, ops.SUB, SUM, DOT)


class Chains:
    """The chains of a graph.

    Args:
        order: the nodes of the graph, operands first.
        kept: nodes that are results themselves, and so are never absorbed.
    """

    def __init__(self, order: list[Value], kept: Iterable[Value]) -> None:
        self._uses = Counter(map(id, chain.from_iterable([node._prev for node in order])))
        self._uses.update(2 * [id(node) for node in kept])
        self._stopped = {id(node._prev[0]) for node in order if node._rule in (ops.STOP, ops.SHIFT)}
        self._inside: set[int] = set()
        self._earlier: dict[int, Value] = {}
        """The previous node in the chain of each node, by identity."""
        for node in order:
            if node._rule in _SUMS:
                self._read_sum(node)
            elif node._rule in FOLDS:
                self._read_fold(node)

    def absorbed(self, node: Value) -> bool:
        """Whether a node is part of another node's chain, or a product in it."""
        return id(node) in self._inside

    def stopped(self, node: Value) -> bool:
        """Whether no gradient reaches a node, since its only consumer stops it."""
        return id(node) in self._stopped and self._used_once(node)

    def terms(self, node: Value) -> Added | None:
        """The terms of a sum in order; None if the node is not a sum."""
        if node._rule not in _SUMS:
            return None
        added = Added([], [], [])
        for part in self._chain(node):
            operands, earlier = part._prev, self._earlier.get(id(part))
            products = len(operands) // 2 if part._rule is DOT else 0
            for i, v in enumerate(operands[2 * products :]):
                if v is not earlier:
                    self._add(-1 if i and part._rule is ops.SUB else 1, v, added)
            added.signs += [1] * products
            added.firsts += operands[:products]
            added.seconds += operands[products : 2 * products]
        return added

    def compared(self, node: Value) -> list[Value] | None:
        """The operands of a chain of comparisons, from the left; None if the node is not one."""
        if node._rule not in FOLDS:
            return None
        parts = self._chain(node)
        return [*parts[0]._prev, *[part._prev[1] for part in parts[1:]]]

    def _chain(self, node: Value) -> list[Value]:
        """The nodes of a chain, in order."""
        parts = [node]
        while (earlier := self._earlier.get(id(parts[-1]))) is not None:
            parts.append(earlier)
        return parts[::-1]

    def _used_once(self, node: Value) -> bool:
        return self._uses[id(node)] == 1

    def _read_sum(self, node: Value) -> None:
        operands = node._prev
        alone = operands[len(operands) // 2 * 2 :] if node._rule is DOT else operands
        # Only the first operand may continue a chain; of the two operands of a `+`, either may.
        first = alone[: 2 if node._rule is ops.ADD else 1]
        earlier = next((v for v in first if v._rule in _SUMS and self._used_once(v)), None)
        if earlier is not None:
            self._earlier[id(node)] = earlier
            self._inside.add(id(earlier))
        for v in alone:
            if v is not earlier:
                self._absorb(v)

    def _read_fold(self, node: Value) -> None:
        a = node._prev[0]
        if a._rule is node._rule and self._used_once(a):
            self._earlier[id(node)] = a
            self._inside.add(id(a))

    def _absorb(self, term: Value) -> None:
        """Absorbs a product or negation whose only consumer is a sum."""
        if term._rule is ops.NEG and self._used_once(term):
            self._inside.add(id(term))
            term = term._prev[0]
        if term._rule is ops.MUL and self._used_once(term):
            self._inside.add(id(term))

    def _add(self, sign: int, v: Value, added: Added) -> None:
        """Adds a term, with its absorbed sign and product."""
        if v._rule is ops.NEG and id(v) in self._inside:
            sign, v = -sign, v._prev[0]
        factor: Value | None = None
        if v._rule is ops.MUL and id(v) in self._inside:
            v, factor = v._prev
        added.signs.append(sign)
        added.firsts.append(v)
        added.seconds.append(factor)
