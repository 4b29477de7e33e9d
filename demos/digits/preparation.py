"""How the digits lie in their images: what a drawing must be made like, for a network that learned from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demos.digits.data import Array, Images


@dataclass(frozen=True)
class Place:
    """Where ink is in an image, as shares of its height and width."""

    height: float
    """From the first to the last pixel with ink; half of all digits are no higher."""
    width: float
    """The same across; three quarters of all digits are no wider."""
    x: float
    """Of the digit's middle."""
    y: float
    ink: float
    """The mean of all pixels."""
    tolerance: float
    """By how much that differs between images: two and a half standard deviations."""
    upright: bool
    """Whether slanted digits were set upright, the leftmost ink of the first and the last row one above the other."""


def measure(images: Images) -> Place:
    """How the digits lie in the images."""
    pixels = images.pixels.reshape(-1, images.height, images.width)
    rows, columns = pixels.max(axis=2), pixels.max(axis=1)
    means = pixels.mean(axis=(1, 2))
    return Place(
        height=float(np.quantile(_extents(rows), 0.5)),
        width=float(np.quantile(_extents(columns), 0.75)),
        x=_middle(columns),
        y=_middle(rows),
        ink=float(means.mean()),
        tolerance=float(2.5 * means.std()),
        upright=_upright(pixels),
    )


def _extents(profiles: Array) -> Array:
    """From the first to the last pixel with ink along an edge, as shares of the edge."""
    ink = profiles > 0
    length = ink.shape[1]
    extents: Array = (length - ink.argmax(axis=1) - ink[:, ::-1].argmax(axis=1)) / length
    return extents


def _middle(profiles: Array) -> float:
    """The mean place of the ink along an edge, from 0 to 1."""
    centres = (np.arange(profiles.shape[1]) + 0.5) / profiles.shape[1]
    mean = profiles.mean(axis=0)
    return float(mean @ centres / max(float(mean.sum()), 1e-9))


def _upright(pixels: Array) -> bool:
    """Whether the left ends of first and last rows are far closer together than the right ends are."""
    inked = [(image[ink[0]], image[ink[-1]]) for image in pixels if len(ink := np.flatnonzero(image.max(axis=1) > 0))]
    left = [_start(first) - _start(last) for first, last in inked]
    right = [_start(first[::-1]) - _start(last[::-1]) for first, last in inked]
    return bool(np.std(left) < 0.4 * np.std(right))


def _start(row: Array) -> float:
    """Where ink begins in a row; a first pixel half full begins in its middle."""
    first = int(np.flatnonzero(row > 0)[0])
    return float(first + 1 - row[first])
