"""Collapses large graphs: draws many scalars in one box."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograd import Value
from autograd.arguments import a_choice
from autograd.nary import DOT
from autograd.ops import Operation
from autograd.templates import SUM
from autograd.words.notation import Written, brief, rule_of
from viz.edges import places

MODES = ("auto", "none", "neuron", "layer", "rolled")
FULL = 300
"""The maximum number of nodes that are drawn one by one by default."""
_FEW = 30
"""The number of boxes that fit on a screen."""
_NAMES = 6
"""The maximum number of names of operands for which similar scalars are separated by them."""
_SHORT = 16
"""The maximum number of characters of a box's formula within other formulas."""


@dataclass
class Box:
    """Scalars that are drawn as one."""

    title: str
    """Their place, their common label, or their common formula."""
    formula: Written
    """The box in formulas of other boxes."""
    members: list[Value] = field(default_factory=list)
    outputs: dict[Value, None] = field(default_factory=dict)
    """The members that other boxes use, or nobody: the results of the box."""


@dataclass
class Collapsed:
    """A graph of boxes; `links` counts the edges between two of them."""

    boxes: list[Box]
    links: dict[tuple[int, int], int]
    mode: str


def collapse(nodes: list[Value], mode: str) -> Collapsed | None:
    """Puts the nodes into boxes; returns None if they should be drawn one by one.

    Args:
        nodes: the nodes of a graph, operands first.
        mode: `none`; `neuron` or `layer`, by the place where `nn` computed them; `rolled`, by similarity; `auto`: for
            more than 300 nodes, the first of these that gives about 30 boxes.

    Raises:
        ValueError: there is no such mode.
    """
    a_choice(mode, "way to collapse", MODES)
    if mode == "none" or (mode == "auto" and len(nodes) <= FULL):
        return None
    rolled = _rolled(nodes)
    home = {} if mode == "rolled" else places(nodes)
    for each in ("neuron", "layer", "rolled") if mode == "auto" else (mode,):
        keys = rolled if each == "rolled" else _by_place(home, each, rolled)
        if len({key for key, _ in keys.values()}) <= _FEW:
            break
    return _boxed(nodes, keys, each)


def _boxed(nodes: list[Value], keys: dict[Value, tuple[str, str]], mode: str) -> Collapsed:
    """Puts the nodes of each key into a box."""
    index: dict[str, int] = {}
    boxes: list[Box] = []
    links: dict[tuple[int, int], int] = {}
    home: dict[Value, int] = {}
    inside: set[Value] = set()
    used = {operand for node in nodes for operand in node._prev}
    for node in nodes:
        key, title = keys[node]
        if key not in index:
            index[key] = len(boxes)
            boxes.append(Box(title, _in_short(Written(title.rpartition(".")[2] or "…"))))
        end = home[node] = index[key]
        boxes[end].members.append(node)
        if node not in used:
            boxes[end].outputs[node] = None
        for operand in node._prev:
            start = home[operand]
            if start == end:
                inside.add(operand)
                continue
            links[start, end] = links.get((start, end), 0) + 1
            boxes[start].outputs[operand] = None
    for node in nodes:
        if node not in inside and not boxes[home[node]].title:
            _name(home[node], boxes, home, inside)
    return Collapsed(boxes, links, mode)


@dataclass
class _Shape:
    """A formula that some nodes of a box share."""

    written: Written
    start: Written
    """The formula of the first node of its chain."""
    links: int
    """The number of nodes of the chain in it."""


def _name(number: int, boxes: list[Box], home: dict[Value, int], inside: set[Value]) -> None:
    """Titles a box with the common formula of its members, in terms of the boxes of their operands.

    A chain in a box is one formula, without its middle.
    """
    box = boxes[number]
    known: dict[object, int] = {}
    shapes: list[_Shape] = []
    shape_of: dict[Value, int] = {}
    for node in box.members:
        below = [home[operand] if home[operand] != number else -1 - shape_of[operand] for operand in node._prev]
        key = (node._rule or node._op, tuple(below))
        if key not in known:
            known[key] = len(shapes)
            shapes.append(_shape(node, [boxes[i].formula if i >= 0 else shapes[-1 - i] for i in below]))
        shape_of[node] = known[key]
    whole = [node for node in box.members if node not in inside]
    formulas = [shapes[i].written for i in dict.fromkeys(shape_of[node] for node in whole)]
    written = _common(formulas) or _formula(whole[0], [Written("…")] * len(whole[0]._prev))
    box.title, box.formula = written.text, _in_short(written)


def _shape(node: Value, operands: list[Written | _Shape]) -> _Shape:
    """The formula of a node whose operands are in other boxes, or in its own."""
    chain = [operand for operand in operands if isinstance(operand, _Shape)]
    written = _formula(node, [_continued(node, each) if isinstance(each, _Shape) else each for each in operands])
    if not chain:
        return _Shape(written, written, 0)
    longest = max(chain, key=lambda each: each.links)
    return _Shape(written, longest.start if longest.links else written, longest.links + 1)


def _continued(node: Value, chain: _Shape) -> Written:
    """The formula of a chain that leads to a node, or the start of a long one."""
    if chain.links < 2:
        return chain.written
    rule = rule_of(node)
    adds = isinstance(rule, Operation) and rule.text is not None and rule.text.binding == SUM
    return Written(f"{chain.start.text} + …", SUM) if adds else Written("…")


def _formula(node: Value, operands: list[Written]) -> Written:
    rule = rule_of(node)
    return brief(rule, operands, first=1 + (rule is DOT and len(operands) % 2), last=0)


def _common(formulas: list[Written]) -> Written | None:
    """The common formula, with `[*]` for numbers in brackets that differ; None if the formulas differ otherwise."""
    texts = list(dict.fromkeys(formula.text for formula in formulas))
    if len(texts) > 1:
        texts = list(dict.fromkeys(re.sub(r"\[\d+\]", "[*]", text) for text in texts))
    return Written(texts[0], formulas[0].binding) if len(texts) == 1 else None


def _in_short(written: Written) -> Written:
    return written if len(written.text) <= _SHORT else Written("…")


def _by_place(home: dict[Value, str], mode: str, rolled: dict[Value, tuple[str, str]]) -> dict[Value, tuple[str, str]]:
    """A box for each neuron or layer; nodes in none are rolled."""
    keys = {}
    for node, place in home.items():
        if place:
            box = place.split(".")[0] if mode == "layer" else place
            keys[node] = (f"place {box}", box)
        else:
            keys[node] = rolled[node]
    return keys


def _rolled(nodes: list[Value]) -> dict[Value, tuple[str, str]]:
    """For each node the key of its box and the box's title, empty if the formula should be the title.

    Scalars that the compiler finds alike share a box, unless they are made from leaves of a few different names, since
    queries and keys, for example, are computed alike. Leaves are grouped by their labels.
    """
    from autograd.compiler.grouping import alike  # loaded for large pictures only

    groups = alike(nodes)
    if len(set(groups.values())) > FULL:
        return _stretches(nodes, {node: depth for node, (depth, _) in groups.items()})
    sources = {node: _made_from(node) for node in groups}
    named: dict[int, set[str]] = {}
    for node, (_, number) in groups.items():
        named.setdefault(number, set()).add(sources[node])
    keys = {}
    for node, (_, number) in groups.items():
        apart = 1 < len(named[number]) <= _NAMES and "" not in named[number]
        keys[node] = (f"group {number} {sources[node] if apart else ''}", "")
    users: dict[Value, Value] = {}
    for node in nodes:
        for operand in node._prev:
            users.setdefault(operand, node)
    for node in nodes:
        if node not in keys:
            name = _pattern(node.label)
            user = users.get(node)
            key = name or f"leaf of {keys[user][0] if user is not None else ''}"
            keys[node] = (f"leaf {key}", name or "numbers")
    if len(set(keys.values())) <= FULL:
        return keys
    return _stretches(nodes, {node: depth for node, (depth, _) in groups.items()})


def _made_from(node: Value) -> str:
    """The names of the leaves among a node's operands."""
    return " ".join(sorted({_pattern(operand.label) for operand in node._prev if not operand._prev and operand.label}))


def _stretches(nodes: list[Value], depth: dict[Value, int]) -> dict[Value, tuple[str, str]]:
    """Boxes for a very deep graph: one for each range of depths, and one for leaves."""
    deepest = max(depth.values())
    length = -(-deepest // _FEW)
    keys = {}
    for node in nodes:
        if node not in depth:
            keys[node] = ("leaf", "leaves")
            continue
        start = (depth[node] - 1) // length * length + 1
        stretch = f"depth {start:,} to {min(start + length - 1, deepest):,}"
        keys[node] = (stretch, stretch)
    return keys


def _pattern(label: str) -> str:
    """A label with `*` for its indices, except that of the layer: `layers[0].neurons[*].w[*]`."""
    head, dot, rest = label.partition(".")
    if not dot or head.startswith("neurons["):
        return re.sub(r"[0-9]+", "*", label)
    return f"{head}.{re.sub(r'[0-9]+', '*', rest)}"


def extent(numbers: Iterable[float]) -> tuple[float, float]:
    """The minimum and maximum, which is nan if any of the numbers is; both are nan if there are no others."""
    every = list(numbers)
    known = [x for x in every if x == x] or [math.nan]
    return min(known), max(known) if len(known) == len(every) else math.nan
