"""Measures where the digits are in their images, and places a line drawn by hand in an image in the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from demos.digits import hands
from demos.digits.data import Array, Images

FINE = 4
"""The resolution of the bitmap on which ink is counted, relative to the image."""
_BAND = 1 / 16
"""The size of the first and the last part of a digit's height, by which it is set upright."""
_STEEPEST = 2.0
"""The maximum by which setting a digit upright moves it sideways, for each unit of height."""
_STRETCH = 1.5
"""The largest factor by which a digit that is wider than high is made higher."""


@dataclass(frozen=True)
class Place:
    """The position of the ink in an image, as fractions of its height and width."""

    height: float
    """The median height of the digits, from the first to the last pixel with ink."""
    width: float
    """The third quartile of their widths."""
    x: float
    """The position of the digit's middle."""
    y: float
    stroke: float
    """The width of a stroke, as a fraction of the image's height."""
    upright: bool
    """Whether slanted digits were set upright, by aligning the leftmost ink of the first and last rows."""


def measure(images: Images) -> Place:
    """The position of the digits in the images, and the stroke width with which hands leave as much ink."""
    pixels = images.pixels.reshape(-1, images.height, images.width)
    rows, columns = pixels.max(axis=2), pixels.max(axis=1)
    place = Place(
        height=float(np.quantile(_extents(rows), 0.5)),
        width=float(np.quantile(_extents(columns), 0.75)),
        x=_middle(columns),
        y=_middle(rows),
        stroke=0.0,
        upright=_upright(pixels),
    )
    written = [np.concatenate(strokes) for digit in range(10) for strokes in hands.shapes(digit)]
    thin, thick, ink = 0.0, place.height / 2, float(pixels.mean())
    for _ in range(8):
        stroke = (thin + thick) / 2
        tried = [lay(line, replace(place, stroke=stroke), images.height, images.width).mean() for line in written]
        thin, thick = (stroke, thick) if np.mean(tried) < ink else (thin, stroke)
    return replace(place, stroke=(thin + thick) / 2)


def lay(line: Array, place: Place, height: int, width: int) -> Array:
    """An image of a line, like those of the data: upright, with the same size, position and stroke width.

    Args:
        line: (points, 2), x to the right and y downwards, close together.
        place: the position of the ink in the data.
        height: the height of the image.
        width: the width of the image.

    Returns:
        (height · width,), from 0 (paper) to 1 (ink).
    """
    x, y = line.T
    top, tallness = y.min(), np.ptp(y)
    if place.upright and tallness > 0:
        first, last = y <= top + _BAND * tallness, y >= top + (1 - _BAND) * tallness
        lean = (x[last].min() - x[first].min()) / (tallness * (1 - _BAND))
        x = x - np.clip(lean, -_STEEPEST, _STEEPEST) * (y - top)
    left, wideness = x.min(), np.ptp(x)
    pen = place.stroke * height
    tall = max(place.height * height - pen, 0) / max(tallness, 1e-9)
    wide = min(tall, max(place.width * width - pen, 0) / max(wideness, 1e-9))
    tall = min(tall, _STRETCH * wide)
    return _stamped(
        (x - left - wideness / 2) * wide + place.x * width,
        (y - top - tallness / 2) * tall + place.y * height,
        pen / 2,
        height,
        width,
    )


def _stamped(x: Array, y: Array, radius: float, height: int, width: int) -> Array:
    """Discs around points, which are given in pixels, sampled on a finer bitmap."""
    x, y, radius = x * FINE, y * FINE, radius * FINE
    window = np.arange(-int(np.ceil(radius)) - 1, int(np.ceil(radius)) + 2)
    across = np.floor(x)[:, None] + window
    down = np.floor(y)[:, None] + window
    near = (across + 0.5 - x[:, None])[:, None, :] ** 2 + (down + 0.5 - y[:, None])[:, :, None] ** 2 <= radius**2
    # A margin receives the ink beyond the edge.
    fine = np.zeros((height * FINE + 2, width * FINE + 2))
    rows = np.clip(down, -1, height * FINE).astype(int) + 1
    columns = np.clip(across, -1, width * FINE).astype(int) + 1
    where = np.broadcast_arrays(rows[:, :, None], columns[:, None, :])
    fine[where[0][near], where[1][near]] = 1
    blocks = fine[1:-1, 1:-1].reshape(height, FINE, width, FINE)
    counted: Array = blocks.mean(axis=(1, 3)).ravel()
    return counted


def _extents(profiles: Array) -> Array:
    """From the first to the last pixel with ink along an edge, as fractions of the edge."""
    ink = profiles > 0
    length = ink.shape[1]
    extents: Array = (length - ink.argmax(axis=1) - ink[:, ::-1].argmax(axis=1)) / length
    return extents


def _middle(profiles: Array) -> float:
    """The mean position of the ink along an edge, from 0 to 1."""
    centres = (np.arange(profiles.shape[1]) + 0.5) / profiles.shape[1]
    mean = profiles.mean(axis=0)
    return float(mean @ centres / max(float(mean.sum()), 1e-9))


def _upright(pixels: Array) -> bool:
    """Whether the left ends of the first and last rows are far closer together than the right ends."""
    inked = [(image[ink[0]], image[ink[-1]]) for image in pixels if len(ink := np.flatnonzero(image.max(axis=1) > 0))]
    left = [_start(first) - _start(last) for first, last in inked]
    right = [_start(first[::-1]) - _start(last[::-1]) for first, last in inked]
    return bool(np.std(left) < 0.4 * np.std(right))


def _start(row: Array) -> float:
    """The start of the ink in a row; if the first pixel is half full, its middle."""
    first = int(np.flatnonzero(row > 0)[0])
    return float(first + 1 - row[first])
