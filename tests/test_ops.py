"""Every operation of the table: derivatives against finite differences and mpmath, corners, errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest

from autograd import Value, grad, ops
from autograd.arithmetic import quiet, strict
from autograd.ops import Operation
from autograd.value import apply
from tests.declared import DECLARED

INF, NAN = float("inf"), float("nan")


@cache
def normal(a: Any, digits: int) -> Any:
    """The share of a normal distribution below a; with hundreds of digits it is worth being kept."""
    return mpmath.erfc(-a / mpmath.sqrt(2)) / 2


# An independent reference for each operation: the function itself, in 50 digits.
REFERENCES: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: a**b,
    "abs": abs,
    "exp": mpmath.exp,
    "log": mpmath.log,
    "log1p": lambda a: mpmath.log(1 + a),
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "tanh": mpmath.tanh,
    "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
    "relu": lambda a: max(a, 0),
    "softplus": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "maximum": max,
    "minimum": min,
    "sign": mpmath.sign,
    "expm1": mpmath.expm1,
    "exp2": lambda a: mpmath.mpf(2) ** a,
    "log2": lambda a: mpmath.log(a, 2),
    "log10": lambda a: mpmath.log(a, 10),
    "remainder": lambda a, b: a - b * mpmath.floor(a / b),
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "hypot": mpmath.hypot,
    "atan2": mpmath.atan2,
    "logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "erf": mpmath.erf,
    "ndtr": lambda a: normal(a, mpmath.mp.dps),
    "exp_product": lambda a, b: mpmath.exp(a * b),
    "gelu": lambda a: a * normal(a, mpmath.mp.dps),
    "gelu_tanh": lambda a: a / (1 + mpmath.exp(-mpmath.sqrt(8 / mpmath.pi) * (a + mpmath.mpf(0.044715) * a**3))),
    "silu": lambda a: a / (1 + mpmath.exp(-a)),
    "binary_cross_entropy": lambda p, t: -(t * mpmath.log(p) + (1 - t) * mpmath.log(1 - p)),
    "clip": lambda a, low, high: min(max(a, low), high),
    "floor": mpmath.floor,
    "isfinite": lambda a: 1,
    "greater": lambda a, b: int(a > b),
    "equal": lambda a, b: int(a == b),
    "not_equal": lambda a, b: int(a != b),
    "where": lambda a, b, c: b if a else c,
    "power": lambda a: a ** mpmath.mpf(2.5),
    "leaky_relu": lambda a: a if a > 0 else a * mpmath.mpf(0.1),
}
MEMBERS = {"power": 2.5, "leaky_relu": 0.1}
POINTS = [0.3, 1.7, -0.6, 2.4, -3.1, 0.9]
DECISIONS = ("sign", "greater", "equal", "not_equal", "where", "clip", "floor", "isfinite", "remainder")
WITHIN: dict[str, Callable[[float], float]] = {
    **dict.fromkeys(("log", "log2", "log10", "sqrt", "pow", "power"), abs),
    **dict.fromkeys(("asin", "acos", "atanh"), lambda x: x / 4),
    "acosh": lambda x: 1.1 + abs(x),
    "binary_cross_entropy": lambda x: abs(x) / 4,
    "log1p": lambda x: max(x, -0.6),
    "remainder": lambda x: x + 0.01,
}
"""For operations not defined everywhere, a function that turns any number into an operand."""


def declared() -> list[Operation]:
    """The operations of the engine itself, one member for each family."""
    found = []
    for name, entry in DECLARED.items():
        if name in REFERENCES:
            found.append(entry if isinstance(entry, Operation) else entry(MEMBERS[name]))
    return found


def test_the_reference_covers_the_table() -> None:
    assert set(DECLARED) - set(REFERENCES) == {"stop_gradient", "shift"}


@pytest.mark.parametrize("operation", declared(), ids=lambda operation: operation.name)
def test_values_and_derivatives_agree_with_50_digits(operation: Operation) -> None:
    reference = REFERENCES[operation.name]
    with mpmath.workdps(50):
        for k, x in enumerate(POINTS):
            data = [x, POINTS[k - 1], POINTS[k - 2]][: operation.arity]
            data[0] = WITHIN.get(operation.name, float)(data[0])
            values = [Value(number) for number in data]
            y = apply(operation, *values)
            y.backward()
            exact = [mpmath.mpf(number) for number in data]
            assert y.data == pytest.approx(float(reference(*exact)), rel=1e-14, abs=1e-16)
            for i, value in enumerate(values):

                def along(v: Any, i: int = i, exact: list[Any] = exact) -> Any:
                    return reference(*exact[:i], v, *exact[i + 1 :])

                slope = mpmath.diff(along, exact[i], h=mpmath.mpf("1e-15"))
                assert value.grad == pytest.approx(float(slope), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("operation", declared(), ids=lambda operation: operation.name)
def test_fast_paths_equal_the_declaration(operation: Operation) -> None:
    for k, x in enumerate(POINTS):
        data = [WITHIN.get(operation.name, float)(x), POINTS[k - 1], POINTS[k - 2]][: operation.arity]
        y = apply(operation, *map(Value, data))
        assert y.data == operation.forward(strict, *data)
        assert y._local_grads == tuple(partial(quiet, y.data, *data) for partial in operation.partials)


def test_the_written_out_sum_and_product_equal_their_declarations() -> None:
    for x, z in [(2.0, -3.0), (0.0, INF), (-0.0, 0.0), (1e308, 1e308)]:
        a, b = Value(x), Value(z)
        for quick, operation in ((a + b, ops.ADD), (a * b, ops.MUL)):
            declared_ = apply(operation, a, b)
            assert repr(quick.data) == repr(declared_.data)
            assert quick._local_grads == declared_._local_grads
            assert quick._prev == declared_._prev
            assert quick._op == declared_._op


def local(f: Callable[..., Any], *data: float) -> list[float]:
    values = [Value(x) for x in data]
    f(*values).backward()
    return [v.grad for v in values]


def test_corners_follow_pytorch() -> None:
    assert local(lambda a: a.relu(), 0.0) == [0.0]
    assert local(lambda a: a.leaky_relu(0.2), 0.0) == [0.2]
    assert local(abs, 0.0) == [0.0]
    assert local(lambda a, b: a.maximum(b), 2.0, 2.0) == [0.5, 0.5]
    assert local(lambda a, b: a.minimum(b), 2.0, 2.0) == [0.5, 0.5]
    for x in (0.0, -2.0, 3.0):
        assert local(lambda a: a**0, x) == [0.0]
        assert (Value(x) ** 0).data == 1.0
    assert local(lambda a: a**2, 0.0) == [0.0]
    assert local(lambda a: a**3.5, 0.0) == [0.0]
    assert local(lambda a: a**1, 0.0) == [1.0]
    assert local(lambda a: a.sqrt(), 0.0) == [INF]
    assert local(lambda a: a**0.5, 0.0) == [INF]
    base, exponent = local(lambda a, b: a**b, -2.0, 2.0)
    assert base == -4.0
    assert math.isnan(exponent)
    assert local(lambda a: a**a, 2.0) == [4.0 * (math.log(2.0) + 1.0)]
    assert local(lambda a, b: a.atan2(b), 0.0, 0.0) == [0.0, 0.0]
    assert local(lambda a, b: a.atan2(b), 1e200, 1e200) == pytest.approx([0.5e-200, -0.5e-200], rel=1e-15)
    assert list(map(math.isnan, local(lambda a, b: a.hypot(b), 0.0, 0.0))) == [True, True]
    for a, b, slopes in (
        (INF, 0.0, [1.0, 0.0]),
        (-INF, 0.0, [0.0, 1.0]),
        (INF, -INF, [1.0, 0.0]),
        (2.0, 2.0, [0.5] * 2),
    ):
        assert local(lambda a, b: a.logaddexp(b), a, b) == slopes
    for both in (INF, -INF):
        assert Value(both).logaddexp(both).data == both
    assert Value(3.0).logaddexp(3.0).data == 3.0 + math.log(2.0)
    for a, b, slope in ((-1.0, INF, 1.0), (1.0, INF, 0.0), (1.0, -INF, 1.0), (-1.0, -INF, 0.0), (-1e-20, 1.0, 1.0)):
        assert local(lambda a, b: a % b, a, b) == [1.0, slope]


def test_corners_of_a_power_with_a_variable_exponent() -> None:
    """As in PyTorch; the mixed derivative has its limits for a → 0."""
    for a, b, slopes in (
        (2.0, 0.0, [0.0, math.log(2.0)]),
        (0.0, 0.0, [0.0, 0.0]),
        (0.0, 0.5, [INF, 0.0]),
        (0.0, 1.0, [1.0, 0.0]),
        (0.0, 2.0, [0.0, 0.0]),
    ):
        assert local(pow, a, b) == slopes, (a, b)
    for b, mixed in ((0.0, INF), (0.5, -INF), (1.0, -INF), (1.5, 0.0), (2.0, 0.0)):
        assert grad(grad(pow, argnum=0), argnum=1)(0.0, b) == mixed, b
    # Outside the domain only derivatives meet it, as those of a^1.5 at 0 do.
    assert ops.POW.partials[1](quiet, INF, 0.0, -0.5) == -INF
    # a^(b-1) + b·a^(b-1)·log a, differentiated for a: a^(b-2)·(2b - 1 + b·(b-1)·log a)
    assert grad(grad(grad(pow, argnum=0), argnum=0), argnum=1)(2.0, 0.0) == -0.25


def test_a_choice_goes_by_whether_the_condition_is_0() -> None:
    for condition, slopes in (
        (0.0, [0.0, 0.0, 1.0]),
        (-0.0, [0.0, 0.0, 1.0]),
        *((x, [0.0, 1.0, 0.0]) for x in (1.0, -1.0, NAN)),
    ):
        y = apply(ops.WHERE, *map(Value, (condition, 5.0, 7.0)))
        assert y.data == (5.0 if slopes[1] else 7.0)
        assert list(y._local_grads) == slopes


def test_the_symbol_of_a_power_is_its_whole_exponent() -> None:
    for exponent, symbol in ((2.0, "**2"), (-1.0, "**-1"), (0.5, "**0.5"), (2.5, "**2.5"), (1e300, "**1e+300")):
        assert (Value(1.0) ** exponent)._op == symbol


def test_only_numbers_are_finite() -> None:
    assert [apply(ops.ISFINITE, Value(x)).data for x in (0.0, -1e308, INF, -INF, NAN)] == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert [apply(ops.SHIFT, Value(x)).data for x in (2.0, INF, -INF, NAN)] == [2.0, 0.0, 0.0, 0.0]


def test_nan_is_outside_every_interval() -> None:
    assert math.isnan(Value(NAN).relu().data)
    assert math.isnan(Value(NAN).clip(0.0, 1.0).data)
    assert (local(lambda a: a.relu(), NAN), local(lambda a: a.clip(0.0, 1.0), NAN)) == ([1.0], [0.0])


def test_nothing_overflows_that_need_not() -> None:
    for x in (1e308, -1e308, 1000.0, -1000.0):
        assert Value(x).tanh().data == math.copysign(1.0, x)
        assert Value(x).sigmoid().data == (1.0 if x > 0 else 0.0)
        assert Value(x).softplus().data == max(x, 0.0)
        for name in ("tanh", "sigmoid", "softplus"):
            assert math.isfinite(local(lambda a, name=name: getattr(a, name)(), x)[0])


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda a, b: b / a, ZeroDivisionError, r"div\(b = -2\.0, a = 0\.0\): the denominator must not be 0"),
        (lambda a, b: a.log(), ValueError, r"log\(a = 0\.0\): the operand must be above 0"),
        (lambda a, b: b.sqrt(), ValueError, r"sqrt\(b = -2\.0\): the operand must not be below 0"),
        (
            lambda a, b: b**0.5,
            ValueError,
            r"power\(b = -2\.0, exponent=0\.5\): a negative number has only whole powers",
        ),
        (lambda a, b: a**-1, ZeroDivisionError, r"power\(a = 0\.0, exponent=-1\.0\)"),
        (lambda a, b: b ** Value(0.5), ValueError, r"pow\(b = -2\.0, 0\.5\)"),
        (lambda a, b: (b * -500).exp(), OverflowError, r"exp\(1000\.0\): the result must fit a float"),
        (lambda a, b: (b * 1e200) ** 2, OverflowError, r"power\(-2e\+200, exponent=2\.0\)"),
        (lambda a, b: Value(INF).sin(), ValueError, r"sin\(inf\): the operand must be finite"),
    ],
)
def test_operations_raise_outside_their_domain_as_floats_do(
    make: Callable[[Value, Value], Value], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        make(Value(0.0, label="a"), Value(-2.0, label="b"))


def test_sums_and_products_follow_ieee_754() -> None:
    assert (Value(1e308) + 1e308).data == INF
    assert (Value(1e308) * 10).data == INF
    assert math.isnan((Value(INF) - INF).data)


TWOS: list[Any] = [2, 2.0, True + 1, Fraction(2), Decimal(2), np.array(2.0), np.array(2)]
TWOS += [kind(2) for kind in (np.float16, np.float32, np.float64, np.longdouble, np.int8, np.int64, np.uint8)]


@pytest.mark.parametrize("two", TWOS, ids=lambda two: f"{type(two).__name__} {getattr(two, 'dtype', '')}")
def test_any_real_scalar_on_either_side(two: Any) -> None:
    a = Value(3.0)
    found = [a + two, two + a, a - two, two - a, a * two, two * a, a / two, two / a, a**two, two**a, a.maximum(two)]
    assert [v.data for v in found] == [5, 5, 1, -1, 6, 6, 1.5, 2 / 3, 9, 8, 3]
    assert all(type(v) is Value and type(v.data) is float for v in found)
    assert Value(two).data == 2.0


@pytest.mark.parametrize("one", [True, np.True_, np.array(True)])
def test_a_truth_value_is_0_or_1(one: Any) -> None:
    a = Value(3.0)
    assert [v.data for v in (a + one, one * a, a - one, Value(one))] == [4.0, 3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("thing", "hint"),
    [
        ("3", r"'3' \(str\); convert it first: Value\(float\(text\)\)"),
        (1j, r"1j \(complex\)"),
        (None, r"None \(NoneType\)"),
        ([1.0, 2.0], r"make a Value of each element"),
        (np.array([1.0, 2.0]), r"make a Value of each element"),
        (Value(1.0), r"use v\.data for the number"),
    ],
)
def test_objects_that_are_not_real_scalars_are_refused(thing: Any, hint: str) -> None:
    with pytest.raises(TypeError, match=hint):
        Value(thing)
    if not isinstance(thing, (Value, np.ndarray)):
        with pytest.raises(TypeError, match=hint.split(";")[0]):
            Value(1.0) + thing


def test_the_third_derivative_of_any_operation_is_right() -> None:
    for operation in declared():
        if operation.name in ("relu", "leaky_relu", "abs", "maximum", "minimum", *DECISIONS):
            continue
        x, others = 1.8 if operation.name == "acosh" else 0.8, [0.7] * (operation.arity - 1)
        third = grad(grad(grad(lambda a, op=operation, o=others: apply(op, a, *map(Value, o)))))(x)
        with mpmath.workdps(50):
            exact = mpmath.diff(lambda v, op=operation, o=others: REFERENCES[op.name](v, *map(mpmath.mpf, o)), x, 3)
        assert third == pytest.approx(float(exact), rel=1e-9, abs=1e-9), operation


BINARY = [operation for operation in declared() if operation.arity == 2 and operation.name not in DECISIONS]


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.name)
def test_second_derivatives_of_two_operands_are_right(operation: Operation) -> None:
    reference = REFERENCES[operation.name]
    for a, b in ((0.3, 0.8), (0.9, 0.4)):
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            found = grad(grad(lambda a, b: apply(operation, a, b), argnum=i), argnum=j)(a, b)
            with mpmath.workdps(50):
                exact = mpmath.diff(reference, (mpmath.mpf(a), mpmath.mpf(b)), (2 - i - j, i + j))
            assert found == pytest.approx(float(exact), rel=1e-13, abs=1e-14), (a, b, i, j)


FAR = sorted({sign * x for x in (1e-300, 1e-8, 0.3, 0.6, 0.99, 1.0, 1.5, 3.0, 7.0, 20.0, 26.0, 36.0, 40.0, 300.0, 700.0)
              for sign in (1.0, -1.0)} | {0.0, 1e8, 1e150})  # fmt: skip
UNARY = [operation for operation in declared() if operation.arity == 1]
NOT_EVERYWHERE = {"gelu_tanh": 2.0, "tan": 1e9, "sin": 1e9, "cos": 1e9}
"""The range in which 4 units are promised: the cubic in gelu's tanh form, itself approximate, is rounded before exp."""


@pytest.mark.parametrize("operation", UNARY, ids=lambda operation: operation.name)
def test_values_and_derivatives_are_accurate_in_the_tails(operation: Operation) -> None:
    """Within 4 units in the last place of a result with 400 digits, if a float can hold it."""
    reference = REFERENCES[operation.name]
    for x in FAR:
        if operation.name in DECISIONS or abs(x) > NOT_EVERYWHERE.get(operation.name, INF):
            continue
        try:
            y = apply(operation, Value(x))
        except (ArithmeticError, ValueError):
            continue
        y.backward()
        step, digits = ("1e-20", 80) if 1e-5 < abs(x) < 5.0 else ("1e-120", 400)  # elsewhere, terms nearly cancel
        with mpmath.workdps(digits):
            exact = mpmath.mpf(x)
            near(y.data, reference(exact), f"{operation.name}({x})")
            if not (x in (0.0, 1.0, -1.0) and operation.name in CORNERED):
                slope = mpmath.diff(
                    reference, exact, h=mpmath.mpf("1e-500") if x == 0.0 else abs(exact) * mpmath.mpf(step)
                )
                near(y._prev[0].grad, slope, f"{operation.name}'({x})")


@pytest.mark.parametrize("operation", UNARY, ids=lambda operation: operation.name)
def test_second_derivatives_are_accurate_in_the_tails(operation: Operation) -> None:
    for x in FAR:
        beyond = not 1e-200 < abs(x) <= NOT_EVERYWHERE.get(operation.name, INF)
        if operation.name in DECISIONS or beyond or abs(x) == 1.0:
            continue
        try:
            found = grad(grad(lambda a: apply(operation, a)))(x)
        except (ArithmeticError, ValueError):
            continue
        step, digits = ("1e-20", 80) if 1e-5 < abs(x) < 5.0 else ("1e-50", 200)
        with mpmath.workdps(digits):
            exact = mpmath.diff(REFERENCES[operation.name], mpmath.mpf(x), 2, h=abs(mpmath.mpf(x)) * mpmath.mpf(step))
            near(found, exact, f"{operation.name}''({x})", ulps=16.0)


CORNERED = ("abs", "relu", "leaky_relu", "sqrt", "power", "asin", "acos", "acosh", "atanh")


def near(found: float, exact: Any, what: str, ulps: float = 4.0) -> None:
    if 2.3e-308 < abs(exact) < 1.7e308:
        assert abs((mpmath.mpf(found) - exact) / exact) <= ulps * 2.0**-52, (
            f"{what}: {found}, not {mpmath.nstr(exact, 20)}"
        )
