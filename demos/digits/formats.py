"""The files in which people keep images of digits: ours, numpy's, and the one that MNIST comes in.

What a file is, its first bytes say, and not its name. No pickle is ever loaded.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from demos.digits.data import INKS, DataError, Images, read_csv, scale, square, unzipped

_ZIP = b"PK\x03\x04"
_IDX_BYTES = b"\x00\x00\x08"
"""How an IDX file of unsigned bytes begins; the next byte is the number of its dimensions."""


def read(path: Path, size: tuple[int, int] | None = None) -> Images:
    """Reads images with their labels.

    Args:
        path: a `.npz` file that holds `images` and `labels`; an IDX file of images, beside which lies the one of its
            labels, named alike; or CSV, a line for each image with its label at the end. IDX and CSV may be gzipped.
        size: height and width, for images whose file gives their pixels in a row; None: those are square.

    Raises:
        DataError: the file is missing or damaged, or does not hold such images; the message says what is wrong.
    """
    content = unzipped(path)
    if content.startswith(_ZIP):
        return _images(path, *_npz(path, content), size)
    if content.startswith(_IDX_BYTES):
        labels = _beside(path)
        return _images(path, _idx(path, content), _idx(labels, unzipped(labels)), size)
    return read_csv(path, size)


def _npz(path: Path, content: bytes) -> tuple[Any, Any]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            if missing := [name for name in ("images", "labels") if name not in archive.files]:
                held = ", ".join(archive.files) or "nothing"
                raise DataError(f"{path} holds {held}, but no {' and no '.join(missing)}")
            return archive["images"], archive["labels"]
    except DataError:
        raise
    except Exception as error:  # a damaged archive may fail in any way
        raise DataError(f"{path} is a damaged .npz file, or holds what only pickle could load ({error})") from None


def _beside(path: Path) -> Path:
    """The labels of MNIST's images: `train-labels-idx1-ubyte.gz` beside `train-images-idx3-ubyte.gz`."""
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    if name == path.name:
        raise DataError(f"{path} is an IDX file, and should have images in its name, for its labels to be found")
    return path.with_name(name)


def _idx(path: Path, content: bytes) -> npt.NDArray[np.uint8]:
    """An array as IDX files hold it: 0, 0, its type, the number of dimensions, each of them, and the numbers.

    Source: http://yann.lecun.com/exdb/mnist, "The IDX file format".
    """
    dimensions = content[3] if content.startswith(_IDX_BYTES) and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    if not dimensions or len(content) < start:
        raise DataError(f"{path} is no IDX file of unsigned bytes")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    expected = 1
    for length in shape:
        expected *= length
    if len(content) - start != expected:
        sizes = " × ".join(map(str, shape))
        raise DataError(
            f"{path} should hold {sizes} bytes, and holds {len(content) - start}: it is truncated or damaged"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _images(path: Path, images: Any, labels: Any, size: tuple[int, int] | None) -> Images:
    """Arrays that were read, checked."""
    for name, array in (("images", images), ("labels", labels)):
        if array.dtype.kind not in "biuf":
            raise DataError(f"{path}: {name} are of type {array.dtype}, not numbers")
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.ndim == 2:
        images = images.reshape(len(images), *_height_and_width(path, images.shape[1], size))
    if images.ndim != 3 or 0 in images.shape:
        sizes = " × ".join(map(str, images.shape)) or "one number"
        raise DataError(f"{path}: the images are {sizes}; they should be images × height × width")
    if labels.shape != (len(images),):
        sizes = " × ".join(map(str, labels.shape)) or "one number"
        raise DataError(f"{path}: {len(images)} images need as many labels; these are {sizes}")
    if strange := [label for label in labels.tolist() if label not in range(10)]:
        raise DataError(f"{path}: a label is {strange[0]:g}; labels are whole numbers from 0 to 9")
    pixels = images.reshape(len(images), -1).astype(np.float64)
    least, largest = float(pixels.min()), float(pixels.max())
    if not 0 <= least <= largest <= INKS[-1]:
        wrong = largest if least >= 0 else least
        raise DataError(f"{path}: a pixel is {wrong:g}; pixels are from 0 to 1, to 16 or to 255")
    return Images(pixels / scale(largest), labels.astype(np.int64), *images.shape[1:])


def _height_and_width(path: Path, pixels: int, size: tuple[int, int] | None) -> tuple[int, int]:
    height, width = size or square(pixels)
    if height * width != pixels:
        kind = f"{height}×{width}" if size else "square"
        raise DataError(f"{path}: {pixels} pixels are not those of a {kind} image")
    return height, width
