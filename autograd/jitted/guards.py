"""The decisions of a function during a trace: guards, with their lines."""

from __future__ import annotations

import operator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from autograd import ops
from autograd.lines import Where, where
from autograd.value import Value, apply

TRACE = ContextVar["Trace | None"]("trace", default=None)
"""The trace that is running in a context."""


@dataclass(frozen=True, eq=False)
class Guard:
    """A comparison during a trace, and its outcome."""

    name: str
    a: Value
    b: Value
    holds: bool
    where: Where

    def violated(self) -> Value:
        """1 if the comparison has another outcome, else 0. Comparisons with nan are as in Python."""
        a, b = (self.b, self.a) if self.name in ("lt", "le") else (self.a, self.b)
        found = apply(ops.EQUAL, a, b) if self.name in ("eq", "ne") else apply(ops.GREATER, a, b)
        if self.name in ("ge", "le"):
            found = found + apply(ops.EQUAL, a, b)
        return found if (self.name == "ne") == self.holds else 1.0 - found


class Trace:
    """A run of a function that records its decisions."""

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.made: dict[int, Value] = {}
        """The leaves that the function made: its constants."""
        self.reads: list[Any] = []
        """The numbers that were read from `.data`."""
        self.stopped = ""
        """What a program cannot do, and where the function did it first; empty if there is no such thing."""
        self.failed: Where | None = None
        """The place of an undefined operation. If the function continues, it has caught the error: a decision."""
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
        if number not in self._constants:  # one for 0.0 and -0.0, which no comparison tells apart
            self._constants[number] = Value(number)
        return self._constants[number]

    def stop(self, what: str) -> None:
        """Ends the trace before something that a program cannot do. The function continues, as it does eagerly."""
        self.stopped = self.stopped or f"{what} at {where()}"


def current() -> Trace | None:
    """The trace that is running in this context."""
    trace = TRACE.get()
    return None if trace is None or trace.stopped else trace
