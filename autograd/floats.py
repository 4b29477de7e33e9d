"""The primitive functions on Python floats that `math` lacks, and quiet versions of those that raise.

A *strict* function raises the errors of Python's floats outside its domain. A *quiet* one follows IEEE 754 to inf and
nan instead, since a local derivative may be infinite even if the value is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

_SQRT_HALF = math.sqrt(0.5)
_SQRT_HALF_REST = -4.833646656726457e-17
"""√½ minus `_SQRT_HALF`: their sum is √½ in twice the precision of a float."""
_SPLITTER = 134217729.0  # 2**27 + 1: cuts the 53 bits of a float into halves (Veltkamp 1968)


class Nothing(float):
    """A derivative that is 0 for all operands: it blocks every gradient, even an infinite one.

    An operand that receives nothing else propagates nothing, so an infinite derivative below it does not give nan.
    """

    __slots__ = ()

    def __mul__(self, other: float) -> float:
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
    """The same function, but with the value in `poles` at a pole, nan outside the domain, and an infinity on overflow.

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
    """1 / (1 + exp(-a)), accurate in both tails, since the argument of exp is never positive."""
    z = math.exp(-abs(a))
    return (z if a < 0.0 else 1.0) / (1.0 + z)


def ndtr(a: float) -> float:
    """Φ(a), the normal distribution function, accurate in the lower tail too.

    It is erfc(-a/√2)/2. The tail of erfc is steep, so the rounding error of a/√2 is corrected by erfc's derivative.
    """
    x = -a * _SQRT_HALF
    if not 0.5 < x < 30.0:
        return 0.5 * math.erfc(x)
    rest = product_error(-a, _SQRT_HALF, x) - a * _SQRT_HALF_REST
    return 0.5 * (math.erfc(x) - rest * (2.0 / math.sqrt(math.pi)) * exp_product(-x, x))


def exp_product(a: float, b: float) -> float:
    """exp(a·b), corrected for the rounding error of the product, which exp would magnify a·b times."""
    p = a * b
    y = math.exp(p)
    return y + y * product_error(a, b, p) if abs(p) < 750.0 else y


def quiet_exp_product(a: float, b: float) -> float:
    """`exp_product`, but inf on overflow."""
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
    """√(a² + b²), even if the squares overflow."""
    return math.hypot(a, b)


def sign(a: float) -> float:
    """-1, 0 or 1; nan for nan."""
    return math.copysign(1.0, a) if a and a == a else a


def floor(a: float) -> float:
    """The largest integer not above `a`, as a float; infinities and nan are unchanged."""
    return float(math.floor(a)) if math.isfinite(a) else a


def larger(a: float, b: float) -> float:
    """The larger of two; nan if either is nan. For 0.0 and -0.0 it is the second, as in numpy."""
    return a if a > b or a != a else b


def smaller(a: float, b: float) -> float:
    """The smaller of two; nan if either is nan. For 0.0 and -0.0 it is the second, as in numpy."""
    return a if a < b or a != a else b


def where(condition: bool, x: float, y: float) -> float:
    """`x` if the condition is true, else `y`."""
    return x if condition else y


def power(a: float, b: float) -> float:
    """a to the power of b; `ValueError` if it is not real."""
    y: float | complex = a**b
    if type(y) is complex:
        raise ValueError("a negative number has no real fractional power")
    return y  # type: ignore[return-value]


def quiet_power(a: float, b: float) -> float:
    """`power`, following IEEE 754."""
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
    """a % b, with the sign of `b`; nan if b is 0."""
    return a % b if b else math.nan
