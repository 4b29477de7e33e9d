"""The charts of the report."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from demos.digits.data import Array
from demos.digits.training import History
from viz.themes import LIGHT


def curves(history: History) -> Figure:
    """Loss and accuracy, epoch by epoch."""
    figure = Figure(figsize=(9, 3))
    loss, accuracy = figure.subplots(1, 2)
    epochs = range(1, len(history.losses) + 1)
    marker = "o" if len(epochs) < 3 else ""
    loss.plot(epochs, history.losses, color=LIGHT.negative, linewidth=2, marker=marker)
    loss.set(xlabel="epoch", ylabel="loss", yscale="log")
    accuracy.plot(
        epochs, [100 * share for share in history.accuracies], color=LIGHT.positive, linewidth=2, marker=marker
    )
    accuracy.set(xlabel="epoch", ylabel="test images recognised, %", ylim=(0, 102))
    figure.subplots_adjust(wspace=0.3)
    return figure


def before_and_after(before: Array, after: Array, label: int) -> Figure:
    """Ten confidences, before training above and after it below."""
    figure = Figure(figsize=(2.6, 1.9))
    axes = figure.subplots(2, 1, sharex=True, sharey=True)
    for each, outputs, name in zip(axes, (before, after), ("before", "after"), strict=True):
        colours = [LIGHT.positive if digit == label else LIGHT.faint for digit in range(10)]
        each.bar(range(10), outputs, color=colours)
        each.set(ylim=(0, 1), ylabel=name, yticks=[0, 1], xticks=range(10))
        each.tick_params(labelsize=8)
    return figure


def confusion(answers: Any, labels: Any) -> Figure:
    """How often each digit (rows) was taken for each (columns)."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, answers), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(5.5, 4.4))
    axes = figure.add_subplot()
    for row in range(10):
        for column in range(10):
            if not counts[row, column]:
                continue
            colour = LIGHT.positive if row == column else LIGHT.negative
            alpha = 0.15 + 0.85 * (shares[row, column] if row == column else min(1.0, 4 * shares[row, column]))
            axes.add_patch(_cell(column, row, colour, alpha))
            ink = LIGHT.paper if alpha > 0.6 else LIGHT.ink
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=9, color=ink)
    axes.set(xlim=(-0.5, 9.5), ylim=(9.5, -0.5), xticks=range(10), yticks=range(10), xlabel="answer", ylabel="written")
    axes.set_aspect("equal")
    axes.tick_params(length=0)
    return figure


def _cell(x: int, y: int, colour: str, alpha: float) -> Any:
    return Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, facecolor=colour, alpha=alpha, linewidth=0)
