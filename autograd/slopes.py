"""The slope of a function on floats at a point, by finite differences, with an error bound.

A difference over a step h has a rounding error, about the function's noise divided by h, and a truncation error, which
grows with h. Among steps of all sizes we take the longest whose rounding interval still intersects those of all shorter
steps (O. Lepski, 1990): beyond it, curvature becomes visible. This finds the slopes of `x + 1e6` and of `sin(1e6 * x)`
to ten digits, and if rounding hides a slope, its error says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

UNIT = 2.0**-53
"""The relative error of one rounding."""


_SHARP = 2e-3
"""The relative error up to which a slope resolves one part in a hundred."""


class Slope(NamedTuple):
    """A slope, and the largest distance of the derivative from it."""

    value: float
    error: float

    def meets(self, other: Slope) -> bool:
        """Whether one number can be both slopes."""
        return abs(self.value - other.value) <= self.error + other.error


class Verdict(Enum):
    """The verdict of finite differences on a derivative."""

    RIGHT = "right"
    WRONG = "wrong"
    HIDDEN = "rounding hides the slope: check at other arguments"
    UNDEFINED = "the function is not defined on both sides close by"


class _Difference(NamedTuple):
    """A difference formula, exact at least for parabolas: the weights of the points x + i·h, and the factor of h."""

    weights: dict[int, int]
    by: int


_LESS = 2.0**-10
"""Keeps differences of the largest floats finite."""

_CENTRAL = _Difference({-2: 1, -1: -8, 1: 8, 2: -1}, 12)
_WIDE = _Difference({-4: 3, -3: -32, -2: 168, -1: -672, 1: 672, 2: -168, 3: 32, 4: -3}, 840)
"""Exact for polynomials of degree 8, so its steps can be longer, and rounding matters less; but kinks are in reach."""
_LEFT = _Difference({-2: 1, -1: -4, 0: 3}, 2)
_RIGHT = _Difference({0: -3, 1: 4, 2: -1}, 2)


class Around:
    """A function of one float near a point, each value computed once.

    Args:
        f: the function; its results are a list.
        x: the point.
    """

    def __init__(self, f: Callable[[float], list[float]], x: float) -> None:
        self.f, self.x = f, x
        self.scale = max(1.0, abs(x))
        self._found: dict[float, list[float] | None] = {}

    def at(self, offset: float) -> list[float] | None:
        """The results at x + offset; None if the function is undefined or not finite there."""
        if offset not in self._found:
            try:
                results = self.f(self.x + offset)
                self._found[offset] = results if all(map(math.isfinite, results)) else None
            except (ArithmeticError, ValueError):
                self._found[offset] = None
        return self._found[offset]

    def steps(self) -> Iterator[float]:
        """Powers of two, from the smallest that changes x to the scale of x."""
        h = 2.0 ** math.ceil(math.log2(max(8.0 * math.ulp(self.x or 2.0**-8), 2.0**-1000)))
        while h <= 2.0 * self.scale:
            yield h
            h *= 2.0


def judge(
    around: Around, k: int, claimed: float, *, noise: float = 0.0, blur: float = 0.0, atol: float, rtol: float
) -> tuple[Verdict, float]:
    """Compares a derivative of result `k` with finite differences.

    Args:
        around: the function.
        k: the position of the result.
        claimed: the derivative.
        noise: the rounding error of the result.
        blur: the rounding error of `claimed`.
        atol: an absolute tolerance.
        rtol: a tolerance relative to the slope.

    Returns:
        The verdict, and the slope found.
    """
    point = _Point(around, k, noise, atol + blur, rtol)
    slope = point.at_once(claimed)
    if slope is not None:
        return Verdict.RIGHT, slope
    return point.with_care(claimed)


class _Point:
    """The slopes of one result at one point, and the derivatives that agree with them."""

    def __init__(self, around: Around, k: int, noise: float, atol: float, rtol: float) -> None:
        self.around, self.k, self.noise, self.atol, self.rtol = around, k, noise, atol, rtol
        here = around.at(0.0)
        self.unseen = (UNIT * abs(here[k]) + noise) / around.scale if here else math.nan

    # Whether two numbers agree is asked so that nan never does.

    def at_once(self, claimed: float) -> float | None:
        """The slope, if two steps of usual size agree with the derivative; else None, and more steps are needed."""
        scale = 2.0 ** math.floor(math.log2(min(abs(self.around.x) or 1.0, 1.0)))
        if claimed == 0.0 and self._constant():
            return 0.0
        value = None
        for h in (scale * 2.0**-10, scale * 2.0**-7):
            found = self._slope(_CENTRAL, h, self.noise)
            if found is None or found.error > _SHARP * abs(found.value):
                return None
            if not abs(claimed - found.value) <= self._allowed(found):
                return None
            value = found.value
        return value

    def with_care(self, claimed: float) -> tuple[Verdict, float]:
        """The verdict from steps of all sizes, on both sides of the point and on each."""
        central, left, right = map(self._best, (_CENTRAL, _LEFT, _RIGHT))
        if central is None or left is None or right is None:
            return Verdict.UNDEFINED, math.nan
        wide = self._best(_WIDE)
        if wide is not None and wide.error < central.error and all(map(wide.meets, (central, left, right))):
            central = wide
        sharp = [slope for slope in (central, left, right) if self._sharp(slope)]
        if not sharp:
            return Verdict.HIDDEN, central.value
        if abs(claimed - sharp[0].value) <= self._allowed(sharp[0]):
            return Verdict.RIGHT, sharp[0].value
        # A kink close by blurs the slopes that reach over it, and leaves that of the other side sharp.
        for slope in sharp:
            if abs(claimed - slope.value) <= self._allowed(slope) and abs(claimed - central.value) <= central.error:
                return Verdict.RIGHT, slope.value
        # A kink at the point itself: any derivative between those of its sides is right.
        if left in sharp and right in sharp:
            low, high = sorted((left, right))
            open_ = self._allowed(low) + self._allowed(high)
            there = abs(central.value - (low.value + high.value) / 2.0) <= self._allowed(central) + open_
            if there and high.value - low.value > low.error + high.error:
                inside = low.value - self._allowed(low) <= claimed <= high.value + self._allowed(high)
                return (Verdict.RIGHT if inside else Verdict.WRONG), central.value
        return Verdict.WRONG, sharp[0].value

    def _allowed(self, slope: Slope) -> float:
        """The largest insignificant difference: one whose effect over the scale of x is lost in rounding.

        The factor is for slopes that grow within a part of the scale, whose bend rounding hides too.
        """
        return self.atol + self.rtol * abs(slope.value) + slope.error + 256.0 * self.unseen

    def _sharp(self, slope: Slope) -> bool:
        """Whether a slope is known to one part in a hundred, or known to be insignificant."""
        if slope.error <= _SHARP * abs(slope.value):
            return True
        reach = self._reach()
        if not (self.unseen or slope.value) and slope.error <= 2.0**-40 * reach / self.around.scale:
            return True  # nothing is rounded there, as in x² at 0
        return slope.error <= 1e7 * self.unseen and self.noise <= 2.0**-10 * reach

    def _reach(self) -> float:
        """The largest size of the result around the point, against which rounding is measured."""
        results = [self.around.at(i * self.around.scale) for i in (-1.0, -0.5, 0.0, 0.5, 1.0)]
        return max((abs(result[self.k]) for result in results if result is not None), default=0.0)

    def _constant(self) -> bool:
        """Whether the result is constant around the point."""
        results = [self.around.at(i * self.around.scale / 4.0) for i in (-1, 0, 1)]
        results += [self.around.at(i * 2.0**-10 * self.around.scale) for i in (-1, 1)]
        return None not in results and len({result[self.k] for result in results if result is not None}) == 1

    def _slope(self, difference: _Difference, h: float, noise: float) -> Slope | None:
        """The slope over a step, with its rounding error."""
        total, size, error = 0.0, 0.0, 0.0
        for i, weight in difference.weights.items():
            results = self.around.at(i * h)
            if results is None:
                return None
            total += weight * _LESS * results[self.k]
            size = max(size, abs(results[self.k]))
            error += abs(weight) * (noise + 2.0 * UNIT * size)
        length = difference.by * h
        return Slope(total / (_LESS * length), error / length)

    def _best(self, difference: _Difference) -> Slope | None:
        """The slope over the longest step that agrees with all shorter ones."""
        best, low, high = None, -math.inf, math.inf
        noise = self.noise + self._seen_noise(difference)
        for h in self.around.steps():
            found = self._slope(difference, h, noise)
            if found is None:
                break
            low, high = max(low, found.value - found.error), min(high, found.value + found.error)
            if low > high:
                break
            best = found
        # The error by curvature at that step is at most the uncertainty of three intervals.
        return best and Slope(best.value, 5.0 * best.error)

    def _seen_noise(self, difference: _Difference) -> float:
        """The noise over the shortest step that changes the result, where curvature is negligible."""
        longest = 2.0**-20 * min(abs(self.around.x) or 1.0, 1.0)
        for h in self.around.steps():
            once, twice = self._slope(difference, h, 0.0), self._slope(difference, 2.0 * h, 0.0)
            if once is None or twice is None or h > longest:
                break
            if once.value or twice.value:
                return h * abs(once.value - twice.value)
        return 0.0
