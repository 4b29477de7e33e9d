"""Functions over lists of Values: right, stable, and differentiable twice."""

import math
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from hypothesis import given, strategies as st

import autograd
from autograd import Value, grad, hessian

numbers = st.lists(st.floats(-30, 30), min_size=1, max_size=6)


def reference_softmax(xs: list[float]) -> list[float]:
    with mpmath.workdps(40):
        powers = [mpmath.exp(x) for x in xs]
        return [float(p / mpmath.fsum(powers)) for p in powers]


@given(numbers)
def test_logsumexp_and_its_derivatives(xs: list[float]) -> None:
    values = [Value(x) for x in xs]
    y = autograd.logsumexp(values)
    y.backward()
    with mpmath.workdps(40):
        expected = float(mpmath.log(mpmath.fsum([mpmath.exp(x) for x in xs])))
    assert y.data == pytest.approx(expected, rel=1e-13, abs=1e-13)
    assert [v.grad for v in values] == pytest.approx(reference_softmax(xs), rel=1e-12)


@given(numbers)
def test_softmax(xs: list[float]) -> None:
    probabilities = [p.data for p in autograd.softmax(xs)]
    assert probabilities == pytest.approx(reference_softmax(xs), rel=1e-12)
    assert math.fsum(probabilities) == pytest.approx(1.0)


def test_hessian_of_logsumexp_is_the_covariance_of_softmax() -> None:
    xs = [0.3, -1.0, 2.0]
    p = reference_softmax(xs)
    expected = [[p[i] * ((i == j) - p[j]) for j in range(3)] for i in range(3)]
    for row, reference in zip(hessian(autograd.logsumexp)(xs), expected, strict=True):
        assert row == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize(
    ("xs", "expected"),
    [
        ([1000.0, 1000.0], 1000.0 + math.log(2)),
        ([-1000.0, -1000.0], -1000.0 + math.log(2)),
        ([1.7e308, -1.7e308], 1.7e308),
        ([-math.inf, 1.0], 1.0),
        ([-math.inf, -math.inf], -math.inf),
        ([math.inf, 1.0], math.inf),
        ([5.0], 5.0),
    ],
)
def test_logsumexp_at_the_ends(xs: list[float], expected: float) -> None:
    assert autograd.logsumexp([Value(x) for x in xs]).data == expected


def test_nan_stays_nan() -> None:
    assert math.isnan(autograd.logsumexp([1.0, math.nan]).data)
    assert all(math.isnan(p.data) for p in autograd.softmax([math.nan, 1.0]))


def test_sum_dot_and_mean() -> None:
    a, b = Value(2.0), Value(3.0)
    assert autograd.sum([a, 1, b, 2.5]).data == 8.5
    assert autograd.sum([], start=4).data == 4.0
    assert autograd.sum([a], start=b)._prev == (b, a)
    assert autograd.sum([a]) is a
    assert autograd.sum(x for x in (a, b))._prev == (a, b)
    assert grad(autograd.dot, (0, 1))([1.0, 2.0], [3.0, 4.0]) == ([3.0, 4.0], [1.0, 2.0])
    assert autograd.dot([], []).data == 0.0
    assert grad(autograd.mean)([1.0, 2.0, 6.0, 7.0]) == [0.25] * 4


def test_largest_and_smallest() -> None:
    assert autograd.maximum([1, Value(4.0), 3.0]).data == 4.0
    assert autograd.minimum([1, Value(4.0), 3.0]).data == 1.0
    assert grad(autograd.maximum)([1.0, 4.0, 4.0]) == [0.0, 0.5, 0.5]
    assert grad(autograd.minimum)([1.0, 4.0, 1.0]) == [0.5, 0.0, 0.5]


@pytest.mark.parametrize("name", ["mean", "maximum", "minimum", "logsumexp", "softmax"])
def test_empty_lists_are_refused(name: str) -> None:
    function: Callable[[Any], Any] = getattr(autograd, name)
    with pytest.raises(ValueError, match=f"{name}.*empty"):
        function([])


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"dot.*1 and 2"):
        autograd.dot([1.0], [1.0, 2.0])


def test_long_lists() -> None:
    values = [Value(0.5) for _ in range(50_000)]
    autograd.mean(values).backward()
    assert values[0].grad == values[-1].grad == 1 / 50_000
