"""A gradient may be assigned: any real scalar counts as one, None as 0, and anything else is refused by name."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import nn
import viz
from autograd import Backprop, Value, explain, nudge, tree, why_zero

READERS: dict[str, Callable[[Value, Value], Any]] = {
    "tree": lambda y, x: tree(y),
    "why_zero": lambda y, x: why_zero(y, x),
    "explain": lambda y, x: explain(y, x),
    "nudge": lambda y, x: nudge(y, x),
    "backward": lambda y, x: y.backward(),
    "backward(create_graph=True)": lambda y, x: y.backward(create_graph=True),
    "Backprop": lambda y, x: Backprop(y).run(),
    "svg": lambda y, x: viz.svg(y),
    "clip_grad_norm_": lambda y, x: nn.clip_grad_norm_([x], 1.0),
    "clip_grad_value_": lambda y, x: nn.clip_grad_value_([x], 1.0),
    "SGD": lambda y, x: nn.SGD([x], momentum=0.9).step(),
    "pickle": lambda y, x: pickle.loads(pickle.dumps(y)),
}
BLIND = ("explain", "nudge", "pickle")
"""These do not look at gradients."""


def square(gradient: Any) -> tuple[Value, Value]:
    """A result and its leaf, to which a gradient has been assigned."""
    x = Value(1.5, label="x")
    x.grad = gradient
    return x * x, x


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("gradient", [Fraction(2), np.float64(2), np.float32(2), np.array(2.0)], ids=repr)
def test_any_real_scalar_is_a_gradient(gradient: Any, reader: str) -> None:
    READERS[reader](*square(gradient))


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "SGD"])
def test_none_is_no_gradient_yet(reader: str) -> None:
    y, x = square(None)
    READERS[reader](y, x)
    if reader in ("backward", "Backprop"):
        assert x.grad == 3.0


def test_an_optimiser_takes_no_step_without_gradients() -> None:
    _, x = square(None)
    with pytest.raises(TypeError, match=r"x = 1\.5 has no gradient: call backward\(\) before step\(\)"):
        nn.SGD([x]).step()
    assert x.data == 1.5


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader not in BLIND])
@pytest.mark.parametrize("gradient", ["a", [1.0], 1j, np.array([1.0, 2.0])], ids=repr)
def test_what_is_no_gradient_is_named(gradient: Any, reader: str) -> None:
    y, x = square(gradient)
    with pytest.raises(TypeError, match=r"the gradient of x must be a number, not .*: set it to 0\.0"):
        READERS[reader](y, x)
    assert x.data == 1.5
    assert x.grad is gradient
