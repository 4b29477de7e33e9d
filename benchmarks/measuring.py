"""Times two functions side by side, so that disturbances of the machine affect both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A comparison: our figure, a peer's, and the target."""

    what: str
    ours: float
    """In seconds, or in `unit`."""
    peer: str
    theirs: float
    least: float | None = None
    """The target of the ratio."""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """The peer's figure, divided by ours."""
        return self.theirs / self.ours

    @property
    def aim(self) -> str:
        """The target, and whether it was missed."""
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

    With `time.process_time` as the clock, the time of other programs is not counted.

    A function's garbage is collected before the next one starts, off the clock; collections while a function runs
    count as its own time.
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
