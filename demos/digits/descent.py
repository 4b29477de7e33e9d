"""Numbers that show the use of a derivative: one weight nudged, one step downhill, and three learning rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import nn
from autograd import Value, no_grad
from demos.digits.data import Array, Images
from demos.digits.engines import DivergedError, Engine

NUDGE = 0.001
STEPS = 10
_GENTLE = 0.03
"""The learning rate of one step on one image, as a fraction of the rate for training."""
_RATES = {"too small": 0.001, "right": 0.3, "too large": 10.0}
"""The learning rates of ten steps on ten images, as fractions of the rate for training."""


@dataclass(frozen=True)
class Nudged:
    """One weight increased slightly, with the effect on the loss."""

    name: str
    layer: int
    """Its layer, from 0."""
    neuron: int
    source: int
    """The input that it weights, or the neuron of the previous layer."""
    weight: float
    before: float
    """The loss."""
    after: float
    derivative: float
    """Its gradient from `backward()`."""

    @property
    def slope(self) -> float:
        """The change of the loss, divided by that of the weight."""
        return (self.after - self.before) / NUDGE


def nudge(network: nn.MLP, pixels: Array, target: Array) -> Nudged:
    """Increases the steepest of the weights of the right answer, measures the loss, and restores the weight."""
    loss = _loss(network, pixels, target)
    network.zero_grad()
    loss.backward()
    layer, neuron = len(network.layers) - 1, int(target.argmax())
    weights = network.layers[layer].neurons[neuron].w
    source = max(range(len(weights)), key=lambda i: abs(weights[i].grad))
    weight, start = weights[source], weights[source].data
    try:
        weight.data = start + NUDGE
        with no_grad():
            after = _loss(network, pixels, target).data
    finally:
        weight.data = start
    name = f"layers[{layer}].neurons[{neuron}].w[{source}]"
    return Nudged(name, layer, neuron, source, start, loss.data, after, weight.grad)


@dataclass(frozen=True)
class Downhill:
    """One step of all weights against their derivatives."""

    rate: float
    before: float
    after: float
    changed: float
    """The mean distance that the weights moved."""


def step(network: nn.MLP, pixels: Array, target: Array, rate: float) -> Downhill:
    """Moves each weight against its derivative, as left by `nudge`, measures the loss, and restores the weights."""
    parameters = network.parameters()
    start = [parameter.data for parameter in parameters]
    with no_grad():
        before = _loss(network, pixels, target).data
        try:
            for parameter in parameters:
                parameter.data -= _GENTLE * rate * parameter.grad
            after = _loss(network, pixels, target).data
        finally:
            for parameter, number in zip(parameters, start, strict=True):
                parameter.data = number
    moved = _GENTLE * rate * float(np.mean([abs(parameter.grad) for parameter in parameters]))
    return Downhill(_GENTLE * rate, before, after, moved)


@dataclass(frozen=True)
class Descent:
    """Ten steps with one learning rate."""

    name: str
    rate: float
    losses: list[float]
    """The losses before the first step and after each; fewer if the loss stopped being finite."""
    silent: bool
    """Whether all confidences were driven to 0, or to a point without slope."""

    @property
    def words(self) -> str:
        """A description of what happened."""
        if len(self.losses) <= STEPS:
            return f"it explodes at step {len(self.losses)}"
        before, after = self.losses[0], self.losses[-1]
        if self.silent:
            return "it overshoots: every confidence is now 0, where the loss is flat"
        if after > before:
            return "it overshoots: worse than before"
        return "it crawls" if after > 0.7 * before else "it learns"


def descents(engine: Engine, images: Images, rate: float) -> list[Descent]:
    """Ten steps with each of three rates, on the first training image of each digit, all from the same weights.

    The engine's weights are restored afterwards.
    """
    first = [np.flatnonzero(images.labels == digit)[:1] for digit in np.unique(images.labels)]
    few = images.take(np.concatenate(first))
    start = engine.weights
    try:
        return [_descent(engine, few, start, name, share * rate) for name, share in _RATES.items()]
    finally:
        engine.weights = start


def _descent(engine: Engine, images: Images, start: Array, name: str, rate: float) -> Descent:
    engine.weights = start
    losses: list[float] = []
    try:
        for _ in range(STEPS + 1):
            loss, derivatives = engine.gradient(images.pixels, images.targets)
            losses.append(loss)
            with np.errstate(over="ignore", invalid="ignore"):  # the next loss shows it
                engine.weights = engine.weights - rate * derivatives
    except DivergedError:
        return Descent(name, rate, losses, False)
    engine.weights = engine.weights + rate * derivatives
    return Descent(name, rate, losses, bool(engine.confidences(images.pixels).max() < 0.05))


def _loss(network: nn.MLP, pixels: Array, target: Array) -> Value:
    return nn.squared_error(network([Value(pixel) for pixel in pixels.tolist()]), target.tolist())
