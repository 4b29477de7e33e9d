"""Curves on a logarithmic scale, as SVG, which the page continues to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 8, 34


def chart(name: str, title: str, losses: Sequence[float], *, steps: int, low: float, high: float) -> str:
    """A curve of losses over steps.

    Args:
        name: the id of the curve.
        title: its description, for screen readers.
        losses: the first losses.
        steps: the most steps that fit.
        low: the smallest loss that fits.
        high: the largest.
    """
    ticks = "".join(
        _tick(10.0**power, low, high) for power in range(round(math.log10(low)), round(math.log10(high)) + 1)
    )
    middle = (LEFT + WIDTH - RIGHT) / 2
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{ticks}'
        f'<text x="{middle}" y="{HEIGHT - 4}" text-anchor="middle">step (to {steps:,})</text>'
        f'<text x="12" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 12 '
        f'{(TOP + HEIGHT - BOTTOM) / 2})">loss</text>'
        f'<polyline id="{name}" data-steps="{steps}" data-low="{low}" data-high="{high}" '
        f'points="{points(losses, steps, low, high)}"></polyline></svg>'
    )


def points(losses: Sequence[float], steps: int, low: float, high: float) -> str:
    """The points of a curve; those beyond an edge are drawn at it."""
    corners = []
    for step, loss in enumerate(losses):
        x = LEFT + (WIDTH - LEFT - RIGHT) * step / max(steps - 1, 1)
        corners.append(f"{x:.1f},{_height(loss, low, high):.1f}")
    return " ".join(corners)


def _height(loss: float, low: float, high: float) -> float:
    share = math.log(min(max(loss, low), high) / low) / math.log(high / low)
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def _tick(loss: float, low: float, high: float) -> str:
    y = _height(loss, low, high)
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"></line>'
        f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{loss:g}</text>'
    )
