"""Runs a program at a pseudo-terminal, and types, reads and resizes the window as a person would."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pytest

ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[=>()][0-9A-B]?)")


class Terminal:
    """Runs a program; `type` sends a line, `read` waits for a text and returns what was shown until then."""

    def __init__(
        self, command: Sequence[str], columns: int, environment: Mapping[str, str], folder: Path | None = None
    ) -> None:
        pty, self._termios = (pytest.importorskip(name) for name in ("pty", "termios"))  # Windows has neither
        self._ours, theirs = pty.openpty()
        self.resize(columns)
        variables = {**os.environ, "TERM": "dumb", "PYTHONUNBUFFERED": "1", **environment}
        variables.pop("COLUMNS", None)
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, cwd=folder, start_new_session=True
        )
        os.close(theirs)
        self.seen = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def resize(self, columns: int) -> None:
        """Makes the window narrower or wider."""
        self._termios.tcsetwinsize(self._ours, (50, columns))

    def type(self, text: str) -> None:
        """Types a line."""
        os.write(self._ours, f"{text}\n".encode())

    def press(self, keys: bytes) -> None:
        """Presses keys; Ctrl-D is the byte 4."""
        os.write(self._ours, keys)

    def interrupt(self) -> None:
        """Ctrl-C."""
        time.sleep(
            0.1
        )  # a signal between the prompt and the wait for a key is seen only at the next key, by Python itself
        os.killpg(self.process.pid, signal.SIGINT)

    def read(self, until: str, seconds: float = 20.0) -> str:
        """The output up to a text, without escape sequences."""
        deadline = time.monotonic() + seconds
        while until not in self.seen:
            ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"{until!r} was not shown, but:\n{self.seen}")
            try:
                chunk = os.read(self._ours, 65536)
            except OSError as error:
                raise AssertionError(f"the program has ended; it showed\n{self.seen}") from error
            self.seen += ESCAPES.sub("", chunk.decode(errors="replace")).replace("\r\n", "\n").replace("\r", "\n")
        end = self.seen.index(until) + len(until)
        shown, self.seen = self.seen[:end], self.seen[end:]
        return shown

    def answer(self, text: str, prompt: str = "\n>>> ") -> str:
        """Types a line, and returns what is shown before the next prompt."""
        self.type(text)
        shown = self.read(prompt).removesuffix(prompt)
        return shown.partition("\n")[2]

    def ended(self, seconds: float = 10.0) -> int:
        """Waits for the end, and returns the status."""
        return self.process.wait(seconds)
