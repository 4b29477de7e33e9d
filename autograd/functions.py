"""Functions of lists of numbers: sums, means, softmax.

Each takes any mix of Values and plain numbers, and builds an ordinary graph, which can be drawn, stepped through,
compiled and differentiated again like any other. A sum of numbers or of products is one node.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import SupportsFloat, cast, overload

from autograd import ops
from autograd.arguments import iterated
from autograd.nary import SUM
from autograd.ops import Operation
from autograd.scalars import is_scalar
from autograd.value import Number, Value, apply, dotted, operand


def sum(xs: Iterable[Number], start: Number = 0.0) -> Value:
    """The sum of `start` and all of `xs`, from the left, as one node. The sum of an empty list is `start`.

    Example:
        >>> import autograd
        >>> autograd.sum([autograd.Value(1.0), 2, 3.0]).data
        6.0
    """
    values = _values("sum", xs)
    if isinstance(start, Value) or start != 0 or not values:
        values.insert(0, operand(start))
    return apply(SUM, *values) if len(values) > 1 else values[0]


def dot(ws: Iterable[Number], xs: Iterable[Number], bias: Number | None = None) -> Value:
    """The sum of the bias, if given, and the products of `ws` and `xs`, from the left, as one node.

    A neuron is such a sum and an activation. `expanded()` of the result is the equivalent graph of `+` and `*`.

    Raises:
        ValueError: `ws` and `xs` have different lengths.

    Example:
        >>> import autograd
        >>> autograd.dot([autograd.Value(1.0), 2.0], [3.0, 4.0]).data
        11.0
    """
    left, right = _values("dot", ws), _values("dot", xs)
    if len(left) != len(right):
        raise ValueError(f"dot needs lists of the same length, not of {len(left)} and {len(right)}")
    first = [] if bias is None else [operand(bias)]
    return dotted((*left, *first), tuple(right)) if left else sum(first)


def mean(xs: Iterable[Number]) -> Value:
    """The sum of `xs` divided by their number.

    Raises:
        ValueError: `xs` is empty.
    """
    values = _some("mean", xs)
    return sum(values) / len(values)


@overload
def maximum(xs: Value | Iterable[Number], *others: Number) -> Value: ...  # type: ignore[overload-overlap]
@overload
def maximum(xs: Number, other: Value, /, *others: Number) -> Value: ...  # type: ignore[overload-overlap]
@overload
def maximum(xs: SupportsFloat, *others: SupportsFloat) -> float: ...
def maximum(xs: Number | Iterable[Number], *others: Number) -> Number:
    """The largest of several numbers: `maximum([a, b, c])` or `maximum(a, b, c)`.

    On a tie, each comparison splits the derivative equally. Plain numbers as separate arguments give a float.

    Raises:
        ValueError: there are no numbers.

    Example:
        >>> import autograd
        >>> autograd.maximum(2.0, 3.0), autograd.maximum([2.0, 3.0]).data
        (3.0, 3.0)
    """
    return _extreme("maximum", ops.MAXIMUM, xs, others)


@overload
def minimum(xs: Value | Iterable[Number], *others: Number) -> Value: ...  # type: ignore[overload-overlap]
@overload
def minimum(xs: Number, other: Value, /, *others: Number) -> Value: ...  # type: ignore[overload-overlap]
@overload
def minimum(xs: SupportsFloat, *others: SupportsFloat) -> float: ...
def minimum(xs: Number | Iterable[Number], *others: Number) -> Number:
    """The smallest of several numbers: `minimum([a, b, c])` or `minimum(a, b, c)`.

    On a tie, each comparison splits the derivative equally. Plain numbers as separate arguments give a float.

    Raises:
        ValueError: there are no numbers.
    """
    return _extreme("minimum", ops.MINIMUM, xs, others)


def _extreme(name: str, operation: Operation, xs: Number | Iterable[Number], others: tuple[Number, ...]) -> Number:
    alone = isinstance(xs, Value) or is_scalar(xs)
    given = cast("Iterable[Number]", (xs, *others) if alone else xs)
    values = _some(name, given)
    if others and not alone:
        raise TypeError(f"{name} takes one list, or numbers one by one, not a list and more")
    best = reduce(lambda one, other: apply(operation, one, other), values)
    return best if not alone or any(isinstance(x, Value) for x in (xs, *others)) else best.data


def logsumexp(xs: Iterable[Number]) -> Value:
    """log(exp(x) + exp(y) + …), finite for all finite `xs`.

    The maximum, unless it is infinite, is subtracted before exp and added after log. No gradient flows through it,
    since its two contributions cancel. The derivatives are `softmax(xs)`. If all are -inf, the result is -inf, and the
    derivatives are nan; if some are inf, the result is inf, and their derivatives are nan.

    Raises:
        ValueError: `xs` is empty.

    Example:
        >>> import autograd
        >>> autograd.logsumexp([1000.0, 1000.0]).data == 1000.0 + autograd.Value(2.0).log().data
        True
    """
    values = _some("logsumexp", xs)
    shift = apply(ops.SHIFT, maximum(values))
    return apply(_LOG, sum([apply(_EXP, x - shift) for x in values])) + shift


def softmax(xs: Iterable[Number]) -> list[Value]:
    """exp(x) of each number, divided by their sum: numbers between 0 and 1 that add up to 1.

    The maximum is subtracted first, which keeps exp from overflowing and does not change the result. If all are -inf,
    the shares are nan, like 0/0; so is the share of a number that is inf, beside which those of others are 0.

    Raises:
        ValueError: `xs` is empty.

    Example:
        >>> import autograd
        >>> [p.data for p in autograd.softmax([autograd.Value(1000.0), 1000.0])]
        [0.5, 0.5]
    """
    values = _some("softmax", xs)
    shift = apply(ops.SHIFT, maximum(values))
    powers = [apply(_EXP, x - shift) for x in values]
    total = sum(powers)
    return [apply(_DIV, power, total) for power in powers]


_EXP, _LOG, _DIV = ops.quietly(ops.EXP), ops.quietly(ops.LOG), ops.quietly(ops.DIV)
"""Without errors, as for derivatives: if all numbers are -inf, log 0 is -inf and 0/0 is nan."""


def _values(name: str, xs: Iterable[Number]) -> list[Value]:
    # A call of `operand` for each would cost more than the sum.
    return [x if type(x) is Value else operand(x) for x in iterated(xs, f"the arguments of {name}")]


def _some(name: str, xs: Iterable[Number]) -> list[Value]:
    values = _values(name, xs)
    if not values:
        raise ValueError(f"{name} needs at least one number, and the list is empty")
    return values
