"""Simulated hands: digits made of arcs and lines, drawn on a canvas in many styles.

They are independent of the hands from which the demo's network learns, which are splines through other points.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]
Stroke = list[Point]

CANVAS = 256
"""The side in pixels."""


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> Stroke:
    """A part of an ellipse around (x, y); angles in degrees, clockwise from the right."""
    angles = [pi / 180 * (start + (end - start) * i / 24) for i in range(25)]
    return [(x + across * cos(angle), y + down * sin(angle)) for angle in angles]


WAYS: dict[str, Callable[[], list[Stroke]]] = {
    "0": lambda: [arc(0.3, 0.5, 0.3, 0.5, -90, 270)],
    "0 narrow, not closed": lambda: [arc(0.3, 0.5, 0.2, 0.5, -60, 285)],
    "1": lambda: [[(0.3, 0), (0.3, 1)]],
    "1 flag": lambda: [[(0.08, 0.28), (0.3, 0), (0.3, 1)]],
    "1 footed": lambda: [[(0.08, 0.25), (0.32, 0), (0.32, 1)], [(0.06, 1), (0.58, 1)]],
    "2": lambda: [[*arc(0.3, 0.28, 0.29, 0.28, 190, 390), (0.0, 1.0), (0.62, 1.0)]],
    "2 wavy foot": lambda: [
        [*arc(0.3, 0.25, 0.28, 0.25, 200, 400), (0.02, 0.98), *arc(0.2, 1.12, 0.2, 0.2, -120, -60), (0.6, 1)]
    ],
    "3": lambda: [[*arc(0.27, 0.24, 0.27, 0.24, 200, 450), *arc(0.27, 0.74, 0.31, 0.26, -90, 160)]],
    "3 flat": lambda: [[(0.02, 0), (0.56, 0), (0.26, 0.38), *arc(0.26, 0.69, 0.32, 0.31, -80, 150)]],
    "4": lambda: [[(0.22, 0), (0.0, 0.62), (0.66, 0.62)], [(0.48, 0.3), (0.46, 1)]],
    "4 closed": lambda: [[(0.45, 1), (0.45, 0), (0, 0.7), (0.62, 0.7)]],
    "5": lambda: [[(0.1, 0), (0.08, 0.42), *arc(0.27, 0.68, 0.31, 0.31, -130, 130)], [(0.1, 0), (0.55, 0)]],
    "5 one stroke": lambda: [[(0.55, 0.0), (0.1, 0.02), (0.07, 0.48), *arc(0.25, 0.7, 0.33, 0.3, -115, 140)]],
    "6": lambda: [[(0.42, 0), *arc(0.5, 0.6, 0.5, 0.6, 225, 180), *arc(0.28, 0.72, 0.28, 0.27, 180, -170)]],
    "6 straight": lambda: [[(0.45, 0), (0.05, 0.6), *arc(0.3, 0.74, 0.28, 0.26, 190, -160)]],
    "7": lambda: [[(0, 0), (0.6, 0), (0.22, 1)]],
    "7 crossed": lambda: [[(0, 0), (0.6, 0.02), (0.25, 1)], [(0.14, 0.5), (0.6, 0.5)]],
    "8 two loops": lambda: [arc(0.3, 0.24, 0.24, 0.24, 90, 450), arc(0.3, 0.74, 0.3, 0.26, -90, 270)],
    "8 one stroke": lambda: [
        [
            *arc(0.3, 0.24, 0.24, 0.24, -30, -270),
            *arc(0.3, 0.74, 0.29, 0.26, -90, 270),
            *arc(0.3, 0.24, 0.24, 0.24, 90, -25),
        ]
    ],
    "9": lambda: [[*arc(0.28, 0.27, 0.27, 0.27, -20, -380), (0.5, 1.0)]],
    "9 hooked": lambda: [[*arc(0.28, 0.26, 0.27, 0.26, 0, -360), (0.55, 0.75), *arc(0.3, 0.75, 0.25, 0.25, 0, 150)]],
}
"""Shapes of digits, about 1 high."""


@dataclass(frozen=True)
class Style:
    """The size, position and pen of somebody's drawings."""

    height: tuple[float, float] = (140, 190)
    """The range in pixels of the canvas."""
    pen: tuple[float, float] = (16, 24)
    slant: tuple[float, float] = (-0.12, 0.12)
    away: float = 0
    """The distance from the middle, as a share of the available room."""
    ways: Sequence[str] = tuple(WAYS)


STYLES = {
    "plain": Style(),
    "small": Style(height=(55, 85), pen=(18, 20)),
    "off-centre": Style(height=(90, 130), away=1),
    "thick": Style(pen=(32, 42)),
    "thin": Style(pen=(3, 7)),
    "slanted": Style(slant=(0.3, 0.55)),
    "leaning back": Style(slant=(-0.4, -0.2)),
    "several strokes": Style(ways=["1 footed", "4", "5", "7 crossed", "8 two loops"]),
    "8 of two loops": Style(ways=["8 two loops"]),
    "1 with a foot": Style(ways=["1 footed"]),
}


@dataclass(frozen=True)
class Drawing:
    """The drawing of one hand."""

    digit: int
    strokes: list[Stroke]
    pen: float


def drawings(style: Style, count: int, seed: int) -> list[Drawing]:
    """Drawings of `count` hands, which use the shapes of the style in turn."""
    rng = random.Random(seed)
    return [_drawn(style, style.ways[i % len(style.ways)], rng) for i in range(count)]


def _drawn(style: Style, way: str, rng: random.Random) -> Drawing:
    height, pen = rng.uniform(*style.height), rng.uniform(*style.pen)
    slant, turn, width = rng.uniform(*style.slant), rng.gauss(0, 0.05), rng.uniform(0.8, 1.25)
    strokes = []
    for stroke in WAYS[way]():
        # A hand that drifts slightly, and misses its points a little.
        drift = [rng.gauss(0, 0.02) for _ in range(4)]
        points = []
        for i, (u, v) in enumerate(stroke):
            t = i / len(stroke)
            x = width * u - slant * v + drift[0] + drift[2] * t
            y = v + drift[1] + drift[3] * t
            points.append((height * (x * cos(turn) - y * sin(turn)), height * (x * sin(turn) + y * cos(turn))))
        strokes.append(points)
    xs, ys = ([point[axis] for stroke in strokes for point in stroke] for axis in (0, 1))
    shifts = [
        (CANVAS - max(values) - min(values)) / 2
        + style.away * rng.choice([-1, 1]) * max(0.0, (CANVAS - pen - max(values) + min(values)) / 2)
        for values in (xs, ys)
    ]
    return Drawing(int(way[0]), [[(x + shifts[0], y + shifts[1]) for x, y in stroke] for stroke in strokes], pen)
