"""Saving a module's parameters to a file, and loading them again.

The file is a numpy `.npz`: an array for each entry of `state_dict()`, plus the format's version and the module's
description. Nothing in it is executed, and no pickle is ever read. The module decides how large an entry may be; the
file's index is checked against that before anything is unpacked.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from autograd.files import a_path, write_whole
from autograd.shown import as_code, path_shown, printable, some
from nn.module import Module, a_module

if TYPE_CHECKING:
    import numpy as np

FORMAT = "glassgrad model 1"
_FORMAT, _DESCRIPTION = "@format", "@module"
_HEADER = 10_000
"""An upper bound on an array's header, in bytes."""
_TEXT = 1_000_000
"""An upper bound on a description with its header, in bytes."""


def save(module: Module, path: str | os.PathLike[str]) -> None:
    """Writes a module's parameters to a file, whole or not at all.

    Args:
        module: any module.
        path: the file, by convention with the extension `.npz`.

    Raises:
        ValueError: a number is not finite, so the model could not be loaded again.
        OSError: the file cannot be written.
    """
    import numpy as np

    a_module(module, "save(module, path)")
    arrays = {name: np.asarray(numbers, float) for name, numbers in module.state_dict().items()}
    if wrong := [name for name, numbers in arrays.items() if not np.isfinite(numbers).all()]:
        raise ValueError(f"{printable(wrong[0], 60)} is not finite: training has diverged, and the model is not saved")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        texts = {_FORMAT: np.array(FORMAT), _DESCRIPTION: np.array(_describe(module))}
        for entry, array in {**texts, **{_entry(name): array for name, array in arrays.items()}}.items():
            with archive.open(f"{entry}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    write_whole(path, buffer.getvalue())


def load(module: Module, path: str | os.PathLike[str]) -> None:
    """Sets a module's parameters to those saved in a file.

    Args:
        module: a module of the same shape as the saved one. If anything is wrong, it is left unchanged.
        path: the file.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is damaged, was not written by `save`, or holds another module, with other sizes or
            activations.
    """
    a_module(module, "load(module, path)")
    with _opened(path) as (archive, held):
        state = _state(archive, held, module, path_shown(path))
    module.load_state_dict(state)


def description(path: str | os.PathLike[str]) -> str:
    """The description of a saved model, such as `MLP 64-32-10 (relu, linear)`; empty if the file has none.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is damaged, or was not written by `save`.
    """
    with _opened(path) as (archive, held):
        return printable(_text(archive, held.get(_DESCRIPTION)), 80)


class _OtherError(Exception):
    """The file is undamaged, but holds something other than this module."""


_DAMAGE = (ValueError, TypeError, KeyError, IndexError, EOFError, OSError, RuntimeError, NotImplementedError,
           struct.error, SyntaxError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error)  # fmt: skip
"""The errors that reading a damaged archive can raise."""


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """Opens a file as an archive and lists its members by name. An error while it is read becomes a `ValueError`."""
    path = a_path(path)
    shown = path_shown(path)
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ValueError(f"{shown} is no saved model: it is no file, but a device or a pipe")
    with open(path, "rb") as file:
        try:
            if not zipfile.is_zipfile(file):
                raise ValueError("it is no .npz file")
            with zipfile.ZipFile(file) as archive:
                held = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
                version = _text(archive, held.pop(_FORMAT, None)) or "nothing"
                if version != FORMAT:
                    raise _OtherError(
                        f"{shown} is no saved model of this version: it says {as_code(version)}, not {FORMAT!r}"
                    )
                yield archive, held
        except _OtherError as error:
            raise ValueError(str(error)) from None
        except _DAMAGE as error:
            reason = printable(f"{error}" or type(error).__name__, 100)
            raise ValueError(f"{shown} is no saved model, or a damaged one ({reason})") from None


def _state(archive: zipfile.ZipFile, held: dict[str, Any], module: Module, shown: str) -> dict[str, Any]:
    """The `state_dict` for a module that an archive holds."""
    description, mine = _text(archive, held.pop(_DESCRIPTION, None)), _describe(module)
    if description != mine:
        known = printable(description, 80) or "nothing known"
        raise _OtherError(f"{shown} holds {known}, not {printable(mine, 80)}")
    needed = {_entry(name): (name, numbers) for name, numbers in module.state_dict().items()}
    if missing := [name for entry, (name, _) in needed.items() if entry not in held]:
        raise _OtherError(f"{shown} has no numbers for {some(missing)}: it is of another module")
    if unknown := [entry for entry in held if entry not in needed]:
        raise _OtherError(f"{shown} has numbers for {some(unknown)}, which this module does not have")
    return dict(_arrays(archive, held, needed, shown))


def _arrays(archive: zipfile.ZipFile, held: Any, needed: dict[str, Any], shown: str) -> Iterator[tuple[str, Any]]:
    for entry, (name, numbers) in needed.items():
        shape = (len(numbers),) if isinstance(numbers, list) else ()
        array = _array(archive, held[entry], 8 * max((1, *shape)) + _HEADER)
        if array.shape != shape or array.dtype.kind not in "fiu":
            sizes = " × ".join(map(str, array.shape)) or "one number"
            wanted = shape[0] if shape else "one"
            raise _OtherError(f"{shown}: {printable(name, 60)} should be {wanted} numbers, not {sizes}")
        yield name, array.tolist()


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> np.ndarray:
    """Reads a member of an archive as an array, if it has at most `most` bytes."""
    import numpy as np

    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("it is compressed in a way that save() does not use")
    if info.file_size > most:
        raise ValueError(
            f"{printable(info.filename)} takes {info.file_size:,} bytes, where at most {most:,} are needed"
        )
    with archive.open(info) as packed:
        content = io.BytesIO(packed.read())
    version = np.lib.format.read_magic(content)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"{printable(info.filename)} is an array of an unknown version")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(content)
    if dtype.hasobject or len(shape) > 1 or dtype.kind not in "fiuU":
        raise ValueError(f"{printable(info.filename)} is no row of numbers")
    rest = content.getbuffer()[content.tell() :]
    count = shape[0] if shape else 1
    if count < 0 or count * dtype.itemsize != len(rest):
        raise ValueError(f"{printable(info.filename)} is truncated or damaged")
    return np.frombuffer(rest, dtype, count).reshape(shape) if count else np.zeros(shape)


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> str:
    return "" if info is None else str(_array(archive, info, _TEXT))


def _entry(name: str) -> str:
    """A parameter's name, percent-encoded to be a safe member name that differs from our own entries."""
    return quote(name, safe="[]().,'\"!#$&+-=_~^{}; ", errors="surrogatepass")


def _describe(module: Module) -> str:
    """The module's class, sizes and activations: `MLP 64-32-10 (relu, linear)`."""
    layers = [layer for layer in getattr(module, "layers", []) if hasattr(layer, "neurons")]
    if not layers:
        return type(module).__name__
    sizes = [len(layers[0].neurons[0].w), *(len(layer.neurons) for layer in layers)]
    activations = ", ".join(str(layer.neurons[0].activation) for layer in layers)
    return f"{type(module).__name__} {'-'.join(map(str, sizes))} ({activations})"
