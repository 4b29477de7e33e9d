"""The operations as functions of numbers and Values: they return a float for floats, and a Value for Values.

A formula written with them can be evaluated on numbers, and differentiated, without change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, Generic, ParamSpec, Protocol, SupportsFloat, cast, overload

from autograd import ops
from autograd.value import Number, Value, apply, operand

P = ParamSpec("P")
"""The options of a function, such as the slope of `leaky_relu`."""


class Elementary(Protocol, Generic[P]):
    """A function of a number that also takes a Value."""

    @overload
    def __call__(self, x: Value, *args: P.args, **kwargs: P.kwargs) -> Value: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: SupportsFloat, *args: P.args, **kwargs: P.kwargs) -> float: ...


class ElementaryOfTwo(Protocol):
    """A function of two numbers, each of which may be a Value."""

    @overload
    def __call__(self, x: Value, other: Number) -> Value: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: Number, other: Value) -> Value: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: SupportsFloat, other: SupportsFloat) -> float: ...


# A Value has `__float__`, which raises: hence the overlaps.


def _function(method: Callable[Concatenate[Value, P], Value]) -> Elementary[P]:
    def function(x: Number, *args: P.args, **kwargs: P.kwargs) -> Number:
        y = method(operand(x), *args, **kwargs)
        return y if any(isinstance(each, Value) for each in (x, *args, *kwargs.values())) else y.data

    return cast(Elementary[P], _described(function, method))


def _of_two(method: Callable[[Value, Number], Value]) -> ElementaryOfTwo:
    def function(x: Number, other: Number) -> Number:
        y = method(operand(x), other)
        return y if isinstance(x, Value) or isinstance(other, Value) else y.data

    return cast(ElementaryOfTwo, _described(function, method))


def _described(function: Callable[..., Number], method: Callable[..., Value]) -> Callable[..., Number]:
    """The function with the name and the words of the method."""
    function.__name__ = function.__qualname__ = method.__name__
    function.__doc__ = (method.__doc__ or "").replace("this", "x").replace("This", "x")
    return function


exp, expm1, exp2 = _function(Value.exp), _function(Value.expm1), _function(Value.exp2)
log, log1p, log2, log10 = _function(Value.log), _function(Value.log1p), _function(Value.log2), _function(Value.log10)
logaddexp, sqrt, hypot = _of_two(Value.logaddexp), _function(Value.sqrt), _of_two(Value.hypot)
sin, cos, tan = _function(Value.sin), _function(Value.cos), _function(Value.tan)
asin, acos, atan, atan2 = _function(Value.asin), _function(Value.acos), _function(Value.atan), _of_two(Value.atan2)
sinh, cosh, tanh = _function(Value.sinh), _function(Value.cosh), _function(Value.tanh)
asinh, acosh, atanh = _function(Value.asinh), _function(Value.acosh), _function(Value.atanh)
erf, sigmoid, relu = _function(Value.erf), _function(Value.sigmoid), _function(Value.relu)
leaky_relu, softplus = _function(Value.leaky_relu), _function(Value.softplus)
gelu, silu = _function(Value.gelu), _function(Value.silu)
clip = _function(Value.clip)
abs = _function(Value.__abs__)


@overload
def where(condition: Value, x: Number, y: Number) -> Value: ...  # type: ignore[overload-overlap]
@overload
def where(condition: Number, x: Value, y: Number) -> Value: ...  # type: ignore[overload-overlap]
@overload
def where(condition: Number, x: Number, y: Value) -> Value: ...  # type: ignore[overload-overlap]
@overload
def where(condition: SupportsFloat, x: SupportsFloat, y: SupportsFloat) -> float: ...
def where(condition: Number, x: Number, y: Number) -> Number:
    """`x` if the condition is not 0, else `y`; the gradient goes to the chosen one.

    A condition that is a Value stays in the graph, so that `refresh()` chooses again. A bool, such as `a > b`, is
    decided once.

    Example:
        >>> import autograd
        >>> a = autograd.Value(3.0)
        >>> autograd.where(a > 2, a * a, 0.0).data, autograd.where(0, 1.0, 2.0)
        (9.0, 2.0)
    """
    if any(isinstance(each, Value) for each in (condition, x, y)):
        return apply(ops.WHERE, operand(condition), operand(x), operand(y))
    return float(operand(x if condition else y).data)
