"""Random graphs against finite differences and 50 digits, and properties of graphs of any depth."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings, strategies as st

from autograd import Value, gradcheck
from autograd.graph import topological

# Each maker builds the same expression of Values and of numbers of 50 digits; `f` has their functions.
MAKERS: list[Callable[[Any, Any, Any], Any]] = [
    lambda f, a, b: a + b,
    lambda f, a, b: a - b,
    lambda f, a, b: a * b,
    lambda f, a, b: a / (b * b + 1),
    lambda f, a, b: -a,
    lambda f, a, b: f("exp", f("tanh", a)),
    lambda f, a, b: f("log", a * a + 1),
    lambda f, a, b: f("sqrt", a * a + 0.5),
    lambda f, a, b: f("sin", a) * f("cos", b),
    lambda f, a, b: f("tan", f("tanh", a)),
    lambda f, a, b: f("tanh", a + b),
    lambda f, a, b: (a * a + 1) ** -1.5,
    lambda f, a, b: f("exp", f("tanh", a)) ** f("tanh", b),
    lambda f, a, b: a**3 * 0.1,
]


def of_values(name: str, v: Value) -> Value:
    found: Value = getattr(v, name)()
    return found


def of_digits(name: str, x: Any) -> Any:
    return getattr(mpmath, name)(x)


def build(seed: int, leaves: list[Any], function: Callable[[str, Any], Any]) -> Any:
    rnd = random.Random(seed)
    nodes = list(leaves)
    for _ in range(rnd.randrange(1, 25)):
        made = rnd.choice(MAKERS)(function, rnd.choice(nodes), rnd.choice(nodes))
        nodes.append(function("tanh", made))
    return sum(nodes[-4:])


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_gradients_of_random_graphs_equal_those_of_50_digits(seed: int) -> None:
    numbers = [random.Random(~seed).uniform(-2, 2) for _ in range(3)]
    leaves = [Value(x) for x in numbers]
    root = build(seed, leaves, of_values)
    root.backward()
    with mpmath.workdps(50):
        h = mpmath.mpf("1e-18")
        for i, leaf in enumerate(leaves):
            points = [[mpmath.mpf(x) for x in numbers] for _ in range(2)]
            points[0][i] += h
            points[1][i] -= h
            above, below = (build(seed, point, of_digits) for point in points)
            assert leaf.grad == pytest.approx(float((above - below) / (2 * h)), rel=1e-9, abs=1e-11)


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_every_node_of_a_random_graph_passes_gradcheck(seed: int) -> None:
    rnd = random.Random(~seed)
    assert gradcheck(build(seed, [Value(rnd.uniform(-2, 2)) for _ in range(3)], of_values))


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_refresh_equals_building_the_graph_again(seed: int) -> None:
    rnd = random.Random(~seed)
    leaves = [Value(0.5) for _ in range(3)]
    root = build(seed, leaves, of_values)
    for leaf in leaves:
        leaf.data = rnd.uniform(-2, 2)
    again = [Value(leaf.data) for leaf in leaves]
    anew = build(seed, again, of_values)
    root.refresh().backward()
    anew.backward()
    assert (root.data, [v.grad for v in leaves]) == (anew.data, [v.grad for v in again])


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_two_passes_give_twice_the_leaf_gradients_and_the_same_inner_ones(seed: int) -> None:
    leaves = [Value(x) for x in (0.3, -1.1, 0.8)]
    root = build(seed, leaves, of_values)
    root.backward()
    once, inner = [v.grad for v in leaves], [v.grad for v in topological(root)]
    root.backward()
    assert [v.grad for v in leaves] == [2 * g for g in once]
    assert [v.grad for v in topological(root)] == inner


def test_a_failed_refresh_leaves_the_graph_unchanged() -> None:
    a = Value(2.0)
    y = (a * 2).log() * a
    before = y.data
    a.data = -1.0
    with pytest.raises(ValueError, match="the operand must be above 0"):
        y.refresh()
    assert y.data == before


def test_depth_is_no_obstacle_to_either_pass() -> None:
    a = Value(1.0)
    x = a
    for _ in range(200_000):  # recursion in C, as in pickle or in the end of nested objects, fails well below
        x = x + a
    x.backward()
    assert a.grad == 200_001.0
    assert x.refresh().data == 200_001.0


def test_a_dropped_graph_is_freed_at_once() -> None:
    a = Value(1.0)
    gc.collect()
    gc.disable()
    try:
        x = a
        for _ in range(100_000):
            x = (x * a).tanh()
        x.backward()
        before = len(gc.get_objects())
        del x
        assert before - len(gc.get_objects()) >= 200_000
    finally:
        gc.enable()


def test_detach_starts_afresh() -> None:
    a = Value(2.0)
    y = (a * 3).detach() * a
    y.backward()
    assert a.grad == 6.0
