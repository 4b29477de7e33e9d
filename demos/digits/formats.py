"""Reads the common file formats for images of digits: CSV, numpy's, and the one of MNIST.

The first bytes of a file determine its format, not its name. No pickle is ever loaded.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.archives import UnfitError, opened
from autograd.shown import path_shown, some
from demos.digits.data import INKS, MOST_PIXELS, DataError, Images, beginning, read_csv, scale, square, unzipped

_ZIP = b"PK\x03\x04"
_IDX_BYTES = b"\x00\x00\x08"
"""The first bytes of an IDX file of unsigned bytes; the next byte is the number of dimensions."""


def read(path: Path, size: tuple[int, int] | None = None) -> Images:
    """Reads images with their labels.

    Args:
        path: an `.npz` file with `images` and `labels`; an IDX file of images, with the file of its labels beside it
            under a similar name; or CSV, a line for each image with its label at the end. IDX and CSV may be gzipped.
        size: height and width, for files that give an image's pixels in a row; None: such images are square.

    Raises:
        DataError: the file is missing or damaged, or does not contain such images; the message says what is wrong.
    """
    begin = beginning(path, 4)
    if begin == _ZIP:
        return _images(path_shown(path), *_npz(path), size)
    if begin.startswith(_IDX_BYTES):
        labels = _beside(path)
        return _images(path_shown(path), _idx(path), _idx(labels), size)
    return read_csv(path, size)


def _npz(path: Path) -> tuple[Any, Any]:
    try:
        with opened(path, ".npz file of images") as archive:
            if missing := [name for name in ("images", "labels") if name not in archive.names]:
                held = some(archive.names) or "nothing"
                raise UnfitError(f"{path_shown(path)} holds {held}, but no {' and no '.join(missing)}")
            images = archive.array("images", dimensions=4, most=MOST_PIXELS)
            return images, archive.array("labels", dimensions=4, most=MOST_PIXELS)
    except ValueError as error:
        raise DataError(str(error)) from None


def _beside(path: Path) -> Path:
    """The file of labels for MNIST's images: `train-labels-idx1-ubyte.gz` for `train-images-idx3-ubyte.gz`."""
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    if name == path.name:
        raise DataError(
            f"{path_shown(path)} is an IDX file; its name must contain 'images', so that its labels can be found"
        )
    return path.with_name(name)


def _idx(path: Path) -> npt.NDArray[np.uint8]:
    """Reads the array in an IDX file: 0, 0, its type, the number of dimensions, each dimension, and the numbers.

    Source: http://yann.lecun.com/exdb/mnist, "The IDX file format".
    """
    content, shown = unzipped(path), path_shown(path)
    dimensions = content[3] if content.startswith(_IDX_BYTES) and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    if not 1 <= dimensions <= 4 or len(content) < start:
        raise DataError(f"{shown} is not an IDX file of unsigned bytes")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise DataError(
            f"{shown} should contain {_sizes(shape)} bytes, not {len(content) - start}: it is truncated or damaged"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _images(shown: str, images: npt.NDArray[Any], labels: npt.NDArray[Any], size: tuple[int, int] | None) -> Images:
    """Checks arrays from a file, and makes `Images` of them."""
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.ndim == 2:
        images = images.reshape(len(images), *_height_and_width(shown, images.shape[1], size))
    if images.ndim != 3 or 0 in images.shape:
        raise DataError(f"{shown}: the images are {_sizes(images.shape)}; they should be images × height × width")
    if labels.shape != (len(images),):
        raise DataError(f"{shown}: {len(images)} images need as many labels; these are {_sizes(labels.shape)}")
    if images.size > MOST_PIXELS:
        raise DataError(f"{shown} contains {images.size:,} pixels; the limit is {MOST_PIXELS:,}")
    strange = labels[~np.isin(labels, range(10))]
    if len(strange):
        raise DataError(f"{shown}: a label is {strange[0]:g}; labels must be whole numbers from 0 to 9")
    pixels = images.reshape(len(images), -1).astype(np.float64)
    least, largest = float(pixels.min()), float(pixels.max())
    if not 0 <= least <= largest <= INKS[-1]:
        wrong = largest if least >= 0 else least
        raise DataError(f"{shown}: a pixel is {wrong:g}; pixels must be from 0 to 1, to 16 or to 255")
    return Images(pixels / scale(largest), labels.astype(np.int64), *images.shape[1:])


def _sizes(shape: tuple[int, ...]) -> str:
    return some(shape, 4).replace(", ", " × ") or "one number"


def _height_and_width(shown: str, pixels: int, size: tuple[int, int] | None) -> tuple[int, int]:
    height, width = size or square(pixels)
    if height * width != pixels:
        kind = f"{height}×{width}" if size else "square"
        raise DataError(f"{shown}: {pixels} pixels are not those of a {kind} image")
    return height, width
