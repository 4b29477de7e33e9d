"""What was traced, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.compiler.report import size
from autograd.jitted.guards import Guard
from autograd.jitted.path import Path

_SHOWN = 8


def report(name: str, paths: Mapping[str, Sequence[Path]], notes: Sequence[str], eager: int) -> str:
    """A line for each path, one for each of its guards, and why anything was traced again or ran eagerly.

    Args:
        name: the function's.
        paths: for each structure of arguments, as text, the paths.
        notes: what else happened.
        eager: how many rows ran eagerly.
    """
    count = sum(map(len, paths.values()))
    lines = [f"{name}: {_many(count, 'path')} for {_many(len(paths), 'structure')} of arguments"]
    for arguments, some in paths.items():
        lines.append(f"  ({arguments})")
        for number, path in enumerate(some, 1):
            lines.append(
                f"    path {number}: {_many(path.rows, 'row')} in {_many(path.calls, 'call')}, "
                f"traced in {path.traced:.3g} s, compiled in {path.compiled:.3g} s, ran for {path.ran:.3g} s"
            )
            lines += [f"      {size(machine.built)}" for machine in list(path.machines.values())[-1:]]
            lines += [f"      {told(guard)}" for guard in path.guards[:_SHOWN]]
            if len(path.guards) > _SHOWN:
                lines.append(f"      and {len(path.guards) - _SHOWN} more guards")
    if eager:
        lines.append(f"  eagerly: {_many(eager, 'row')}")
    return "\n".join([*lines, *[f"  {note}" for note in notes]])


_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def told(guard: Guard) -> str:
    """A guard with its line."""
    outcome = "holds" if guard.holds else "does not hold"
    return f"… {_SIGNS[guard.name]} {_number(guard)} {outcome}: {guard.where}"


def _number(guard: Guard) -> str:
    return "…" if guard.b._prev else f"{guard.b._data:g}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
