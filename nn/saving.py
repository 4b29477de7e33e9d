"""Saving a module's parameters to a file, and loading them again.

The file is a `.npz` of numpy: an array for each entry of `state_dict()`, and beside them the format's version and the
module's description. Nothing in it is executed: no pickle is ever read. Nothing is unpacked that the module does not
need: what an entry will take is known, and compared with what the file says, before any of it is read.
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

from autograd.files import write_whole
from autograd.shown import as_code, path_shown, printable, some
from nn.module import Module

if TYPE_CHECKING:
    import numpy as np

FORMAT = "glassgrad model 1"
_FORMAT, _DESCRIPTION = "@format", "@module"
_HEADER = 10_000
"""More bytes than the header of an array takes."""
_TEXT = 1_000_000
"""More bytes than a description takes, with its header."""


def save(module: Module, path: str | os.PathLike[str]) -> None:
    """Writes a module's parameters to a file, whole or not at all.

    Args:
        module: any module.
        path: where to, by custom with the ending `.npz`.

    Raises:
        ValueError: a number is not finite: such a model could not be loaded again.
        OSError: the file cannot be written.
    """
    import numpy as np

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
        module: of the same shape as the one that was saved. It is left as it was if anything is wrong.
        path: the file.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is damaged, was not written by `save`, or is of another module: of other sizes, or with
            other activations.
    """
    with _opened(path) as (archive, held):
        state = _state(archive, held, module, path_shown(path))
    module.load_state_dict(state)


def description(path: str | os.PathLike[str]) -> str:
    """What a saved model is, in words: `MLP 64-32-10 (relu, linear)`; nothing where the file does not say.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is damaged, or was not written by `save`.
    """
    with _opened(path) as (archive, held):
        return printable(_text(archive, held.get(_DESCRIPTION)), 80)


class _OtherError(Exception):
    """The file is whole, and not of this module."""


_DAMAGE = (ValueError, TypeError, KeyError, IndexError, EOFError, OSError, RuntimeError, NotImplementedError,
           struct.error, SyntaxError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error)  # fmt: skip
"""What a damaged archive may fail with."""


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """The archive that a file is, with what it holds by name; what fails while it is read is a ValueError about it."""
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
    """The state that an archive holds for a module."""
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
    """An array of an archive, of at most so many bytes."""
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
    """A name as a zip archive can hold it, and told from those of our own: `%` stands before what is not so."""
    return quote(name, safe="[]().,'\"!#$&+-=_~^{}; ", errors="surrogatepass")


def _describe(module: Module) -> str:
    """The module's kind, sizes and activations, short: `MLP 64-32-10 (relu, linear)`."""
    layers = [layer for layer in getattr(module, "layers", []) if hasattr(layer, "neurons")]
    if not layers:
        return type(module).__name__
    sizes = [len(layers[0].neurons[0].w), *(len(layer.neurons) for layer in layers)]
    activations = ", ".join(str(layer.neurons[0].activation) for layer in layers)
    return f"{type(module).__name__} {'-'.join(map(str, sizes))} ({activations})"
