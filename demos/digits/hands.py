"""Simulates handwritten digits, stroke by stroke, including the shapes that the data lack."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from demos.digits.data import Array

Strokes = list[Array]
"""Each (points, 2): x to the right and y downwards, close enough for a smooth line."""

_SHAPES = {
    0: [
        "35,0 10,15 0,50 10,85 35,100 60,85 70,50 60,15 35,0",
        "45,6 25,0 6,20 0,60 15,95 40,100 62,75 66,35 50,8 30,4",
        "25,0 5,25 0,55 8,85 25,100 42,85 50,50 42,20 25,0 40,10",
    ],
    1: [
        "0,0 0,100",
        "0,22 25,0 25,0 25,100",
        "0,25 25,0 25,0 25,100 | 0,100 50,100",
        "5,15 28,0 28,0 28,100 | 4,98 30,100 56,97",
        "0,30 18,14 30,0 30,0 28,50 30,100",
        "0,35 35,0 35,0 35,100 | 2,100 68,100",
        "0,42 40,0 40,0 40,100",
    ],
    2: [
        "0,20 12,4 35,0 60,10 62,30 40,60 0,100 0,100 70,100",
        "2,22 25,0 55,8 58,32 35,68 8,96 4,82 20,78 45,94 70,96",
        "0,12 30,0 58,12 55,38 28,70 0,98 0,98 35,94 66,100",
        "5,30 8,8 35,0 60,14 58,38 5,98 5,98 68,98 68,98 68,88",
    ],
    3: [
        "0,12 28,0 55,12 50,38 22,47 22,47 52,56 62,78 36,100 0,90",
        "0,0 0,0 58,0 58,0 25,40 25,40 54,50 60,78 32,100 0,92",
        "2,18 22,0 52,8 54,34 30,48 15,48 30,48 58,62 56,90 26,100 0,86",
        "0,8 40,0 60,22 40,44 28,50 50,58 62,80 30,100 2,94",
    ],
    4: [
        "15,0 0,60 0,60 70,60 | 50,28 50,100",
        "50,0 50,0 0,65 0,65 70,65 | 50,0 50,100",
        "10,0 4,30 10,52 35,56 58,50 | 60,0 56,50 56,100",
        "48,100 48,0 48,0 0,68 0,68 68,66",
        "8,2 2,50 2,50 55,48 | 56,4 50,100",
    ],
    5: [
        "10,0 10,0 5,42 5,42 35,36 60,55 58,82 30,100 0,90 | 10,0 60,0",
        "60,0 60,0 10,0 10,0 4,45 4,45 40,40 62,62 50,94 0,98",
        "58,3 20,0 12,6 8,40 30,38 56,52 58,84 28,100 0,88",
        "14,4 8,46 8,46 34,40 54,58 50,86 24,100 2,92 | 14,4 62,2",
    ],
    6: [
        "50,0 20,25 2,60 10,92 35,100 60,85 58,60 35,52 6,72",
        "36,0 12,35 2,70 14,97 40,98 58,80 50,60 28,58 8,78",
        "60,8 36,0 10,28 0,65 16,98 46,98 62,76 44,54 18,58 3,75",
    ],
    7: [
        "0,0 0,0 65,0 65,0 25,100",
        "0,0 0,0 62,0 62,0 34,50 22,100 | 12,52 58,48",
        "0,14 0,2 0,2 62,0 62,0 40,40 30,100",
        "0,6 30,2 60,4 60,4 44,48 40,100",
    ],
    8: [
        "58,12 30,0 6,18 28,44 58,74 30,100 2,78 26,50 54,26 58,12",
        "30,0 8,8 6,34 30,46 54,34 52,8 30,0 | 30,46 4,58 2,88 30,100 58,88 56,58 30,46",
        "32,0 12,4 8,30 32,44 54,30 50,4 32,0 | 32,50 6,60 4,90 32,100 60,90 58,60 32,50",
        "30,46 8,30 14,4 32,0 52,8 50,30 30,46 6,64 4,90 30,100 56,90 54,62 30,46",
        "60,6 34,0 8,14 18,38 50,58 58,84 30,100 4,86 14,58 48,36 60,6",
    ],
    9: [
        "56,18 34,0 6,14 6,40 30,50 54,36 56,16 56,16 54,60 46,100",
        "54,20 30,0 4,18 10,46 38,46 54,20 54,20 56,70 36,100 6,94",
        "50,10 26,0 2,22 14,46 40,42 52,12 52,12 46,55 30,100",
        "32,0 8,8 4,34 28,48 52,36 54,8 32,0 | 54,10 52,100",
    ],
}
"""Several shapes of each digit: points in hundredths of its height, with a bar between strokes. A repeated point is a
corner."""


@cache
def shapes(digit: int) -> list[Strokes]:
    """The shapes of a digit, at a height of about 1."""
    return [
        [_smooth(np.array([point.split(",") for point in stroke.split()], float) / 100) for stroke in shape.split("|")]
        for shape in _SHAPES[digit]
    ]


def write(digit: int, rng: np.random.Generator) -> Strokes:
    """A digit in one of its shapes, varied as by a hand: wider, slanted, rotated, and slightly unsteady."""
    ways = shapes(digit)
    strokes = ways[rng.integers(len(ways))]
    turn, slant = rng.normal(0, 0.08), rng.normal(0, 0.2)
    width = np.exp(rng.normal(0, 0.2))
    across = np.array([[width, 0], [slant, 1]]) @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    return [_unsteady(stroke, rng) @ across for stroke in strokes]


def _unsteady(stroke: Array, rng: np.random.Generator) -> Array:
    """Moves all points of a stroke by two slow waves along each axis, and the whole stroke slightly."""
    moved = stroke + rng.normal(0, 0.015, 2)
    for _ in range(2):
        direction, waves = rng.normal(0, 0.025, 2), rng.normal(0, 3, 2)
        moved = moved + np.sin(stroke @ waves + rng.uniform(0, 2 * np.pi))[:, None] * direction
    return moved


def _smooth(points: Array) -> Array:
    """A curve through the points: cubics whose slope at each point is that between its two neighbours.

    Source: E. Catmull and R. Rom, "A Class of Local Interpolating Splines", 1974.
    """
    return np.concatenate([*_pieces(points), points[-1:]])


def _pieces(points: Array) -> Iterator[Array]:
    for i in range(len(points) - 1):
        start, end = points[i], points[i + 1]
        length = float(np.hypot(*(end - start)))
        if length == 0:
            continue
        before = start if i == 0 or (points[i - 1] == start).all() else points[i - 1]
        after = end if i + 2 == len(points) or (points[i + 2] == end).all() else points[i + 2]
        t = np.arange(0, 1, 0.02 / length)[:, None]
        slopes = (end - before) / 2, (after - start) / 2
        yield (
            (1 + 2 * t) * (1 - t) ** 2 * start
            + t * (1 - t) ** 2 * slopes[0]
            + t * t * (3 - 2 * t) * end
            + t * t * (t - 1) * slopes[1]
        )
