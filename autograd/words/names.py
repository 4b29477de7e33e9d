"""The names of a graph's nodes in lessons, and labels taken from variable names."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping

from autograd.graph import every_node
from autograd.locks import once
from autograd.shown import number, printable
from autograd.templates import ATOM
from autograd.value import Value
from autograd.words.notation import Written, labelled, literal, rule_of, write
from autograd.words.text import several, unbroken

SHORT = 28
"""The longest expression, in characters, that serves as its own name."""

LARGE = 10_000
"""In a graph with more nodes, unlabelled results are named by number, never by expression."""

MANY = 8
"""An expression with more operands does not serve as its own name."""

DEEPEST = 4
"""The depth of nested lists up to which Values are labelled."""


class Names:
    """The names of the nodes of one graph. The same graph always has the same names.

    A node's name is its label; without one, its expression if that is short (`a * b`); else its position in the order
    of computation (`v12`). No two nodes share a name: nodes with equal labels are numbered, `a#1` and `a#2`, and
    `notes` says so. The name of an unlabelled leaf is its number.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> product = a * b
        >>> names = Names(product + 1)
        >>> names(a), names(product), names.atom(product)
        ('a', 'a * b', '(a * b)')
    """

    def __init__(self, root: Value) -> None:
        self.root = root
        self._told_apart: dict[str, None] = {}

    def __call__(self, node: Value) -> str:
        """The name of a node."""
        return self.written(node).text

    def atom(self, node: Value) -> str:
        """The name, in parentheses if it is an expression: `(a * b).grad`."""
        return self.written(node).within(ATOM)

    def written(self, node: Value) -> Written:
        """The name with its binding strength."""
        known = self._names.get(node)
        if known is None:
            return _alone(node)
        if node in self._shared:
            self._told_apart[self._shared[node]] = None
        return known

    def number(self, node: Value) -> str:
        """The stable name, such as `v12`; empty for a node outside the graph."""
        return f"v{self._numbers[node]}" if node in self._numbers else ""

    def is_constant(self, node: Value) -> bool:
        """Whether readers see a node as a plain number: an unlabelled leaf in a graph with labelled leaves."""
        return not node._prev and not node.label and self._some_labelled

    def find(self, name: str) -> Value:
        """The node with that name.

        Raises:
            ValueError: no node has it, or several do.
        """
        found = [node for node in self.nodes if not self.is_constant(node) and name in (self(node), self.atom(node))]
        if len(found) == 1:
            return found[0]
        labelled = [self(node) for node in self.nodes if node.label == name]
        if labelled:
            raise ValueError(f"{len(labelled)} Values are labelled {name}: say which, {several(labelled)}")
        known = list(dict.fromkeys(self(node) for node in self.nodes if not self.is_constant(node)))
        close = difflib.get_close_matches(name, known, 3, 0.5)
        hint = f"did you mean {several(close)}?" if close else f"the names are {several(known, 8)}" if known else ""
        raise ValueError(f"nothing here is called {printable(name)!r}: {hint}")

    @property
    def notes(self) -> list[str]:
        """A sentence for each ambiguous label that has been used so far."""
        return [self._note(text) for text in self._told_apart]

    def _note(self, text: str) -> str:
        same = [node for node, shared in self._shared.items() if shared == text]
        first, last = (unbroken(self._names[node].within(ATOM)) for node in (same[0], same[-1]))
        text = unbroken(text)
        if any(node.label for node in same):
            return f"{len(same)} Values have the label {text}: {first} was made first, {last} last"
        return f"{text} was computed {len(same)} times: {first} and {last} are separate nodes"

    @once
    def nodes(self) -> list[Value]:
        """All nodes of the graph, operands before results."""
        return every_node(self.root)

    @once
    def _some_labelled(self) -> bool:
        return any(node.label for node in self.nodes if not node._prev)

    @once
    def _numbers(self) -> dict[Value, int]:
        return {node: i for i, node in enumerate(self.nodes)}

    @once
    def _short(self) -> dict[Value, Written | None]:
        short: dict[Value, Written | None] = {}
        large = len(self.nodes) > LARGE
        for node in self.nodes:
            if large and node._prev and not node.label:
                short[node] = None
                continue
            short[node] = _short(node, short, self._numbers)
        return short

    @once
    def _shared(self) -> dict[Value, str]:
        """The nodes whose short name is not unique, and that name."""
        candidates = [(node, text.text) for node, text in self._short.items() if text is not None and _is_called(node)]
        uses = Counter(text for _, text in candidates)
        return {node: text for node, text in candidates if uses[text] > 1}

    @once
    def _names(self) -> dict[Value, Written]:
        count: Counter[str] = Counter()
        names: dict[Value, Written] = {}
        for node in self.nodes:
            short = self._short[node]
            if short is None:
                names[node] = Written(f"v{self._numbers[node]}")
            elif node in self._shared:
                count[short.text] += 1
                names[node] = Written(f"{short.within(ATOM)}#{count[short.text]}")
            else:
                names[node] = short
        return names


def _is_called(node: Value) -> bool:
    """Whether a node has a name. An unlabelled leaf is only a number."""
    return bool(node.label or node._prev)


def _short(node: Value, short: dict[Value, Written | None], numbers: dict[Value, int]) -> Written | None:
    """A node's label, its number, or its expression in short names; None if that is long."""
    if node.label or not node._prev:
        return _alone(node)
    if len(node._prev) > MANY:
        return None
    operands = [short[operand] or Written(f"v{numbers[operand]}") for operand in node._prev]
    whole = write(rule_of(node), operands)
    return whole if len(whole.text) <= SHORT else None


def _alone(node: Value) -> Written:
    """The name of a node without its graph: its label or its number."""
    return labelled(printable(node.label)) if node.label else literal(number(node.data))


def label(names: Mapping[str, object]) -> list[str]:
    """Labels each unlabelled Value with the name of its variable, and returns the new labels.

    The prompt of `python -m autograd` does this by itself.

    Args:
        names: usually `locals()`. Values in lists and tuples are labelled too: `x[0]`, `w[1][2]`, … Names that start
            with an underscore are skipped. If a Value has two names, the first one is used.

    Raises:
        TypeError: `names` is not a mapping.

    Example:
        >>> p, q = Value(2.0), [Value(3.0), Value(4.0)]
        >>> label({"p": p, "q": q})
        ['p', 'q[0]', 'q[1]']
        >>> p
        p = Value(data=2.0, grad=0.0)
    """
    if not isinstance(names, Mapping):
        raise TypeError(
            f"label() takes a dict of names, label(locals()), not {type(names).__name__}; "
            'a single Value is labelled by v.label = "v"'
        )
    given: list[str] = []
    for name, value in named_values(names):
        if not value.label:
            value.label = name
            given.append(name)
    return given


def named_values(names: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    """Every Value under a public name, or in a list there, with its path."""
    for name, thing in list(names.items()):
        if isinstance(name, str) and not name.startswith("_"):
            yield from _within(name, thing, DEEPEST)


def _within(name: str, thing: object, depth: int) -> Iterator[tuple[str, Value]]:
    if isinstance(thing, Value):
        yield name, thing
    elif isinstance(thing, (list, tuple)) and depth and thing and isinstance(thing[0], (Value, list, tuple)):
        for i, item in enumerate(thing):
            yield from _within(f"{name}[{i}]", item, depth - 1)
