"""The boxes of the page: a tree in which a large graph can be entered, from layers down to scalars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from autograd import Value
from viz import collapse as collapsing
from viz.graph import places

MOST = 60
"""So many parts stand side by side in a box; more are gathered into ranges."""
_FEW = 12
"""Up to so many scalars of a neuron stand side by side, whatever they are."""


class _Tree:
    """Boxes as the page reads them: each with its title and the place of its parent in the list."""

    def __init__(self) -> None:
        self.boxes: list[dict[str, Any]] = []

    def add(self, title: str, parent: int, kind: str) -> int:
        self.boxes.append({"title": title, "parent": parent, "kind": kind})
        return len(self.boxes) - 1


def boxed(nodes: list[Value]) -> tuple[list[dict[str, Any]], list[int]]:
    """The boxes, parents first, and for each node the innermost box that it is in, or -1.

    A small graph has a box for each layer and neuron. A large one has a box for each layer, and for each operation
    outside of layers; in it one for each neuron, and in that one for each kind of scalar, where there are many.
    """
    tree, home = _Tree(), places(nodes)
    innermost: dict[Value, int] = {}
    if len(nodes) <= collapsing.FULL:
        _by_place(
            tree,
            innermost,
            nodes,
            home,
            -1,
            0,
            lambda parent, members: innermost.update(dict.fromkeys(members, parent)),
        )
    else:
        collapsed = collapsing.collapse(nodes, "layer")
        assert collapsed is not None
        parts = _joined([(box.title, box.members) for box in collapsed.boxes])
        for parent, (title, members) in _gathered(tree, -1, parts, lambda part: part[0]):
            top = tree.add(title, parent, "layer" if home[members[0]] else "operation") if len(members) > 1 else parent
            _by_place(tree, innermost, members, home, top, 1, lambda box, inner: _by_kind(tree, innermost, inner, box))
    return tree.boxes, [innermost[node] for node in nodes]


def _joined(parts: list[tuple[str, list[Value]]]) -> list[tuple[str, list[Value]]]:
    """The parts, with chains of one operation as one part: a maximum of many is a chain of maxima of two."""
    joined: list[tuple[str, list[Value]]] = []
    for title, members in parts:
        node = members[0]
        if joined and len(members) == 1 and node._op:
            before = joined[-1][1]
            if before[-1]._op == node._op and any(operand is before[-1] for operand in node._prev):
                joined[-1] = (node._op, [*before, node])
                continue
        joined.append((title, members))
    return joined


def _by_place(
    tree: _Tree,
    innermost: dict[Value, int],
    members: Iterable[Value],
    home: dict[Value, str],
    parent: int,
    depth: int,
    finish: Callable[[int, list[Value]], object],
) -> None:
    """Puts members into boxes by what follows in their place after `depth` parts."""
    here: list[Value] = []
    inner: dict[str, list[Value]] = {}
    for node in members:
        parts = home[node].split(".") if home[node] else []
        if len(parts) > depth:
            inner.setdefault(parts[depth], []).append(node)
        else:
            here.append(node)
    finish(parent, here)
    for box, (title, within) in _gathered(tree, parent, list(inner.items()), lambda part: part[0]):
        kind = "neuron" if title.startswith("neuron") else "layer"
        _by_place(tree, innermost, within, home, tree.add(title, box, kind), depth + 1, finish)


def _by_kind(tree: _Tree, innermost: dict[Value, int], members: list[Value], parent: int) -> None:
    """Puts the scalars of a box into boxes of alike ones, where there are many."""
    kinds: dict[str, list[Value]] = {}
    for node in members:
        kinds.setdefault(_kind(node), []).append(node)
    apart = len(members) > _FEW and len(kinds) > 1
    for kind, alike in kinds.items():
        box = tree.add(kind, parent, "kind") if apart and len(alike) > 1 else parent
        innermost.update({node: inner for inner, node in _gathered(tree, box, alike, _name)})


def _kind(node: Value) -> str:
    return node._op or re.sub(r"\d+", "*", _name(node)) or "numbers"


def _name(node: Value) -> str:
    return node.label.rpartition(".")[2]


def _gathered(tree: _Tree, parent: int, parts: list[Any], name: Callable[[Any], str]) -> list[tuple[int, Any]]:
    """The parts, each with the box that it is to stand in: `parent`, or where there are many, a range within it."""
    if len(parts) <= MOST:
        return [(parent, part) for part in parts]
    size = MOST
    while len(parts) > size * MOST:
        size *= MOST
    placed = []
    for start in range(0, len(parts), size):
        some = parts[start : start + size]
        first, last = name(some[0]), name(some[-1])
        title = f"{first} … {last}" if first and first != last else f"{start:,} … {start + len(some) - 1:,}"
        placed += _gathered(tree, tree.add(title, parent, "range"), some, name)
    return placed
