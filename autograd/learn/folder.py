"""A learner's folder: the files to repair, and the progress so far."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograd.files import write_whole
from autograd.learn.checking import Exercise
from autograd.learn.course import EXERCISES


class Folder:
    """The files of the exercises, and the learner's progress.

    Args:
        path: the folder, created if it does not exist. Existing files are never overwritten.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        for exercise in EXERCISES:
            if not self.file(exercise).exists():
                self.reset(exercise)

    def file(self, exercise: Exercise) -> Path:
        """The path of the learner's file."""
        return self.path / f"{EXERCISES.index(exercise) + 1:02}_{exercise.name}.py"

    def reset(self, exercise: Exercise) -> None:
        """Writes the original file. An existing file is kept beside it, with `.old` appended to its name."""
        file = self.file(exercise)
        if file.exists():
            file.replace(file.with_name(f"{file.name}.old"))
        file.write_text(exercise.source, encoding="utf-8")

    @property
    def next(self) -> Exercise | None:
        """The first unsolved exercise; None at the end."""
        done = self._kept["done"]
        return next((exercise for exercise in EXERCISES if exercise.name not in done), None)

    @property
    def done(self) -> list[str]:
        """The names of the solved exercises."""
        return list(self._kept["done"])

    def finish(self, exercise: Exercise) -> None:
        """Records that an exercise is solved."""
        kept = self._kept
        if exercise.name not in kept["done"]:
            kept["done"].append(exercise.name)
            self._keep(kept)

    def hint(self, exercise: Exercise) -> str:
        """The next hint; after the last one, the last one again."""
        kept = self._kept
        given = kept["hints"].get(exercise.name, 0)
        kept["hints"][exercise.name] = min(given + 1, len(exercise.hints))
        self._keep(kept)
        which = min(given, len(exercise.hints) - 1)
        return f"Hint {which + 1} of {len(exercise.hints)}: {exercise.hints[which]}"

    @property
    def _progress(self) -> Path:
        return self.path / ".progress.json"

    @property
    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"done": [], "hints": {}}
        with suppress(OSError, ValueError):
            found = json.loads(self._progress.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                kept |= {key: found[key] for key in kept if isinstance(found.get(key), type(kept[key]))}
        return kept

    def _keep(self, kept: dict[str, Any]) -> None:
        write_whole(self._progress, json.dumps(kept).encode())
