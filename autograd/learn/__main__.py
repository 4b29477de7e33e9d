"""`python -m autograd.learn`: learning by repair."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograd.entry import run
from autograd.learn.checking import Exercise, Wrong, check
from autograd.learn.course import EXERCISES, find
from autograd.learn.folder import Folder
from autograd.learn.saying import progress, say
from autograd.learn.watching import watch
from autograd.shown import WHOLE, path_shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Watches a learner's folder, or runs one command in it; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd.learn",
        description="Small files with one bug each. Repair them in your editor; each is checked when you save it.",
    )
    parser.add_argument(
        "what", nargs="?", default="watch", choices=["watch", "check", "hint", "list", "reset"], help="what to do"
    )
    parser.add_argument("exercise", nargs="?", help="its name or number (the next one)")
    parser.add_argument("--folder", type=Path, default=Path("autograd-exercises"), help="where your files are")
    options = parser.parse_args(arguments)
    try:
        folder = Folder(options.folder)
        exercise = find(options.exercise) if options.exercise else folder.next
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.what == "list":
        say(*progress(folder))
        return 0
    if options.what == "watch":
        return watch(folder)
    if exercise is None:
        say(f"All {len(EXERCISES)} repaired.")
        return 0
    if options.what == "hint":
        say(folder.hint(exercise))
        return 0
    if options.what == "reset":
        folder.reset(exercise)
        say(f"{path_shown(folder.file(exercise), WHOLE)} is restored; your version is kept beside it.")
        return 0
    return checked(folder, exercise)


def checked(folder: Folder, exercise: Exercise) -> int:
    """Checks a file and prints the result; returns 0 if it is repaired, else 1."""
    file = folder.file(exercise)
    try:
        source = file.read_text(encoding="utf-8")
        check(exercise, source)
    except Wrong as wrong:
        say(f"✗ {file.name}: {wrong.misconception}", *(f"  {line}" for line in wrong.shown.split("\n")))
        return 1
    except (OSError, UnicodeDecodeError) as error:
        say(f"✗ {file.name} cannot be read: {error}")
        return 1
    folder.finish(exercise)
    say(f"✓ {file.name} is repaired.")
    return 0


if __name__ == "__main__":
    run(main)
