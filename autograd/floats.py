"""The primitive functions on Python floats, beyond what `math` has, and how each goes on where `math` raises.

A *strict* function raises what Python's own floats raise out of its domain. A *quiet* one follows IEEE 754 to inf and
nan instead: a local derivative may be infinite where the value is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

_SQRT_HALF = math.sqrt(0.5)
_SQRT_HALF_REST = -4.833646656726457e-17
"""√½ less `_SQRT_HALF`: together they hold √½ to twice the digits of a float."""
_SPLITTER = 134217729.0  # 2**27 + 1: cuts the 53 bits of a float into halves (Veltkamp 1968)


class Nothing(float):
    """A derivative that is 0 whatever the operands are: nothing passes, not even of an infinite gradient.

    An operand that gets nothing else sends nothing on either, so that no infinite derivative below turns it into nan.
    """

    __slots__ = ()

    def __mul__(self, other: Any) -> float:
        return 0.0

    __rmul__ = __mul__

    def __abs__(self) -> Nothing:
        return self

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING = Nothing(0.0)


def quietly(
    function: Callable[[float], float], poles: Mapping[float, float] | None = None, even: bool = False
) -> Callable[[float], float]:
    """The same function, with the value of `poles` at a pole, nan out of the domain, and an infinity on overflow.

    The infinity has the operand's sign, unless the function is even.
    """
    at = poles or {}

    def quiet(a: float) -> float:
        try:
            return function(a)
        except ValueError:
            return at.get(a, math.nan)
        except OverflowError:
            return math.inf if even else math.copysign(math.inf, a)

    return quiet


def sigmoid(a: float) -> float:
    """1 / (1 + exp(-a)), to the last digits in both tails: exp only ever sees a number below 0."""
    z = math.exp(-abs(a))
    return (z if a < 0.0 else 1.0) / (1.0 + z)


def ndtr(a: float) -> float:
    """Φ(a), the share of a normal distribution below `a`, right in the lower tail too.

    It is erfc(-a/√2)/2. The tail of erfc is steep, so what rounding takes from a/√2 is made good by erfc's derivative.
    """
    x = -a * _SQRT_HALF
    if not 0.5 < x < 30.0:
        return 0.5 * math.erfc(x)
    rest = product_error(-a, _SQRT_HALF, x) - a * _SQRT_HALF_REST
    return 0.5 * (math.erfc(x) - rest * (2.0 / math.sqrt(math.pi)) * exp_product(-x, x))


def exp_product(a: float, b: float) -> float:
    """exp(a·b), with what rounding takes from the product made good: exp would magnify it a·b times."""
    p = a * b
    y = math.exp(p)
    return y + y * product_error(a, b, p) if abs(p) < 750.0 else y


def quiet_exp_product(a: float, b: float) -> float:
    """The same, inf on overflow."""
    try:
        return exp_product(a, b)
    except OverflowError:
        return math.inf


def product_error(a: float, b: float, p: float) -> float:
    """a·b - p exactly, where `p` is the float nearest to a·b (Dekker 1971)."""
    if not (abs(a) < 1e290 and abs(b) < 1e290):
        return 0.0
    c, d = _SPLITTER * a, _SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    return ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


def hypot(a: float, b: float) -> float:
    """√(a² + b²), where the squares may overflow."""
    return math.hypot(a, b)


def sign(a: float) -> float:
    """-1, 0 or 1; nan of nan."""
    return math.copysign(1.0, a) if a and a == a else a


def floor(a: float) -> float:
    """The largest whole number that is not above `a`, as a float; an infinity or nan as it is."""
    return float(math.floor(a)) if math.isfinite(a) else a


def larger(a: float, b: float) -> float:
    """The larger of two; nan where either is. Of 0.0 and -0.0 it is the second, as in numpy."""
    return a if a > b or a != a else b


def smaller(a: float, b: float) -> float:
    """The smaller of two; nan where either is. Of 0.0 and -0.0 it is the second, as in numpy."""
    return a if a < b or a != a else b


def where(condition: bool, x: float, y: float) -> float:
    """`x` where the condition holds, `y` elsewhere."""
    return x if condition else y


def power(a: float, b: float) -> Any:
    """a to the power of b; `ValueError` where that is no real number."""
    y = a**b
    if type(y) is complex:
        raise ValueError("a negative number has no real fractional power")
    return y


def quiet_power(a: float, b: float) -> Any:
    """The same, following IEEE 754."""
    try:
        return power(a, b)
    except ValueError:
        return math.nan
    except (ZeroDivisionError, OverflowError):
        odd = math.fmod(b, 2.0) in (1.0, -1.0)
        return math.copysign(math.inf, a) if odd else math.inf


def quiet_divide(a: float, b: float) -> float:
    """a / b, following IEEE 754."""
    if b:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def quiet_remainder(a: float, b: float) -> float:
    """a % b, with the sign of `b`; nan where b is 0."""
    return a % b if b else math.nan
