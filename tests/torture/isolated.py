"""Numbered tries in a separate process: a crash, a hang or too much memory is the fault of one try, and ends no other.

`python -m tests.torture.isolated MODULE SEED FIRST` runs the tries that `tries(seed)` of that module yields, from
number FIRST on, and writes a line before and after each.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import graphviz

SECONDS = 2.0
"""The CPU seconds that one try may take, unless its module sets `SECONDS`."""
SILENCE = 300.0
"""After this many silent seconds a process counts as hung, even on a busy machine."""
MEMORY = 4 << 30
"""The memory that it may take, likewise."""


class TooSlow(BaseException):
    """A try has taken too long."""


def outcomes(module: str, seed: int, until: float) -> Iterator[tuple[str, str]]:
    """The name of each try, and its fault or '', until a time of `time.monotonic()`."""
    first = 0
    while time.monotonic() < until:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            child = _Child(module, seed, first, Path(folder))
            try:
                yield from child.results(until)
            finally:
                child.end()
            if child.left:
                return
            if not child.busy_with:
                raise RuntimeError(f"the tries of {module} cannot be made: {child.last_words()}")
            yield child.busy_with, child.how_it_ended()
            first = child.number + 1


class _Child:
    """The process, and its progress."""

    def __init__(self, module: str, seed: int, first: int, folder: Path) -> None:
        (folder / "work").mkdir()
        self.errors = folder / "errors"
        self.number, self.busy_with, self.left, self.silent = first, "", False, False
        paths = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
        environment = os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))  # pages that are shown stay behind
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.isolated", module, str(seed), str(first)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=folder / "work",
                env=environment,
            )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

    def results(self, until: float) -> Iterator[tuple[str, str]]:
        """The results, until the process ends or has been silent for too long, or the time is over."""
        while not self.left:
            rest = until - time.monotonic()
            try:
                line = self._lines.get(timeout=max(0.0, min(SILENCE, rest)))
            except queue.Empty:
                self.left = rest < SILENCE
                self.silent = not self.left
                return
            if not line:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.left = self.process.wait(SECONDS) == 0
                return
            self.number, name, fault = json.loads(line)
            self.busy_with = name if fault is None else ""
            if fault is not None:
                yield name, fault
                self.number += 1
            self.left = time.monotonic() >= until

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def how_it_ended(self) -> str:
        code = self.process.returncode
        return "hangs" if self.silent else f"ends the process with code {code}: {self.last_words()}"

    def last_words(self) -> str:
        return (self.errors.read_text(errors="replace").strip().splitlines() or ["no word"])[-1]


def _work(module: str, seed: int, first: int) -> None:
    """The main function of the process."""
    import resource  # not all systems have it

    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    webbrowser.open = graphviz.Digraph._view = lambda *args, **kwargs: True
    tried = importlib.import_module(module)
    memory = getattr(tried, "MEMORY", MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = getattr(tried, "SECONDS", SECONDS)
    armed = False

    def alarm(number: int, frame: FrameType | None) -> None:
        if armed:
            raise TooSlow

    def say(*parts: object) -> None:
        out.write(json.dumps(parts) + "\n")
        out.flush()

    signal.signal(signal.SIGPROF, alarm)
    for number, (name, run) in enumerate(tried.tries(seed)):
        if number < first:
            continue
        say(number, name, None)
        try:
            armed = True
            signal.setitimer(signal.ITIMER_PROF, seconds)
            with contextlib.redirect_stdout(io.StringIO()):
                fault = run()
            armed = False
        except TooSlow:
            fault = f"takes longer than {seconds:g} s"
        except MemoryError:
            fault = "MemoryError"
        armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        say(number, name, fault)


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
