"""The subject of the article: a network, its data, and its training in Python, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

import autograd
import nn
from autograd import Value
from autograd.compiler import Program
from autograd.graph import every_node
from demos.digits import hands
from demos.digits.augmentation import written
from demos.digits.data import Array, Images, read_csv, split
from demos.digits.preparation import Place, lay, measure

SIDE = 60
"""The side of the first figures, in pixels."""
HIDDEN = 32
BATCH = 32
RATE = 0.7
EPOCHS = 20
STARTS = 5
"""The number of random initialisations in the page."""
DIGIT = 2
"""The digit of the initial drawing."""


@dataclass(frozen=True)
class Compiled:
    """A network as a program; a row is 64 pixels and ten targets."""

    program: Program
    """The squared error of an image; its other results are ten outputs, then the hidden neurons."""
    scalars: int
    """The number of nodes in the expression of the loss, including every product and partial sum."""

    def answers(self, pixels: Array) -> Array:
        """(images, 10 + hidden): the outputs and the hidden neurons' activations for images."""
        found: Array = self.program(np.hstack([pixels, np.zeros((len(pixels), 10))]))[1]
        return found


def compiled(network: nn.MLP) -> Compiled:
    """The program of a network with one hidden layer."""
    inputs = [Value(0.0, label=f"pixel[{i}]") for i in range(64)]
    targets = [Value(0.0, label=f"target[{i}]") for i in range(10)]
    hidden = network.layers[0](inputs)
    outputs = network.layers[1](hidden)
    loss = nn.squared_error(outputs, targets)
    params = network.parameters()
    program = autograd.compile(loss, inputs=inputs + targets, params=params, also=[*outputs, *hidden])
    return Compiled(program, len(every_node(loss.expanded())))


@cache
def network(start: int = 0) -> nn.MLP:
    """The network with one of its random initialisations."""
    return nn.MLP(64, [HIDDEN, 10], output="sigmoid", init="he", seed=start)


@cache
def unbounded() -> nn.MLP:
    """A network whose loss can grow without bounds, to show too large a learning rate."""
    return nn.MLP(64, [16, 10], "tanh", init="xavier", seed=0)


@cache
def images() -> tuple[Images, Images]:
    """The training images, shuffled: data and as many digits by simulated hands; and the test images."""
    data, test = split(read_csv())
    labels = np.arange(len(data)) % 10
    rng = np.random.default_rng(0)
    pixels = np.vstack([data.pixels, written(data, labels, rng)])
    order = rng.permutation(len(pixels))
    return Images(pixels, np.concatenate([data.labels, labels]), 8, 8).take(order), test


@cache
def place() -> Place:
    """The position of the ink in the data."""
    return measure(split(read_csv())[0])


@cache
def drawing() -> list[Array]:
    """The initial drawing: strokes on a square of side 1."""
    strokes = hands.shapes(DIGIT)[0]
    points = np.concatenate(strokes)
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    return [(stroke - middle) * 0.68 + 0.5 for stroke in strokes]


def drawn() -> tuple[Array, Array]:
    """The drawing as 60×60 pixels, and as the network's 64 inputs."""
    line = np.concatenate(drawing())
    large = Place(height=0.68 + 20 / 256, width=1.0, x=0.5, y=0.5, stroke=20 / 256, upright=False)
    return lay(line, large, SIDE, SIDE), lay(line, place(), 8, 8)


@dataclass(frozen=True)
class Trained:
    """The result of training."""

    losses: list[float]
    """The loss of each batch."""
    accuracies: list[float]
    """The accuracy on the test images after each epoch."""
    params: Array


def batches(count: int) -> Iterator[Array]:
    """Yields `count` batches of images with their targets, in order and repeatedly, as in the page."""
    learned, _ = images()
    rows = np.hstack([learned.pixels, learned.targets])
    whole = len(rows) // BATCH
    for step in range(count):
        start = step % whole * BATCH
        yield rows[start : start + BATCH]


@cache
def trained() -> Trained:
    """Trains as the page does: the same batches, the same steps."""
    made, test = compiled(network()), images()[1]
    program = made.program
    losses, accuracies = [], []
    whole = len(images()[0]) // BATCH
    for step, rows in enumerate(batches(EPOCHS * whole), 1):
        (loss, _), derivatives = program.value_and_grad(rows)
        program.params[...] -= RATE * derivatives
        losses.append(loss)
        if step % whole == 0:
            accuracies.append(nn.accuracy(made.answers(test.pixels)[:, :10], test.labels))
    return Trained(losses, accuracies, program.params.copy())


RATES = {"too small": 0.0003, "right": 0.03, "too large": 0.15}
RATE_STEPS = 100


@cache
def descents() -> dict[str, list[float]]:
    """The loss at each step with each of three learning rates; stops when the loss is no longer finite."""
    program = compiled(unbounded()).program
    start = program.params.copy()
    found = {}
    for name, rate in RATES.items():
        program.params[...] = start
        losses: list[float] = []
        with np.errstate(all="ignore"):
            for rows in batches(RATE_STEPS):
                try:
                    (loss, _), derivatives = program.value_and_grad(rows)
                except (OverflowError, ValueError):
                    break
                if not np.isfinite(loss):
                    break
                losses.append(loss)
                program.params[...] -= rate * derivatives
        found[name] = losses
    return found
