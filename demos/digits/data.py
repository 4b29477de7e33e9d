"""Reads images of digits, and sets some aside for the test."""

from __future__ import annotations

import errno
import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from autograd.archives import is_endless
from autograd.shown import as_code, path_shown, printable

OURS = Path(__file__).with_name("digits.csv.gz")
INKS = (1.0, 16.0, 255.0)
"""The possible values of full ink: the smallest that no pixel exceeds is taken."""

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


MOST_PIXELS = 64_000_000
"""The maximum number of pixels in a file, eight bytes each; MNIST, with 60,000 images, has 47 million."""
_MOST_BYTES = 4 * MOST_PIXELS
"""The maximum number of bytes of a file, unpacked: three digits and a comma for each pixel."""
_MOST_COLUMNS = 1_000_001


class DataError(ValueError):
    """A data file is missing, damaged or not as expected; the message says which file, and where."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message, 300))


@dataclass(frozen=True)
class Images:
    """Images of digits with their labels."""

    pixels: Array
    """(images, height · width), from 0 (paper) to 1 (ink)."""
    labels: Labels
    """(images,), each from 0 to 9."""
    height: int
    width: int

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: npt.NDArray[np.int64]) -> Images:
        """A subset of the images."""
        return Images(self.pixels[rows], self.labels[rows], self.height, self.width)

    @property
    def targets(self) -> Array:
        """(images, 10): the ideal confidences, 1 for the label and 0 elsewhere."""
        return np.eye(10)[self.labels]


def read_csv(path: Path = OURS, size: tuple[int, int] | None = None) -> Images:
    """Reads a CSV file, gzipped or not. Each line has the pixels of an image, row by row, and its label at either end.

    A header line is skipped; a column named label in it is the label's.

    Args:
        path: the file.
        size: height and width of the images; None: they are square.

    Raises:
        DataError: the file is missing or damaged, a line is malformed, or either end might be the label; the message
            names the line.
    """
    shown = path_shown(path)
    lines = list(enumerate(_text(path).rstrip().splitlines(), 1))
    names = _names(lines[0][1]) if lines else []
    if names:
        del lines[0]
    if not lines:
        raise DataError(f"{shown} is empty")
    columns = lines[0][1].count(",") + 1
    height, width = size or square(columns - 1)
    if columns < 2 or height * width != columns - 1:
        kind = f"{height}×{width}" if size else "square"
        raise DataError(
            f"{shown}, line {lines[0][0]}: {columns} columns are not the pixels of a {kind} image and a label"
        )
    if columns * len(lines) > MOST_PIXELS:
        raise DataError(f"{shown} contains {columns * len(lines):,} pixels; the limit is {MOST_PIXELS:,}")
    table = np.empty((len(lines), columns))
    for row, (number, line) in enumerate(lines):
        table[row] = _row(shown, number, line, columns)
    label = _label_column(shown, table, names)
    labels, pixels = table[:, label], np.delete(table, label, axis=1)
    for number, wrong in zip((number for number, _ in lines), ~np.isin(labels, range(10)), strict=True):
        if wrong:
            raise DataError(
                f"{shown}, line {number}: the label is {labels[number - lines[0][0]]:g}; "
                "labels must be whole numbers from 0 to 9"
            )
    return Images(pixels / scale(float(pixels.max())), labels.astype(np.int64), height, width)


_LABEL_NAMES = {"label", "labels", "class", "digit", "target", "y"}


def _names(line: str) -> list[str]:
    """The names in a header line; none if the line consists of numbers, or begins with one."""
    if line.count(",") >= _MOST_COLUMNS:
        return []
    fields = [field.strip().strip('"').lower() for field in line.split(",")]
    return [] if any(_is_number(field) for field in fields) else fields


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _label_column(shown: str, table: Array, names: list[str]) -> int:
    """The column of the labels, 0 or -1: the one with that name, or else the only end whose numbers vary like labels.

    The corner of an image is nearly always paper, while labels nearly always vary.
    """
    named = [i for i, name in enumerate(names) if name in _LABEL_NAMES]
    if named and named[0] in (0, table.shape[1] - 1):
        return 0 if named[0] == 0 else -1
    first, last = (_varies_as_labels(table[:, end]) for end in (0, -1))
    if first and last:
        raise DataError(
            f"{shown}: the first and the last column look like labels; name the label's column in a header line"
        )
    return 0 if first else -1


def _varies_as_labels(column: Array) -> bool:
    """Whether a column contains only digits, and none of them in most lines."""
    digits, counts = np.unique(column, return_counts=True)
    return bool(np.isin(digits, range(10)).all() and len(digits) > 1 and counts.max() <= len(column) / 2)


def square(pixels: int) -> tuple[int, int]:
    """Height and width of the largest square image with at most that number of pixels."""
    side = math.isqrt(max(pixels, 0))
    return side, side


def scale(largest: float) -> float:
    """The pixel value of ink, from the largest pixel of all images: pixels are from 0 to 1, to 16, or to 255."""
    return next(ink for ink in INKS if largest <= ink)


def _text(path: Path) -> str:
    try:
        return unzipped(path).removeprefix(b"\xef\xbb\xbf").decode("ascii")
    except UnicodeDecodeError:
        raise DataError(f"{path_shown(path)} is not a CSV file: it contains bytes that are not text") from None


def unzipped(path: Path) -> bytes:
    """The contents of a file, gzipped or not.

    Raises:
        DataError: it cannot be read, is damaged, or is far larger than images need.
    """
    content = beginning(path, _MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise DataError(f"{path_shown(path)} holds more than {_MOST_BYTES:,} bytes, more than its images can need")
    return content


def beginning(path: Path, count: int) -> bytes:
    """The first bytes of a file's contents, gzipped or not.

    Raises:
        DataError: it cannot be read, or is damaged.
    """
    shown = path_shown(path)
    try:
        if is_endless(path):
            raise OSError(errno.EINVAL, "it is not a file, but a device or a pipe")
        with path.open("rb") as file:
            zipped = file.peek(2)[:2] == b"\x1f\x8b"
            return (gzip.GzipFile(fileobj=file) if zipped else file).read(count)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{shown} is truncated or damaged ({error})") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{shown} cannot be read: {getattr(error, 'strerror', error)}") from None


def _row(shown: str, number: int, line: str, columns: int) -> list[float]:
    if line.count(",") != columns - 1:
        raise DataError(f"{shown}, line {number}: {line.count(',') + 1} columns, where line 1 has {columns}")
    fields = line.split(",")
    try:
        row = [float(field) for field in fields]
    except ValueError:
        wrong = next(field for field in fields if not _is_number(field))
        raise DataError(f"{shown}, line {number}: {as_code(wrong)} is not a number") from None
    for pixel in row:
        if not 0 <= pixel <= INKS[-1]:
            raise DataError(
                f"{shown}, line {number}: a pixel is {pixel:g}; pixels must be from 0 to 1, to 16 or to 255"
            )
    return row


def split(images: Images, test_share: float = 0.2, seed: int = 0) -> tuple[Images, Images]:
    """Sets aside a fraction of each digit's images, chosen by the seed, for the test.

    Returns:
        The training images and the test images, each in the order of the file.

    Raises:
        DataError: there are too few images, or all have the same label.
    """
    if len(np.unique(images.labels)) == 1:
        raise DataError(
            f"every label is {images.labels[0]}: there is nothing to classify. "
            "Does each line begin or end with its label?"
        )
    rng = np.random.default_rng(seed)
    chosen = [
        rng.permutation(rows)[: round(len(rows) * test_share)]
        for rows in (np.flatnonzero(images.labels == digit) for digit in range(10))
    ]
    in_test = np.zeros(len(images), bool)
    in_test[np.concatenate(chosen)] = True
    if in_test.all() or not in_test.any():
        raise DataError(f"{len(images)} images are too few to set some of each digit aside for the test")
    return images.take(np.flatnonzero(~in_test)), images.take(np.flatnonzero(in_test))
