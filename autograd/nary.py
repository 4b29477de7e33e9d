"""Operations on any number of operands: a sum, and a sum of products, as one node each.

A neuron adds up as many products as it has inputs. Written with `+` and `*` that is two nodes for each input; as `DOT`
it is one. Nothing else differs: `spelled` says, in `+` and `*`, what such an operation computes, in which order, and
its gradients are those of that expression. `Value.expanded()` gives the graph of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial, reduce
from itertools import chain
from typing import Any

from autograd.ops import Operation

Binary = Callable[[Any, Any], Any]


class Nary(Operation):
    """An operation on any number of operands.

    `at(count)` is the same operation for that many, for what needs a rule for each operand. For one operand alone,
    `slope` is to be asked: it takes no longer for a thousand operands than for two.
    """

    __slots__ = ()

    def __init__(self, name: str, words: str, zero: str = "") -> None:
        super().__init__(name, name, lambda m, *operands: self.spelled(operands), (), words=words, zero=zero)
        self.evaluate = self._evaluate

    def terms(self, operands: Sequence[Any], times: Binary = operator.mul) -> Iterable[Any]:
        """What is added up, in order; `times` makes the products."""
        raise NotImplementedError

    def spelled(self, operands: Sequence[Any], plus: Binary = operator.add, times: Binary = operator.mul) -> Any:
        """The operation written out, with whatever `plus` and `times` make of two operands: from the left."""
        return reduce(plus, self.terms(operands, times))

    def added_up(self, data: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The answer on floats, and its derivative for each operand."""
        raise NotImplementedError

    def _evaluate(self, *data: float) -> tuple[float, ...]:
        answer, slopes = self.added_up(data)
        return (answer, *slopes)

    @lru_cache(maxsize=256)  # noqa: B019 - there are two of these, and they last
    def at(self, count: int) -> Operation:
        """The operation on `count` operands."""
        partials = [partial(_slope, self, i) for i in range(count)]
        return Operation(self.name, self.symbol, self.forward, tuple(partials), self.words, binding=self.binding)

    def __reduce__(self) -> str:  # type: ignore[override]
        return self.name.upper()


def _slope(rule: Nary, i: int, m: Any, y: Any, *operands: Any) -> Any:
    return rule.slope(i, m, y, operands)


class Sum(Nary):
    """`x0 + x1 + …`."""

    __slots__ = ()

    def terms(self, operands: Sequence[Any], times: Binary = operator.mul) -> Iterable[Any]:
        """x0, x1, …"""
        return operands

    def slope(self, i: int, m: Any, y: Any, operands: Sequence[Any]) -> Any:
        """1 for each."""
        return 1.0

    def added_up(self, data: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The sum, and as many ones."""
        total = data[0]
        for x in data[1:]:  # not `sum`, which takes another way from Python 3.12 on
            total += x
        return total, _ones(len(data))

    def size(self, count: int) -> int:
        """A `+` between any two."""
        return count - 1

    def order(self, count: int) -> Sequence[int]:
        """The last first."""
        return range(count - 1, -1, -1)


class Dot(Nary):
    """`bias + w0 * x0 + w1 * x1 + …`; the operands are all the w, then all the x, then the bias if there is one."""

    __slots__ = ()

    def terms(self, operands: Sequence[Any], times: Binary = operator.mul) -> Iterable[Any]:
        """bias, w0 * x0, w1 * x1, …"""
        n = len(operands) // 2
        return chain(operands[2 * n :], map(times, operands[:n], operands[n : 2 * n]))

    def slope(self, i: int, m: Any, y: Any, operands: Sequence[Any]) -> Any:
        """The other factor; for the bias 1."""
        n = len(operands) // 2
        return 1.0 if i == 2 * n else operands[i + n] if i < n else operands[i - n]

    def added_up(self, data: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The sum of the products; the other factors, and 1 for the bias."""
        n = len(data) // 2
        ws, xs, bias = data[:n], data[n : 2 * n], data[2 * n :]
        products = zip(ws, xs, strict=True)
        if bias:
            total = bias[0]
        else:
            w, x = next(products)
            total = w * x
        for w, x in products:
            total += w * x
        return total, (*xs, *ws, *_ones(len(bias)))

    def size(self, count: int) -> int:
        """A `*` for each product, and a `+` for each but the first; one more with a bias."""
        return count // 2 * 2 - 1 + count % 2

    def order(self, count: int) -> Sequence[int]:
        """The last product first, as in the graph of `spelled`; the bias before the first product."""
        return _last_product_first(count)


@lru_cache(maxsize=256)
def _ones(count: int) -> tuple[float, ...]:
    return (1.0,) * count


@lru_cache(maxsize=256)
def _last_product_first(count: int) -> tuple[int, ...]:
    n = count // 2
    pairs = [i for k in range(n - 1, 0, -1) for i in (k, n + k)]
    return (*pairs, *range(2 * n, count), *((0, n) if n else ()))


SUM = Sum("sum", "a sum passes the gradient on to each of its operands, unchanged")
DOT = Dot(
    "dot",
    "in each product, a factor's derivative is the other factor; the bias gets the gradient unchanged",
    zero="the other factor is 0",
)
