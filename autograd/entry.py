"""How a program runs, `python -m …`: whatever its surroundings are, it answers in words, never with a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TextIO

from autograd import spelling
from autograd.shown import path_shown, printable

_OF_OUTPUT = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
INTERRUPTED, READER_GONE = 130, 141
"""Exit statuses of a program that a signal ended, as a shell counts them: Ctrl-C, and a pipe that nobody reads."""


def run(main: Callable[[], int | None]) -> NoReturn:
    """Runs a program's main function, and exits with the status that it returns.

    A standard stream that is closed is one that nobody reads. Characters that a stream's encoding lacks are spelled in
    plainer ones. Where standard output fails, the program ends: quietly if its reader has gone (`| head -1`), else in
    words. So it does for files that it cannot read or write, and for Ctrl-C.

    Args:
        main: returns the status, or None for 0; argparse's `SystemExit` is as good.
    """
    _open_streams()
    status: str | int | None
    try:
        try:
            status = main()
        except SystemExit as end:
            status = end.code
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = _ended("interrupted", INTERRUPTED)
    except OSError as error:
        status = _output_ended(error) if is_of_output(error) else _ended(_in_words(error), 1)
    sys.exit(status)


def is_of_output(error: BaseException) -> bool:
    """Whether an error says that standard output failed: its reader has gone, or the disk is full.

    Errors of files have a name with them.
    """
    return isinstance(error, OSError) and error.filename is None and error.errno in _OF_OUTPUT


def _open_streams() -> None:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (as long as the program runs)
        elif hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors=spelling.ERRORS)


def _in_words(error: OSError) -> str:
    """What an error of the system says, the file first."""
    reason = printable(error.strerror or error, 100)
    return reason if error.filename is None else f"{path_shown(error.filename)}: {reason}"


def _output_ended(error: OSError) -> int:
    _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return READER_GONE
    return _ended(f"standard output cannot be written: {error.strerror}", 1)


def _ended(reason: str, status: int) -> int:
    try:
        print(f"error: {reason}", file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)
    return status


def _silence(stream: TextIO) -> None:
    """Lets a stream lead nowhere: what is still to be written would fail again when the program ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
