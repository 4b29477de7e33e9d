"""Timing two things side by side, so that what disturbs the machine disturbs both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A comparison: ours, a peer's, and what was promised."""

    what: str
    ours: float
    """Seconds, or what `unit` says."""
    peer: str
    theirs: float
    least: float | None = None
    """The ratio that the project set out for."""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times as much the peer needs."""
        return self.theirs / self.ours

    @property
    def aim(self) -> str:
        """What was set out for, and whether it was missed."""
        if self.least is None:
            return ""
        return f"at least {self.least:,g}" + ("" if self.ratio >= self.least else ", missed")


def side_by_side(
    *functions: Callable[[], object],
    rounds: int = 15,
    least: float = 0.01,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """The best time of each function, in seconds, over rounds in which each runs for at least `least` seconds.

    With `time.process_time` for a clock, what other programs do meanwhile is not counted.

    The garbage that one leaves is collected before the next begins, and on no one's account; what a function leaves
    to the collector within its own stretch, it pays for.
    """
    counts = []
    for function in functions:
        function()
        started, count = clock(), 0
        while clock() - started < least:
            function()
            count += 1
        counts.append(max(count, 1))
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for i, (function, count) in enumerate(zip(functions, counts, strict=True)):
            gc.collect()
            started = clock()
            for _ in range(count):
                function()
            best[i] = min(best[i], (clock() - started) / count)
    return best


def table(rows: list[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| what | ours | beside | theirs | ratio | aim |", "| --- | ---: | --- | ---: | ---: | --- |"]
    lines += [
        f"| {row.what} | {_shown(row.ours, row.unit)} | {row.peer} | {_shown(row.theirs, row.unit)} "
        f"| {_ratio(row.ratio)} | {row.aim} |"
        for row in rows
    ]
    return "\n".join(lines)


def _ratio(x: float) -> str:
    return f"{x:,.0f}" if x >= 100 else f"{x:.2f}"


def _shown(x: float, unit: str) -> str:
    if unit != "s":
        return f"{x:,.0f} {unit}"
    for factor, name in ((1.0, "s"), (1e3, "ms")):
        if x * factor >= 1:
            return f"{x * factor:.3g} {name}"
    return f"{x * 1e6:.3g} µs"
