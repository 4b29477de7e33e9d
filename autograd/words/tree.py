"""`tree`: a graph in the terminal."""

from __future__ import annotations

from autograd.value import Value
from autograd.words.names import Names
from autograd.words.text import WIDTH, Text, aligned, number, printable


def tree(v: Value, depth: int = 5) -> Text:
    """The graph behind a Value, one node a line: its operands below it, with data, gradient and operation.

    A node that is used more than once is shown in full where it comes first, and with `↑` afterwards.

    Args:
        v: the result.
        depth: how many operations deep to go; `…` follows a node that has more below.

    Raises:
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
    if depth < 0:
        raise ValueError(f"depth counts operations and cannot be negative: {depth}")
    names = Names(v)
    rows = [("node", "data", "grad", "operation")]
    shown: set[Value] = set()
    pending = [(v, "", "", 0)]
    while pending:
        node, here, below, level = pending.pop()
        again = node in shown
        mark = " ↑" if again else " …" if node._prev and level == depth else ""
        rows.append((_fit(here, names(node) + mark), number(node.data), number(node.grad), printable(node._op, 12)))
        if not again and level < depth:
            pending.extend(_branches(node, below, level + 1))
        shown.add(node)
    return Text("\n".join(aligned(rows, frozenset({1, 2}))))


def _branches(node: Value, below: str, level: int) -> list[tuple[Value, str, str, int]]:
    """The operands of a node with the lines that lead to them, the last first."""
    last = len(node._prev) - 1
    return [
        (operand, f"{below}└─ ", f"{below}   ", level) if i == last else (operand, f"{below}├─ ", f"{below}│  ", level)
        for i, operand in reversed(list(enumerate(node._prev)))
    ]


def _fit(lines: str, name: str, room: int = WIDTH - 45) -> str:
    """Lines and a name within the first column: deep down, the lines begin with `…`."""
    excess = len(lines) + len(name) - room
    return f"…{lines[excess + 1 :]}{name}" if excess > 0 else lines + name
