"""Lines of a user's code, as messages name them."""

from __future__ import annotations

import linecache
import os
import sys
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from autograd.looks import OURS

if TYPE_CHECKING:
    from autograd.value import Value


@dataclass(frozen=True)
class Where:
    """A line of a user's code."""

    file: str
    line: int

    @property
    def text(self) -> str:
        """The line itself, where its file can be read."""
        lines = source(self.file)
        return lines[self.line - 1].strip() if 0 < self.line <= len(lines) else ""

    def __str__(self) -> str:
        text = f"  {self.text}" if self.text else ""
        name = os.path.basename(self.file)
        if name.startswith("<ipython-input-"):  # IPython's name for the lines of a prompt
            name = f"In [{name.split('-')[2]}]"
        return f"{name}:{self.line}{text}"


_LIBRARY = os.path.dirname(os.__file__) + os.sep


def source(file: str) -> list[str]:
    """The lines of a file; none for code from a string, since all of it has the same name."""
    return [] if file == "<string>" else linecache.getlines(file)


def where() -> Where:
    """The user's line that is running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _of_others(frame.f_code.co_filename):
        frame = frame.f_back
    return Where("?", 0) if frame is None else Where(frame.f_code.co_filename, frame.f_lineno)


def levels_up() -> int:
    """The `stacklevel` with which a warning in the calling function names the user's line."""
    frame: FrameType | None = sys._getframe(1)
    levels = 1
    while frame is not None and _of_others(frame.f_code.co_filename):
        frame, levels = frame.f_back, levels + 1
    return levels


_made: WeakKeyDictionary[Value, Where] = WeakKeyDictionary()


def remember(result: Value) -> None:
    """Keeps the line that is being run as the one that made a Value, for as long as that lives."""
    _made[result] = where()


def line_of(result: Value) -> Where | None:
    """The line that made a Value, where it was made within `record_lines()`."""
    return _made.get(result)


def _of_others(file: str) -> bool:
    return file.startswith(OURS) or (file.startswith(_LIBRARY) and "site-packages" not in file)
