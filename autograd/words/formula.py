"""`formula`: the expression that a Value was computed from."""

from __future__ import annotations

from collections import Counter

from autograd.arguments import a_depth, a_value
from autograd.shown import number
from autograd.value import Value
from autograd.words.names import Names
from autograd.words.notation import Written, labelled, literal, rule_of, write
from autograd.words.text import Text

LARGEST = 1000
"""The largest number of operands in a formula without a given depth."""


def formula(v: Value, depth: int | None = None, latex: bool = False) -> Text:
    r"""The expression that a Value was computed from, with as few parentheses as possible.

    Args:
        v: the result.
        depth: how many operations deep to go; deeper nodes appear as their name or number. By default all levels are
            written out, or as many as give at most 1,000 operands: a formula repeats shared subexpressions, so it can
            be exponentially larger than its graph.
        latex: write LaTeX, for a notebook or a paper.

    Raises:
        TypeError: `v` is not a Value, or `depth` is not a whole number.
        ValueError: `depth` is negative.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> y = ((a + b) * a / 4).tanh()
        >>> formula(y)
        tanh((a + b) * a / 4.0)
        >>> formula(y, depth=2)
        tanh(v3 / 4.0)
        >>> formula(y, latex=True)
        \tanh\left(\frac{\left(a + b\right) \cdot a}{4.0}\right)
    """
    a_value(v, "formula(v)")
    deepest = _depth_that_fits(v)
    depth = deepest if depth is None else min(a_depth(depth), deepest)
    names = Names(v)
    written = _expand(v, depth, names, latex).text
    return Text(written if latex else "\n".join([written, *names.notes]))


def _depth_that_fits(root: Value) -> int:
    """The number of levels that can be written out with at most `LARGEST` operands."""
    level, depth, size = Counter([root]), 0, 0
    while True:
        below: Counter[Value] = Counter()
        for node, times in level.items():
            for operand in node._prev:
                below[operand] += times
        size += below.total()
        if not below or size > LARGEST:
            return depth
        level, depth = below, depth + 1


def _expand(root: Value, depth: int, names: Names, latex: bool) -> Written:
    """Writes the expression of a node, `depth` operations deep, without recursion."""
    written: dict[tuple[Value, int], Written] = {}
    pending = [(root, depth)]
    while pending:
        node, left = pending[-1]
        operands = [(operand, left - 1) for operand in node._prev]
        if not operands or left == 0:
            written[node, left] = _cut(node, names, latex)
        else:
            missing = [operand for operand in operands if operand not in written]
            if missing:
                pending.extend(reversed(missing))
                continue
            written[node, left] = write(rule_of(node), [written[operand] for operand in operands], latex)
        pending.pop()
    return written[root, depth]


def _cut(node: Value, names: Names, latex: bool) -> Written:
    """A node that is not written out: its label; else a leaf's number, or an operation's stable name."""
    if not (node.label or node._prev):
        return literal(number(node.data))
    name = names(node) if node.label else names.number(node)
    return labelled(name, latex)
