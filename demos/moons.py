"""Two moons: a network learns to tell two half circles apart. `python -m demos.moons`.

It learns with the hinge loss and weight decay; `moons.svg` shows the boundary that it found.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import autograd
import nn
from autograd import Value
from autograd.entry import run
from autograd.files import write_whole
from autograd.shown import WHOLE, path_shown
from demos import charts
from demos.command_line import need, writable

if TYPE_CHECKING:
    from autograd.annotations import Floats


def moons(count: int, seed: int) -> Floats:
    """(count, 3): x, y, and the label, -1 or 1, of points on two interlocking half circles."""
    draw = random.Random(seed)
    rows = []
    for i in range(count):
        angle, label = math.pi * draw.random(), 1.0 if i % 2 else -1.0
        x, y = (math.cos(angle), math.sin(angle)) if label > 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        rows.append([x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1), label])
    return np.array(rows)


class Classifier:
    """A network whose output is positive for one moon and negative for the other."""

    def __init__(self, seed: int) -> None:
        self.network = nn.MLP(2, [16, 16, 1], "tanh", init="xavier", seed=seed)
        x, y, label = (Value(0.0, label=name) for name in ("x", "y", "label"))
        score = self.network([x, y])
        loss = (1 - label * score).relu()  # the hinge loss of one point
        self.score = autograd.compile(score, inputs=[x, y], params=self.network.parameters())
        self.loss = autograd.compile(loss, inputs=[x, y, label], params=self.network.parameters())

    def learn(self, points: Floats, steps: int) -> list[float]:
        """Gradient descent on all points at once; returns the loss at each step."""
        optimiser = nn.SGD(self.loss, lr=0.5, momentum=0.5, weight_decay=1e-4)
        losses = []
        for _ in range(steps):
            losses.append(self.loss.value_and_grad(points)[0])
            optimiser.step()
        self.loss.sync()
        self.score.params[...] = self.loss.params
        return losses

    def accuracy(self, points: Floats) -> float:
        """The fraction of points on the right side of the boundary."""
        return float(np.mean((self.score(points[:, :2]) > 0) == (points[:, 2] > 0)))


def draw(classifier: Classifier, points: Floats) -> str:
    """The points and the boundary, as SVG."""
    x, y = np.meshgrid(np.linspace(-1.5, 2.5, 120), np.linspace(-1.0, 1.5, 90))
    scores = classifier.score(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    axes = charts.axes(7, 4.5)
    axes.contourf(x, y, scores > 0, levels=[-0.5, 0.5, 1.5], colors=["#fbe3c8", "#d6e6f7"])
    axes.contour(x, y, scores, levels=[0.0], colors="#1f2933")
    for label, marker, colour in ((-1.0, "o", "#b9651b"), (1.0, "^", "#1d5fa8")):
        moon = points[points[:, 2] == label]
        axes.scatter(moon[:, 0], moon[:, 1], marker=marker, color=colour, edgecolor="white", s=45)
    axes.set(title="Two moons, and the boundary between them")
    return charts.as_svg(axes.figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains, reports, and draws."""
    parser = argparse.ArgumentParser(prog="python -m demos.moons", description="Two moons, told apart.")
    parser.add_argument("--picture", type=writable, default="moons.svg", help="where to draw it (moons.svg)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the points and the initial weights (0)")
    options = parser.parse_args(arguments)
    need("matplotlib")
    points, unseen = moons(100, options.seed), moons(100, options.seed + 1)
    classifier = Classifier(options.seed)
    print(f"Before: {classifier.accuracy(points):.0%} of the points are on the right side.")
    losses = classifier.learn(points, 1000)
    print(f"Loss {losses[0]:.3f} -> {losses[-1]:.4f} in {len(losses)} steps.")
    print(f"After: {classifier.accuracy(points):.0%}, and {classifier.accuracy(unseen):.0%} of 100 unseen points.")
    write_whole(options.picture, draw(classifier, points))
    print(f"Drawn in {path_shown(options.picture, WHOLE)}.")


if __name__ == "__main__":
    run(main)
