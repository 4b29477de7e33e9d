"""Output to the learner's terminal."""

from __future__ import annotations

from autograd.learn.course import CHAPTERS, EXERCISES
from autograd.learn.folder import Folder
from autograd.shown import WHOLE, path_shown
from autograd.words.text import folded, width


def progress(folder: Folder) -> list[str]:
    """The list of exercises, with the solved ones marked."""
    done = folder.done
    lines = [f"{len(done)} of {len(EXERCISES)} repaired, in {path_shown(folder.path, WHOLE)}"]
    for title, chapter in CHAPTERS:
        lines += ["", title]
        lines += [f"  {'✓' if each.name in done else '·'} {folder.file(each).name}  {each.title}" for each in chapter]
    return lines


def say(*lines: str) -> None:
    """Prints lines, wrapped to the terminal."""
    for line in lines:
        for part in folded(line, width()):
            print(part, flush=True)
