"""Decides which nodes have a box: constants are drawn at their operation, and a long repeat is one box."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from autograd import Value
from autograd.nary import Nary
from autograd.words.notation import Written, literal, rule_of, write
from viz.edges import Edge

REPEATS = 4
"""The least number of equal operations in a row that become one box."""
_SLOT = "·"
"""The placeholder for an operand with its own box."""


@dataclass
class Plan:
    """The nodes to draw, the edges between them, and the other nodes that an operation's box shows."""

    nodes: list[Value]
    edges: list[Edge]
    constants: dict[Value, dict[int, Value]] = field(default_factory=dict)
    """For an operation, the operands that are drawn at it, by position."""
    repeats: dict[Value, int] = field(default_factory=dict)
    """For the last of a row of equal operations, the length of the row."""

    def symbol(self, node: Value, numbers: str) -> str:
        """The operation of a node, with the constants at it: `*`, `- 1`, `2 **`, `tanh ×198`.

        Args:
            node: a result.
            numbers: the format of constants, in Python's format language.
        """
        symbol = node._op or "?"
        if written := self.constants.get(node):
            operands = [
                literal(format(written[i].data, numbers)) if i in written else Written(_SLOT)
                for i in range(len(node._prev))
            ]
            symbol = write(rule_of(node), operands).text.removeprefix(f"{_SLOT} ").removesuffix(f" {_SLOT}")
        return f"{symbol} ×{self.repeats[node]:,}" if node in self.repeats else symbol


def plan(nodes: list[Value], kept: Container[Value] = (), *, fold: bool = True) -> Plan:
    """Plans the drawing of a graph.

    Args:
        nodes: the nodes of the graph, operands first.
        kept: nodes that keep their own boxes.
        fold: whether a row of equal operations becomes one box.
    """
    consumers = _consumers(nodes)
    constants = _constants(nodes, consumers, kept)
    hidden = {constant for some in constants.values() for constant in some.values()}
    repeats: dict[Value, int] = {}
    first: dict[Value, Value] = {}
    for row in _rows(nodes, consumers, constants, kept) if fold else []:
        repeats[row[-1]], first[row[-1]] = len(row), row[0]
        hidden.update(row[:-1])
        constants.setdefault(row[-1], {}).update(constants.get(row[0], {}))
    shown = [node for node in nodes if node not in hidden]
    edges = [
        Edge(operand, node, i)
        for node in shown
        for i, operand in enumerate(first.get(node, node)._prev)
        if operand not in hidden
    ]
    return Plan(shown, edges, constants, repeats)


def _consumers(nodes: list[Value]) -> dict[Value, list[Value]]:
    """For each node its users, with repeats."""
    consumers: dict[Value, list[Value]] = {node: [] for node in nodes}
    for node in nodes:
        for operand in node._prev:
            consumers[operand].append(node)
    return consumers


def _constants(
    nodes: list[Value], consumers: dict[Value, list[Value]], kept: Container[Value]
) -> dict[Value, dict[int, Value]]:
    """Unlabelled leaves that only one operation uses, with other operands, if other leaves of the graph have labels."""

    def is_leaf(node: Value) -> bool:
        return not node._prev

    if not any(node.label for node in nodes if is_leaf(node)):
        return {}
    found: dict[Value, dict[int, Value]] = {}
    for node in nodes:
        plain = {
            i: operand
            for i, operand in enumerate(node._prev)
            if is_leaf(operand) and not operand.label and operand not in kept and len(consumers[operand]) == 1
        }
        if 0 < len(plain) < len(node._prev) and not isinstance(node._rule, Nary):
            found[node] = plain
    return found


def _rows(
    nodes: list[Value],
    consumers: dict[Value, list[Value]],
    constants: dict[Value, dict[int, Value]],
    kept: Container[Value],
) -> list[list[Value]]:
    """The longest rows of equal operations, each the only user of the one before."""
    before: dict[Value, Value] = {}
    for node in nodes:
        for operand in node._prev:
            inner = operand._prev and not operand.label and operand not in kept and node not in kept
            if inner and set(consumers[operand]) == {node} and _alike(operand, node, constants):
                before[node] = operand
    last = set(before) - set(before.values())
    rows = []
    for node in nodes:
        if node in last:
            row = [node]
            while row[-1] in before:
                row.append(before[row[-1]])
            if len(row) >= REPEATS:
                rows.append(row[::-1])
    return rows


def _alike(operand: Value, node: Value, constants: dict[Value, dict[int, Value]]) -> bool:
    """Whether a node applies the same operation, with the same other operands, as its operand."""
    if node._rule is not operand._rule or node._op != operand._op or node.place != operand.place:
        return False
    mine, its = constants.get(node, {}), constants.get(operand, {})
    if {i: constant.data for i, constant in mine.items()} != {i: constant.data for i, constant in its.items()}:
        return False
    if len(node._prev) != len(operand._prev):
        return False
    pairs = list(zip(operand._prev, node._prev, strict=True))
    others = all(had is has for i, (had, has) in enumerate(pairs) if has is not operand and i not in mine)
    return others and len({had for had, has in pairs if has is operand}) == 1
