"""Two ways to run the same network: as a scalar graph, and as the same graph compiled to numpy."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

import nn
from autograd import Value, no_grad
from autograd.compiler import compile
from demos.digits.data import Array
from nn.optimisers import Rate

WEIGHT_DECAY = 3e-4
"""Pulls all weights towards 0. Those that no image needs become 0; the rest show what a neuron looks for."""


class DivergedError(ArithmeticError):
    """The loss is no longer finite; the message names the step."""


class Engine(Protocol):
    """Evaluates and trains a network."""

    optimiser: nn.SGD
    method: str
    """A description of how it computes, in one line."""

    weights: Array
    """(parameters,), the network's current weights and biases, in the order of `network.parameters()`."""

    def gradient(self, pixels: Array, targets: Array) -> tuple[float, Array]:
        """The mean over a batch of the squared error of an image, and its derivatives with respect to the weights.

        Raises:
            DivergedError: the loss is not finite.
        """

    def train_on(self, pixels: Array, targets: Array) -> float:
        """One step downhill on a batch; returns the batch's loss before it."""

    def confidences(self, pixels: Array) -> Array:
        """(images, 10): the network's answers."""

    def sync(self) -> None:
        """Makes sure that the network's own Values have the learned weights."""


class Eager:
    """Builds the scalar graph anew for each image."""

    method = "each image builds its graph of scalars anew"

    def __init__(self, network: nn.MLP, rate: Rate) -> None:
        self.network = network
        self.optimiser = nn.SGD(network.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)

    @property
    def weights(self) -> Array:
        """The numbers of the network's own Values."""
        return np.array([parameter.data for parameter in self.network.parameters()])

    @weights.setter
    def weights(self, numbers: Array) -> None:
        for parameter, number in zip(self.network.parameters(), numbers.tolist(), strict=True):
            parameter.data = number

    def gradient(self, pixels: Array, targets: Array) -> tuple[float, Array]:
        """The mean over a batch of the squared error of an image, and its derivatives, image by image."""
        self.optimiser.zero_grad()
        loss = 0.0
        for image, target in zip(pixels.tolist(), targets.tolist(), strict=True):
            try:
                error = nn.squared_error(self.network([Value(pixel) for pixel in image]), target) / len(pixels)
            except OverflowError:
                loss = math.inf
                break
            error.backward()
            loss += error.data
        check_finite(loss, self.optimiser)
        return loss, np.array([parameter.grad for parameter in self.network.parameters()])

    def train_on(self, pixels: Array, targets: Array) -> float:
        """One step downhill on a batch; returns the batch's loss before it."""
        loss, _ = self.gradient(pixels, targets)
        self.optimiser.step()
        return loss

    @no_grad()
    def confidences(self, pixels: Array) -> Array:
        """(images, 10): the network's answers."""
        return np.array([[output.data for output in self.network(image)] for image in pixels.tolist()])

    def sync(self) -> None:
        """Does nothing: this engine changes the network's own Values."""


class Compiled:
    """Builds the graph of one image once, and compiles it: a few numpy calls evaluate a whole batch."""

    def __init__(self, network: nn.MLP, rate: Rate) -> None:
        pixels = [Value(0.0, label=f"pixel[{i}]") for i in range(len(network.layers[0].neurons[0].w))]
        outputs = network(pixels)
        targets = [Value(0.0, label=f"target[{i}]") for i in range(len(outputs))]
        loss = nn.squared_error(outputs, targets)
        self._loss = compile(loss, inputs=pixels + targets, params=network.parameters())
        self._answers = self._loss.sibling(outputs, inputs=pixels)
        self.optimiser = nn.SGD(self._loss, lr=rate, weight_decay=WEIGHT_DECAY)
        self.method = repr(self._loss).splitlines()[0].rstrip(":")

    @property
    def weights(self) -> Array:
        """The program's weights."""
        return self._loss.params.copy()

    @weights.setter
    def weights(self, numbers: Array) -> None:
        self._loss.params[...] = numbers

    def gradient(self, pixels: Array, targets: Array) -> tuple[float, Array]:
        """The mean over a batch of the squared error of an image, and its derivatives, all images at once."""
        loss: float
        try:
            loss, derivatives = self._loss.value_and_grad(np.hstack([pixels, targets]))
        except OverflowError:
            loss = math.inf
        check_finite(loss, self.optimiser)
        return loss, derivatives.copy()

    def train_on(self, pixels: Array, targets: Array) -> float:
        """One step downhill on a batch; returns the batch's loss before it."""
        loss, _ = self.gradient(pixels, targets)
        with np.errstate(over="ignore", invalid="ignore"):  # the next loss shows it
            self.optimiser.step()
        return loss

    def confidences(self, pixels: Array) -> Array:
        """(images, 10): the network's answers."""
        answers: Array = self._answers(pixels)
        return answers

    def sync(self) -> None:
        """Writes the learned weights into the network's own Values."""
        self._loss.sync()


def check_finite(loss: float, optimiser: nn.SGD) -> None:
    """Raises if the loss is inf or nan, before the weights become so too."""
    if not math.isfinite(loss):
        last = max(optimiser.steps - 1, 0)
        rate = optimiser.lr(last) if callable(optimiser.lr) else optimiser.lr
        raise DivergedError(
            f"the loss became {loss} at step {optimiser.steps + 1}: the learning rate of {rate:g} "
            "is the likely cause; try a smaller one"
        )
