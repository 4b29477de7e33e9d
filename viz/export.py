"""A graph as data for the page: columns of numbers, one entry for each node, operands before results."""

from __future__ import annotations

import base64
import math
import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograd import Value
from autograd.backprop import lessons
from autograd.graph import every_node
from autograd.lines import line_of
from autograd.nary import DOT, SUM, Nary
from autograd.ops import Operation
from autograd.shown import printable
from autograd.templates import ATOM
from autograd.terms import Term, length, traced
from autograd.value import Handmade
from autograd.words.notation import declared
from viz import javascript
from viz.boxes import boxed

if TYPE_CHECKING:
    from collections.abc import Hashable


@dataclass(frozen=True)
class Exported:
    """The data and code of a page: the graph, and the functions of its rules."""

    data: dict[str, object]
    """The graph, for JSON."""
    program: str
    """JavaScript, see `javascript.program`."""
    nodes: list[Value]


def exported(loss: Value) -> Exported:
    """Exports the graph of a value, for the page's `decoded`, without changing it.

    Python's numbers are kept exactly. If `.data` was changed after the forward pass, so that a node's numbers are not
    its rule's results for its operands' current data, its local derivatives are exported too, as for nodes made by
    hand: the page shows them, and says that they are stale.
    """
    nodes = every_node(loss)
    index = {node: i for i, node in enumerate(nodes)}
    rules = _Rules()
    column = array("i", [rules.number(node) for node in nodes])
    starts, operands = array("i", [0]), array("i")
    for node in nodes:
        operands.extend(index[operand] for operand in node._prev)
        starts.append(len(operands))
    boxes, innermost = boxed(nodes)
    prefixes, suffixes, strings = _labels(nodes)
    held = _held(loss, nodes, rules)
    data = {
        "count": len(nodes),
        "data": _packed(array("d", [node.data for node in nodes])),
        "rule": _packed(column),
        "starts": _packed(starts),
        "operands": _packed(operands),
        "prefix": _packed(prefixes),
        "suffix": _packed(suffixes),
        "strings": strings,
        "box": _packed(array("i", innermost)),
        "boxes": boxes,
        "rules": rules.described,
        "heads": _heads(
            term
            for operation in rules.operations
            if operation and not isinstance(operation, Nary)
            for term in traced(operation)[1]
        ),
        "held": [[index[node], list(map(_number, slopes))] for node, slopes in held.items()],
        "lines": {i: str(line) for i, node in enumerate(nodes) if (line := line_of(node))},
    }
    return Exported(
        data, javascript.program([None if isinstance(each, Nary) else each for each in rules.operations]), nodes
    )


LONGEST = 1000
"""The maximum number of operations in a rule that a page computes; for a longer rule it shows Python's numbers."""


class _Rules:
    """The table of a graph's rules: operations and rules of nodes made by hand, without duplicates."""

    def __init__(self) -> None:
        self.described: list[dict[str, object]] = []
        self.operations: list[Operation | None] = []
        """The operation of each rule that the page can compute; None if only Python can."""
        self._numbers: dict[Hashable, int] = {}

    def number(self, node: Value) -> int:
        """The index of a node's rule in the table; -1 for a leaf."""
        rule = node._rule
        if rule is None:
            return -1
        if isinstance(rule, Nary) and rule not in (SUM, DOT):  # `nary.js` knows only these two
            rule = rule.at(len(node._prev))
        key = rule if isinstance(rule, Operation) else (rule.symbol, len(node._prev), _how(node))
        if key not in self._numbers:
            self._numbers[key] = len(self.described)
            readable = isinstance(rule, Operation) and (isinstance(rule, Nary) or _readable(rule))
            self.operations.append(rule if isinstance(rule, Operation) and readable else None)
            self.described.append(_operation(rule) if isinstance(rule, Operation) else _by_hand(node, rule))
        return self._numbers[key]

    def computes(self, node: Value) -> bool:
        """Whether the page can compute a node."""
        return self.operations[self.number(node)] is not None


def _readable(operation: Operation) -> bool:
    """Whether an operation's rules are short enough when written out, with each use of a shared subterm."""
    try:
        answer, partials = traced(operation)
    except TypeError:
        return False
    return all(length(term) <= LONGEST for term in (answer, *partials))


def _how(node: Value) -> str:
    """How the derivatives of a node made by hand are known."""
    return "closure" if node._closure is not None else "numbers" if node._local_grads else "unknown"


def _operation(rule: Operation) -> dict[str, object]:
    domain = rule.domain if isinstance(rule.domain, str) else next(iter(rule.domain.values()))
    return {
        "name": rule.name,
        "symbol": rule.symbol,
        "words": rule.words,
        "zero": rule.zero,
        "roles": list(rule.roles),
        "domain": domain,
        **_notation(rule),
        "hand": "",
        "nary": rule.name if isinstance(rule, Nary) else "",
        "constants": rule.attributes,
        "slopes": []
        if isinstance(rule, Nary) or not _readable(rule)
        else [_term(partial) for partial in traced(rule)[1]],
    }


def _by_hand(node: Value, rule: Handmade) -> dict[str, object]:
    symbol = printable(rule.symbol) or "node"
    alike = declared(symbol, len(node._prev))
    return {
        "name": alike.name if alike else symbol,
        "symbol": symbol,
        "words": "",
        "zero": "its derivative at {} is 0",
        "roles": [],
        "domain": "",
        **_notation(alike),
        "hand": _how(node),
        "nary": "",
        "constants": {},
        "slopes": [],
    }


def _held(loss: Value, nodes: list[Value], rules: _Rules) -> dict[Value, tuple[float, ...]]:
    """The local derivatives that the page cannot compute from the data: stale ones, and those made by hand."""
    held = {}
    for node in nodes:
        rule = node._rule
        if rule is not None and not (isinstance(rule, Operation) and rules.computes(node) and _is_fresh(node, rule)):
            held[node] = node._local_grads or (0.0,) * len(node._prev)
    if any(node._closure is not None for node in nodes):
        held.update(_of_closures(loss))
    return held


def _is_fresh(node: Value, rule: Operation) -> bool:
    """Whether a node's numbers are its rule's results for its operands' current data."""
    try:
        now = rule.evaluate(*[operand.data for operand in node._prev])
    except (ArithmeticError, ValueError):
        return False
    had = (node.data, *node._local_grads)
    return now == had or all(x == y or (x != x and y != y) for x, y in zip(now, had, strict=True))


def _of_closures(loss: Value) -> dict[Value, tuple[float, ...]]:
    """What each assigned `_backward` adds to its operands' gradients, per unit of its own gradient."""
    found = {}
    grads = {loss: 1.0}
    for step in lessons(loss):
        node = step.node
        for change in step.changes:
            grads[change.node] = float(change.after)
        if node._closure is not None:
            sent = {change.node: change.after - change.before for change in step.changes}
            grad = grads.get(node, 0.0)
            # A repeated operand is counted only once.
            found[node] = tuple([sent.pop(operand, 0.0) / grad if grad else 0.0 for operand in node._prev])
    return found


def _labels(nodes: Iterable[Value]) -> tuple[array[int], array[int], list[str]]:
    """Each label as indices of two parts, which many labels share: `layers[0].neurons[3]` and `.w[5]`."""
    strings: dict[str, int] = {}
    prefixes, suffixes = array("i"), array("i")
    for node in nodes:
        head, dot, tail = node.label.rpartition(".")
        prefixes.append(strings.setdefault(head, len(strings)))
        suffixes.append(strings.setdefault(dot + tail, len(strings)))
    return prefixes, suffixes, list(strings)


def _heads(terms: Iterable[Term]) -> dict[str, dict[str, object]]:
    """The notation of the operations within rules."""
    found = {}
    for head, count in sorted(javascript.heads(terms)):
        operation = declared(head, count)
        if operation is not None:
            found[f"{head}/{count}"] = {"name": operation.name, **_notation(operation)}
    return found


def _notation(operation: Operation | None) -> dict[str, object]:
    """How an operation is written; its text is empty for a call."""
    text = operation.text if operation else None
    return {"text": text.form, "binding": text.binding, "needs": list(text.needs)} if text else _CALL


_CALL: dict[str, object] = {"text": "", "binding": ATOM, "needs": []}


def _term(term: Term) -> list[object]:
    if term.head in ("name", "number"):
        return [term.head, term.args[0] if term.head == "name" else _number(term.args[0])]
    return [term.head, *map(_term, term.args)]


def _number(x: float) -> float | str:
    """A number for JSON, which has no infinities."""
    return x if math.isfinite(x) else "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def _packed(numbers: array[int] | array[float]) -> str:
    """The little-endian bytes of numbers, as base64."""
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
