"""A row of a table, chosen by a number that may be computed: the heart of an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from autograd.floats import NOTHING
from autograd.ops import Operation
from autograd.scalars import is_scalar
from autograd.value import Value, apply, operand


class Pick(Operation):
    """`pick(index, x0, x1, …)`: the operand that the index, a whole number from 0, counts to.

    The derivative goes to that operand alone: the index makes the choice, and has none.
    """

    __slots__ = ()

    def __init__(self) -> None:
        words = "the gradient goes to the entry that the index chose"
        super().__init__("pick", "pick", _forward, (), words=words, zero="another entry of the table was picked")
        self.evaluate = self._evaluate

    def _evaluate(self, *data: float) -> tuple[float, ...]:
        index, column = data[0], data[1:]
        k = position(index, len(column))
        slopes = [0.0] * len(column)
        slopes[k] = 1.0
        return (column[k], NOTHING, *slopes)

    def slope(self, i: int, m: Any, y: Any, operands: Sequence[Any]) -> Any:
        """1 for the entry that is picked, else 0."""
        return m.where(m.equal(operands[0], float(i - 1)), 1.0, 0.0) if i else 0.0

    @lru_cache(maxsize=64)  # noqa: B019 - there is one of these, and it lasts
    def at(self, count: int) -> Operation:
        """The operation on an index and `count - 1` entries."""
        partials = [partial(_slope, i) for i in range(count)]
        return Operation(self.name, self.symbol, _forward, tuple(partials), self.words, zero=self.zero)

    def __reduce__(self) -> str:  # type: ignore[override]
        return "PICK"


def _forward(m: Any, index: Any, *column: Any) -> Any:
    """The entry, found by halving: as many choices as the number of entries has binary digits."""
    if len(column) == 1:
        return column[0]
    half = len(column) // 2
    return m.where(m.greater(half - 0.5, index), _forward(m, index, *column[:half]),
        _forward(m, index - float(half), *column[half:]))  # fmt: skip


def _slope(i: int, m: Any, y: Any, *operands: Any) -> Any:
    return PICK.slope(i, m, y, operands)


PICK = Pick()


def position(index: Any, count: int) -> int:
    """An index as a place in a table.

    Raises:
        IndexError: it is no whole number from 0 to `count - 1`.
        TypeError: it is no real number.
    """
    if not is_scalar(index):
        raise TypeError(f"an index is a whole number, or a Value that holds one, not a {type(index).__name__}")
    if not 0 <= index < count or index != int(index):
        raise IndexError(f"pick takes a whole number from 0 to {count - 1} for a table of {count}, not {index!r}")
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
    entries = list(table)
    if not entries:
        raise ValueError("pick needs a table with at least one entry, and it is empty")
    if not isinstance(index, Value):
        return entries[position(index, len(entries))]
    if not isinstance(entries[0], (list, tuple)):
        return apply(PICK, index, *map(operand, entries))
    widths = sorted({len(row) for row in entries})
    if len(widths) > 1:
        raise ValueError(f"the rows of a table are of one length, not of {widths[0]} and {widths[-1]}")
    return [pick(column, index) for column in zip(*entries, strict=True)]
