"""Saving a module's parameters to a file, and loading them again.

The file is a `.npz` of numpy: an array for each entry of `state_dict()`, and beside them the format's version and the
module's description. Nothing in it is executed: no pickle is ever read.
"""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

from autograd.files import write_whole
from nn.module import Module

if TYPE_CHECKING:
    import numpy as np

FORMAT = "glassgrad model 1"
_FORMAT, _DESCRIPTION = "@format", "@module"


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

    buffer = io.BytesIO()
    arrays: dict[str, Any] = {name: np.asarray(numbers, float) for name, numbers in module.state_dict().items()}
    if wrong := [name for name, numbers in arrays.items() if not np.isfinite(numbers).all()]:
        raise ValueError(f"{wrong[0]} is not finite: training has diverged, and the model is not saved")
    arrays |= {_FORMAT: np.array(FORMAT), _DESCRIPTION: np.array(_describe(module))}
    np.savez_compressed(buffer, **arrays)
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
    arrays = _read(path)
    description = str(arrays.pop(_DESCRIPTION, ""))
    if description != _describe(module):
        raise ValueError(f"{os.fspath(path)} holds {description or 'nothing known'}, not {_describe(module)}")
    module.load_state_dict({name: array.tolist() for name, array in arrays.items()})


def _read(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    import numpy as np

    with open(path, "rb") as file:
        content = io.BytesIO(file.read())
    try:
        if not zipfile.is_zipfile(content):
            raise ValueError("it is no .npz file")
        content.seek(0)
        with np.load(content, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # a damaged archive may fail in any way, and has told nothing yet
        raise ValueError(f"{os.fspath(path)} is no saved model, or a damaged one ({error})") from None
    version = str(arrays.pop(_FORMAT, "nothing"))
    if version != FORMAT:
        raise ValueError(f"{os.fspath(path)} is no saved model of this version: it says {version!r}, not {FORMAT!r}")
    return arrays


def _describe(module: Module) -> str:
    """The module's kind, sizes and activations, short: `MLP 64-32-10 (relu, linear)`."""
    layers = [layer for layer in getattr(module, "layers", []) if hasattr(layer, "neurons")]
    if not layers:
        return type(module).__name__
    sizes = [len(layers[0].neurons[0].w), *(len(layer.neurons) for layer in layers)]
    activations = ", ".join(str(layer.neurons[0].activation) for layer in layers)
    return f"{type(module).__name__} {'-'.join(map(str, sizes))} ({activations})"
