"""Large graphs, drawn with many scalars in one box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograd import Value
from autograd.nary import DOT
from autograd.words.notation import Written, brief, rule_of
from viz.graph import places

MODES = ("auto", "none", "neuron", "layer", "rolled")
FULL = 300
"""So many nodes are drawn one by one, unless asked otherwise."""
_FEW = 30
"""So many boxes fit on a screen."""
_SHORT = 16
"""Up to how many characters the formula of a box stands in the formulas of others."""
_SUMS = ("+", "-")


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
        mode: `none`; `neuron` or `layer`, by the place where `nn` computed them; `rolled`, by operation and depth;
            `auto`, the first of these that gives a picture of some 30 boxes, where there are more than 300 nodes.

    Raises:
        ValueError: there is no such mode.
    """
    if mode not in MODES:
        raise ValueError(f"unknown way to collapse {mode!r}; there are {', '.join(MODES)}")
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
    for node in nodes:
        key, title = keys[node]
        if key not in index:
            index[key] = len(boxes)
            boxes.append(Box(title, _in_short(Written(title.rpartition(".")[2] or "…"))))
        end = home[node] = index[key]
        boxes[end].members.append(node)
        for operand in node._prev:
            start = home[operand]
            if start != end:
                links[start, end] = links.get((start, end), 0) + 1
                boxes[start].outputs[operand] = None
    for i, box in enumerate(boxes):
        if not box.title:
            _name(i, boxes, home)
    return Collapsed(boxes, links, mode)


def _name(number: int, boxes: list[Box], home: dict[Value, int]) -> None:
    """Titles a box with the formula that its members share, in terms of the boxes that they are made from."""
    box = boxes[number]
    shapes: dict[tuple[object, tuple[int, ...]], Value] = {}
    for node in box.members:
        shapes.setdefault((node._rule or node._op, tuple(home[operand] for operand in node._prev)), node)
    # What continues a chain has an operand in the box itself.
    heads = [node for (_, operands), node in shapes.items() if number not in operands] or box.members[:1]
    formulas = [_formula(node, [boxes[home[operand]].formula for operand in node._prev]) for node in heads]
    written = _common(formulas) or _formula(heads[0], [Written("…")] * len(heads[0]._prev))
    chained = len(heads) < len(shapes)
    box.title = f"{written.text} + …" if chained and not written.text.endswith("…") else written.text
    box.formula = Written("…") if chained else _in_short(written)


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

    A box for each operation at each depth, where a chain of sums counts as one step; leaves by their labels.
    """
    depth: dict[Value, int] = {}
    keys: dict[Value, tuple[str, str]] = {}
    users: dict[Value, Value] = {}
    for node in nodes:
        deepest, operation = 0, node._op
        below = node._prev
        for operand in below:
            users.setdefault(operand, node)
            # A chain of sums is one long sum: all of it is at one depth.
            continues = operation in _SUMS and operand._op in _SUMS
            deepest = max(deepest, depth[operand] + (not continues))
        depth[node] = deepest
        if below:
            keys[node] = (f"{operation} at {deepest}", "")
    for node in nodes:
        if node not in keys:
            name = _pattern(node.label)
            user = users.get(node)
            key = name or f"leaf of {keys[user][0] if user is not None else ''}"
            keys[node] = (f"leaf {key}", name or "numbers")
    return keys if len({key for key, _ in keys.values()}) <= FULL else _stretches(nodes, depth)


def _stretches(nodes: list[Value], depth: dict[Value, int]) -> dict[Value, tuple[str, str]]:
    """For a graph so deep that a box for each depth would be too many: boxes of some depths each, and one of leaves."""
    deepest = max(depth.values())
    length = -(-deepest // _FEW)
    keys = {}
    for node in nodes:
        start = (depth[node] - 1) // length * length + 1
        stretch = f"depth {start:,} to {min(start + length - 1, deepest):,}"
        keys[node] = (stretch, stretch) if node._prev else ("leaf", "leaves")
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
