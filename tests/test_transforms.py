"""Derivatives of functions, to any order, against closed forms and mpmath."""

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd
from autograd import Value, detect_anomaly, grad, hessian, hvp, jacobian, jvp, no_grad, value_and_grad

ONE_OPERAND: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], float]] = {
    "exp": (lambda x: x.exp(), mpmath.exp, 0.7),
    "log": (lambda x: x.log(), mpmath.log, 0.7),
    "sqrt": (lambda x: x.sqrt(), mpmath.sqrt, 0.7),
    "sin": (lambda x: x.sin(), mpmath.sin, 0.7),
    "cos": (lambda x: x.cos(), mpmath.cos, 0.7),
    "tan": (lambda x: x.tan(), mpmath.tan, 0.7),
    "tanh": (lambda x: x.tanh(), mpmath.tanh, 0.7),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: 1 / (1 + mpmath.exp(-x)), -0.7),
    "softplus": (lambda x: x.softplus(), lambda x: mpmath.log(1 + mpmath.exp(x)), -0.7),
    "relu": (lambda x: x * x.relu(), lambda x: x * x, 0.7),
    "leaky_relu": (lambda x: x * x.leaky_relu(0.1), lambda x: x * x / 10, -0.7),
    "abs": (lambda x: x * abs(x), lambda x: -x * x, -0.7),
    "power": (lambda x: x**2.5, lambda x: x**2.5, 0.7),
    "division": (lambda x: 2 / (x - 3), lambda x: 2 / (x - 3), 0.7),
    "exponent": (lambda x: x**x, lambda x: x**x, 0.7),
    "base": (lambda x: 2**x, lambda x: 2**x, 0.7),
    "difference": (lambda x: (1 - x) * (x - 2) * -x, lambda x: (1 - x) * (x - 2) * -x, 0.7),
    "maximum": (lambda x: (x * x).maximum(x), lambda x: x, 0.7),
    "minimum": (lambda x: (x * x).minimum(x), lambda x: x * x, 0.7),
    "composed": (
        lambda x: ((x.sin() * x).exp() / (1 + x**2)).tanh(),
        lambda x: mpmath.tanh(mpmath.exp(mpmath.sin(x) * x) / (1 + x**2)),
        0.7,
    ),
}


@pytest.mark.parametrize(("f", "reference", "at"), ONE_OPERAND.values(), ids=ONE_OPERAND)
def test_four_derivatives(f: Callable[[Any], Any], reference: Callable[[Any], Any], at: float) -> None:
    derivative = f
    with mpmath.workdps(40):
        for order in range(1, 5):
            derivative = grad(derivative)
            expected = float(mpmath.diff(reference, mpmath.mpf(at), order))
            assert derivative(at) == pytest.approx(expected, rel=1e-9, abs=1e-9), order


@pytest.mark.parametrize(("exponent", "expected"), [(0, 0.0), (1, 0.0), (2, 2.0), (3, 0.0), (4, 0.0)])
def test_second_derivative_of_powers_at_zero(exponent: int, expected: float) -> None:
    assert grad(grad(lambda x: x**exponent))(0.0) == expected
    assert grad(grad(lambda x: x ** Value(float(exponent))))(0.0) == expected


def test_several_arguments_and_lists() -> None:
    def f(w: list[Any], x: Any, scale: float = 1.0) -> Any:
        return (w[0] * x + w[1][0] * x * x) * scale

    assert grad(f)([2.0, (3.0,)], 5.0) == [5.0, (25.0,)]
    assert grad(f, 1)([2.0, (3.0,)], 5.0) == 32.0
    assert grad(f, -1)([2.0, (3.0,)], 5.0, scale=2.0) == 64.0
    assert grad(f, argnum=(1, 0))([2.0, (3.0,)], 5.0) == (32.0, [5.0, (25.0,)])
    assert value_and_grad(f, 1)([2.0, (3.0,)], 5.0) == (85.0, 32.0)


def test_the_same_value_in_two_places_counts_as_two() -> None:
    x = Value(3.0)
    by_first, by_second = grad(lambda a, b: a * a * b, (0, 1))(x, x)
    assert (by_first.data, by_second.data) == (18.0, 9.0)


def test_floats_give_floats_and_values_give_values() -> None:
    assert type(grad(lambda x: x * x)(3)) is float
    x = Value(3.0)
    slope = grad(lambda t: t**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (27.0, 18.0)


def test_gradients_outside_are_left_alone() -> None:
    w, x = Value(2.0), Value(3.0)
    w.grad = x.grad = 7.0
    grad(lambda t: t * w * x)(x)
    hessian(lambda t: t * t * w)(4.0)
    assert (w.grad, x.grad) == (7.0, 7.0)


def test_a_transform_within_a_transform() -> None:
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * x * y)(x))(3.0) == 6.0
    assert grad(lambda x: x * grad(lambda y: y * y)(2.0))(3.0) == 4.0
    assert grad(lambda x: grad(lambda y: x)(2.0))(3.0) == 0.0


def test_the_derivative_of_a_constant_is_zero() -> None:
    assert grad(lambda x, y: y * 2)(1.0, 2.0) == 0.0
    assert grad(lambda x: 5)(1.0) == 0.0
    assert grad(lambda x: x)(1.0) == 1.0
    assert grad(grad(lambda x: x))(1.0) == 0.0
    assert grad(lambda x: x.detach() * x)(3.0) == 3.0


def test_jacobian_and_hessian_take_the_shapes_of_results_and_arguments() -> None:
    def f(v: list[Any], s: Any) -> Any:
        return [v[0] * v[1] * s, (v[1] + s, v[0])]

    assert jacobian(f)([2.0, 3.0], 5.0) == [[15.0, 10.0], ([0.0, 1.0], [1.0, 0.0])]
    assert jacobian(f, 1)([2.0, 3.0], 5.0) == [6.0, (1.0, 0.0)]
    assert jacobian(lambda x: x * x)(3.0) == 6.0
    assert hessian(lambda x: x**4)(2.0) == 48.0
    by_both = hessian(lambda x, y: x * x * y, (0, 1))(2.0, 3.0)
    assert by_both == ((6.0, 4.0), (4.0, 0.0))


def test_hessian_of_rosenbrock() -> None:
    def rosenbrock(v: list[Any]) -> Any:
        x, y = v
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    x, y = 0.3, -1.2
    expected = [[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200.0]]
    for row, reference in zip(hessian(rosenbrock)([x, y]), expected, strict=True):
        assert row == pytest.approx(reference)


def test_jvp_is_the_jacobian_times_the_direction() -> None:
    def f(v: list[Any], s: Any) -> Any:
        return [(v[0] * s).sin(), v[1] / v[0], 2**s * v[1]]

    args, directions = ([0.4, 1.5], 0.3), ([2.0, -1.0], 0.5)
    by_v, by_s = jacobian(f)(*args), jacobian(f, 1)(*args)
    expected = [row[0] * 2.0 - row[1] + s * 0.5 for row, s in zip(by_v, by_s, strict=True)]
    results, speeds = jvp(f, args, directions)
    assert speeds == pytest.approx(expected)
    assert results == [math.sin(0.4 * 0.3), 1.5 / 0.4, 2**0.3 * 1.5]


def test_directions_may_be_values_beside_numbers_in_a_list_or_a_tuple() -> None:
    t = Value(1.0)
    along = jvp(lambda x, y: x * y, (2.0, 3.0), (t, 10.0))[1]
    assert along.data == 23.0
    along.backward()
    assert t.grad == 3.0
    assert jvp(lambda x: x.exp(), (1.0,), (np.float32(1.0),))[1] == math.exp(1.0)
    assert jvp(lambda x, y: x * y, [2.0, 3.0], (1.0, 10.0)) == (6.0, 23.0)
    assert hvp(lambda x, y: x * x * y, [2.0, 3.0], (1.0, 0.0)) == (6.0, 4.0)


def test_jvp_nests() -> None:
    assert grad(lambda x: jvp(lambda y: y**3, (x,), (1.0,))[1])(2.0) == 12.0
    assert jvp(lambda x: grad(lambda y: y**3)(x), (2.0,), (1.0,))[1] == 12.0
    assert grad(lambda t: jvp(lambda y: y**3, (2.0,), (t,))[1])(5.0) == 12.0


def test_transforms_record_within_no_grad() -> None:
    x = Value(3.0)
    with no_grad():
        assert grad(lambda t: t * t)(3.0) == 6.0
        inside = grad(lambda t: t * t)(x)
    assert (inside.data, inside._prev) == (6.0, ())
    assert grad(lambda t: _constant(t) * t)(3.0) == 3.0


def _constant(t: Any) -> Any:
    with no_grad():
        return t * 1


def test_depth_is_no_obstacle() -> None:
    def f(x: Any) -> Any:
        y = x
        for _ in range(2_000):
            y = y * 1.0 + x
        return y * x

    assert grad(f)(3.0) == 2 * 3.0 * 2_001
    assert grad(grad(f))(3.0) == 2 * 2_001
    assert jvp(f, (3.0,), (1.0,))[1] == 2 * 3.0 * 2_001


def test_independent_results_have_a_tangent_of_0() -> None:
    assert jvp(lambda x: [Value(3.0), x * 2.0], (1.0,), (5.0,)) == ([3.0, 2.0], [0.0, 10.0])


def test_anomalies_are_found() -> None:
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"gradient of .* is inf after sqrt"):
        grad(lambda x: x.sqrt())(0.0)
    with detect_anomaly():  # a branch that a rule does not take may be infinite
        assert grad(grad(lambda x: x**2.0))(0.0) == 2.0
        assert grad(lambda x, y: x ** (y * 1), 0)(Value(0.0), Value(0.0)).data == 0.0


# backward(create_graph=True)


def test_gradients_are_values_to_be_differentiated() -> None:
    x, y = Value(2.0), Value(3.0)
    z = x**3 * y
    z.backward(create_graph=True)
    slope = x.grad
    assert (slope.data, y.grad.data, z.grad.data) == (36.0, 8.0, 1.0)
    x.grad = y.grad = 0.0
    slope.backward()
    assert (x.grad, y.grad) == (36.0, 12.0)


def test_leaves_accumulate_and_inner_nodes_do_not() -> None:
    x = Value(2.0)
    y = x * x
    z = y * 3
    z.backward()
    z.backward(create_graph=True)
    z.backward(create_graph=True)
    assert x.grad.data == 3 * 12.0
    assert y.grad.data == 3.0


def test_numbers_are_those_of_the_plain_pass() -> None:
    def run(create_graph: bool) -> list[float]:
        a, b, c = Value(0.3), Value(-1.2), Value(2.0)
        y = ((a * b + c).relu() + (b - a).relu() * c) / (a.exp() + b**2) - (a * c).maximum(b)
        y.backward(create_graph=create_graph)
        return [v.grad.data if create_graph else v.grad for v in (a, b, c)]

    assert run(create_graph=True) == run(create_graph=False)


def test_changed_data_are_noticed_before_anything_is_set() -> None:
    x, y = Value(2.0), Value(3.0)
    z = x * y
    x.data = 5.0
    with pytest.raises(RuntimeError, match=r"mul\(5\.0, 3\.0\) .* was 2\.0 .* now be 5\.0\): call refresh\(\)"):
        z.backward(create_graph=True)
    assert (x.grad, y.grad, z.grad) == (0.0, 0.0, 0.0)
    z.refresh().backward(create_graph=True)
    assert y.grad.data == 5.0


def test_undefined_derivatives_are_not_taken_for_changed_data() -> None:
    x, y = Value(-2.0), Value(2.0)
    (x**y).backward(create_graph=True)
    assert x.grad.data == -4.0
    assert math.isnan(y.grad.data)


# Errors


def test_handmade_nodes_have_no_second_derivative() -> None:
    x = Value(2.0)
    y = Value(4.0, (x,), (4.0,))
    with pytest.raises(TypeError, match=r"by hand.*autograd\.operation"):
        y.backward(create_graph=True)
    assert grad(lambda t: Value(t.data**2, (t,), (2 * t.data,)) * 3)(2.0) == 12.0
    with pytest.raises(TypeError, match=r"square\(2\.0\).*by hand"):
        grad(lambda t: Value(t.data**2, (t,), "square"))(2.0)


def test_errors_say_what_to_do() -> None:
    with pytest.raises(TypeError, match="jacobian"):
        grad(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match="not None"):
        grad(lambda x: None)(1.0)
    with pytest.raises(IndexError, match="argnum is 1"):
        grad(lambda x: x, 1)(1.0)
    with pytest.raises(TypeError, match="argnum must be the position"):
        grad(lambda x: x, "x")(1.0)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="a Value holds one real number, not 'a'"):
        grad(lambda x: x)("a")
    with pytest.raises(ValueError, match=r"directions.*shape"):
        jvp(lambda x: x, (1.0,), (1.0, 2.0))


def test_derivatives_choose_again_when_refreshed() -> None:
    """Branches, such as that of relu, are part of the graph, not frozen into it."""
    functions: list[Callable[[Any], Any]] = [
        lambda t: t.relu() * t,
        lambda t: abs(t) * t,
        lambda t: t.leaky_relu(0.1) * 3,
        lambda t: t.maximum(0.5) * t + t.minimum(-0.5),
    ]
    for f in functions:
        x = Value(2.0)
        slope = grad(f)(x)
        for moved in (-2.0, 0.2, 3.0):
            x.data = moved
            assert slope.refresh().data == grad(f)(moved)
        curvature = grad(grad(f))(Value(-2.0))
        assert curvature.data == grad(grad(f))(-2.0)
    y = Value(2.0)
    (y.relu() * y).backward(create_graph=True)
    y.data = -1.0
    assert y.grad.refresh().data == 0.0


def test_a_gradient_penalty_is_compiled() -> None:
    def penalty(w: Any, x: Any) -> Any:
        return (grad(lambda t: (w * t).relu() * t)(x) - 1) ** 2

    x, w = Value(0.5), Value(-1.0)
    program = autograd.compile(penalty(w, x), inputs=[x], params=[w])
    for at in (0.5, -0.5, 2.0):
        here, weight = Value(at), Value(-1.0)
        loss = penalty(weight, here)
        loss.backward()
        value, (slope,) = program.value_and_grad([[at]])
        assert (value, slope) == pytest.approx((loss.data, weight.grad))


def test_many_results_share_one_walk() -> None:
    xs = [0.1 * i for i in range(300)]
    values, speeds = jvp(lambda v: [sum(v[: i + 1], Value(0.0)) ** 2 for i in range(len(v))], (xs,), ([1.0] * 300,))
    total = sum(xs)
    assert values[-1] == pytest.approx(total**2)
    assert speeds[-1] == pytest.approx(2 * total * 300)


@pytest.mark.parametrize(("before", "after"), [(3.0, 2.0), (2.0, 3.0), (math.nan, 2.0), (2.0, math.nan)])
def test_a_graph_of_derivatives_is_refused_once_a_leaf_has_changed(before: float, after: float) -> None:
    x = Value(before)
    y = x * x
    x.data = after
    with pytest.raises(RuntimeError, match="refresh"):
        y.backward(create_graph=True)


def test_an_unchanged_nan_derivative_counts_as_unchanged() -> None:
    x = Value(math.nan)
    (x * x).backward(create_graph=True)
    assert isinstance(x.grad, Value)
    assert math.isnan(x.grad.data)
