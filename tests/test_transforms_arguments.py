"""Arguments and results of derivatives of functions: kinds of arguments, options, vector products, seeds."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
from autograd import Value, elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.structure import flat


class Line(NamedTuple):
    slope: Any
    offset: Any


def test_all_numbers_are_values_differentiated_or_not() -> None:
    f = lambda x, y: x.sin() * y.cos()  # noqa: E731
    expected = math.cos(1.0) * math.cos(2.0)
    assert grad(f)(1.0, 2.0) == grad(f)(1.0, y=2.0) == grad(f)(1, 2) == expected
    assert grad(lambda x, ys: x * (ys[0]["a"] + ys[1][0]).exp())(1.0, [{"a": 0.5}, (-0.5,)]) == 1.0
    assert hessian(f)(1.0, 2.0) == pytest.approx(-math.sin(1.0) * math.cos(2.0))
    assert jvp(f, (1.0, 2.0), (1.0, 0.0))[1] == pytest.approx(expected)


def test_whole_numbers_also_count() -> None:
    def repeated(x: Any, n: Any, table: Any) -> Any:
        for _ in range(n):
            x = x * table[n]
        return x + n.sin()

    assert grad(repeated)(2.0, 3, [0.0, 1.0, 2.0, 10.0]) == 1000.0


def test_objects_that_are_not_numbers_are_kept() -> None:
    seen: list[Any] = []

    def f(x: Any, *rest: Any, **options: Any) -> Any:
        seen.extend([*rest, *options.values()])
        return x * x

    array = np.ones(3)
    assert grad(f)(3.0, "text", None, True, array, np.True_, flag=False) == 6.0
    assert seen[0] == "text"
    assert seen[1] is None
    assert seen[2] is True
    assert seen[3] is array
    assert seen[5] is False


def test_arguments_come_back_in_kind() -> None:
    assert grad(lambda w: w["a"] * w["b"][0])({"a": 2.0, "b": [3.0]}) == {"a": 3.0, "b": [2.0]}
    found = grad(lambda line: line.slope * 5.0 + line.offset)(Line(2.0, 1.0))
    assert type(found) is Line
    assert found == Line(5.0, 1.0)
    value, (first, second) = value_and_grad(lambda a, b: a[0] * b["x"], (0, 1))((2.0,), {"x": 4.0})
    assert (value, first, second) == (8.0, (4.0,), {"x": 2.0})


def test_arrays_come_back_as_arrays() -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = grad(lambda a: (a * a).sum())(x)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, 2 * x)
    np.testing.assert_allclose(grad(lambda a: np.tanh(a)[0, 1] * a[1, 1])(x)[0], [0.0, 4.0 / np.cosh(2.0) ** 2])
    np.testing.assert_allclose(hessian(lambda v: (v**3).sum() + v[0] * v[1])(x[0]), [[6.0, 1.0], [1.0, 12.0]])
    np.testing.assert_array_equal(jacobian(lambda v: x @ v)(x[0]), x)
    assert jacobian(lambda v: x @ v)(np.array([1, 2])).shape == (2, 2)
    assert grad(lambda w, a: (w @ a).sum())(x[0], x).shape == (2,)
    values = grad(lambda v: (v**3).sum())(np.array([Value(1.0), Value(2.0)]))
    assert [type(v) for v in values] == [Value, Value]
    assert grad(lambda v: (grad(lambda u: (u**3).sum())(v)).sum())(x[0]).tolist() == [6.0, 12.0]


def test_argnums_is_argnum() -> None:
    f = lambda a, b: a * a * b  # noqa: E731
    assert grad(f, argnums=1)(3.0, 2.0) == grad(f, argnum=1)(3.0, 2.0) == grad(f, -1)(3.0, 2.0) == 9.0
    assert grad(f, argnums=(1, 0))(3.0, 2.0) == (9.0, 12.0)
    assert hessian(f, argnums=0)(3.0, 2.0) == jacobian(grad(f), argnums=0)(3.0, 2.0) == 4.0
    with pytest.raises(TypeError, match="the same option"):
        grad(f, 1, argnums=0)
    with pytest.raises(TypeError, match="the position of an argument"):
        grad(f, argnums="a")(1.0, 2.0)  # type: ignore[call-overload]
    with pytest.raises(IndexError, match="called with 2 positional arguments"):
        grad(f, 2)(1.0, 2.0)


def test_an_auxiliary_result_is_returned() -> None:
    def f(x: Any) -> Any:
        return x * x, {"twice": 2 * x, "name": "f"}

    assert grad(f, has_aux=True)(3.0) == (6.0, {"twice": 6.0, "name": "f"})
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, {"twice": 6.0, "name": "f"}), 6.0)
    second = grad(lambda x: grad(f, has_aux=True)(x)[0])(3.0)
    assert second == 2.0
    with pytest.raises(TypeError, match="with has_aux the function must return a pair"):
        grad(lambda x: x, has_aux=True)(1.0)


def test_a_gradient_is_taken_back() -> None:
    result, back = vjp(lambda x, y: {"product": x * y[0], "sum": x + y[1]}, 2.0, [3.0, 4.0])
    assert result == {"product": 6.0, "sum": 6.0}
    assert back({"product": 1.0, "sum": 10.0}) == (13.0, [2.0, 10.0])
    assert back({"product": 0.0, "sum": 1.0}) == (1.0, [0.0, 1.0])
    with pytest.raises(ValueError, match=r"gradient.*shape"):
        back([1.0, 10.0])
    result, back, aux = vjp(lambda x: (x * x, "aux"), 3.0, has_aux=True)
    assert (result, back(10.0), aux) == (9.0, (60.0,), "aux")


def test_vjp_is_the_jacobian_transposed_and_differentiable() -> None:
    f = lambda v: [v[0] * v[1], v[0].exp(), v[1] - v[0]]  # noqa: E731
    x, u = [0.5, 2.0], [1.0, -2.0, 3.0]
    expected = np.array(u) @ np.array(jacobian(f)(x))
    np.testing.assert_allclose(vjp(f, x)[1](u)[0], expected)
    assert grad(lambda a: vjp(lambda b: b**3, a)[1](2.0)[0])(3.0) == 36.0
    same = lambda x: [x, x, x * x]  # noqa: E731
    assert vjp(same, 3.0)[1]([1.0, 10.0, 100.0]) == (611.0,)


def test_the_hessian_times_a_vector() -> None:
    f = lambda v, w: (v[0] ** 2 * v[1]).exp() * w  # noqa: E731
    x, direction = ([0.3, 0.7], 1.5), ([1.0, -2.0], 0.5)
    found = hvp(f, x, direction)
    rows, last = hessian(f, (0, 1))(*x)
    matrix = np.array([list(flat(row)) for row in (*rows, last)])
    np.testing.assert_allclose(list(flat(found)), matrix @ list(flat(direction)))
    assert hvp(lambda x: x**3, (2.0,), (10.0,)) == 120.0
    with pytest.raises(ValueError, match=r"directions.*shape"):
        hvp(lambda x: x**3, (2.0,), ([1.0],))


def test_number_by_number() -> None:
    xs = [0.1, 0.5, 2.0]
    assert elementwise_grad(lambda v: [x.tanh() for x in v])(xs) == [grad(lambda x: x.tanh())(x) for x in xs]
    np.testing.assert_allclose(elementwise_grad(np.exp)(np.array(xs)), np.exp(xs))
    second = elementwise_grad(elementwise_grad(lambda v: [x**3 for x in v]))(xs)
    assert second == [6 * x for x in xs]
    assert elementwise_grad(autograd.exp)(0.0) == 1.0


def test_functions_of_the_package_and_of_numpy_take_values() -> None:
    assert grad(np.arctan)(1.0) == grad(autograd.atan)(1.0) == 0.5
    assert grad(lambda x: np.arcsinh(x) + np.arccosh(x) + np.arcsin(0.1 * x) + np.arccos(0.1 * x))(2.0) > 0.0
    assert grad(np.arctanh)(0.0) == 1.0


# backward() and its gradient


def test_backward_takes_a_gradient() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(2.0)
    assert (x.grad, y.grad) == (12.0, 2.0)
    y.backward(gradient=np.float64(0.5))
    assert x.grad == 15.0
    with pytest.raises(TypeError, match=r"write backward\(create_graph=True\)"):
        y.backward(True)
    with pytest.raises(TypeError, match="a Value holds one real number"):
        y.backward("1")  # type: ignore[arg-type]
    assert x.grad == 15.0


def test_backward_takes_a_gradient_that_is_differentiated_too() -> None:
    x, seed = Value(3.0), Value(2.0)
    y = x**3
    y.backward(seed, create_graph=True)
    gradient = x.grad
    assert gradient.data == 54.0
    x.grad = seed.grad = 0.0
    gradient.backward()
    assert (x.grad, seed.grad) == (36.0, 27.0)


def test_the_order_is_there_to_be_had() -> None:
    a, b = Value(2.0), Value(3.0)
    y = (a * b + a) * b
    order = y.topological()
    assert order[-1] is y
    assert len(order) == len(set(order)) == 5
    for i, node in enumerate(order):
        assert all(operand in order[:i] for operand in node._prev)
    assert a.topological() == [a]


# Choices in the graph of a derivative


def test_a_choice_is_made_again() -> None:
    a, b = Value(0.0), Value(3.0)
    slope = grad(lambda x, y: x**y, 1)(a, b)
    assert slope.data == 0.0
    program = autograd.compile(slope, inputs=[a, b])
    np.testing.assert_allclose(program([[2.0, 3.0], [0.0, 3.0]]), [8 * math.log(2.0), 0.0])
    a.data = 2.0
    assert slope.refresh().data == pytest.approx(8 * math.log(2.0))


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "softplus", "silu", "sigmoid"])
def test_compiled_derivatives_equal_eager_ones(name: str) -> None:
    x = Value(0.1)
    second = grad(grad(lambda v: getattr(v, name)()))(x)
    points = np.array([[-30.0], [-1.0], [-0.2], [0.0], [0.4], [1.0], [3.0], [25.0]])
    program = autograd.compile(second, inputs=[x])
    expected = [grad(grad(lambda v: getattr(v, name)()))(float(point)) for (point,) in points]
    np.testing.assert_allclose(program(points), expected, rtol=1e-12, atol=1e-300)


def test_a_gradient_goes_on_to_infinity_when_it_is_refreshed() -> None:
    x = Value(4.0)
    slope = grad(lambda v: v.sqrt())(x)
    x.data = 0.0
    assert slope.refresh().data == grad(lambda v: v.sqrt())(0.0) == math.inf
    assert grad(lambda v: v * v.abs() if hasattr(v, "abs") else v * abs(v))(0.0) == 0.0


def test_a_derivative_of_0_by_rule_blocks_every_gradient() -> None:
    """Not even an infinite gradient: in `backward`, in `grad` and compiled."""

    def f(x: Any) -> Any:
        return (x**0 - 1.0).sqrt() + x

    x = Value(2.0)
    y = f(x)
    y.backward()
    assert x.grad == grad(f)(2.0) == 1.0
    assert grad(grad(f))(2.0) == 0.0
    _, gradient = autograd.compile(y, params=[x]).value_and_grad()
    assert list(np.ravel(gradient)) == [1.0]
