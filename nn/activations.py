"""Activation functions by name."""

from __future__ import annotations

from collections.abc import Callable

from autograd import Value
from autograd.arguments import a_choice

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
"""For each name, the prefix in a neuron's repr, and the function."""


def find(name: str | Activation) -> tuple[str, Activation]:
    """The prefix in a neuron's repr and the function, for the name of an activation or a function of the user's.

    Raises:
        ValueError: no activation has that name.
    """
    if callable(name):
        return getattr(name, "__name__", "Own").capitalize(), name
    return ACTIVATIONS[a_choice(name, "activation", ACTIVATIONS)]
