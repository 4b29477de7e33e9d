"""Waits for the learner to save a file, checks it, and moves on to the next."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue

from autograd.learn.checking import Exercise
from autograd.learn.course import EXERCISES
from autograd.learn.folder import Folder
from autograd.learn.saying import progress, say
from autograd.shown import WHOLE, path_shown

LONGEST = 20.0
"""The time limit of a check in seconds; beyond it, the file has an endless loop."""

KEYS = "h: hint, l: list, c: check again, q: quit"

LOOKING = 0.2
"""The polling interval in seconds."""


def watch(folder: Folder) -> int:
    """Checks the next exercise whenever its file is saved, until all are solved or the learner quits."""
    typed = _typed()
    say(
        f"Your files are in {path_shown(folder.path, WHOLE)}. Open the file named below in your editor, "
        "repair it, and save it."
    )
    while (exercise := folder.next) is not None:
        _introduce(folder, exercise)
        if not _repaired(folder, exercise, typed):
            return 0
    say("", f"All {len(EXERCISES)} repaired: from a nudge to a network that reads digits. Well done!")
    return 0


def _introduce(folder: Folder, exercise: Exercise) -> None:
    number = EXERCISES.index(exercise) + 1
    say(
        "",
        f"{number} of {len(EXERCISES)}: {exercise.title}",
        f"  {exercise.goal}",
        f"  the file: {path_shown(folder.file(exercise), WHOLE)}",
    )
    say(f"  {KEYS}")


def _repaired(folder: Folder, exercise: Exercise, typed: SimpleQueue[str]) -> bool:
    """Checks an exercise at each change. Returns True once it is repaired, False if the learner quits."""
    file, seen = folder.file(exercise), None
    while True:
        now = _stamp(file)
        if now != seen:
            seen = now
            if run_check(folder, exercise) == 0:
                return True
        try:
            word = typed.get(timeout=LOOKING)
        except Empty:
            continue
        if word in ("q", "quit", ""):
            return False
        if word == "h":
            say(folder.hint(exercise))
        elif word == "l":
            say(*progress(folder))
        elif word == "c":
            seen = None
        else:
            say(KEYS)


def run_check(folder: Folder, exercise: Exercise, longest: float = LONGEST) -> int:
    """Checks a file in a process of its own, which is killed if it loops endlessly."""
    command = [sys.executable, "-m", "autograd.learn", "check", exercise.name, "--folder", str(folder.path)]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, timeout=longest, check=False).returncode
    except subprocess.TimeoutExpired:
        say(f"✗ {folder.file(exercise).name} does not finish within {longest:g} seconds: is there an infinite loop?")
        return 1


def _stamp(file: Path) -> tuple[int, int] | None:
    """The modification time and size of a file, which change when it is saved."""
    try:
        found = file.stat()
    except OSError:  # an editor may be replacing it just now
        return None
    return found.st_mtime_ns, found.st_size


def _typed() -> SimpleQueue[str]:
    """A queue of the learner's input lines, with an empty string at the end of input."""
    words: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        try:
            for line in sys.stdin or ():
                words.put(line.strip().lower() or "c")
        except (OSError, ValueError):
            pass
        words.put("")

    threading.Thread(target=read, daemon=True).start()
    return words
