"""How gradients are emphasised: colour and dashes by sign, width by the logarithm of size."""

from __future__ import annotations

import math
from typing import NamedTuple

from viz.themes import Theme

_DECADES = 3
"""What is so many powers of ten smaller than the largest is drawn as thin as what is 0."""
_WIDEST = 2.5
"""In points."""


class Stroke(NamedTuple):
    """How a line is drawn."""

    colour: str
    width: float
    style: str = "solid"


def strength(x: float, largest: float) -> float:
    """How strongly a number is shown: by the logarithm of its size, from 0 to 1; what is not finite, fully.

    Example:
        >>> strength(-2.0, largest=2.0), strength(0.0, largest=2.0), strength(1e-9, largest=2.0)
        (1.0, 0.0, 0.0)
    """
    if not math.isfinite(x):
        return 1.0
    if not x or not largest:
        return 0.0
    # The difference of logarithms, for a quotient may be 0.
    return min(1.0, max(0.0, 1.0 + (math.log10(abs(x)) - math.log10(largest)) / _DECADES))


def unusual(colours: Theme) -> Stroke:
    """The line for what is not finite, or no number."""
    return Stroke(colours.highlight, 3.0, "dotted")


def stroke(x: float, largest: float, colours: Theme) -> Stroke:
    """The line for a gradient: solid where it is positive, dashed where negative, dotted where it is no number."""
    if math.isnan(x):
        return unusual(colours)
    if not x:
        return Stroke(colours.faint, 1.0)
    width = 1.0 + (_WIDEST - 1.0) * strength(x, largest)
    return Stroke(colours.positive, width) if x > 0 else Stroke(colours.negative, width, "dashed")
