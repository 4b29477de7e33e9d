"""Activations by name: what a neuron does with its weighted sum."""

from __future__ import annotations

from collections.abc import Callable

from autograd import Value

Activation = Callable[[Value], Value]

ACTIVATIONS: dict[str, tuple[str, Activation]] = {
    "linear": ("Linear", lambda v: v),
    "relu": ("ReLU", Value.relu),
    "leaky_relu": ("LeakyReLU", Value.leaky_relu),
    "tanh": ("Tanh", Value.tanh),
    "sigmoid": ("Sigmoid", Value.sigmoid),
    "softplus": ("Softplus", Value.softplus),
}
"""For each name, how a neuron with it is shown and the function itself."""


def find(name: str) -> tuple[str, Activation]:
    """The activation of that name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ACTIVATIONS[name]
    except KeyError:
        raise ValueError(f"unknown activation {name!r}; there are {', '.join(ACTIVATIONS)}") from None
