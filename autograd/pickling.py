"""Pickles and deep copies of graphs of any depth.

Pickle and deepcopy recurse from an object to its references, which fails for a graph that is a million nodes deep. A
pickled node therefore does not refer to its operands but to a snapshot and a number in it. The snapshot holds all nodes
of the graph in columns. Leaves are pickled one by one, like ordinary objects.
"""

from __future__ import annotations

import threading
import weakref
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from autograd.floats import NOTHING
from autograd.graph import describe
from autograd.ops import Operation
from autograd.value import Handmade, Value

_blank = object.__new__


def reduce(node: Value) -> tuple[Any, ...]:
    """The result of `Value.__reduce_ex__`, by which pickle and copy restore a node.

    Raises:
        TypeError: a `_backward` was assigned to the node or to one that it was computed from.
    """
    if not node._prev:
        refuse_closure(node)
        return leaf, (type(node), node.data, _symbol(node)), (None, _attributes(node) | {"grad": node.grad})
    return node_of, _locate(node)


def leaf(kind: type[Value], data: float, symbol: str | None) -> Value:
    """Restores a leaf."""
    new = _blank(kind)
    new.data = data
    new._assemble(None if symbol is None else Handmade(symbol), (), ())
    return new


def node_of(snapshot: Snapshot, number: int) -> Value:
    """Restores a node."""
    return snapshot.nodes[number]


class Snapshot:
    """The inner nodes of a graph, in columns.

    A snapshot includes the nodes that gradients and attributes refer to, since a gradient may be a node of a graph too,
    after `backward(create_graph=True)`. Nodes in an earlier snapshot of the same pickle are left to that one.
    """

    def __init__(self, nodes: list[Value], registry: _Registry | None = None) -> None:
        self.nodes = nodes
        self.registry = registry

    def __reduce__(self) -> tuple[Any, ...]:
        columns = _columns(self.nodes)  # reads their numbers, so that no parameter remains lent to a jitted function
        kinds = {i: type(node) for i, node in enumerate(self.nodes) if type(node) is not Value}
        return blank, (len(self.nodes), kinds), columns

    def __setstate__(self, columns: dict[str, Any]) -> None:
        _fill(self.nodes, **columns)


def blank(count: int, kinds: dict[int, type[Value]]) -> Snapshot:
    """A snapshot of empty nodes, so that objects which refer to them can be restored first."""
    return Snapshot([_blank(kinds.get(i, Value)) for i in range(count)])


def _columns(nodes: list[Value]) -> dict[str, Any]:
    """The fields of the nodes as columns. Columns of objects are sparse."""
    number = {node: i for i, node in enumerate(nodes)}
    outside: dict[Value, int] = {}
    rules: dict[Operation | str, int] = {}
    widths, operands, rule = array("q"), array("q"), array("q")
    data, grad, local = array("d"), array("d"), array("d")
    grads, attributes, without_local, nothing = {}, {}, [], []
    for i, node in enumerate(nodes):
        below = node._prev
        widths.append(len(below))
        for operand in below:
            operands.append(number[operand] if operand in number else ~outside.setdefault(operand, len(outside)))
        rule.append(rules.setdefault(_named(node), len(rules)))
        data.append(node.data)
        if slopes := node._local_grads:
            if 0.0 in slopes:
                nothing.extend([len(local) + k for k, slope in enumerate(slopes) if slope is NOTHING])
            local.extend(slopes)
        else:
            without_local.append(i)
        if type(node.grad) is float:
            grad.append(node.grad)
        else:
            grad.append(0.0)
            grads[i] = node.grad
        if own := _attributes(node):
            attributes[i] = own
    return {
        "widths": widths,
        "operands": operands,
        "outside": list(outside),
        "rule": rule,
        "rules": list(rules),
        "data": data,
        "local": local,
        "nothing": nothing,
        "without_local": without_local,
        "grad": grad,
        "grads": grads,
        "attributes": attributes,
    }


def _fill(
    nodes: list[Value],
    widths: array[int],
    operands: array[int],
    outside: list[Value],
    rule: array[int],
    rules: list[Operation | str],
    data: array[float],
    local: array[float],
    without_local: list[int],
    grad: array[float],
    grads: dict[int, Any],
    attributes: dict[int, dict[str, Any]],
    nothing: Sequence[int] = (),
) -> None:
    """Fills the nodes from the columns."""
    below = (nodes[i] if i >= 0 else outside[~i] for i in operands)
    numbers = list(local)
    for i in nothing:
        numbers[i] = NOTHING
    slopes = iter(numbers)
    bare = set(without_local)
    for i, node in enumerate(nodes):
        node.data = data[i]
        node.grad = grads[i] if i in grads else grad[i]
        named = rules[rule[i]]
        rule_ = named if isinstance(named, Operation) else Handmade(named)
        node._assemble(rule_, _take(below, widths[i]), () if i in bare else _take(slopes, widths[i]))
        for name, held in attributes.get(i, {}).items():
            setattr(node, name, held)


def _attributes(node: Value) -> dict[str, Any]:
    """The label and place of a node, if it has them, and the attributes that its user added."""
    names = {name: getattr(node, name) for name in ("label", "place") if getattr(node, name)}
    return names | node.__dict__


def _take(column: Iterator[Any], count: int) -> tuple[Any, ...]:
    return tuple([next(column) for _ in range(count)])


def _named(node: Value) -> Operation | str:
    refuse_closure(node)
    return node._rule if isinstance(node._rule, Operation) else node._op


def _symbol(node: Value) -> str | None:
    return None if node._rule is None else node._op


def refuse_closure(node: Value) -> None:
    """Raises if a function was assigned to a node's `_backward`, since a copy could not use it."""
    if node._closure is not None:
        raise TypeError(
            f"{describe(node)} has a _backward that was assigned to it: that function belongs to this one node and "
            "can be neither pickled nor copied; give its local derivatives as numbers, "
            "Value(data, operands, derivatives), or declare an operation with autograd.operation"
        )


class _Registry:
    """The snapshot and number of each node seen in a pickle.

    It lives as long as one of its snapshots, and these live as long as the pickler's memo.
    """

    def __init__(self) -> None:
        self.snapshots: list[weakref.ref[Snapshot]] = []
        self.places: dict[Value, tuple[int, int]] = {}

    def find(self, node: Value) -> tuple[Snapshot, int] | None:
        if node not in self.places:
            return None
        which, number = self.places[node]
        snapshot = self.snapshots[which]()
        return None if snapshot is None else (snapshot, number)

    def add(self, root: Value) -> Snapshot:
        """A snapshot of the nodes that `root` reaches and that are in no snapshot yet."""
        nodes: list[Value] = []
        met: set[Value] = set()
        ahead = [root]
        while ahead:
            node = ahead.pop()
            if node in met:
                continue
            met.add(node)
            if node._prev:
                if self.find(node):
                    continue
                self.places[node] = (len(self.snapshots), len(nodes))
                nodes.append(node)
            ahead.extend(_related(node))
        snapshot = Snapshot(nodes, self)
        self.snapshots.append(weakref.ref(snapshot))
        return snapshot


class _Latest(threading.local):
    registry: weakref.ref[_Registry] | None = None


_latest = _Latest()


def _locate(node: Value) -> tuple[Snapshot, int]:
    """A node's snapshot and its number there; makes a snapshot if the node is in none."""
    registry = _latest.registry and _latest.registry()
    if not registry:
        registry = _Registry()
        _latest.registry = weakref.ref(registry)
    place = registry.find(node)
    return place or (registry.add(node), 0)


def _related(node: Value) -> Iterator[Value]:
    """The Values that a node refers to."""
    yield from node._prev
    if isinstance(node.grad, Value):
        yield node.grad
    if node.__dict__:
        for attribute in node.__dict__.values():
            if isinstance(attribute, Value):
                yield attribute
