"""Training: predict, compare, measure the loss, differentiate, step downhill, repeat."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

import nn
from autograd import Value, no_grad
from demos.digits.data import Array, Images


class DivergedError(ArithmeticError):
    """The loss is no longer a finite number; the message says at which step."""


class Engine(Protocol):
    """How a network is evaluated and differentiated."""

    optimiser: nn.SGD

    def train_on(self, pixels: Array, targets: Array) -> float:
        """One step downhill on a batch; returns the batch's loss before it."""

    def confidences(self, pixels: Array) -> Array:
        """(images, 10): the network's answers."""


class Eager:
    """The scalar graph itself, built anew for each image."""

    def __init__(self, network: nn.MLP, rate: float) -> None:
        self.network = network
        self.optimiser = nn.SGD(network.parameters(), lr=rate)

    def train_on(self, pixels: Array, targets: Array) -> float:
        """One step downhill on a batch; returns the batch's loss before it."""
        self.optimiser.zero_grad()
        loss = 0.0
        for image, target in zip(pixels.tolist(), targets.tolist(), strict=True):
            error = nn.squared_error(self.network([Value(pixel) for pixel in image]), target) / len(pixels)
            error.backward()
            loss += error.data
        check_finite(loss, self.optimiser)
        self.optimiser.step()
        return loss

    @no_grad()
    def confidences(self, pixels: Array) -> Array:
        """(images, 10): the network's answers."""
        return np.array([[output.data for output in self.network(image)] for image in pixels.tolist()])


@dataclass
class History:
    """What happened while training."""

    losses: list[float]
    """The mean squared error of an image in each epoch."""
    accuracies: list[float]
    """The share of test images recognised after each epoch."""
    interrupted: bool = False


def train(
    engine: Engine,
    images: Images,
    test: Images,
    *,
    epochs: int,
    batch: int,
    seed: int,
    report: Callable[[int, float, float], object] = lambda epoch, loss, accuracy: None,
) -> History:
    """Goes through the images in shuffled batches, `epochs` times.

    Ctrl-C ends it early and keeps the weights so far.

    Args:
        engine: trains a batch at a time.
        images: to learn from.
        test: to measure accuracy on after each epoch.
        epochs: how often to go through all images.
        batch: images between two steps.
        seed: shuffles the images.
        report: called after each epoch with its number from 1, its loss, and the accuracy.

    Raises:
        DivergedError: the loss is not finite any more.
    """
    rng = random.Random(seed)
    history = History([], [])
    try:
        for epoch in range(1, epochs + 1):
            total = 0.0
            for pixels, targets in nn.minibatches(images.pixels, images.targets, size=batch, rng=rng):
                total += engine.train_on(pixels, targets) * len(pixels)
            history.losses.append(total / len(images))
            history.accuracies.append(nn.accuracy(engine.confidences(test.pixels), test.labels))
            report(epoch, history.losses[-1], history.accuracies[-1])
    except KeyboardInterrupt:
        history.interrupted = True
    return history


def check_finite(loss: float, optimiser: nn.SGD) -> None:
    """Stops a run whose loss is inf or nan before the weights follow it."""
    if not math.isfinite(loss):
        raise DivergedError(
            f"the loss became {loss} at step {optimiser.steps + 1}: the learning rate of {optimiser.rate:g} "
            "is the likely cause; try a smaller one"
        )
