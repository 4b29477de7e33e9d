"""What a function decides while it is traced: its guards, with the lines that they stand on."""

from __future__ import annotations

import operator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn

from autograd import ops
from autograd.lines import Where, where
from autograd.value import Value, apply

TRACE = ContextVar["Trace | None"]("trace", default=None)
"""The trace that is running in a context."""


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
        self.failed: Where | None = None
        """Where an operation was undefined. If the function goes on, it has caught the error, which is a decision."""
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
