"""The charts of the report."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos import charts
from demos.digits.training import History
from viz.themes import LIGHT


def loss(history: History) -> Any:
    """The loss, epoch by epoch."""
    axes = charts.axes(5, 3.8)
    _curve(axes, history.losses)
    axes.set(xlabel="epoch", ylabel="loss", yscale="log")
    return axes.figure


def accuracy(history: History) -> Any:
    """The accuracy, epoch by epoch, on a scale with equal distances for each halving of the error rate."""
    axes = charts.axes(5, 3.8)
    wrong = [max(100 * (1 - share), _LEAST_WRONG) for share in history.accuracies]
    _curve(axes, wrong)
    axes.set(xlabel="epoch", ylabel="test images recognised", yscale="log")
    ticks = [each for each in (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2) if min(wrong) / 2 <= each <= max(wrong) * 2]
    axes.set_yticks(ticks, [f"{100 - tick:g} %" for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.invert_yaxis()
    return axes.figure


_LEAST_WRONG = 0.1
"""In percent; the scale cannot show an error rate of 0."""


def _curve(axes: Any, numbers: list[float]) -> None:
    epochs = range(1, len(numbers) + 1)
    axes.plot(epochs, numbers, color=LIGHT.ink, linewidth=2, marker="o" if len(epochs) < 3 else "")
    axes.locator_params(axis="x", integer=True)
    axes.grid(axis="y", color=LIGHT.cluster, linewidth=0.8)


def confusion(answers: Any, labels: Any) -> Any:
    """The confusion matrix: how often each digit (row) was taken for each digit (column)."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, answers), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes = charts.axes(5, 4.4)
    for row in range(10):
        for column in range(10):
            if not counts[row, column]:
                continue
            alpha = 0.15 + 0.85 * (shares[row, column] if row == column else min(1.0, 4 * shares[row, column]))
            axes.add_patch(_cell(column, row, LIGHT.ink, alpha))
            ink = LIGHT.paper if alpha > 0.6 else LIGHT.ink
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=9, color=ink)
    axes.set(xlim=(-0.5, 9.5), ylim=(9.5, -0.5), xticks=range(10), yticks=range(10), xlabel="answer", ylabel="written")
    axes.set_aspect("equal")
    axes.tick_params(length=0)
    return axes.figure


def _cell(x: int, y: int, colour: str, alpha: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, facecolor=colour, alpha=alpha, linewidth=0)
