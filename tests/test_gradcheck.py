"""`gradcheck` accepts right derivatives, and names wrong ones."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from autograd import Value, gradcheck, logsumexp, operation, softmax
from nn import MLP, cross_entropy, squared_error
from tests.torture.derivatives import cases


def test_functions_of_several_arguments_and_lists() -> None:
    assert gradcheck(lambda x, y: (x * y).tanh() + x**3 / y, [0.7, -1.3])
    assert gradcheck(lambda w, b: [sum(v * v for v in w) + b, w[0] * b], [[1.0, 2e5], 3.0])
    assert gradcheck(lambda x: x.exp(), [Value(30.0)])


def test_a_wrong_partial_is_named_with_both_numbers() -> None:
    wrong = operation("test_gradcheck_wrong", forward=lambda m, a, b: a * b, partials=[lambda m, y, a, b: b] * 2)
    with pytest.raises(ValueError, match=r"the derivative for argument 1\[0\] = 3\.0 is 3\.0, but finite .* give 2\.0"):
        gradcheck(lambda a, b: wrong(a, b[0]), [2.0, [3.0]])
    with pytest.raises(ValueError, match=r"for argument 0 = 2\.0 \(result 1\)"):
        gradcheck(lambda a: [a, wrong(3.0, a)], [2.0])


def test_the_first_wrong_node_of_a_graph_is_named() -> None:
    a = Value(0.5, label="a")
    good = a.tanh() * 2
    bad = Value(math.sin(good.data), (good,), "sin", label="bad")

    def backward() -> None:
        good.grad += -math.cos(good.data) * bad.grad

    bad._backward = backward
    a.grad = 7.0
    with pytest.raises(ValueError, match=r"the derivative of sin\(0\.92423\d+\) for operand 0 is -0\.6\d+"):
        gradcheck(bad.exp() + a)
    assert a.grad == 7.0
    assert gradcheck(good)


def test_an_operand_used_twice_is_checked_as_one() -> None:
    a = Value(3.0)
    assert gradcheck(a * a + a**a)
    square = Value(9.0, (a, a), (3.0, 2.0))
    with pytest.raises(ValueError, match=r"operand 0 and 1 is 5\.0.* 6\.0"):
        gradcheck(square, forwards={"": lambda x, y: x * y})


def test_a_wrong_forward_is_named() -> None:
    a = Value(2.0, label="a")
    with pytest.raises(ValueError, match=r"exp\(a = 2\.0\) is 7\.0.* 7\.389"):
        gradcheck(Value(7.0, (a,), "exp"))
    y = a * 3
    a.data = 5.0
    with pytest.raises(ValueError, match="call refresh"):
        gradcheck(y)
    assert gradcheck(y.refresh())


def test_nodes_that_cannot_be_checked_are_refused() -> None:
    with pytest.raises(TypeError, match=r"cube\(2\.0\) was made by hand.*forwards=\{'cube': \.\.\.\}"):
        gradcheck(Value(8.0, (Value(2.0),), "cube"))
    for nothing in (3.0, math.sin):
        with pytest.raises(TypeError, match=r"gradcheck.*list"):
            gradcheck(nothing)  # type: ignore[arg-type]


def test_a_tolerance_admits_what_lies_within_it() -> None:
    near = operation("test_gradcheck_near", forward=lambda m, a: a * 3.0, partials=[lambda m, y, a: 3.003])
    assert gradcheck(near, [1.0], rtol=0.01)
    assert gradcheck(near, [1.0], rtol=0.0, atol=0.01)
    for rtol, atol in ((1e-5, 0.0), (1e-4, 0.0), (0.0, 1e-3)):
        with pytest.raises(ValueError, match=r"3\.003.* 3\.0"):
            gradcheck(near, [1.0], rtol=rtol, atol=atol)
    for rtol, atol in ((-1.0, 0.0), (0.0, -1.0)):
        with pytest.raises(ValueError, match=r"tol.*-1\.0"):
            gradcheck(near, [1.0], rtol=rtol, atol=atol)


def test_graphs_with_softmax_and_cross_entropy_pass() -> None:
    scores = [Value(1.0), Value(2.0), Value(-0.5)]
    assert gradcheck(softmax(scores)[0] + logsumexp(scores))
    assert gradcheck(cross_entropy(scores, 1))


def test_the_step_suits_the_scale() -> None:
    cases: list[tuple[Callable[[Any], Any], float]] = [
        (lambda x: x.log(), 1e-3),
        (lambda x: x.log(), 1e-6),
        (lambda x: 1 / x, 1e-3),
        (lambda x: x.sqrt(), 1e-4),
        (lambda x: x.cos(), 1e-9),
        (lambda x: x * x, 1e12),
        (lambda x: x.exp(), 709.782),
    ]
    for f, x in cases:
        assert gradcheck(f, [x])
        assert gradcheck(f(Value(x)))
    with pytest.raises(ValueError, match="the derivative for argument 0"):
        gradcheck(operation("test_gradcheck_log", forward=lambda m, a: m.log(a), partials=[lambda m, y, a: a]), [1e-3])
    with pytest.raises(ValueError, match=r"argument 0 = 0\.0 cannot be checked"):
        gradcheck(lambda x: x.sqrt(), [0.0])


def test_at_a_kink_any_derivative_between_those_of_its_sides_is_right() -> None:
    assert gradcheck(lambda x: x.relu() + abs(x) * 2 + x.maximum(0), [0.0])
    assert gradcheck(squared_error([MLP(2, [4, 1], seed=0)([0.0, 0.0])], [Value(1.0)]))
    x = 4456.568645724793  # a kink so close that one side alone is sharp
    assert gradcheck(lambda v: v * v + (v - (x - 1.94189e-08)).relu() * 2, [x])
    steep = operation("test_gradcheck_steep", forward=lambda m, a: m.maximum(a, 0.0), partials=[lambda m, y, a: 1.5])
    with pytest.raises(ValueError, match=r"is 1\.5, but finite differences give 0\.5"):
        gradcheck(steep, [0.0])


def test_functions_that_make_their_nodes_by_hand() -> None:
    def cube(x: Value, factor: float = 3.0) -> Value:
        out = Value(x.data**3, (x,), "cube")

        def backward() -> None:
            x.grad += factor * x.data**2 * out.grad

        out._backward = backward
        return out

    assert gradcheck(lambda x: cube(x) * x, [2.0])
    with pytest.raises(ValueError, match=r"argument 0 = 2\.0 is 8\.0.* 12\.0"):
        gradcheck(lambda x: cube(x, 2.0), [2.0])


def test_short_waves_and_small_slopes_beside_a_constant_are_seen() -> None:
    def wave(x: Value) -> Value:
        return (x**3).cos()

    assert gradcheck(wave, [6754.500045283156])  # the number's rounding is a thousandth of a wave
    for x, factor in (
        (0.0029503615702865774, -1.0),
        (0.008977173124819247, 0.99),
    ):  # where x³ has hardly begun to count
        assert gradcheck(wave, [x])
        with pytest.raises(ValueError, match="but finite differences give"):
            gradcheck(lambda v, factor=factor: wave(Value(v.data, (v,), (factor,))), [x])


def test_a_large_constant_hides_no_wrong_derivative() -> None:
    two = operation("test_gradcheck_two", forward=lambda m, a: a + 1e6, partials=[lambda m, y, a: 2.0])
    one = operation("test_gradcheck_one", forward=lambda m, a: a * a + 1e6, partials=[lambda m, y, a: a])
    for wrong, x, slope in ((two, 1.0, r"1\.0"), (one, 3.0, r"6\.0"), (two, 1e-3, r"1\.0"), (one, -20.0, r"-40\.0")):
        with pytest.raises(ValueError, match=f"but finite differences give {slope}"):
            gradcheck(wrong, [x])
        with pytest.raises(ValueError, match=f"but finite differences give {slope}"):
            gradcheck(wrong(Value(x)))
    assert gradcheck(lambda a: a + 1e6, [1e-3])
    assert gradcheck(lambda a: (a + 1e6) - 1e6, [1.0])


def test_a_slope_that_rounding_hides_is_not_taken_for_right() -> None:
    for slope in (1.0, 2.0):
        with pytest.raises(ValueError, match="rounding"):
            gradcheck(lambda a, slope=slope: (Value(a.data, (a,), (slope,)) * 1e30).sin(), [1.0])


def test_a_rule_of_several_operations_may_be_as_inexact_as_they_are() -> None:
    rounded = operation("test_gradcheck_expm1", forward=lambda m, a: m.exp(a) - 1, partials=[lambda m, y, a: y + 1])
    for x in (1e-10, 1e-3, 0.0, 1.0):
        assert gradcheck(rounded, [x])
        assert gradcheck(rounded(Value(x)))
        a = Value(x)
        assert gradcheck(Value(math.exp(x) - 1, (a,), (math.exp(x),)), forwards={"": lambda x: math.exp(x) - 1})


def test_random_wrong_derivatives_are_refused_and_right_ones_pass() -> None:
    right = [case for case in islice(cases(random.Random(0), right=True), 300) if not case.passes()]
    wrong = [case for case in islice(cases(random.Random(0), right=False), 300) if case.passes()]
    assert not right
    assert not wrong
