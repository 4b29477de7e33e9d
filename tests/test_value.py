"""The properties of a Value, and the meaning of `backward`."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd import Value, detect_anomaly, no_grad


def test_published_expression() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    g = (c - d) ** 2 / 2.0
    g += 10.0 / (c - d) ** 2
    g.backward()
    assert (round(g.data, 4), round(a.grad, 4), round(b.grad, 4)) == (24.7041, 138.8338, 645.5773)


def test_two_passes_give_exactly_twice() -> None:
    x = Value(0.1)
    y = x * x + x * 0.7 + x.tanh()
    y.backward()
    once = x.grad
    y.backward()
    assert x.grad == 2 * once


# Nodes made by hand


def test_a_hook_may_go_on_to_the_function_that_it_replaces() -> None:
    a = Value(2.0)
    y = a * 3
    earlier, seen = y._backward, []

    def hook() -> None:
        seen.append(y.grad)
        earlier()

    y._backward = hook
    assert y._local_grads == ()
    for _ in range(2):
        a.grad = 0.0
        (y * 2).backward()
        assert (a.grad, seen.pop()) == (6.0, 2.0)


def test_a_function_that_would_never_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match=r"out = Value\(data=4\.0, grad=0\.0\) has no operands.*Value\(data, \(a, b\)"):
        Value(4.0, label="out")._backward = lambda: None
    with pytest.raises(TypeError, match=r"_backward.*None"):
        (Value(1.0) * 2)._backward = None  # type: ignore[assignment]
    with no_grad():
        out = Value(4.0, (Value(2.0),), "sq")
        out._backward = lambda: None
    assert (out._prev, out._op, out._local_grads) == ((), "", ())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_derivatives_given_as_numbers(count: int) -> None:
    leaves = [Value(float(i)) for i in range(count)]
    slopes = tuple(float(i + 5) for i in range(count))
    node = Value(7.0, leaves, slopes)
    assert (node._prev, node._local_grads) == (tuple(leaves), slopes)
    (node * 2).backward()
    assert [leaf.grad for leaf in leaves] == [2 * slope for slope in slopes]
    twin = copy.deepcopy(node)
    twin.backward()
    assert [leaf.grad for leaf in twin._prev] == [slope + 2 * slope for slope in slopes]


def test_a_copy_of_a_node_with_its_own_function_is_refused() -> None:
    y = Value(2.0) * 3
    y._backward = lambda: None
    for again in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"has a _backward that was assigned to it"):
            again(y)


def test_a_subclass_keeps_what_it_adds_until_it_is_computed_with() -> None:
    class Named(Value):
        def shout(self) -> str:
            return self.label.upper()

    x = Named(2.0, label="x")
    y = x * 3
    y.backward()
    assert (x.shout(), x.grad, type(y)) == ("X", 3.0, Value)
    assert type(3 + x) is type(x.maximum(1)) is Value


# Errors


def test_a_pass_that_fails_leaves_the_leaves_as_they_were() -> None:
    a, b = Value(0.0), Value(3.0)
    a.grad, b.grad = 7.0, 0.0
    y = a.sqrt() * b * 1.0
    with detect_anomaly(), pytest.raises(FloatingPointError):
        y.backward()
    assert (a.grad, b.grad, y.grad) == (7.0, 0.0, 0.0)

    out = a * b + b
    by_hand = Value(1.0, (out,), "mine")

    def broken() -> None:
        out.grad += 1.0
        raise RuntimeError("no")

    by_hand._backward = broken
    with pytest.raises(RuntimeError, match="no"):
        (by_hand + b).backward()
    assert (a.grad, b.grad, out.grad) == (7.0, 0.0, 0.0)


def test_comparisons() -> None:
    a, b = Value(1.0), Value(2.0)
    assert a < b <= 2 < 3.5
    assert b > a >= 1
    assert not a > b
    assert a < 10**400
    assert a < Fraction(3, 2)
    numbers: Any = np.array([0.5, 3.0])
    below: Any = a < numbers
    assert list(below) == list(numbers > a) == [False, True]
    with pytest.raises(TypeError, match=r"not 'x' \(str\)"):
        a < "x"  # type: ignore[operator]  # noqa: B015
    with pytest.raises(TypeError):
        a < object()  # type: ignore[operator]  # noqa: B015


def test_a_mistaken_operand_is_named_with_the_operation_and_the_other() -> None:
    w = Value(2.0, label="w")
    wrongs: list[tuple[Callable[[Any], Any], str]] = [
        (lambda x: w + x, "add"),
        (lambda x: x + w, "add"),
        (lambda x: w * x, "mul"),
        (lambda x: x - w, "sub"),
        (lambda x: w / x, "div"),
        (lambda x: w**x, "pow"),
    ]
    for wrong, name in wrongs:
        with pytest.raises(TypeError, match=rf"{name} with w = 2\.0: a Value holds one real number, not None"):
            wrong(None)


def test_methods_refuse_what_operators_leave_to_the_other_side() -> None:
    for other in (np.array([1.0, 2.0]), object(), "text"):
        for method in (Value(1.0).maximum, Value(1.0).minimum):
            with pytest.raises(TypeError, match="a Value holds one real number, not"):
                method(other)  # type: ignore[arg-type]


def test_a_number_too_large_for_a_float() -> None:
    for number in (10**400, 10**5000, Fraction(10**400)):
        with pytest.raises(OverflowError, match=r"too large.*1\.8e308"):
            Value(number)


# Freeing


def test_a_dropped_graph_is_freed_at_once_without_the_collector() -> None:
    gc.disable()
    try:
        leaf = Value(0.5)
        end = weakref.ref(leaf)
        y: Value = leaf
        for i in range(300_000):
            y = y * 1.0 if i % 3 else Value(y.data, (y, y), (0.5, 0.5)) if i % 2 else y.tanh()
        y.backward()
        del leaf, y
        assert end() is None
    finally:
        gc.enable()
