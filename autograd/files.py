"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Writes a file so that nobody ever sees half of it, whatever happens meanwhile.

    The content goes into a new file beside the old one, which it then replaces.

    Args:
        path: where to; its folder must exist.
        content: text, written as UTF-8, or bytes.

    Raises:
        OSError: the folder does not exist, or cannot be written to. A file that was there stays as it was.
    """
    target = Path(path)
    data = content.encode() if isinstance(content, str) else content
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:  # it names the new file, which nobody has asked for
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    """What new files may not be: the system tells it only to those who set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
