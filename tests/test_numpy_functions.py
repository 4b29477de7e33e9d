"""numpy's functions accept Values, alone and in arrays, as test suites of peers expect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd import Value, grad, gradcheck

ONE = [
    "abs", "absolute", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh",
    "arctanh", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square", "reciprocal", "negative",
    "positive",
]  # fmt: skip
TWO = [
    "add", "subtract", "multiply", "divide", "true_divide", "power", "mod", "remainder", "maximum", "minimum",
    "arctan2", "hypot",
]  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_functions_of_one_number(name: str) -> None:
    function, x = getattr(np, name), 1.3 if name == "arccosh" else 0.3
    assert gradcheck(function, [x])
    assert gradcheck(grad(function), [x])
    assert function(Value(x)).data == pytest.approx(float(function(x)), rel=1e-15)
    slopes = grad(lambda a: function(a).sum())(np.array([x, x + 0.1]))
    assert list(slopes) == [grad(function)(x), grad(function)(x + 0.1)]


@pytest.mark.parametrize("name", TWO)
def test_functions_of_two_numbers(name: str) -> None:
    function = getattr(np, name)
    for x, y in ((1.5, 2.25), (3.7, 0.6), (0.4, -1.3)):
        assert gradcheck(function, [x, y])
        for i in (0, 1):
            assert gradcheck(lambda a, b, i=i: grad(function, i)(a, b), [x, y])


def test_guards_and_comparisons_of_programs() -> None:
    """As in tests of scalar engines: a comparison is of numbers, and gives no gradient."""

    def piecewise(x: Any) -> Any:
        if x == 0 or x != x:
            return x
        if 0 < x <= 1:
            return np.sqrt(x)
        return x * x if x >= 0 else -x * x

    for x, slope in ((0.0, 1.0), (0.25, 1.0), (3.0, 6.0), (-2.0, 4.0)):
        assert grad(piecewise)(x) == slope
        assert piecewise(Value(x)).data == piecewise(x)
    assert sorted([Value(2.0), Value(1.0)])[0].data == min(Value(1.0), Value(2.0)).data == 1.0


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "std", "var"])
def test_functions_of_an_array(name: str) -> None:
    function, xs = getattr(np, name), np.array([1.5, -0.4, 2.25])
    assert function(np.array([Value(x) for x in xs])).data == pytest.approx(function(xs), rel=1e-15)
    assert gradcheck(lambda *x: function(np.array(x)), list(xs))


def test_a_value_is_not_rounded_silently() -> None:
    for digits in ((), (2,)):
        with pytest.raises(TypeError, match=r"use round\(v\.data, 2\) for the number"):
            round(Value(1.234), *digits)
