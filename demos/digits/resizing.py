"""Scales images."""

from __future__ import annotations

import numpy as np

from demos.digits.data import Array, Images


def resize(images: Images, side: int) -> Images:
    """The images at `side` × `side` pixels, by bilinear interpolation.

    A new pixel's centre is between the centres of up to four old ones. The new pixel is their mean, weighted by their
    distances; beyond the outermost centres the outermost pixels are repeated.
    """
    rows, columns = weights(images.height, side), weights(images.width, side)
    old = images.pixels.reshape(-1, images.height, images.width)
    return Images((rows @ old @ columns.T).reshape(len(images), -1), images.labels, side, side)


def weights(old: int, new: int) -> Array:
    """(new, old): the weight of each old pixel along an edge in each new one."""
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    return np.maximum(0, 1 - abs(centres[:, None] - np.arange(old)))
