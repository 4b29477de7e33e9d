"""Saving a module's parameters to a file, and loading them again.

The file is a numpy `.npz`: an array for each entry of `state_dict()`, plus the format's version and the module's
description. Nothing in it is executed, and no pickle is ever read. The module decides how large an entry may be; the
file's index is checked against that before anything is unpacked.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from autograd.archives import Archive, UnfitError, opened
from autograd.files import a_path, write_whole
from autograd.shown import as_code, path_shown, printable, some
from nn.module import Module, a_module

FORMAT = "glassgrad model 1"
_FORMAT, _DESCRIPTION = "@format", "@module"


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
    with _opened(path) as archive:
        state = _state(archive, module, path_shown(path))
    module.load_state_dict(state)


def description(path: str | os.PathLike[str]) -> str:
    """The description of a saved model, such as `MLP 64-32-10 (relu, linear)`; empty if the file has none.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is damaged, or was not written by `save`.
    """
    with _opened(path) as archive:
        return printable(archive.text(_DESCRIPTION), 80)


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[Archive]:
    """Opens a file that `save` has written."""
    path = a_path(path)
    with opened(path, "saved model") as archive:
        version = archive.text(_FORMAT) or "nothing"
        if version != FORMAT:
            raise UnfitError(
                f"{path_shown(path)} is not a saved model of this version: it says {as_code(version)}, not {FORMAT!r}"
            )
        yield archive


def _state(archive: Archive, module: Module, shown: str) -> dict[str, Any]:
    """The `state_dict` for a module that an archive holds."""
    description, mine = archive.text(_DESCRIPTION), _describe(module)
    if description != mine:
        known = printable(description, 80) or "nothing known"
        raise UnfitError(f"{shown} holds {known}, not {printable(mine, 80)}")
    needed = {_entry(name): (name, numbers) for name, numbers in module.state_dict().items()}
    held = set(archive.names)
    if missing := [name for entry, (name, _) in needed.items() if entry not in held]:
        raise UnfitError(f"{shown} has no numbers for {some(missing)}: it belongs to another module")
    if unknown := [entry for entry in archive.names if entry not in needed and entry not in (_FORMAT, _DESCRIPTION)]:
        raise UnfitError(f"{shown} has numbers for {some(unknown)}, which this module does not have")
    return dict(_arrays(archive, needed, shown))


def _arrays(archive: Archive, needed: dict[str, Any], shown: str) -> Iterator[tuple[str, Any]]:
    for entry, (name, numbers) in needed.items():
        shape = (len(numbers),) if isinstance(numbers, list) else ()
        array = archive.array(entry, dimensions=1, most=max((1, *shape)))
        if array.shape != shape or array.dtype.kind == "b":
            sizes = " × ".join(map(str, array.shape)) or "one number"
            wanted = shape[0] if shape else "one"
            raise UnfitError(f"{shown}: {printable(name, 60)} should be {wanted} numbers, not {sizes}")
        yield name, array.tolist()


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
