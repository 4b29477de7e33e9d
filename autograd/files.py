"""Writing files whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import stat
from typing import Any, BinaryIO

from autograd.shown import as_code, path_shown, shown

_numbers = itertools.count()


def a_path(path: Any) -> str:
    """The name of a file as text, if it can be one.

    Raises:
        TypeError: it is no text and no path.
        ValueError: it is empty, or holds what no name of a file can hold.
    """
    try:
        text = os.fsdecode(path)
        os.fsencode(text)
    except TypeError:
        raise TypeError(f"the path of a file must be a text or a pathlib.Path, not {shown(path)}") from None
    except UnicodeError:
        raise ValueError(f"no file can be called {as_code(path)}") from None
    if not text or "\0" in text:
        raise ValueError(f"no file can be called {as_code(path)}")
    return text


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Writes a file so that nobody ever sees half of it, whatever happens meanwhile.

    The content goes into a new file without a name (or, where the system has no such files, with a hidden one beside
    the old one), is carried to the disk, and then takes the old file's place: a kill, an interrupt or a loss of power
    leaves the old file or the new one. A symbolic link is followed. The old file's permissions are kept.

    Two kinds of files cannot be replaced in that way and are written in place: a file of several names (hard links),
    which would part from the others, and what is no file at all, such as `/dev/stdout` or a pipe.

    Args:
        path: where to; its folder must exist.
        content: text, written as UTF-8, or bytes.

    Raises:
        OSError: the folder does not exist, or cannot be written to; the file is write-protected; the disk is full. A
            file that was there stays as it was. The error has the path that was given.
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
    except FileExistsError:  # somebody else has just made it
        _write(target, path, data)
        return
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(hidden)
    _sync_folder(folder)


def _new_file(folder: str, hidden: str) -> BinaryIO:
    """A new file, by preference one without a name, which vanishes by itself if nobody gives it one."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            return open(folder, "wb", opener=lambda at, _: os.open(at, os.O_TMPFILE | os.O_WRONLY, 0o666))
    return open(hidden, "xb")


def _take_over(new: int | str, old: os.stat_result) -> None:
    """Gives a new file the old one's owner, where we may, and its permissions."""
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
    """How hidden files for a file begin: short, however long its name is, and of this machine alone."""
    machine = os.uname().nodename if hasattr(os, "uname") else ""
    return f".{hashlib.sha256(os.fsencode(f'{machine}/{name}')).hexdigest()[:16]}.part-"


def _remove_abandoned(folder: str, prefix: str) -> None:
    """Removes hidden files whose process was killed before it could."""
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
    """Carries a new name to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
