"""The operations as functions of numbers and Values: they return a float for floats, and a Value for Values.

A formula written with them can be evaluated on numbers, and differentiated, without change.
"""

from __future__ import annotations

from typing import Any, Protocol, overload

from autograd import ops
from autograd.value import Value, apply, operand


class Function(Protocol):
    """A function of numbers that also takes Values."""

    @overload
    def __call__(self, x: Value, *args: Any, **kwargs: Any) -> Value: ...
    @overload
    def __call__(self, x: Any, *args: Any, **kwargs: Any) -> Any: ...


def _function(name: str) -> Function:
    method = getattr(Value, name)

    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        y = method(operand(x), *args, **kwargs)
        return y if any(isinstance(each, Value) for each in (x, *args, *kwargs.values())) else y.data

    return _described(function, method)


def _of_two(name: str) -> Function:
    method = getattr(Value, name)

    def function(x: Any, other: Any) -> Any:
        y = method(operand(x), other)
        return y if isinstance(x, Value) or isinstance(other, Value) else y.data

    return _described(function, method)


def _described(function: Any, method: Any) -> Function:
    """The function with the name and the words of the method."""
    function.__name__ = function.__qualname__ = method.__name__
    function.__doc__ = method.__doc__.replace("this", "x").replace("This", "x")
    described: Function = function
    return described


exp, expm1, exp2 = _function("exp"), _function("expm1"), _function("exp2")
log, log1p, log2, log10 = _function("log"), _function("log1p"), _function("log2"), _function("log10")
logaddexp, sqrt, hypot = _of_two("logaddexp"), _function("sqrt"), _of_two("hypot")
sin, cos, tan = _function("sin"), _function("cos"), _function("tan")
asin, acos, atan, atan2 = _function("asin"), _function("acos"), _function("atan"), _of_two("atan2")
sinh, cosh, tanh = _function("sinh"), _function("cosh"), _function("tanh")
asinh, acosh, atanh = _function("asinh"), _function("acosh"), _function("atanh")
erf, sigmoid, relu = _function("erf"), _function("sigmoid"), _function("relu")
leaky_relu, softplus = _function("leaky_relu"), _function("softplus")
gelu, silu = _function("gelu"), _function("silu")
clip = _function("clip")
abs = _function("__abs__")


def where(condition: Any, x: Any, y: Any) -> Any:
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
