"""Styles for gradients: colour and dashes by sign, width by the logarithm of size."""

from __future__ import annotations

import math
from typing import NamedTuple

from viz.themes import Theme

_DECADES = 3
"""Numbers this many powers of ten below the largest are drawn as thin as 0."""
_WIDEST = 2.5
"""In points."""


class Stroke(NamedTuple):
    """The style of a line."""

    colour: str
    width: float
    style: str = "solid"


def strength(x: float, largest: float) -> float:
    """The emphasis of a number, from 0 to 1: by the logarithm of its size, and 1 if it is not finite.

    Example:
        >>> strength(-2.0, largest=2.0), strength(0.0, largest=2.0), strength(1e-9, largest=2.0)
        (1.0, 0.0, 0.0)
    """
    if not math.isfinite(x):
        return 1.0
    if not x or not largest:
        return 0.0
    # A difference of logarithms, since the quotient may underflow to 0.
    return min(1.0, max(0.0, 1.0 + (math.log10(abs(x)) - math.log10(largest)) / _DECADES))


def unusual(colours: Theme) -> Stroke:
    """The line for inf and nan."""
    return Stroke(colours.highlight, 3.0, "dotted")


def stroke(x: float, largest: float, colours: Theme) -> Stroke:
    """The line for a gradient: solid if positive, dashed if negative, dotted if nan."""
    if math.isnan(x):
        return unusual(colours)
    if not x:
        return Stroke(colours.faint, 1.0)
    width = 1.0 + (_WIDEST - 1.0) * strength(x, largest)
    return Stroke(colours.positive, width) if x > 0 else Stroke(colours.negative, width, "dashed")
