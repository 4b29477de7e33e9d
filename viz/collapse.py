"""Large graphs, drawn with many scalars in one box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograd import Value
from autograd.arguments import a_choice
from autograd.nary import DOT
from autograd.ops import SUM, Operation
from autograd.words.notation import Written, brief, rule_of
from viz.graph import places

MODES = ("auto", "none", "neuron", "layer", "rolled")
FULL = 300
"""So many nodes are drawn one by one, unless asked otherwise."""
_FEW = 30
"""So many boxes fit on a screen."""
_NAMES = 6
"""So many names of operands, or fewer, put alike scalars into boxes of their own."""
_SHORT = 16
"""Up to how many characters the formula of a box stands in the formulas of others."""


@dataclass
class Box:
    """Scalars drawn as one."""

    title: str
    """Where they belong, their common label, or the formula that they share."""
    formula: Written
    """How the box is written in the formulas of others."""
    members: list[Value] = field(default_factory=list)
    outputs: dict[Value, None] = field(default_factory=dict)
    """Those of its members that other boxes use."""


@dataclass
class Collapsed:
    """A graph of boxes; `links` counts the edges between two of them."""

    boxes: list[Box]
    links: dict[tuple[int, int], int]
    mode: str


def collapse(nodes: list[Value], mode: str) -> Collapsed | None:
    """Puts the nodes into boxes, or None where they are to be drawn one by one.

    Args:
        nodes: of a graph, operands first.
        mode: `none`; `neuron` or `layer`, by the place where `nn` computed them; `rolled`, what is alike;
            `auto`, the first of these that gives a picture of some 30 boxes, where there are more than 300 nodes.

    Raises:
        ValueError: there is no such mode.
    """
    a_choice(mode, "way to collapse", MODES)
    if mode == "none" or (mode == "auto" and len(nodes) <= FULL):
        return None
    if mode != "auto":
        return _boxed(nodes, mode)
    for each in ("neuron", "layer", "rolled"):
        collapsed = _boxed(nodes, each)
        if len(collapsed.boxes) <= _FEW:
            break
    return collapsed


def _boxed(nodes: list[Value], mode: str) -> Collapsed:
    keys = _rolled(nodes) if mode == "rolled" else _by_place(nodes, mode)
    index: dict[str, int] = {}
    boxes: list[Box] = []
    links: dict[tuple[int, int], int] = {}
    home: dict[Value, int] = {}
    inside: set[Value] = set()
    for node in nodes:
        key, title = keys[node]
        if key not in index:
            index[key] = len(boxes)
            boxes.append(Box(title, _in_short(Written(title.rpartition(".")[2] or "…"))))
        end = home[node] = index[key]
        boxes[end].members.append(node)
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
    """A formula in a box, of which some of its nodes are."""

    written: Written
    start: Written
    """The formula of the first of its chain."""
    links: int
    """How many nodes of the chain are written in it."""


def _name(number: int, boxes: list[Box], home: dict[Value, int], inside: set[Value]) -> None:
    """Titles a box with the formula that its members share, in terms of the boxes that they are made from.

    A chain in a box is one formula, the middle of which is left out.
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
    """The formula of a node whose operands stand in other boxes, or in its own."""
    chain = [operand for operand in operands if isinstance(operand, _Shape)]
    written = _formula(node, [_continued(node, each) if isinstance(each, _Shape) else each for each in operands])
    if not chain:
        return _Shape(written, written, 0)
    longest = max(chain, key=lambda each: each.links)
    return _Shape(written, longest.start if longest.links else written, longest.links + 1)


def _continued(node: Value, chain: _Shape) -> Written:
    """What leads to a node: all of it, or the start of a long chain."""
    if chain.links < 2:
        return chain.written
    rule = rule_of(node)
    adds = isinstance(rule, Operation) and rule.binding == SUM
    return Written(f"{chain.start.text} + …", SUM) if adds else Written("…")


def _formula(node: Value, operands: list[Written]) -> Written:
    rule = rule_of(node)
    return brief(rule, operands, first=1 + (rule is DOT and len(operands) % 2), last=0)


def _common(formulas: list[Written]) -> Written | None:
    """The formula that all are, but for numbers in brackets, which then read `[*]`; None where they differ more."""
    texts = list(dict.fromkeys(formula.text for formula in formulas))
    if len(texts) > 1:
        texts = list(dict.fromkeys(re.sub(r"\[\d+\]", "[*]", text) for text in texts))
    return Written(texts[0], formulas[0].binding) if len(texts) == 1 else None


def _in_short(written: Written) -> Written:
    return written if len(written.text) <= _SHORT else Written("…")


def _by_place(nodes: list[Value], mode: str) -> dict[Value, tuple[str, str]]:
    """A box for each neuron or layer; what is in none is rolled."""
    rolled = _rolled(nodes)
    keys = {}
    for node, place in places(nodes).items():
        if place:
            box = place.split(".")[0] if mode == "layer" else place
            keys[node] = (f"place {box}", box)
        else:
            keys[node] = rolled[node]
    return keys


def _rolled(nodes: list[Value]) -> dict[Value, tuple[str, str]]:
    """For each node the key of its box and the box's title, empty where its formula is to be the title.

    A box for all scalars that the compiler finds alike, or for each of the few names of what they are made from, for
    queries and keys are computed alike; leaves by their labels.
    """
    from autograd.compiler.grouping import alike  # loaded for large pictures only

    groups = alike(nodes)
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
    """The names of the leaves that a node is made from."""
    return " ".join(sorted({_pattern(operand.label) for operand in node._prev if not operand._prev and operand.label}))


def _stretches(nodes: list[Value], depth: dict[Value, int]) -> dict[Value, tuple[str, str]]:
    """For a graph so deep that a box for each depth would be too many: boxes of some depths each, and one of leaves."""
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
    """A label with its counting numbers left out, all but that of the layer: `layers[0].neurons[*].w[*]`."""
    head, dot, rest = label.partition(".")
    if not dot or head.startswith("neurons["):
        return re.sub(r"[0-9]+", "*", label)
    return f"{head}.{re.sub(r'[0-9]+', '*', rest)}"


def extent(numbers: Iterable[float]) -> tuple[float, float]:
    """The least and the largest; nan where there is nothing to compare."""
    known = [x for x in numbers if x == x]
    return (min(known), max(known)) if known else (float("nan"), float("nan"))
