"""A user's program with types: mypy holds the public signatures to what each name is said to return.

It is checked, not run: `make lint` reads it. An answer of unknown type would fail `assert_type`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import numpy as np
import numpy.typing as npt

import autograd
import nn
import viz
from autograd import Backprop, Value
from autograd.compiler.program import Program
from autograd.jitted.function import Jitted
from autograd.steps import Step
from autograd.words.text import Text

if TYPE_CHECKING:
    from autograd.annotations import Derivative, ValueAndDerivative


def values(x: Value, y: Value) -> None:
    assert_type(2 * x + 1 - y / 2.0, Value)
    assert_type(2.0**x, Value)
    assert_type(abs(-x).tanh(), Value)
    assert_type(x.data, float)
    assert_type(x.label, str)
    assert_type(x < y, bool)
    assert_type(x.refresh(), Value)
    x.data -= 0.1 * x.grad


def functions(x: Value, number: float) -> None:
    assert_type(autograd.exp(x), Value)
    assert_type(autograd.exp(number), float)
    assert_type(autograd.leaky_relu(1, slope=0.1), float)
    assert_type(autograd.atan2(number, x), Value)
    assert_type(autograd.hypot(3, 4), float)
    assert_type(autograd.where(x, 1.0, 2.0), Value)
    assert_type(autograd.where(number, 1.0, 2.0), float)
    assert_type(autograd.maximum([x, number]), Value)
    assert_type(autograd.maximum(number, x), Value)
    assert_type(autograd.minimum(1.0, number), float)
    assert_type(autograd.sum([x, 1]), Value)
    assert_type(autograd.softmax([x, number]), list[Value])
    assert_type(autograd.pick([x, x], 1), Value)
    assert_type(autograd.pick([1.0, 2.0], x), Value)
    assert_type(autograd.pick([[1.0], [2.0]], x), list[Value])


def cube(x: Value, factor: float = 1.0) -> Value:
    return factor * x**3


def derivatives(x: Value, row: npt.NDArray[np.float64]) -> None:
    assert_type(autograd.grad(cube), Derivative)
    assert_type(autograd.grad(cube)(2.0), float)
    assert_type(autograd.grad(cube)(x, 2.0), Value)
    assert_type(autograd.grad(lambda v: v[0] * v[1])([1.0, 2.0]), list[float])
    assert_type(autograd.grad(lambda v: v[0] * v[1])(row), npt.NDArray[np.float64])
    assert_type(autograd.grad(autograd.grad(cube))(2.0), float)
    assert_type(autograd.grad(lambda v: (autograd.grad(lambda u: (u**3).sum())(v)).sum())(row), npt.NDArray[np.float64])
    assert_type(autograd.value_and_grad(cube), ValueAndDerivative)
    assert_type(autograd.value_and_grad(cube)(2.0), tuple[float, float])
    assert_type(autograd.grad(cube, has_aux=True)(2.0), tuple[Any, Any])
    _, back = autograd.vjp(cube, 2.0)
    assert_type(back(1.0), tuple[Any, ...])
    _, _, aux = autograd.vjp(cube, 2.0, has_aux=True)
    aux.any_type()
    assert_type(autograd.gradcheck(cube, [1.0]), bool)


@autograd.jit
def jitted(x: float) -> float:
    return x * x


@autograd.jit(static=1)
def chosen(x: float, n: int) -> float:
    return x**n


@autograd.no_grad()
def decorated(x: Value) -> Value:
    return x


def programs(x: Value, y: Value) -> None:
    assert_type(jitted, Jitted)
    assert_type(chosen, Jitted)
    assert_type(autograd.grad(jitted), Jitted)
    assert_type(jitted.report(), str)
    assert_type(jitted.parameters(), list[Value])
    assert_type(decorated(x), Value)
    program = autograd.compile(x * y, inputs=[x], params=[y])
    assert_type(program, Program)
    assert_type(program.sibling([x]), Program)
    assert_type(program.params, npt.NDArray[Any])
    assert_type(program.value_and_grad([[1.0]])[1], npt.NDArray[Any])
    assert_type(program.listing(), str)


def words(x: Value) -> None:
    assert_type(autograd.formula(x), Text)
    assert_type(next(Backprop(x)), Step)
    assert_type([step.node for step in Backprop(x)], list[Value])
    assert_type(autograd.label({"x": x}), list[str])
    swish = autograd.operation("swish", forward=lambda m, a: a * m.sigmoid(a), partials=[lambda m, y, a: y])
    assert_type(swish, Callable[..., Value])


class Line(nn.Module):
    """A module of a user."""

    def __init__(self) -> None:
        self.slope = Value(1.0)

    def __call__(self, x: float) -> Value:
        return self.slope * x


def networks(images: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> None:
    model = nn.MLP(3, [4, 2])
    assert_type(model.parameters(), list[Value])
    assert_type(model.state_dict(), dict[str, float | list[float]])
    assert_type(Line()(1.0), Value)
    assert_type(nn.mse(model([1.0, 2.0, 3.0]), [0, 1]), Value)
    assert_type(nn.Adam(model.parameters(), lr=nn.cosine(0.1, 10)).step(), None)
    for xs, ys in nn.minibatches(images, labels, size=8, rng=random.Random(0)):
        assert_type(xs, npt.NDArray[np.float64])
        assert_type(ys, npt.NDArray[np.int64])
    for names, numbers in nn.minibatches(["a", "b"], [1, 2], size=1):
        assert_type(names, list[str])
        assert_type(numbers, list[int])
    assert_type(nn.accuracy([[0.1, 0.9]], [1]), float)


def pictures(x: Value) -> None:
    assert_type(viz.draw_dot(x), viz.Drawing)
    assert_type(viz.svg(x), str)
    assert_type(viz.frames(x, "frames"), list[Path])
