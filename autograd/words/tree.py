"""`tree`: a graph as an indented list."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.arguments import a_depth, a_value
from autograd.graph import gradient as gradient_of
from autograd.shown import number, printable
from autograd.stale import stale
from autograd.value import Value
from autograd.words.names import Names
from autograd.words.text import NARROWEST, Text, aligned, cells, folded, width

LONGEST = 10_000
"""The number of nodes that a tree shows."""


def tree(v: Value, depth: int = 5) -> Text:
    """The graph behind a Value, one node a line, with its data, gradient and operation; operands follow, indented.

    A node that is used more than once is shown in full the first time, and with `↑` afterwards. Plain numbers in the
    expression are shown without a gradient. A tree ends after 10,000 lines.

    Args:
        v: the result.
        depth: how many operations deep to go; `…` marks a node whose operands are not shown.

    Raises:
        TypeError: `v` is not a Value, or `depth` is not a whole number.
        ValueError: `depth` is negative.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> y = a * b + a
        >>> y.backward()
        >>> print(tree(y))
        node         data  grad  operation
        a * b + a    -4.0   1.0  +
        ├─ a * b     -6.0   1.0  *
        │  ├─ a       2.0  -2.0
        │  └─ b      -3.0   2.0
        └─ a ↑        2.0  -2.0
    """
    a_value(v, "tree(v)")
    depth = a_depth(depth)
    names, columns = Names(v), width()
    rows = [("", "node", "data", "grad", "operation")]
    shown: set[Value] = set()
    pending = [(v, "", "", 0)]
    while pending and len(rows) <= LONGEST:
        node, here, below, level = pending.pop()
        again = node in shown and _is_called(node)
        mark = " ↑" if again else " …" if node._prev and level == depth else ""
        gradient = "" if names.is_constant(node) else number(gradient_of(node))
        rows.append((here, names(node) + mark, number(node.data), gradient, printable(node._op, 12)))
        if not again and level < depth:
            pending.extend(_branches(node, below[-columns:], level + 1))  # of what is deep, a line shows the end
        shown.add(node)
    cut = f"only the first {LONGEST:,} lines are shown: pass a smaller depth" if pending else ""
    notes = [line for note in (*names.notes, cut, stale(v)) if note for line in folded(note, columns)]
    return Text("\n".join([*_in_columns(rows, columns), *notes]))


def _is_called(node: Value) -> bool:
    return bool(node.label or node._prev)


def _in_columns(rows: list[tuple[str, str, str, str, str]], columns: int) -> list[str]:
    """The table. In a narrow terminal it has no column for the operation, which the names show too."""
    beside: list[tuple[str, ...]] = [row[2:] for row in rows]
    room = columns - _total(beside)
    if room < NARROWEST // 2:
        beside = [row[2:4] for row in rows]
        room = columns - _total(beside)
    nodes = [_fit(lines, name, room) for lines, name, *_ in rows]
    return aligned([(node, *others) for node, others in zip(nodes, beside, strict=True)], frozenset({1, 2}))


def _total(rows: Sequence[tuple[str, ...]]) -> int:
    """The width of these columns, with the spaces before each."""
    return sum(2 + max(map(cells, column)) for column in zip(*rows, strict=True))


def _branches(node: Value, below: str, level: int) -> list[tuple[Value, str, str, int]]:
    """The operands of a node with the tree lines before them, in reverse order."""
    last = len(node._prev) - 1
    return [
        (operand, f"{below}└─ ", f"{below}   ", level) if i == last else (operand, f"{below}├─ ", f"{below}│  ", level)
        for i, operand in reversed(list(enumerate(node._prev)))
    ]


def _fit(lines: str, name: str, room: int) -> str:
    """Fits tree lines and a name into the first column: first the lines are cut at their start, then the name's end."""
    excess = cells(lines) + cells(name) - room
    if excess <= 0:
        return lines + name
    if excess < len(lines):
        return f"…{lines[excess + 1 :]}{name}"
    while cells(name) > room - 1:
        name = name[:-1]
    return f"{name}…"
