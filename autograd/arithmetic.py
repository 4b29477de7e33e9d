"""The arithmetics in which one declaration of an operation is evaluated.

Each rule in `ops.py` is written once, against a parameter `m` that supplies the functions Python's operators lack.
What `m` is decides what the rule computes:

- `strict`: floats, raising what `math` raises: the value of an operation as the user sees it;
- `quiet`: floats, following IEEE 754 to inf and nan: local derivatives, which may be infinite where the value is not;
- `terms.symbolic`: terms, which remember how they were computed: the rule itself, to be read out, or written as Python
  or numpy;
- `transforms.values`: Values: derivatives that can be differentiated again.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

Quantity = Any
"""A float, a Value or a term: whatever the arithmetic at hand computes with."""


class Arithmetic:
    """The functions that a rule may use, beside `+`, `-`, `*` and unary `-`.

    `/` and `**` raise at their singularities on floats, and comparisons of Values are not elementwise: rules say
    `m.divide`, `m.power`, `m.greater` and `m.equal` instead.
    """

    exp: Callable[[Quantity], Quantity]
    log: Callable[[Quantity], Quantity]
    log1p: Callable[[Quantity], Quantity]
    sqrt: Callable[[Quantity], Quantity]
    sin: Callable[[Quantity], Quantity]
    cos: Callable[[Quantity], Quantity]
    tan: Callable[[Quantity], Quantity]
    tanh: Callable[[Quantity], Quantity]
    abs: Callable[[Quantity], Quantity]
    sign: Callable[[Quantity], Quantity]
    """-1, 0 or 1."""
    isfinite: Callable[[Quantity], Quantity]
    divide: Callable[[Quantity, Quantity], Quantity]
    power: Callable[[Quantity, Quantity], Quantity]
    greater: Callable[[Quantity, Quantity], Quantity]
    equal: Callable[[Quantity, Quantity], Quantity]
    maximum: Callable[[Quantity, Quantity], Quantity]
    """The larger of two; nan where either is."""
    minimum: Callable[[Quantity, Quantity], Quantity]
    where: Callable[[Quantity, Quantity, Quantity], Quantity]
    """`where(condition, x, y)`: x where the condition holds, y elsewhere. Both are computed."""

    def sigmoid(self, a: Quantity) -> Quantity:
        """1 / (1 + exp(-a)), without overflow: exp only ever sees a number below 0."""
        z = self.exp(-self.abs(a))
        return self.divide(self.where(self.greater(0.0, a), z, 1.0), 1.0 + z)


def _sign(a: float) -> float:
    return math.copysign(1.0, a) if a else a


def _where(condition: bool, x: float, y: float) -> float:
    return x if condition else y


def _larger(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _smaller(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def _real_power(a: float, b: float) -> Any:
    y = a**b
    if type(y) is complex:
        raise ValueError("a negative number has no real fractional power")
    return y


class _Floats(Arithmetic):
    """What needs no decision: functions that are finite wherever their operands are."""

    tanh = staticmethod(math.tanh)
    abs = staticmethod(abs)
    sign = staticmethod(_sign)
    isfinite = staticmethod(math.isfinite)
    greater = staticmethod(operator.gt)
    equal = staticmethod(operator.eq)
    maximum = staticmethod(_larger)
    minimum = staticmethod(_smaller)
    where = staticmethod(_where)


class Strict(_Floats):
    """Floats, with the errors that Python's own floats raise."""

    exp = staticmethod(math.exp)
    log = staticmethod(math.log)
    log1p = staticmethod(math.log1p)
    sqrt = staticmethod(math.sqrt)
    sin = staticmethod(math.sin)
    cos = staticmethod(math.cos)
    tan = staticmethod(math.tan)
    divide = staticmethod(operator.truediv)
    power = staticmethod(_real_power)


def _or_nan(function: Callable[[float], float]) -> Callable[[float], float]:
    def quietly(a: float) -> float:
        try:
            return function(a)
        except ValueError:
            return math.nan

    return quietly


def _quiet_exp(a: float) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _quiet_log(a: float) -> float:
    if a > 0:
        return math.log(a)
    return math.nan if a < 0 or a != a else -math.inf


def _quiet_divide(a: float, b: float) -> float:
    if b:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _quiet_power(a: float, b: float) -> Any:
    try:
        return _real_power(a, b)
    except ValueError:
        return math.nan
    except (ZeroDivisionError, OverflowError):
        odd = math.fmod(b, 2.0) in (1.0, -1.0)
        return math.copysign(math.inf, a) if odd else math.inf


class Quiet(_Floats):
    """Floats, following IEEE 754: infinities and nan instead of errors."""

    exp = staticmethod(_quiet_exp)
    log = staticmethod(_quiet_log)
    log1p = staticmethod(lambda a: _quiet_log(1.0 + a) if a <= -1.0 else math.log1p(a))
    sqrt = staticmethod(_or_nan(math.sqrt))
    sin = staticmethod(_or_nan(math.sin))
    cos = staticmethod(_or_nan(math.cos))
    tan = staticmethod(_or_nan(math.tan))
    divide = staticmethod(_quiet_divide)
    power = staticmethod(_quiet_power)


strict = Strict()
quiet = Quiet()
