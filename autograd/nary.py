"""Operations on any number of operands: a sum, and a sum of products, as one node each.

A neuron sums a product for each input. With `+` and `*`, that takes two nodes for each input; `DOT` takes one in total.
Nothing else differs: `spelled` defines the operation in terms of `+` and `*`, in a definite order, and its gradients
are those of that expression. `Value.expanded()` returns the expanded graph.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial, reduce
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from autograd.ops import Operation

if TYPE_CHECKING:
    from autograd.annotations import Quantity
    from autograd.arithmetic import Arithmetic

Binary: TypeAlias = "Callable[[Quantity, Quantity], Quantity]"


class Nary(Operation):
    """An operation on any number of operands.

    A kind of sum is a subclass: its `terms`, and its `slope` for each operand. Nothing else is needed. `SUM` and `DOT`
    are also known to the compiler, to the fast passes and to the page, which treat long ones as one.

    `at(count)` is the operation for a fixed number of operands, with a rule for each. For a single operand, `slope` is
    cheaper: its cost does not depend on the number of operands.
    """

    __slots__ = ()

    def __init__(self, name: str, words: str, zero: str = "") -> None:
        super().__init__(name, name, lambda m, *operands: self.spelled(operands), (), words=words, zero=zero)
        self.evaluate = self._evaluate

    def terms(self, operands: Sequence[Quantity], times: Binary = operator.mul) -> Iterable[Quantity]:
        """The summands in order; `times` makes the products."""
        raise NotImplementedError

    def spelled(
        self, operands: Sequence[Quantity], plus: Binary = operator.add, times: Binary = operator.mul
    ) -> Quantity:
        """The operation written out from the left, with `plus` and `times` applied to two operands at a time."""
        return reduce(plus, self.terms(operands, times))

    def _evaluate(self, *data: float) -> tuple[float, ...]:
        """The result, and its derivative for each operand."""
        return (self.spelled(data), *[self.slope(i, None, None, data) for i in range(len(data))])

    @lru_cache(maxsize=256)  # noqa: B019 - there are two of these, and they last
    def at(self, count: int) -> Operation:
        """The operation on `count` operands."""
        partials = [partial(_slope, self, i) for i in range(count)]
        return Operation(self.name, self.symbol, self.forward, tuple(partials), self.words)

    def __reduce__(self) -> str:  # type: ignore[override]
        return self.name.upper()


def _slope(rule: Nary, i: int, m: Arithmetic | None, y: Quantity, *operands: Quantity) -> Quantity:
    return rule.slope(i, m, y, operands)


class Sum(Nary):
    """`x0 + x1 + …`."""

    __slots__ = ()

    def terms(self, operands: Sequence[Quantity], times: Binary = operator.mul) -> Iterable[Quantity]:
        """x0, x1, …"""
        return operands

    def slope(self, i: int, m: Arithmetic | None, y: Quantity, operands: Sequence[Quantity]) -> Quantity:
        """1 for each."""
        return 1.0

    def size(self, count: int) -> int:
        """One `+` between each two."""
        return count - 1

    def order(self, count: int) -> Sequence[int]:
        """The last first."""
        return range(count - 1, -1, -1)


class Dot(Nary):
    """`bias + w0 * x0 + w1 * x1 + …`; the operands are all the w, then all the x, then the bias if there is one."""

    __slots__ = ()

    def terms(self, operands: Sequence[Quantity], times: Binary = operator.mul) -> Iterable[Quantity]:
        """bias, w0 * x0, w1 * x1, …"""
        n = len(operands) // 2
        return chain(operands[2 * n :], map(times, operands[:n], operands[n : 2 * n]))

    def slope(self, i: int, m: Arithmetic | None, y: Quantity, operands: Sequence[Quantity]) -> Quantity:
        """The other factor; for the bias 1."""
        n = len(operands) // 2
        return 1.0 if i == 2 * n else operands[i + n] if i < n else operands[i - n]

    def size(self, count: int) -> int:
        """A `*` for each product, and a `+` for each but the first; one more with a bias."""
        return count // 2 * 2 - 1 + count % 2

    def order(self, count: int) -> Sequence[int]:
        """The last product first, as in the graph of `spelled`; the bias before the first product."""
        return _last_product_first(count)


@lru_cache(maxsize=256)
def _last_product_first(count: int) -> tuple[int, ...]:
    n = count // 2
    pairs = [i for k in range(n - 1, 0, -1) for i in (k, n + k)]
    return (*pairs, *range(2 * n, count), 0, n)


SUM = Sum("sum", "a sum passes the gradient on to each of its operands, unchanged")
DOT = Dot(
    "dot",
    "in each product, a factor's derivative is the other factor; the bias gets the gradient unchanged",
    zero="the other factor is 0",
)
