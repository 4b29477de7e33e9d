"""Nodes are found by identity, even if a subclass redefines equality, and support weak references."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import autograd
import nn
import viz
from autograd import Backprop, Value
from autograd.graph import every_node


class AlwaysEqual(Value):
    def __eq__(self, other: object) -> bool:
        return True


class EqualByData(Value):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and self.data == other.data


class NeverCompared(Value):
    def __eq__(self, other: object) -> bool:
        raise AssertionError("the engine asked whether two nodes are equal")


def graph(kind: type[Value]) -> tuple[Value, Value]:
    """y = (a * b + c) * a + tanh(b), with equal numbers in all leaves; returns a and the root."""
    a, b, c = (kind(2.0, label=name) for name in "abc")
    y = (a * b + c) * a + b.tanh()
    y.label = "y"
    return a, y


def stepped(kind: type[Value]) -> list[Any]:
    a, y = graph(kind)
    return [a.grad, *map(str, Backprop(y))]


def learned(kind: type[Value]) -> list[float]:
    y = graph(kind)[1]
    leaves = [node for node in every_node(y) if not node._prev]
    y.backward()
    nn.Adam(leaves, lr=0.1).step()
    return [leaf.data for leaf in leaves]


def differentiated_twice(kind: type[Value]) -> float:
    a, y = graph(kind)
    y.backward(create_graph=True)
    a.grad.backward()
    return float(a.grad.data)


def copied(kind: type[Value]) -> list[float]:
    y = copy.deepcopy(graph(kind)[1])
    y.backward()
    return [node.grad for node in every_node(y)]


def asked(question: Callable[[Value, Value], Any], kind: type[Value]) -> str:
    a, y = graph(kind)
    return str(question(y, a))


ANSWERS: list[Callable[[type[Value]], Any]] = [
    stepped,
    learned,
    differentiated_twice,
    copied,
    lambda kind: str(autograd.formula(graph(kind)[1])),
    lambda kind: str(autograd.tree(graph(kind)[1])),
    lambda kind: str(autograd.misconceptions(graph(kind)[1])),
    lambda kind: asked(autograd.explain, kind),
    lambda kind: asked(autograd.derivation, kind),
    lambda kind: asked(autograd.nudge, kind),
    lambda kind: autograd.compile(graph(kind)[1], inputs=[])([[]]).tolist(),
    lambda kind: viz.draw_dot(graph(kind)[1], highlight=[]).source,
]


@pytest.mark.parametrize("kind", [AlwaysEqual, EqualByData, NeverCompared])
def test_a_redefined_equality_has_no_effect(kind: type[Value]) -> None:
    for answer in ANSWERS:
        assert answer(kind) == answer(Value)


def test_a_hash_of_its_own_is_refused_since_gradients_would_be_wrong() -> None:
    with pytest.raises(TypeError, match=r"EqualNumbers has its own __hash__.*an __eq__ alone is fine"):

        class EqualNumbers(Value):
            def __hash__(self) -> int:
                return hash(self.data)


def test_values_in_weak_containers() -> None:
    a, y = graph(Value)
    names = weakref.WeakKeyDictionary({node: node.label for node in every_node(y)})
    alive = weakref.WeakSet(every_node(y))
    ended: list[str] = []
    weakref.finalize(y, ended.append, "y")
    y.backward()
    assert names[a] == "a"
    assert len(alive) == len(names) == 8
    gc.disable()
    try:
        del y
        assert ended == ["y"]
        assert len(alive) == len(names) == 1
    finally:
        gc.enable()
