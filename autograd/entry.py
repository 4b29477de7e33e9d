"""Entry point of programs, `python -m …`, which report problems of their surroundings in words, without a traceback."""

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
"""Exit statuses, as in a shell, of programs ended by a signal: Ctrl-C, and a pipe without a reader."""


def run(main: Callable[[], int | None]) -> NoReturn:
    """Runs a program's main function, and exits with the status that it returns.

    Output to a closed standard stream is discarded. Characters that a stream's encoding lacks are replaced by plainer
    ones. If standard output fails, the program ends: silently if its reader has gone (`| head -1`), else with a
    message. It also ends with a message if it cannot read or write a file, and on Ctrl-C.

    Args:
        main: returns the status, or None for 0; it may also raise `SystemExit`, as argparse does.
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
    """Whether an error means that standard output failed: its reader has gone, or the disk is full.

    Errors about files have a file name.
    """
    return isinstance(error, OSError) and error.filename is None and error.errno in _OF_OUTPUT


def _open_streams() -> None:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (as long as the program runs)
        elif hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors=spelling.ERRORS)


def _in_words(error: OSError) -> str:
    """The message of a system error, after the file name."""
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
    """Redirects a stream to the null device, since flushing it at exit would fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
