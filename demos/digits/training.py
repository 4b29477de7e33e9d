"""Training: predict, compare, measure the loss, differentiate, step downhill, repeat."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import nn
from demos.digits.data import Array, Images
from demos.digits.engines import Engine, check_finite


@dataclass
class History:
    """The record of a training run."""

    losses: list[float]
    """The mean squared error of an image in each epoch."""
    accuracies: list[float]
    """The fraction of test images recognised after each epoch."""
    weights: dict[int, Array] = field(default_factory=dict)
    """The weights after some of the epochs, for the report; 0 is before the first."""
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
    progress: Callable[[int, float], object] = lambda batches, loss: None,
) -> History:
    """Trains on the images in shuffled batches, for `epochs` epochs.

    Ctrl-C ends it early and keeps the weights so far.

    Args:
        engine: trains on one batch at a time.
        images: the training images.
        test: the images for measuring the accuracy after each epoch.
        epochs: the number of passes over all images.
        batch: the batch size.
        seed: determines the order of the images.
        report: called after each epoch with its number from 1, its loss, and the accuracy.
        progress: called after each batch with the number of batches so far, over all epochs, and the loss of this
            epoch so far.

    Raises:
        DivergedError: the loss is no longer finite.
    """
    rng = random.Random(seed)
    history = History([], [], {0: engine.weights})
    targets = images.targets
    batches = 0
    try:
        for epoch in range(1, epochs + 1):
            total, seen = 0.0, 0
            for pixels, wanted in nn.minibatches(images.pixels, targets, size=batch, rng=rng):
                total += engine.train_on(pixels, wanted) * len(pixels)
                seen, batches = seen + len(pixels), batches + 1
                progress(batches, total / seen)
            accuracy = nn.accuracy(_finite(engine, test), test.labels)
            history.losses.append(total / len(images))
            history.accuracies.append(accuracy)
            if _is_fibonacci(epoch):
                history.weights[epoch] = engine.weights
            report(epoch, history.losses[-1], history.accuracies[-1])
    except KeyboardInterrupt:
        history.interrupted = True
        del history.losses[len(history.accuracies) :]
    finally:
        engine.sync()
    return history


def _is_fibonacci(epoch: int) -> bool:
    """Whether an epoch is one of 1, 2, 3, 5, 8, 13, …; the first epochs change most."""
    a, b = 1, 2
    while a < epoch:
        a, b = b, a + b
    return a == epoch


def _finite(engine: Engine, test: Images) -> Array:
    """The confidences for the test images.

    Raises:
        DivergedError: one is not finite.
    """
    try:
        outputs = engine.confidences(test.pixels)
    except OverflowError:
        outputs = np.array([np.inf])
    if not np.isfinite(outputs).all():
        check_finite(float("inf"), engine.optimiser)
    return outputs


def learning_rate(rate: float, images: int, *, epochs: int, batch: int) -> nn.schedules.Schedule:
    """The learning rate schedule: it rises to `rate` over the first twentieth of all steps, then falls to 0.

    Large first steps, while all weights are random, can drive every confidence to 0, where learning stops; small last
    steps settle at the bottom of the valley instead of jumping around in it.
    """
    steps = epochs * -(-images // batch)
    climb = steps // 20
    return nn.warmup(nn.cosine(rate, max(1, steps - climb)), climb)


def suitable_rate(pixels: int) -> float:
    """A learning rate for images with that number of pixels: 1.5 for 64, found by trial, and 0.07 for 3600.

    All pixels pull on a neuron together, so more pixels need smaller steps.
    """
    return float(1.5 * (64 / pixels) ** 0.75)
