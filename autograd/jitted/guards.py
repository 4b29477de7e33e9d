"""What a function decides while it is traced: its guards, with the lines that they stand on."""

from __future__ import annotations

import linecache
import operator
import os
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from autograd import ops
from autograd.value import Value, apply

TRACE = ContextVar["Trace | None"]("trace", default=None)
"""The trace that is running in a context."""

OURS = tuple(str(Path(__file__).parents[2] / name) + os.sep for name in ("autograd", "nn"))
"""The files whose lines are not those of a user."""


@dataclass(frozen=True)
class Where:
    """A line of a user's code."""

    file: str
    line: int

    @property
    def text(self) -> str:
        """The line itself, where its file can be read."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        text = f"  {self.text}" if self.text else ""
        return f"{os.path.basename(self.file)}:{self.line}{text}"


@dataclass(frozen=True, eq=False)
class Guard:
    """A comparison that was met, and how it came out."""

    name: str
    a: Value
    b: Value
    holds: bool
    where: Where

    def violated(self) -> Value:
        """1 where the comparison comes out otherwise, else 0. What is no number compares as in Python."""
        a, b = (self.b, self.a) if self.name in ("lt", "le") else (self.a, self.b)
        found = apply(ops.EQUAL, a, b) if self.name in ("eq", "ne") else apply(ops.GREATER, a, b)
        if self.name in ("ge", "le"):
            found = found + apply(ops.EQUAL, a, b)
        return found if (self.name == "ne") == self.holds else 1.0 - found


class CannotFollowError(BaseException):
    """A trace meets what a program cannot do; no `except Exception` of the function is to hide it."""

    def __init__(self, what: str, where: Where) -> None:
        super().__init__(what, where)
        self.what, self.where = what, where

    def __str__(self) -> str:
        return f"{self.what} at {self.where}"


class Trace:
    """A run of a function in which its decisions are remembered."""

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.made: dict[int, Value] = {}
        """The leaves that the function made itself: its constants."""
        self.stopped: CannotFollowError | None = None
        self._known: set[tuple[str, int, int, bool]] = set()
        self._constants: dict[float, Value] = {}

    def compared(self, name: str, a: Value, b: Any) -> bool:
        """The outcome of a comparison, which becomes a guard."""
        other = b if isinstance(b, Value) else self._constant(float(b))
        holds = bool(getattr(operator, name)(a._data, other._data))
        key = (name, id(a), id(other), holds)
        if key not in self._known:
            self._known.add(key)
            self.guards.append(Guard(name, a, other, holds, where()))
        return holds

    def _constant(self, number: float) -> Value:
        if number not in self._constants or number == 0.0 or number != number:
            self._constants[number] = Value(number)
        return self._constants[number]

    def stop(self, what: str) -> NoReturn:
        """Ends the trace: what comes cannot be followed."""
        self.stopped = CannotFollowError(what, where())
        raise self.stopped


def current() -> Trace | None:
    """The trace that is running here."""
    return TRACE.get()


def where() -> Where:
    """The line of a user's that is being run."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    return Where("?", 0) if frame is None else Where(frame.f_code.co_filename, frame.f_lineno)
