"""Reads arrays from numpy's `.npz` files, which may come from untrusted sources.

Nothing in them is executed, and no array is unpacked before its size has been checked.
"""

from __future__ import annotations

import io
import math
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from autograd.shown import path_shown, printable

if TYPE_CHECKING:
    import numpy as np

_HEADER = 10_000
"""The maximum number of bytes of an array's header."""
_DAMAGE = (ValueError, TypeError, KeyError, IndexError, EOFError, OSError, RuntimeError, NotImplementedError,
           struct.error, SyntaxError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error)  # fmt: skip
"""The errors that reading a damaged archive can raise."""


class UnfitError(ValueError):
    """An archive is intact, but has the wrong contents."""


class Archive:
    """An open archive.

    Attributes:
        names: its members, without the suffix `.npy`.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        self.names = list(self._members)

    def array(self, name: str, *, dimensions: int, most: int) -> np.ndarray:
        """Reads a member that is an array of real numbers or booleans.

        Args:
            name: the member's name.
            dimensions: the most dimensions that it may have.
            most: the most numbers that it may contain.

        Raises:
            ValueError: it is not such an array.
        """
        return self._read(name, dimensions, "biuf", most, 8 * most)

    def text(self, name: str, most: int = 100_000) -> str:
        """Reads a member that is a string of at most `most` characters; an empty string if there is no such member.

        Raises:
            ValueError: it is not such a string.
        """
        return str(self._read(name, 0, "U", 1, 4 * most)) if name in self._members else ""

    def _read(self, name: str, dimensions: int, kinds: str, most: int, most_bytes: int) -> np.ndarray:
        import numpy as np

        info, shown = self._members[name], printable(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{shown} is compressed in a way that numpy does not use")
        if info.file_size > most_bytes + _HEADER:
            raise ValueError(f"{shown} takes {info.file_size:,} bytes, but at most {most_bytes:,} are allowed")
        with self._archive.open(info) as packed:
            shape, by_columns, dtype, start = _header(packed, shown)
            if dtype.hasobject:
                raise ValueError(f"{shown} is an array of objects, which only pickle can load")
            if dtype.kind not in kinds:
                wanted = "a string" if kinds == "U" else "numbers"
                raise ValueError(f"{shown} is an array of {printable(dtype)}, not {wanted}")
            if len(shape) > dimensions:
                raise ValueError(f"{shown} has {len(shape)} dimensions, but at most {dimensions} are allowed")
            count = math.prod(shape)
            if count > most:
                raise ValueError(f"{shown} contains {count:,} numbers, but at most {most:,} are allowed")
            if min(shape, default=0) < 0 or start + count * dtype.itemsize != info.file_size:
                raise ValueError(f"{shown} is truncated or damaged")
            data = packed.read()
        if len(data) != count * dtype.itemsize:
            raise ValueError(f"{shown} is truncated or damaged")
        array = np.frombuffer(data, dtype) if data else np.zeros(0, dtype)
        return array.reshape(shape[::-1]).T if by_columns else array.reshape(shape)


def _header(packed: IO[bytes], shown: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """An array's shape, whether it is stored in column order, its type, and the offset of its data."""
    import numpy as np

    begin = packed.read(8)
    wide = begin == b"\x93NUMPY\x02\x00"
    if not wide and begin != b"\x93NUMPY\x01\x00":
        raise ValueError(f"{shown} is not an array, or has an unknown version")
    length = packed.read(4 if wide else 2)
    if int.from_bytes(length, "little") > _HEADER:
        raise ValueError(f"the header of {shown} is too long")
    header = length + packed.read(int.from_bytes(length, "little"))
    read = np.lib.format.read_array_header_2_0 if wide else np.lib.format.read_array_header_1_0
    return *read(io.BytesIO(header)), len(begin + header)


def is_endless(path: str | os.PathLike[str]) -> bool:
    """Whether a path may be endless to read: a device, a pipe or a socket.

    Raises:
        OSError: there is nothing at the path.
    """
    mode = os.stat(path).st_mode
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


@contextmanager
def opened(path: str | os.PathLike[str], kind: str) -> Iterator[Archive]:
    """Opens a file as an archive. Errors while reading it become a `ValueError` that names the file.

    Args:
        path: the file.
        kind: the kind of file expected, for messages: `saved model`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not an archive, or a damaged one.
        UnfitError: raised by the block.
    """
    shown = path_shown(path)
    if is_endless(path):
        raise ValueError(f"{shown} is not a {kind}: it is not a file, but a device or a pipe")
    with open(path, "rb") as file:
        try:
            if not zipfile.is_zipfile(file):
                raise ValueError("it is not a .npz file")
            with zipfile.ZipFile(file) as archive:
                yield Archive(archive)
        except UnfitError:
            raise
        except _DAMAGE as error:
            reason = printable(f"{error}" or type(error).__name__, 120)
            raise ValueError(f"{shown} is not a {kind}, or a damaged one ({reason})") from None
