"""What was traced, and why, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from typing import NamedTuple

from autograd.compiler.report import size
from autograd.jitted.guards import Guard
from autograd.jitted.path import Path

_SHOWN = 8
"""So many lines of a path's guards are shown, and so many paths of a structure."""
_WIDTH = 80


class Known(NamedTuple):
    """What is known of calls with arguments of one structure."""

    arguments: str
    paths: Sequence[Path]
    eager: str
    """Why they run eagerly; empty if they do not."""


def report(name: str, known: Sequence[Known], notes: Sequence[str], eager: int) -> str:
    """A line for each path, one for each line of code that decided for it, and why anything ran otherwise.

    Args:
        name: the function's.
        known: for each structure of arguments its paths.
        notes: why anything was traced again.
        eager: how many rows ran eagerly.
    """
    count = sum(len(each.paths) for each in known)
    lines = [f"{name}: {_many(count, 'path')} for {_many(len(known), 'structure')} of arguments"]
    for each in known:
        lines.append(f"  ({each.arguments})")
        for number, path in enumerate(each.paths[:_SHOWN], 1):
            lines += _path(number, path)
        if len(each.paths) > _SHOWN:
            rest = each.paths[_SHOWN:]
            lines.append(f"    and {len(rest)} more paths, of {_many(sum(path.rows for path in rest), 'row')}")
        if each.eager:
            lines.append(f"    eager: {each.eager}")
    if eager:
        lines.append(f"  eagerly: {_many(eager, 'row')}")
    return "\n".join([*lines, *[f"  {note}" for note in notes]])


def _path(number: int, path: Path) -> Iterator[str]:
    yield (
        f"    path {number}: {_many(path.rows, 'row')} in {_many(path.calls, 'call')}; "
        f"traced {_time(path.traced)}, compiled {_time(path.compiled)}, ran {_time(path.ran)}"
    )
    for machine in list(path.machines.values())[-1:]:
        yield f"      {size(machine.built)}"
    lines = [list(guards) for _, guards in groupby(path.guards, key=lambda guard: guard.where)]
    leaves = {id(v) for v in (*path.inputs, *path.parameters.values, *path.others)}
    yield from (f"      {told(guards, leaves)}" for guards in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"      and {_many(sum(map(len, lines[_SHOWN:])), 'more guard')}"


_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def told(guards: Sequence[Guard], leaves: Set[int]) -> str:
    """A line of code, and how its comparisons came out: `f.py:8  while x > 1:  (> 1 holds 4 times, then not)`.

    Args:
        guards: those of the line.
        leaves: the Values, by identity, whose numbers are others at each call.
    """
    outcomes: list[str] = []
    for (what, holds), same in groupby(guards, key=lambda guard: (_what(guard, leaves), guard.holds)):
        times = len(list(same))
        again = bool(outcomes) and outcomes[-1].startswith(f"{what} ")
        outcome = ("then" if again else what) + (" holds" if holds else " not" if again else " does not hold")
        outcomes.append(outcome + (f" {times} times" if times > 1 else ""))
    shown = ", ".join(outcomes[:3]) + (", …" if len(outcomes) > 3 else "")
    where = str(guards[0].where)
    room = max(_WIDTH - len(shown) - 10, 24)
    return f"{where if len(where) <= room else where[: room - 1] + '…'}  ({shown})"


def _what(guard: Guard, leaves: Set[int]) -> str:
    number = "…" if guard.b._prev or id(guard.b) in leaves else f"{guard.b._data:g}"
    return f"{_SIGNS[guard.name]} {number}"


def _time(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= 0.95 else f"{seconds * 1e3:.2g} ms"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
