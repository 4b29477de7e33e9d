"""The operations as functions of numbers and Values; comparisons; cases from peers' suites of scalar operations."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Value, elementary, grad, gradcheck
from autograd.methods import Methods
from tests.declared import DECLARED

INF, NAN = math.inf, math.nan
METHODS = sorted({"relu", *(name for name in vars(Methods) if not name.startswith(("_", "arc")))})
AT = {"acosh": 1.7, "asin": 0.3, "acos": 0.3, "atanh": 0.3}
TWO = ("maximum", "minimum", "atan2", "hypot", "logaddexp")
MORE: dict[str, tuple[Any, ...]] = {**dict.fromkeys(TWO, (0.5,)), "clip": (0.1, 0.9)}


@pytest.mark.parametrize("name", [name for name in METHODS if name != "where"])
def test_each_method_is_a_function_of_numbers_and_values(name: str) -> None:
    function, more, x = getattr(autograd, name), MORE.get(name, ()), AT.get(name, 0.7)
    a = Value(x)
    number, value, method = function(x, *more), function(a, *more), getattr(a, name)(*more)
    assert type(number) is float
    assert type(value) is Value
    assert number == value.data == method.data
    assert value._prev[0] is a
    assert function.__doc__
    assert gradcheck(function, [x, *more])
    second = grad(grad(function))(x, *more)
    around = [grad(function)(x + h, *more) for h in (-1e-5, 1e-5)]
    assert second == pytest.approx((around[1] - around[0]) / 2e-5, rel=1e-6, abs=1e-9)


def test_functions_agree_with_python() -> None:
    for name in set(METHODS) & set(dir(math)):
        x = AT.get(name, 0.7)
        more = MORE.get(name, ())
        assert getattr(autograd, name)(x, *more) == getattr(math, name)(x, *more)
    assert elementary.abs(-2) == 2.0
    assert autograd.exp(np.float32(0.0)) == autograd.exp(Fraction(0)) == 1.0
    with pytest.raises(ValueError, match=r"log\(-1\.0\): the operand must be above 0"):
        autograd.log(-1.0)
    with pytest.raises(TypeError, match="convert it first"):
        autograd.log("1")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"^atan2\(\) missing 1 required positional argument: 'other'"):
        autograd.atan2(1.0)  # type: ignore[call-overload]


def test_gelu_has_two_forms() -> None:
    assert autograd.gelu(1.0) == pytest.approx(0.8413447460685429, rel=1e-15)
    tanh = 0.5 * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * 1.044715))
    assert autograd.gelu(1.0, approximate="tanh") == pytest.approx(tanh, rel=1e-15)
    with pytest.raises(ValueError, match=r"approximate.*'fast'"):
        Value(1.0).gelu("fast")


def test_remainder_is_that_of_python_on_either_side() -> None:
    for x in (7.5, -7.5):
        for y in (2.0, -2.0):
            a, b = Value(x), Value(y)
            c = a % b
            c.backward()
            assert (c.data, a.grad, b.grad) == (x % y, 1.0, -math.floor(x / y))
            assert ((a % y).data, (x % b).data) == (x % y, x % y)
    with pytest.raises(ZeroDivisionError, match=r"remainder\(1\.0, 0\.0\): the divisor must not be 0"):
        Value(1.0) % 0


def slopes(f: Callable[..., Value], *data: float) -> list[float]:
    values = [Value(x) for x in data]
    f(*values).backward()
    return [v.grad for v in values]


def test_clip_passes_the_gradient_from_bound_to_bound() -> None:
    for x, slope in ((-2.0, 0.0), (-1.0, 1.0), (0.0, 1.0), (1.0, 1.0), (2.0, 0.0)):
        assert slopes(lambda a: a.clip(-1, 1), x) == [slope]
    assert slopes(lambda a, low, high: a.clip(low, high), -2.0, -1.0, 1.0) == [0.0, 1.0, 0.0]
    assert slopes(lambda a, low, high: a.clip(low, high), 2.0, -1.0, 1.0) == [0.0, 0.0, 1.0]
    assert slopes(lambda a, low, high: a.clip(low, high), 0.0, 1.0, -1.0) == [0.0, 0.0, 1.0]
    assert Value(1e-9).clip(min=1e-7).data == 1e-7
    assert Value(3.0).clip(max=2).data == 2.0
    assert Value(3.0).clip().data == 3.0


def test_where_chooses_again_when_its_condition_changes() -> None:
    condition, a, b = Value(1.0), Value(2.0), Value(3.0)
    y = autograd.where(condition, a * a, b * b)
    y.backward()
    assert (y.data, a.grad, b.grad, condition.grad) == (4.0, 4.0, 0.0, 0.0)
    condition.data = 0.0
    assert y.refresh().data == 9.0
    assert a.where(a > b, b).data == 3.0
    assert autograd.where(True, 1, 2) == 1.0
    assert autograd.where(False, a, 2).data == 2.0


def test_corners_follow_pytorch() -> None:
    assert slopes(abs, NAN) == [0.0]
    assert slopes(lambda a: a.asin(), 1.0) == [INF]
    assert slopes(lambda a: a.acos(), -1.0) == [-INF]
    assert slopes(lambda a: a.acosh(), 1.0) == [INF]
    assert slopes(lambda a: a.gelu(), 0.0) == slopes(lambda a: a.gelu("tanh"), 0.0) == [0.5]
    assert all(math.isnan(slopes(lambda a, name=name: getattr(a, name)(), -INF)[0]) for name in ("gelu", "silu"))
    assert slopes(lambda a: a.softplus(), -INF) == [0.0]


def test_the_derivatives_of_sigmoid_and_tanh_reach_into_their_tails() -> None:
    """From 50 digits: exp(-40) / (1 + exp(-40))², and 1 / cosh(20)², and their derivatives."""
    for x in (40.0, -40.0):
        assert slopes(lambda a: a.sigmoid(), x) == [pytest.approx(4.248354255291589e-18, rel=1e-15)]
        second = grad(grad(lambda a: a.sigmoid()))(x)
        assert second == pytest.approx(math.copysign(4.248354255291589e-18, -x), rel=1e-15)
    for x in (20.0, -20.0):
        assert slopes(lambda a: a.tanh(), x) == [pytest.approx(1.6993417021166355e-17, rel=1e-15)]
        assert grad(grad(lambda a: a.tanh()))(x) == pytest.approx(math.copysign(3.398683404233271e-17, -x), rel=1e-15)


def test_the_hessian_of_a_power_is_symmetric_at_0() -> None:
    hessian = autograd.hessian(lambda v: v[0] ** v[1])
    assert hessian([0.0, 1.0]) == [[0.0, -INF], [-INF, 0.0]]
    assert hessian([0.0, 2.0]) == [[2.0, 0.0], [0.0, 0.0]]
    assert hessian([0.0, 0.5]) == [[-INF, -INF], [-INF, 0.0]]
    (aa, ab), (ba, bb) = hessian([2.0, 3.0])
    assert (aa, ab) == (12.0, ba)
    assert ab == pytest.approx(4.0 + 12.0 * math.log(2.0))
    assert bb == pytest.approx(8.0 * math.log(2.0) ** 2)


# Comparisons


def test_against_numbers_equality_is_of_data() -> None:
    zero, two = Value(0.0), Value(2.0)
    assert zero == 0
    assert 2 == two == 2.0 == two
    assert two != 3
    assert two == 2
    assert two == np.float64(2.0)
    assert np.int64(2) == two
    assert Value(NAN) != NAN
    assert (two == "2", two == None, two == [2.0]) == (False, False, False)  # noqa: E711
    assert list(np.array([1.0, 2.0]) == two) == [False, True]


def test_between_values_equality_is_identity() -> None:
    a, b = Value(2.0), Value(2.0)
    assert a == a
    assert a != b
    assert len({a, b}) == 2
    assert [a, b].index(b) == 1
    assert {a: 1}[a] == 1


def test_truth_is_that_of_the_number() -> None:
    assert not Value(0.0)
    assert not Value(-0.0)
    assert Value(0.1)
    assert Value(NAN)
    assert Value(-INF)
    assert (Value(0.0) or 3.0) == 3.0


def test_a_guard_does_what_it_says() -> None:
    def sinc(x: Any) -> Any:
        if x == 0:
            return 1.0 + 0.0 * x
        return autograd.sin(x) / x

    assert sinc(Value(0.0)).data == sinc(0.0) == 1.0
    assert autograd.value_and_grad(sinc)(0.0) == (1.0, 0.0)


def test_a_gradient_of_0_that_is_a_value_is_kept() -> None:
    """It says how the gradient depends on its operands, though its number is 0."""
    x = Value(1.0)
    y = x**2 - 2 * x
    y.backward(create_graph=True)
    assert x.grad == 0.0
    first = x.grad
    (3 * x).backward()
    assert x.grad.data == 3.0
    x.grad = 0.0
    x.grad = first
    (5 * x).backward(create_graph=True)
    total = x.grad
    x.grad = 0.0
    total.backward()
    assert x.grad == 2.0


# Lists of numbers


def test_log_of_a_sum_of_exponentials_with_infinities() -> None:
    assert autograd.logsumexp([-INF, -INF]).data == -INF
    assert autograd.logsumexp([INF, 1000.0]).data == INF
    assert slopes(lambda a, b: autograd.logsumexp([a, b]), -INF, 1.0) == [0.0, 1.0]
    for data in ((-INF, -INF), (INF, INF)):
        assert all(map(math.isnan, slopes(lambda a, b: autograd.logsumexp([a, b]), *data)))
    assert math.isnan(slopes(lambda x: autograd.logsumexp([x, x]), -INF)[0])
    assert [p.data for p in autograd.softmax([-INF, 1.0, 1.0])] == [0.0, 0.5, 0.5]
    assert all(math.isnan(p.data) for p in autograd.softmax([-INF, -INF]))


def test_infinities_are_not_frozen_into_the_graph() -> None:
    a, b = Value(-INF), Value(-INF)
    y = autograd.logsumexp([a, b])
    a.data = b.data = 1000.0
    assert y.refresh().data == 1000.0 + math.log(2.0)
    p = autograd.softmax([a, b])[0]
    a.data = -INF
    assert p.refresh().data == 0.0


def test_extremes_of_lists_or_of_numbers_one_by_one() -> None:
    a = Value(2.0)
    assert autograd.maximum(1.0, 3.0) == 3.0
    assert autograd.maximum(1.0, a, 0).data == 2.0
    assert autograd.minimum([1.0, a]).data == 1.0
    assert autograd.minimum(a).data == 2.0
    with pytest.raises(TypeError, match="one list, or numbers one by one"):
        autograd.maximum([1.0], 2.0)


def test_a_row_is_picked_by_a_number_or_a_value() -> None:
    table = [[Value(float(10 * i + j)) for j in range(2)] for i in range(5)]
    assert autograd.pick(table, 3) is table[3]
    index = Value(3)
    first, second = autograd.pick(table, index)
    (first * second).backward()
    assert (first.data, second.data, index.grad) == (30.0, 31.0, 0.0)
    assert [row[0].grad for row in table] == [0.0, 0.0, 0.0, 31.0, 0.0]
    assert first._prev == (index, *(row[0] for row in table))
    index.data = 1
    assert first.refresh().data == 10.0
    for wrong in (5, -1, 0.5, Value(7.0), Value(0.5), NAN):
        with pytest.raises(IndexError, match="a whole number from 0 to 4 for a table of 5"):
            autograd.pick(table, wrong)
    with pytest.raises(TypeError, match="an index must be a whole number"):
        autograd.pick(table, "1")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="one length, not 1 and 2"):
        autograd.pick([[1.0], [1.0, 2.0]], index)
    with pytest.raises(ValueError, match="it is empty"):
        autograd.pick([], 0)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100])
def test_picking_is_the_expression_that_it_is_declared_as(count: int) -> None:
    """The bisection that backends compute, against Python's own indexing; and second derivatives."""
    from autograd.arithmetic import strict
    from autograd.picking import among
    from autograd.terms import evaluated, traced

    column = [float(k * k) for k in range(count)]
    answer, partials = traced(among(count))
    for k in range(0, count, max(1, count // 5)):
        names = {"x0": float(k)} | {f"x{i + 1}": x for i, x in enumerate(column)}
        assert among(count).forward(strict, float(k), *column) == evaluated(answer, names) == column[k]
        assert [evaluated(partial, names) for partial in partials[1:]] == [float(i == k) for i in range(count)]
    for wrong in (-1.0, float(count), 0.5):
        assert math.isnan(evaluated(answer, names | {"x0": wrong}))
    entry = Value(3.0)
    table = [entry] * count
    assert pickle.loads(pickle.dumps(autograd.pick(table, Value(0)))).data == 3.0
    assert grad(grad(lambda x: autograd.pick([x] * count, Value(0)) ** 3))(3.0) == 18.0
    assert autograd.pick(table, Value(count - 1)).data == 3.0


def test_every_operation_that_is_called_is_a_method() -> None:
    """Except those that only rules use, and the operators."""
    rules = {
        "exp_product",
        "ndtr",
        "hypot",
        "gelu_tanh",
        "floor",
        "isfinite",
        "sign",
        "greater",
        "equal",
        "not_equal",
        "shift",
        "binary_cross_entropy",
    }
    operators = {"add", "sub", "mul", "div", "neg", "pow", "power", "abs", "remainder", "stop_gradient"}
    assert set(DECLARED) == set(METHODS) | rules | operators
