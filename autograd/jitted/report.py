"""Reports the traces and their reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from typing import NamedTuple

from autograd.compiler.report import size
from autograd.jitted.arguments import Shape
from autograd.jitted.guards import Guard
from autograd.jitted.path import Path
from autograd.shown import many
from autograd.words.text import folded, width

_SHOWN = 8
"""The maximum number of lines of a path's guards, and of paths of a structure, in a report."""


class Known(NamedTuple):
    """The paths for one structure of arguments."""

    arguments: str
    paths: Sequence[Path]
    eager: str
    """Why calls run eagerly; empty if they do not."""


def report(name: str, known: Sequence[Known], notes: Sequence[str], eager: int) -> str:
    """A line for each path, one for each line of code that decided for it, and reasons for other runs.

    Args:
        name: the function's name.
        known: the paths of each structure of arguments.
        notes: the reasons for tracing again.
        eager: the number of rows that ran eagerly.
    """
    count = sum(len(each.paths) for each in known)
    lines = [f"{name}: {many(count, 'path')} for {many(len(known), 'structure')} of arguments"]
    for each in known:
        lines.append(f"  ({each.arguments})")
        for number, path in enumerate(each.paths[:_SHOWN], 1):
            lines += _path(number, path)
        if len(each.paths) > _SHOWN:
            rest = each.paths[_SHOWN:]
            rows = sum(path.rows for path in rest)
            lines.append(f"    and {many(len(rest), 'more path')}, of {many(rows, 'row')}")
        if each.eager:
            lines.append(f"    eager: {each.eager}")
    if eager:
        lines.append(f"  eagerly: {many(eager, 'row')}")
    lines += [f"  {note}" for note in notes]
    return "\n".join(part for line in lines for part in folded(line, width()))


def arguments_told(shapes: Sequence[Shape]) -> str:
    """Arguments of one structure, with keyword arguments last: `(list of 3, number, mode='fast')`."""
    *given, named = shapes
    by_name = [f"{name}={_told(part)}" for name, part in zip(named.kind[1], named.parts, strict=True)]
    return ", ".join([*map(_told, given), *by_name])


def _told(shape: Shape) -> str:
    if shape.kind in ("number", "whole"):
        return str(shape.kind)
    if shape.kind == "static":
        return repr(shape.parts.it)[:40]
    if shape.kind == "held":
        return type(shape.parts.it).__name__
    if isinstance(shape.kind, tuple):
        if shape.kind[0] is dict:
            return f"{{{', '.join(map(str, shape.kind[1]))}}}"
        return f"{'list' if shape.kind[0] is list else 'array'} of {' × '.join(map(str, shape.kind[1]))}"
    if len(shape.parts) > 4 and len(set(shape.parts)) == 1:
        return f"{shape.kind.__name__} of {len(shape.parts)} × {_told(shape.parts[0])}"
    return f"{shape.kind.__name__} of {', '.join(map(_told, shape.parts))}"


def _path(number: int, path: Path) -> Iterator[str]:
    yield (
        f"    path {number}: {many(path.rows, 'row')} in {many(path.calls, 'call')}; "
        f"traced {_time(path.traced)}, compiled {_time(path.compiled)}, ran {_time(path.ran)}"
    )
    for machine in list(path.machines.values())[-1:]:
        yield f"      {size(machine.built)}"
    lines = [list(guards) for _, guards in groupby(path.guards, key=lambda guard: guard.where)]
    leaves = {id(v) for v in (*path.inputs, *path.parameters.values, *path.others)}
    yield from (f"      {told(guards, leaves)}" for guards in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"      and {many(sum(map(len, lines[_SHOWN:])), 'more guard')}"


_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def told(guards: Sequence[Guard], leaves: Set[int]) -> str:
    """A line of code, with the outcomes of its comparisons: `f.py:8  while x > 1:  (> 1 holds 4 times, then not)`.

    Args:
        guards: the guards of the line.
        leaves: the Values, by identity, whose numbers change from call to call.
    """
    outcomes: list[str] = []
    for (what, holds), same in groupby(guards, key=lambda guard: (_what(guard, leaves), guard.holds)):
        times = len(list(same))
        again = bool(outcomes) and outcomes[-1].startswith(f"{what} ")
        outcome = ("then" if again else what) + (" holds" if holds else " not" if again else " does not hold")
        outcomes.append(outcome + (f" {times} times" if times > 1 else ""))
    shown = ", ".join(outcomes[:3]) + (", …" if len(outcomes) > 3 else "")
    where = str(guards[0].where)
    room = max(width() - len(shown) - 10, 24)
    return f"{where if len(where) <= room else where[: room - 1] + '…'}  ({shown})"


def _what(guard: Guard, leaves: Set[int]) -> str:
    number = "…" if guard.b._prev or id(guard.b) in leaves else f"{guard.b._data:g}"
    return f"{_SIGNS[guard.name]} {number}"


def _time(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= 0.95 else f"{seconds * 1e3:.2g} ms"
