"""Atomic writing of files."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import stat
from typing import BinaryIO

from autograd.shown import as_code, path_shown, shown

_numbers = itertools.count()


def a_path(path: str | os.PathLike[str]) -> str:
    """A file name as a string.

    Raises:
        TypeError: it is neither a string nor a path.
        ValueError: it is empty, or has characters that no file name can have.
    """
    try:
        text = os.fsdecode(path)
        os.fsencode(text)
    except TypeError:
        raise TypeError(f"the path of a file must be a string or a pathlib.Path, not {shown(path)}") from None
    except UnicodeError:
        raise ValueError(f"{as_code(path)} is not a valid file name") from None
    if not text or "\0" in text:
        raise ValueError(f"{as_code(path)} is not a valid file name")
    return text


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Writes a file atomically: nobody ever sees half of it.

    The content is written to an unnamed file (or, on systems without unnamed files, to a hidden one in the same folder)
    and flushed to disk. That file then replaces the old one. A kill, an interrupt or a power failure leaves either the
    old file or the new one. Symbolic links are followed. The old file's permissions are kept.

    Two kinds of files are written in place instead: a file with several hard links, which replacing would separate, and
    a file that is not a regular file, such as `/dev/stdout` or a pipe.

    Args:
        path: the file; its folder must exist.
        content: text, written as UTF-8, or bytes.

    Raises:
        OSError: the folder does not exist or is not writable; the file is write-protected; the disk is full. An
            existing file is left unchanged. The error names the given path.
    """
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    path = a_path(path)
    try:
        _write(os.path.realpath(path), path, data)
    except OSError as error:  # it may name the new file, which nobody has asked for
        raise OSError(error.errno, error.strerror or str(error), path_shown(path)) from None


def _write(target: str, path: str, data: bytes) -> None:
    try:
        old = os.stat(path)
    except FileNotFoundError:
        old = None
    if old is not None and (not stat.S_ISREG(old.st_mode) or old.st_nlink > 1):
        _write_in_place(path, old, data)
        return
    if old is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected")
    folder, name = os.path.split(target)
    prefix = _prefix(name)
    _remove_abandoned(folder, prefix)
    hidden = os.path.join(folder, f"{prefix}{os.getpid()}-{next(_numbers)}")
    try:
        with _new_file(folder, hidden) as file:
            file.write(data)
            file.flush()
            if old is not None:
                _take_over(file.fileno() if os.chmod in os.supports_fd else hidden, old)
            os.fsync(file.fileno())
            if not os.path.lexists(hidden):
                # With a folder, even where none is needed, Python makes the call that follows the link in /proc.
                os.link(f"/proc/self/fd/{file.fileno()}", hidden if old else target, src_dir_fd=file.fileno())
        if os.path.lexists(hidden):
            os.replace(hidden, target)
    except FileExistsError:  # another process has just made it
        _write(target, path, data)
        return
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(hidden)
    _sync_folder(folder)


def _new_file(folder: str, hidden: str) -> BinaryIO:
    """A new file, if possible an unnamed one, which vanishes unless it is given a name."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            return open(folder, "wb", opener=lambda at, _: os.open(at, os.O_TMPFILE | os.O_WRONLY, 0o666))
    return open(hidden, "xb")


def _take_over(new: int | str, old: os.stat_result) -> None:
    """Copies the old file's permissions and, if allowed, its owner to the new file."""
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(new, old.st_uid, old.st_gid)
    os.chmod(new, stat.S_IMODE(old.st_mode))


def _write_in_place(path: str, old: os.stat_result, data: bytes) -> None:
    if stat.S_ISSOCK(old.st_mode):
        raise OSError(errno.ENXIO, "it is a socket, which cannot be written as a file")
    # A pipe that nobody reads would be waited for without end.
    flags = os.O_WRONLY | (os.O_NONBLOCK if stat.S_ISFIFO(old.st_mode) else 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "it is a pipe that nobody reads") from None
        raise
    with open(handle, "wb") as file:
        if stat.S_ISFIFO(old.st_mode):
            os.set_blocking(handle, True)
        file.write(data)
        file.flush()
        if stat.S_ISREG(old.st_mode):
            file.truncate()
            os.fsync(handle)


def _prefix(name: str) -> str:
    """The prefix of hidden files for a file: short, however long the name is, and unique to this machine."""
    machine = os.uname().nodename if hasattr(os, "uname") else ""
    return f".{hashlib.sha256(os.fsencode(f'{machine}/{name}')).hexdigest()[:16]}.part-"


def _remove_abandoned(folder: str, prefix: str) -> None:
    """Removes hidden files that a killed process left behind."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(prefix) and not _is_running(name.removeprefix(prefix)):
                os.unlink(os.path.join(folder, name))


def _is_running(mark: str) -> bool:
    process = mark.partition("-")[0]
    if not process.isdecimal() or os.name != "posix":
        return os.name != "posix"
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _sync_folder(folder: str) -> None:
    """Flushes a new file name to disk, if the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
