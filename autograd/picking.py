"""`pick`: an entry of a table at an index that may be a Value, as in an embedding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar, overload

from autograd.arguments import iterated, sized
from autograd.floats import NOTHING
from autograd.ops import Operation
from autograd.scalars import as_float, is_scalar
from autograd.shown import as_code, shown
from autograd.structure import is_array
from autograd.value import Value, apply, operand

if TYPE_CHECKING:
    from autograd.annotations import Quantity, Structure
    from autograd.arithmetic import Arithmetic
    from autograd.value import Number

T = TypeVar("T")


class Pick(Operation):
    """`pick(index, x0, x1, …)`: the operand at the index, a whole number from 0.

    The gradient flows to that operand only; the index has none.

    Args:
        count: the number of operands to pick from. `among` keeps one operation for each count.
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

    def __reduce__(self) -> tuple[Callable[[int], Pick], tuple[int]]:
        return among, (self.count,)


@lru_cache(maxsize=1024)
def among(count: int) -> Pick:
    """The operation that picks one of `count` operands."""
    return Pick(count)


def _picked(count: int, m: Arithmetic, index: Quantity, *column: Quantity) -> Quantity:
    """The entry times √1; for an invalid index, √-1, which is an invalid operation.

    A nan in place of the root would go unnoticed in backends that compute both branches of a choice.
    """
    whole = m.where(m.equal(m.floor(index), index), 1.0, -1.0)
    inside = m.where(m.greater(0.0, index), -1.0, m.where(m.greater(index, count - 1.0), -1.0, whole))
    return m.sqrt(inside) * _halved(m, index, column)


def _halved(m: Arithmetic, index: Quantity, column: Sequence[Quantity], first: int = 0) -> Quantity:
    """The entry, found by binary search over the index."""
    if len(column) == 1:
        return column[0]
    half = len(column) // 2
    before, after = _halved(m, index, column[:half], first), _halved(m, index, column[half:], first + half)
    return m.where(m.greater(first + half - 0.5, index), before, after)


def _slope(k: float, m: Arithmetic, y: Quantity, index: Quantity, *column: Quantity) -> Quantity:
    return m.where(m.equal(index, k), 1.0, 0.0)


def position(index: object, count: int) -> int:
    """Converts an index to an int.

    Raises:
        IndexError: it is not a whole number from 0 to `count - 1`.
        TypeError: it is not a real number.
    """
    if not is_scalar(index):
        raise TypeError(f"an index must be a whole number, or a Value that is one, not {shown(index)}")
    if not isinstance(index, int):
        index = as_float(index)
    if not 0 <= index < count or index != int(index):
        raise IndexError(
            f"pick takes a whole number from 0 to {count - 1} for a table of {count}, not {as_code(index)}"
        )
    return int(index)


@overload
def pick(table: Sequence[T], index: int) -> T: ...
@overload
def pick(table: Sequence[Number], index: Value) -> Value: ...
@overload
def pick(table: Sequence[Sequence[Number]], index: Value) -> list[Value]: ...
@overload
def pick(table: Structure, index: Number) -> Structure: ...
def pick(table: Structure, index: Number) -> Structure:
    """The entry of a table at an index; of a table of rows, the row.

    Args:
        table: a list, tuple or array of Values or numbers, or of rows of them, all of one length.
        index: a whole number from 0, or a Value that holds one. With a number, this is `table[index]`. With a Value,
            the choice stays in the graph: each number picked is a node whose operands are the index and all
            candidates, so that `refresh()` and programs pick again.

    Raises:
        IndexError: the index is out of range.
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
    if not (isinstance(entries[0], (list, tuple)) or is_array(entries[0])):
        return apply(among(len(entries)), index, *map(operand, entries))
    widths = sorted({sized(row, "each row of a table") for row in entries})
    if len(widths) > 1:
        raise ValueError(f"the rows of a table must have one length, not {widths[0]} and {widths[-1]}")
    return [pick(column, index) for column in zip(*entries, strict=True)]
