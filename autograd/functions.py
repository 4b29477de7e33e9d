"""What people write by hand over lists of numbers: sums, means, softmax.

Each takes Values and plain numbers, mixed as they come, and makes an ordinary graph of operations: it is drawn, stepped
through, compiled and differentiated again like any other. A sum, of numbers or of products, is one node.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from autograd import ops
from autograd.arguments import iterated
from autograd.nary import SUM
from autograd.ops import Operation
from autograd.scalars import is_scalar
from autograd.value import Value, apply, dotted, operand

Scalar = Any
"""A Value or a real number."""


def sum(xs: Iterable[Scalar], start: Scalar = 0.0) -> Value:
    """`start` and all of `xs` added up, from the left, as one node. The sum of nothing is `start`.

    Example:
        >>> import autograd
        >>> autograd.sum([autograd.Value(1.0), 2, 3.0]).data
        6.0
    """
    values = _values("sum", xs)
    if isinstance(start, Value) or start != 0 or not values:
        values.insert(0, operand(start))
    return apply(SUM, *values) if len(values) > 1 else values[0]


def dot(ws: Iterable[Scalar], xs: Iterable[Scalar], bias: Scalar | None = None) -> Value:
    """The bias, if there is one, and the products of `ws` and `xs`, pair by pair, added up from the left, as one node.

    A neuron is that, and an activation. `expanded()` on the result gives the graph of `+` and `*` that it stands for.

    Raises:
        ValueError: they have different lengths.

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


def mean(xs: Iterable[Scalar]) -> Value:
    """The sum of `xs` divided by how many there are.

    Raises:
        ValueError: there are none.
    """
    values = _some("mean", xs)
    return sum(values) / len(values)


def maximum(xs: Any, *others: Scalar) -> Any:
    """The largest of several numbers: `maximum([a, b, c])` or `maximum(a, b, c)`.

    On a tie the derivative is shared, at each comparison equally. Plain numbers one by one give a float.

    Raises:
        ValueError: there are none.

    Example:
        >>> import autograd
        >>> autograd.maximum(2.0, 3.0), autograd.maximum([2.0, 3.0]).data
        (3.0, 3.0)
    """
    return _extreme("maximum", ops.MAXIMUM, xs, others)


def minimum(xs: Any, *others: Scalar) -> Any:
    """The smallest of several numbers: `minimum([a, b, c])` or `minimum(a, b, c)`.

    On a tie the derivative is shared, at each comparison equally. Plain numbers one by one give a float.

    Raises:
        ValueError: there are none.
    """
    return _extreme("minimum", ops.MINIMUM, xs, others)


def _extreme(name: str, operation: Operation, xs: Any, others: tuple[Scalar, ...]) -> Any:
    alone = isinstance(xs, Value) or is_scalar(xs)
    values = _some(name, (xs, *others) if alone else xs)
    if others and not alone:
        raise TypeError(f"{name} takes one list, or numbers one by one, not a list and more")
    best = reduce(lambda one, other: apply(operation, one, other), values)
    return best if not alone or any(isinstance(x, Value) for x in (xs, *others)) else best.data


def logsumexp(xs: Iterable[Scalar]) -> Value:
    """log(exp(x) + exp(y) + …), finite for all finite `xs`.

    The largest of them is taken out before exp and added again after log, unless it is infinite. No derivative passes
    through it: those of the two places cancel. Its derivatives are `softmax(xs)`. With -inf alone the answer is -inf,
    and with an inf it is inf; which of them the derivative belongs to is then unknown, nan.

    Raises:
        ValueError: there are none.

    Example:
        >>> import autograd
        >>> autograd.logsumexp([1000.0, 1000.0]).data == 1000.0 + autograd.Value(2.0).log().data
        True
    """
    values = _some("logsumexp", xs)
    shift = apply(ops.SHIFT, maximum(values))
    return apply(_LOG, sum([apply(_EXP, x - shift) for x in values])) + shift


def softmax(xs: Iterable[Scalar]) -> list[Value]:
    """exp(x) of each, divided by the sum of all: numbers between 0 and 1 that add up to 1.

    The largest is subtracted from each first, which changes nothing but keeps exp from overflowing. Where all are -inf
    or one is inf the result is nan, as 0/0 is.

    Raises:
        ValueError: there are none.

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
"""As derivatives use them: log 0 is -inf and 0/0 is nan, where all of the numbers are -inf."""


def _values(name: str, xs: Iterable[Scalar]) -> list[Value]:
    # A call of `operand` for each would cost more than the sum.
    return [x if type(x) is Value else operand(x) for x in iterated(xs, f"what {name} takes")]


def _some(name: str, xs: Iterable[Scalar]) -> list[Value]:
    values = _values(name, xs)
    if not values:
        raise ValueError(f"{name} needs at least one number, and the list is empty")
    return values
