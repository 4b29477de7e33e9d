"""Augmentation: copies of the images, slightly moved, and digits written by simulated hands.

The data were written by a few people, and lack the habits of others: no 1 with a foot, no 8 made of two loops. A
network trained only on them recognises half of those digits, and that is what people notice first when they draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from demos.digits import hands
from demos.digits.data import Array, Images, Labels
from demos.digits.preparation import lay, measure

COPIES = 2
"""The number of moved copies of each image."""
_MOST_COPIED = 10_000
"""Data with this many images have enough variety."""
_MOST_WRITTEN = 1500


@dataclass(frozen=True)
class Augmented:
    """Images for training, with the number of each kind."""

    images: Images
    """All images; those of the data come first."""
    copies: int
    written: int


def augment(images: Images, seed: int = 0) -> Augmented:
    """The images, slightly moved copies of them, and as many digits by simulated hands, up to 1,500."""
    rng = np.random.default_rng(seed)
    copies = COPIES if len(images) < _MOST_COPIED else 0
    count = min(len(images), _MOST_WRITTEN)
    labels = np.arange(count) % 10
    return Augmented(
        Images(
            np.vstack([images.pixels, *[moved(images, rng) for _ in range(copies)], written(images, labels, rng)]),
            np.concatenate([np.tile(images.labels, 1 + copies), labels]),
            images.height,
            images.width,
        ),
        copies * len(images),
        count,
    )


def written(like: Images, labels: Labels, rng: np.random.Generator) -> Array:
    """Digits by simulated hands, with pens of several widths, placed in images like those of the data."""
    place = measure(like)
    rows = []
    for label in labels.tolist():
        pen = replace(place, stroke=place.stroke * float(np.exp(rng.normal(0, 0.2))))
        rows.append(lay(np.concatenate(hands.write(int(label), rng)), pen, like.height, like.width))
    return np.array(rows)


def moved(images: Images, rng: np.random.Generator) -> Array:
    """Each image rotated, slanted, stretched and shifted slightly, with interpolated pixels."""
    count, height, width = len(images), images.height, images.width
    turn, slant = rng.normal(0, 0.08, (2, count, 1, 1))
    stretch = np.exp(rng.normal(0, 0.06, (2, count, 1, 1)))
    shift = rng.normal(0, 0.025, (2, count, 1, 1)) * [[[[height]]], [[[width]]]]
    y, x = np.mgrid[:height, :width].astype(float)
    y, x = y - (height - 1) / 2, x - (width - 1) / 2
    across = (np.cos(turn) * x + (np.sin(turn) + slant) * y) * stretch[1] + (width - 1) / 2 + shift[1]
    down = (np.cos(turn) * y - np.sin(turn) * x) * stretch[0] + (height - 1) / 2 + shift[0]
    return _between(images.pixels.reshape(-1, height, width), down, across).reshape(count, -1)


def _between(images: Array, down: Array, across: Array) -> Array:
    """The images at positions between their pixels, by bilinear interpolation, with paper beyond their edges."""
    framed = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    top, left = (
        np.clip(np.floor(at).astype(int), -1, size) for at, size in zip((down, across), images.shape[1:], strict=True)
    )
    v, u = np.clip(down - top, 0, 1), np.clip(across - left, 0, 1)
    image, row, column = np.arange(len(images))[:, None, None], top + 1, left + 1
    found: Array = (
        framed[image, row, column] * (1 - v) * (1 - u)
        + framed[image, row, column + 1] * (1 - v) * u
        + framed[image, row + 1, column] * v * (1 - u)
        + framed[image, row + 1, column + 1] * v * u
    )
    return found
