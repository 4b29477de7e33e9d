"""Derivatives of jitted functions, and jitted functions that take derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Value, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.structure import flat, same
from tests.written import written


def plain(v: Any, k: Any) -> Any:
    return v[0] ** 2 * v[1].sin() if v[0] > 0 else v[1] * v[0] * k


jitted = autograd.jit(plain)

TRANSFORMS: dict[str, Callable[[Any, list[float]], Any]] = {
    "grad": lambda f, at: grad(f)(at, 2.0),
    "value_and_grad": lambda f, at: value_and_grad(f, argnums=(0, 1))(at, 2.0),
    "jacobian": lambda f, at: jacobian(f)(at, 2.0),
    "hessian": lambda f, at: hessian(f)(at, 2.0),
    "hessian of both": lambda f, at: hessian(f, argnums=(0, 1))(at, 2.0),
    "jvp": lambda f, at: jvp(f, (at, 2.0), ([1.0, 0.5], 1.0)),
    "vjp": lambda f, at: vjp(f, at, 2.0)[1](1.5),
    "hvp": lambda f, at: hvp(lambda v: f(v, 2.0), (at,), ([1.0, 2.0],)),
    "grad of grad": lambda f, at: grad(grad(lambda a: f([a, a * a], 2.0)))(at[0]),
    "grad within": lambda f, at: grad(lambda a: grad(lambda b: f([a, b], a))(a * 2))(at[0]),
    "grad of a grad of it": lambda f, at: grad(lambda v: grad(f)(v, 2.0)[1])(at),
}


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("at", [[2.0, 3.0], [-1.0, 0.5], [0.0, 1.0]])
def test_transforms_of_a_jitted_function_are_those_of_the_function(name: str, at: list[float]) -> None:
    found, right = TRANSFORMS[name](jitted, at), TRANSFORMS[name](plain, at)
    assert same(found, right)
    numbers = [[x.data if isinstance(x, Value) else x for x in flat(each)] for each in (found, right)]
    np.testing.assert_allclose(numbers[0], numbers[1], rtol=1e-12, atol=1e-12)


def test_derivatives_run_as_programs_on_batches() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 2))
    derived: Any = hessian(jitted)
    found = derived.batch(rows, np.full(20, 2.0))
    right = [hessian(plain)(row, 2.0) for row in rows.tolist()]
    np.testing.assert_allclose(np.array(found).transpose(2, 0, 1), right, rtol=1e-12, atol=1e-12)


w = Value(2.0)


def cubed(u: Any) -> Any:
    return w * u * u * u


INSIDE: dict[str, Callable[[Any], Any]] = {
    "grad": lambda x: x * grad(cubed)(2.0),
    "grad of grad": lambda x: x * grad(grad(cubed))(2.0),
    "value_and_grad": lambda x: x * value_and_grad(cubed)(2.0)[0],
    "jacobian": lambda x: x * jacobian(lambda u: [cubed(u), u])(2.0)[0],
    "hessian": lambda x: x * hessian(cubed)(2.0),
    "jvp": lambda x: x * jvp(cubed, (2.0,), (1.0,))[1],
    "vjp": lambda x: x * vjp(cubed, 2.0)[1](1.0)[0],
    "hvp": lambda x: x * hvp(cubed, (2.0,), (1.0,)),
    "grad of a read": lambda x: x * grad(cubed)(x.data),
    "grad that decides": lambda x: x if grad(cubed)(2.0) > 30 else -x,
    "grad by the argument": lambda x: grad(cubed)(x) + grad(grad(cubed))(x),
    "grad of a jitted function": lambda x: grad(jitted)([x, x * 2], 1.0)[0] * 2,
}


@pytest.mark.parametrize("name", INSIDE)
def test_inner_derivatives_are_recomputed(name: str) -> None:
    f = autograd.jit(INSIDE[name])
    for weight in (2.0, 3.0, -1.5):
        w.data, w.grad = weight, 0.0
        right = [INSIDE[name](Value(x)) for x in (1.0, -0.5, 2.0)]
        assert f.batch([1.0, -0.5, 2.0]) == pytest.approx([y.data for y in right], rel=1e-12)
        for y in right:
            y.backward(1 / 3)
        gradient = f.value_and_grad([1.0, -0.5, 2.0])[1].tolist() if f.parameters() else [0.0]
        assert gradient == pytest.approx([w.grad], rel=1e-12)
    assert "eager" not in f.report()


@settings(max_examples=10)
@given(st.integers(0, 10**9), st.integers(-20, 20), st.integers(-20, 20))
def test_second_derivatives_of_random_functions(seed: int, a: int, b: int) -> None:
    f, source = written(seed, w=Value(0.7))
    at, direction = (a / 10, b / 10), (1.0, -0.5)

    def answer(g: Any, transform: Callable[..., Any]) -> Any:
        try:
            return list(flat(transform(g)))
        except Exception as error:
            return type(error).__name__

    for transform in (
        lambda g: jvp(g, at, direction),
        lambda g: hessian(g, argnums=(0, 1))(*at),
        lambda g: vjp(g, *at)[1](2.0),
    ):
        found, right = answer(autograd.jit(f), transform), answer(f, transform)
        assert found == right or found == pytest.approx(right, rel=1e-9, abs=1e-9, nan_ok=True), source
