"""Activations by name: what a neuron does with its weighted sum."""

from __future__ import annotations

from collections.abc import Callable

from autograd import Value

Activation = Callable[[Value], Value]


def linear(v: Value) -> Value:
    """The weighted sum itself."""
    return v


ACTIVATIONS: dict[str, tuple[str, Activation]] = {
    "linear": ("Linear", linear),
    "relu": ("ReLU", Value.relu),
    "leaky_relu": ("LeakyReLU", Value.leaky_relu),
    "tanh": ("Tanh", Value.tanh),
    "sigmoid": ("Sigmoid", Value.sigmoid),
    "softplus": ("Softplus", Value.softplus),
    "gelu": ("GELU", Value.gelu),
    "silu": ("SiLU", Value.silu),
}
"""For each name, how a neuron with it is shown and the function itself."""


def find(name: str | Activation) -> tuple[str, Activation]:
    """The activation of that name, or a function of one's own; and how a neuron with it is shown.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(name, str):
        return getattr(name, "__name__", "Own").capitalize(), name
    try:
        return ACTIVATIONS[name]
    except KeyError:
        raise ValueError(f"unknown activation {name!r}; there are {', '.join(ACTIVATIONS)}") from None
