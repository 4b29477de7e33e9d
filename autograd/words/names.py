"""What the nodes of a graph are called in lessons, and labels taken from variable names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from autograd.graph import every_node
from autograd.ops import ATOM
from autograd.value import Value
from autograd.words.notation import Written, literal, rule_of, write
from autograd.words.text import number, printable

SHORT = 14
"""Up to how many characters an expression serves as its own name."""


class Names:
    """The names of the nodes of one graph: always the same for the same graph.

    A node is called by its label; without one, by its expression where that is short (`a * b`), and otherwise by its
    number in the order of computation (`v12`). No two nodes share a name.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> product = a * b
        >>> names = Names(product + 1)
        >>> names(a), names(product), names.atom(product)
        ('a', 'a * b', '(a * b)')
    """

    def __init__(self, root: Value) -> None:
        self.root = root

    def __call__(self, node: Value) -> str:
        """The name of a node."""
        return self.written(node).text

    def atom(self, node: Value) -> str:
        """The name, in parentheses where it is an expression: `(a * b).grad`."""
        return self.written(node).within(ATOM)

    def written(self, node: Value) -> Written:
        """The name, and how tightly it binds."""
        known = self._names.get(node)
        return known if known is not None else _alone(node)

    def number(self, node: Value) -> str:
        """The stable name such as `v12`; empty for a node outside the graph."""
        return f"v{self._numbers[node]}" if node in self._numbers else ""

    @cached_property
    def nodes(self) -> list[Value]:
        """All nodes of the graph, operands before results."""
        return every_node(self.root)

    @cached_property
    def _numbers(self) -> dict[Value, int]:
        return {node: i for i, node in enumerate(self.nodes)}

    @cached_property
    def _names(self) -> dict[Value, Written]:
        short: dict[Value, Written | None] = {}
        for node in self.nodes:
            short[node] = _short(node, short)
        uses = Counter(text.text for node, text in short.items() if text is not None and (node.label or node._prev))
        return {node: self._name(node, short[node], uses) for node in self.nodes}

    def _name(self, node: Value, short: Written | None, uses: Counter[str]) -> Written:
        number = f"v{self._numbers[node]}"
        if short is None or not (node.label or node._prev):
            return Written(number)
        if uses[short.text] == 1:
            return short
        return Written(f"{short.text}@{number}") if node.label else Written(number)


def _short(node: Value, short: dict[Value, Written | None]) -> Written | None:
    """A label, a number, or an expression of such; None where it would be long."""
    if node.label or not node._prev:
        return _alone(node)
    operands: list[Written] = []
    for operand in node._prev[:4]:
        written = short[operand]
        if written is None:
            return None
        operands.append(written)
    if len(node._prev) > len(operands):
        return None
    whole = write(rule_of(node), operands)
    return whole if len(whole.text) <= SHORT else None


def _alone(node: Value) -> Written:
    """What a node is called outside any graph: its label or its number."""
    return Written(printable(node.label)) if node.label else literal(number(node.data))


def label(names: Mapping[str, Any]) -> list[str]:
    """Labels every Value that has no label yet by the name it goes by; returns the labels given.

    Args:
        names: usually `locals()`. Values in a list or tuple are labelled too: `x[0]`, `x[1]`, … Names that begin with
            an underscore are passed over. Of two names for one Value the first counts.

    Example:
        >>> p, q = Value(2.0), [Value(3.0), Value(4.0)]
        >>> label({"p": p, "q": q})
        ['p', 'q[0]', 'q[1]']
        >>> p
        p = Value(data=2.0, grad=0.0)
    """
    given: list[str] = []
    for name, value in _named(names):
        if isinstance(value, Value) and not value.label:
            value.label = name
            given.append(name)
    return given


def _named(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What stands under public names, and the items of lists there."""
    for name, thing in list(names.items()):
        if name.startswith("_"):
            continue
        if isinstance(thing, (list, tuple)):
            yield from ((f"{name}[{i}]", item) for i, item in enumerate(thing))
        else:
            yield name, thing
