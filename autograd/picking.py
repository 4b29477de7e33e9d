"""A row of a table, chosen by a number that may be computed: the heart of an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from autograd.arguments import iterated, sized
from autograd.floats import NOTHING
from autograd.ops import Operation
from autograd.scalars import as_float, is_scalar
from autograd.shown import as_code, shown
from autograd.value import Value, apply, operand


class Pick(Operation):
    """`pick(index, x0, x1, …)`: the operand that the index, a whole number from 0, counts to.

    The derivative goes to that operand alone: the index makes the choice, and has none.

    Args:
        count: how many operands there are to pick from; `among` keeps one operation for each number.
    """

    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            "pick",
            "pick",
            partial(_picked, count),
            (lambda m, y, index, *column: 0.0, *[partial(_slope, float(k)) for k in range(count)]),
            words="the gradient goes to the entry that the index chose",
            domain=f"the index must be a whole number from 0 to {count - 1}",
            zero="another entry of the table was picked",
        )
        self.evaluate = self._evaluate

    def _evaluate(self, *data: float) -> tuple[float, ...]:
        k = position(data[0], self.count)
        slopes = [0.0] * self.count
        slopes[k] = 1.0
        return (data[1 + k], NOTHING, *slopes)

    def __reduce__(self) -> tuple[Any, ...]:
        return among, (self.count,)


@lru_cache(maxsize=1024)
def among(count: int) -> Pick:
    """The operation that picks one of so many operands."""
    return Pick(count)


def _picked(count: int, m: Any, index: Any, *column: Any) -> Any:
    """The entry, times a root that is 1; where the index counts to none it is that of -1, and so an invalid operation.

    Backends whose choices compute both branches would not notice a branch that is nan.
    """
    whole = m.where(m.equal(m.floor(index), index), 1.0, -1.0)
    inside = m.where(m.greater(0.0, index), -1.0, m.where(m.greater(index, count - 1.0), -1.0, whole))
    return m.sqrt(inside) * _halved(m, index, column)


def _halved(m: Any, index: Any, column: Sequence[Any], first: int = 0) -> Any:
    """The entry, found by halving: as many choices as the number of entries has binary digits."""
    if len(column) == 1:
        return column[0]
    half = len(column) // 2
    before, after = _halved(m, index, column[:half], first), _halved(m, index, column[half:], first + half)
    return m.where(m.greater(first + half - 0.5, index), before, after)


def _slope(k: float, m: Any, y: Any, index: Any, *column: Any) -> Any:
    return m.where(m.equal(index, k), 1.0, 0.0)


def position(index: Any, count: int) -> int:
    """An index as a place in a table.

    Raises:
        IndexError: it is no whole number from 0 to `count - 1`.
        TypeError: it is no real number.
    """
    if not is_scalar(index):
        raise TypeError(f"an index is a whole number, or a Value that holds one, not {shown(index)}")
    if not isinstance(index, int):
        index = as_float(index)
    if not 0 <= index < count or index != int(index):
        raise IndexError(
            f"pick takes a whole number from 0 to {count - 1} for a table of {count}, not {as_code(index)}"
        )
    return int(index)


def pick(table: Sequence[Any], index: Any) -> Any:
    """The entry of a table that an index counts to, from 0; of a table of rows, the row.

    Args:
        table: Values or numbers, or rows of them, all of one length.
        index: a whole number, or a Value that holds one. With a number this is `table[index]`. A Value stays in the
            graph: each number picked is a node of the index and the numbers it could have been, so that `refresh()`
            and programs pick anew.

    Raises:
        IndexError: there is no such entry.
        ValueError: the table is empty, or its rows differ in length.

    Example:
        >>> import autograd
        >>> letter = autograd.Value(1)
        >>> [v.data for v in autograd.pick([[1.0, 2.0], [3.0, 4.0]], letter)]
        [3.0, 4.0]
    """
    entries = list(iterated(table, "the table of pick", "rows or numbers"))
    if not entries:
        raise ValueError("pick needs a table with at least one entry, and it is empty")
    if not isinstance(index, Value):
        return entries[position(index, len(entries))]
    if not isinstance(entries[0], (list, tuple)):
        return apply(among(len(entries)), index, *map(operand, entries))
    widths = sorted({sized(row, "each row of a table") for row in entries})
    if len(widths) > 1:
        raise ValueError(f"the rows of a table are of one length, not of {widths[0]} and {widths[-1]}")
    return [pick(column, index) for column in zip(*entries, strict=True)]
