"""The boxes of the page: a tree that divides a large graph, from layers down to scalars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from autograd import Value
from viz import collapse as collapsing
from viz.edges import places

MOST = 60
"""The maximum number of parts of a box; more are grouped into ranges."""
_FEW = 12
"""The maximum number of scalars of a neuron that are shown together, whatever their kinds."""


class _Tree:
    """Boxes in the page's format: each with its title and the index of its parent."""

    def __init__(self) -> None:
        self.boxes: list[dict[str, object]] = []

    def add(self, title: str, parent: int, kind: str) -> int:
        self.boxes.append({"title": title, "parent": parent, "kind": kind})
        return len(self.boxes) - 1


def boxed(nodes: list[Value]) -> tuple[list[dict[str, object]], list[int]]:
    """The boxes, parents first, and for each node its innermost box, or -1.

    A small graph has a box for each layer and neuron. A large one has a box for each layer, and for each operation
    outside layers; in it one for each neuron, and in that one for each kind of scalar, if there are many.
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
    """The parts, with each chain of one operation joined, such as the chain of binary maxima in a maximum of many."""
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
    """Puts members into boxes by the part of their place at `depth`, and those below."""
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
    """Puts the scalars of a box into a box for each kind, if there are many."""
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
    """The parts, each with its box: `parent`, or a range within it if there are many."""
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
