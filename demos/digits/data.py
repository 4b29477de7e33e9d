"""Images of digits: reading them, and setting some aside for the test."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

OURS = Path(__file__).with_name("digits.csv.gz")

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class DataError(ValueError):
    """A data file that is missing, damaged, or not what it should be; the message says which and where."""


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
        """These images alone."""
        return Images(self.pixels[rows], self.labels[rows], self.height, self.width)

    @property
    def targets(self) -> Array:
        """(images, 10): 1 at the label, 0 elsewhere: what the ten confidences should be."""
        return np.eye(10)[self.labels]


def read_csv(path: Path = OURS) -> Images:
    """Reads a CSV file, gzipped or not: each line the pixels of a square image, from 0 to 16, and its label.

    Raises:
        DataError: the file is missing or damaged, or a line is not as it should be; the message names the line.
    """
    lines = _text(path).splitlines()
    if not lines:
        raise DataError(f"{path} is empty")
    columns = lines[0].count(",") + 1
    side = round((columns - 1) ** 0.5)
    if side * side != columns - 1 or side < 1:
        raise DataError(f"{path}, line 1: {columns} columns are not the pixels of a square image and a label")
    rows = [_row(path, number, line, columns) for number, line in enumerate(lines, 1)]
    table = np.array(rows)
    return Images(table[:, :-1] / 16.0, table[:, -1].astype(np.int64), side, side)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("ascii")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is truncated or damaged ({error})") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} is no CSV file: it holds bytes that are not text") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None


def _row(path: Path, number: int, line: str, columns: int) -> list[float]:
    fields = line.split(",")
    if len(fields) != columns:
        raise DataError(f"{path}, line {number}: {len(fields)} columns, where line 1 has {columns}")
    try:
        row = [float(field) for field in fields]
    except ValueError as error:
        raise DataError(f"{path}, line {number}: {error}") from None
    for pixel in row[:-1]:
        if not 0 <= pixel <= 16:
            raise DataError(f"{path}, line {number}: a pixel is {pixel:g}; pixels are from 0 to 16")
    if row[-1] not in range(10):
        raise DataError(f"{path}, line {number}: the label is {row[-1]:g}; labels are whole numbers from 0 to 9")
    return row


def split(images: Images, test_share: float = 0.2, seed: int = 0) -> tuple[Images, Images]:
    """Sets aside that share of each digit's images, chosen by the seed, for the test.

    Returns:
        The training images and the test images, each in the order of the file.
    """
    rng = np.random.default_rng(seed)
    chosen = [
        rng.permutation(rows)[: round(len(rows) * test_share)]
        for rows in (np.flatnonzero(images.labels == digit) for digit in range(10))
    ]
    in_test = np.zeros(len(images), bool)
    in_test[np.concatenate(chosen)] = True
    return images.take(np.flatnonzero(~in_test)), images.take(np.flatnonzero(in_test))
