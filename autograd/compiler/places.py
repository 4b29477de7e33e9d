"""Names the place in a network where the scalars of a group were computed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.compiler.grouping import Group


def name_places(groups: list[Group]) -> None:
    """Names each group after the places of its nodes, or else after the one group that uses it."""
    users: dict[int, set[int]] = {}
    for each in groups:
        for slot in each.slots():
            users.setdefault(slot.source.number, set()).add(each.number)
    for each in reversed(groups):
        each.place = common({node.place for node in each.nodes})
        using = users.get(each.number, set())
        if not each.place and len(using) == 1:
            (number,) = using
            user = groups[number]
            each.place = user.place if user.rows == each.rows else ""


def common(names: Iterable[str]) -> str:
    """One name for several that differ only in numbers: `layers[0].neurons[·]`; empty if they differ otherwise.

    Example:
        >>> common(["layers[0].neurons[3]", "layers[0].neurons[12]"])
        'layers[0].neurons[·]'
    """
    parts = [re.split(r"(\d+)", name) for name in names]
    if not parts or any(len(part) != len(parts[0]) for part in parts):
        return ""
    merged = []
    for i, column in enumerate(zip(*parts, strict=True)):
        if len(set(column)) == 1:
            merged.append(column[0])
        elif i % 2:
            merged.append("·")
        else:
            return ""
    return "".join(merged)
