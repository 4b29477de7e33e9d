"""Functions in terms of simpler ones, for backends that lack them.

Each is an expression in an arithmetic `m`, like a rule (`primitives.py`), accurate to a few units in the last place
over the whole range of floats.

Beyond 0.5, erfc(x) = exp(-x²) · p(t) / (1 + 2x) with t = (x - 3) / (x + 3), where p is smooth from there to infinity
(Schonfelder 1978) and is given by its Chebyshev interpolant on 0.32 ≤ x ≤ 28, written in powers of t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.annotations import Quantity
    from autograd.arithmetic import Arithmetic

ERF_SERIES = [2.0 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(14)]
"""The Maclaurin series of erf(x) / x, in powers of x²."""

ERFC_TAIL = [
    1.2530080582697296, -0.13562110612458114, -0.04756229435345077, 0.12964515870275653, -0.11927366341530504,
    0.06830802734416584, -0.02377051491876782, 0.002529391812261759, 0.00188869036036466, -0.0007798322303278498,
    -0.0001051597989462427, 0.00012509907742285498, 4.949405512967998e-06, -2.0099422287664586e-05,
    -7.309508390141343e-07, 3.4693171158542254e-06, 3.548769577026073e-07, -6.112297615577682e-07,
    -1.376069479996803e-07, 9.594732521043785e-08, 3.70089542483284e-08, -9.651526901800981e-09,
    -5.334419536491425e-09,
]  # fmt: skip
"""(1 + 2x) · exp(x²) · erfc(x), in powers of t."""

ERFC_FARTHEST = 28.0
"""For larger numbers erfc is below the smallest float."""

_ATAN_SERIES = [(-1) ** n / (2 * n + 1) for n in range(12)]
"""The Maclaurin series of atan(x) / x, in powers of x²: enough for tan(π/16)."""

_SPLITTER = 134217729.0
"""2²⁷ + 1."""

_LARGE = 1e9
"""Adding 1 to its square has no effect in floats."""


def polynomial(coefficients: Sequence[float], x: Quantity) -> Quantity:
    """A polynomial by Horner's scheme, with its coefficients from the constant one on."""
    total: Quantity = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


# Exponentials and logarithms


def expm1(m: Arithmetic, a: Quantity) -> Quantity:
    """exp(a) - 1 without cancellation near 0: tanh(a/2)·(exp(a) + 1)."""
    return m.tanh(0.5 * a) * (m.exp(a) + 1.0)


def exp_product(m: Arithmetic, a: Quantity, b: Quantity) -> Quantity:
    """exp(a·b), corrected for the product's rounding error (Dekker 1971), which exp would magnify a·b times."""
    product = a * b
    (high, low), (upper, lower) = _halves(a), _halves(b)
    lost = ((high * upper - product) + high * lower + low * upper) + low * lower
    power = m.exp(product)
    return m.where(m.isfinite(lost * power), power + power * lost, power)


def _halves(a: Quantity) -> tuple[Quantity, Quantity]:
    """Splits a float into two with half its digits each (Veltkamp 1968)."""
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def log1p(m: Arithmetic, a: Quantity) -> Quantity:
    """log(1 + a). The factor a / (u - 1) corrects the rounding error of u = 1 + a (Kahan)."""
    u = 1.0 + a
    lost = u - 1.0
    near = m.log(u) * m.divide(a, lost)
    return m.where(m.equal(lost, 0.0), a, m.where(m.isfinite(lost), near, m.log(u)))


def hypot(m: Arithmetic, a: Quantity, b: Quantity) -> Quantity:
    """√(a² + b²), in units of the larger, so that no square overflows."""
    a, b = m.abs(a), m.abs(b)
    larger = m.maximum(a, b)
    ratio = m.divide(m.minimum(a, b), larger)
    found = larger * m.sqrt(1.0 + ratio * ratio)
    found = m.where(m.equal(larger, 0.0), 0.0, found)
    return m.where(m.equal(a, math.inf), a, m.where(m.equal(b, math.inf), b, found))


def sinh(m: Arithmetic, a: Quantity) -> Quantity:
    """(exp(a) - exp(-a)) / 2, as products of exp(a/2), so that nothing overflows before the result does."""
    small, half = m.expm1(a), m.exp(0.5 * a)
    near = 0.5 * (small + m.divide(small, 1.0 + small))
    return m.where(m.greater(m.abs(a), 1.0), 0.5 * half * half - m.divide(m.divide(0.5, half), half), near)


def cosh(m: Arithmetic, a: Quantity) -> Quantity:
    """(exp(a) + exp(-a)) / 2, in the same way."""
    half = m.exp(0.5 * a)
    return 0.5 * half * half + m.divide(m.divide(0.5, half), half)


def asinh(m: Arithmetic, a: Quantity) -> Quantity:
    """log(a + √(a² + 1)), odd."""
    x = m.abs(a)
    near = m.log1p(x + m.divide(x * x, 1.0 + m.sqrt(1.0 + x * x)))
    return m.sign(a) * m.where(m.greater(x, _LARGE), m.log(x) + math.log(2.0), near)


def acosh(m: Arithmetic, a: Quantity) -> Quantity:
    """log(a + √(a² - 1))."""
    t = a - 1.0
    near = m.log1p(t + m.sqrt(t) * m.sqrt(t + 2.0))
    return m.where(m.greater(a, _LARGE), m.log(a) + math.log(2.0), near)


def atanh(m: Arithmetic, a: Quantity) -> Quantity:
    """log((1 + a) / (1 - a)) / 2, odd."""
    x = m.abs(a)
    return m.sign(a) * 0.5 * m.log1p(m.divide(2.0 * x, 1.0 - x))


# Angles


def cos(m: Arithmetic, a: Quantity) -> Quantity:
    """Half of sin(2a) / sin(a), or 1 - 2·sin²(a/2) if that division is inaccurate."""
    sine, half = m.sin(a), m.sin(0.5 * a)
    return m.where(m.greater(m.abs(sine), 0.5), m.divide(m.sin(2.0 * a), 2.0 * sine), 1.0 - 2.0 * half * half)


def tan(m: Arithmetic, a: Quantity) -> Quantity:
    """The sine over the cosine."""
    return m.divide(m.sin(a), m.cos(a))


def atan(m: Arithmetic, a: Quantity) -> Quantity:
    """Replaces an angle above 45 degrees by its complement, halves it twice, and evaluates the series."""
    outer = m.greater(m.abs(a), 1.0)
    t = m.where(outer, m.divide(1.0, a), a)
    for _ in range(2):
        t = m.divide(t, 1.0 + m.sqrt(1.0 + t * t))
    angle = 4.0 * (t * polynomial(_ATAN_SERIES, t * t))
    return m.where(outer, m.sign(a) * (0.5 * math.pi) - angle, angle)


def atan2(m: Arithmetic, a: Quantity, b: Quantity) -> Quantity:
    """The angle whose tangent is |a| / |b|, in the quadrant given by the signs of a and b, including those of zeros."""
    below, behind = (m.greater(0.0, m.where(m.equal(x, 0.0), m.divide(1.0, x), x)) for x in (a, b))
    tangent = m.divide(m.abs(a), m.abs(b))
    tangent = m.where(m.equal(m.abs(a), m.abs(b)), m.where(m.equal(a, 0.0), 0.0, 1.0), tangent)
    angle = m.atan(tangent)
    angle = m.where(behind, math.pi - angle, angle)
    return m.where(below, -angle, angle)


def asin(m: Arithmetic, a: Quantity) -> Quantity:
    """The angle whose tangent is a / √(1 - a²)."""
    return m.atan(m.divide(a, m.sqrt((1.0 - a) * (1.0 + a))))


def acos(m: Arithmetic, a: Quantity) -> Quantity:
    """Twice the angle whose tangent is √((1 - a) / (1 + a))."""
    return 2.0 * m.atan(m.sqrt(m.divide(1.0 - a, 1.0 + a)))


# The error function and the normal distribution


def sigmoid(m: Arithmetic, a: Quantity) -> Quantity:
    """1 / (1 + exp(-a)), accurate in both tails, since the argument of exp is never positive."""
    z = m.exp(-m.abs(a))
    return m.divide(m.where(m.greater(0.0, a), z, 1.0), 1.0 + z)


def erf(m: Arithmetic, a: Quantity) -> Quantity:
    """The error function: its series near 0, and 1 - erfc(a) beyond."""
    x = m.abs(a)
    near = a * polynomial(ERF_SERIES, m.minimum(x * x, 1.0))
    return m.where(m.greater(0.5, x), near, m.sign(a) * (1.0 - _erfc_scaled(m, x) * m.exp(-(x * x))))


def ndtr(m: Arithmetic, a: Quantity) -> Quantity:
    """Φ(a), the normal distribution function: half of erfc(-a/√2), accurate in the lower tail too."""
    x = m.abs(a) * math.sqrt(0.5)
    half = 0.5 * _erfc_scaled(m, x) * m.exp_product(-0.5 * a, a)
    near = 0.5 + 0.5 * (m.sign(a) * x * polynomial(ERF_SERIES, m.minimum(x * x, 1.0)))
    return m.where(m.greater(0.5, x), near, m.where(m.greater(0.0, a), half, 1.0 - half))


def _erfc_scaled(m: Arithmetic, x: Quantity) -> Quantity:
    """exp(x²) · erfc(x) for x ≥ 0.5."""
    x = m.minimum(x, ERFC_FARTHEST)
    return m.divide(polynomial(ERFC_TAIL, m.divide(x - 3.0, x + 3.0)), 1.0 + 2.0 * x)
