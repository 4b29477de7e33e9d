"""The learning rate: too small, right, too large. `python -m demos.learning_rate`.

The same network learns the same digits three times; `learning_rate.svg` shows the three curves.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Sequence

import numpy as np

import autograd
import nn
from autograd import Value
from autograd.entry import run
from autograd.files import write_whole
from autograd.shown import WHOLE, path_shown
from demos import charts
from demos.command_line import need, writable
from demos.digits.data import read_csv, split

RATES = {"too small": 0.0003, "right": 0.03, "too large": 0.15}
STEPS = 300
BATCH = 32


def train(rate: float) -> list[float]:
    """The loss at each step; stops early if the loss is not finite, or has grown a thousandfold."""
    images, _ = split(read_csv())
    data = np.hstack([images.pixels, images.targets])
    network = nn.MLP(64, [16, 10], "tanh", init="xavier", seed=0)
    inputs = [Value(0.0) for _ in range(74)]
    loss = nn.squared_error(network(inputs[:64]), inputs[64:])
    program = autograd.compile(loss, inputs=inputs, params=network.parameters())
    optimiser, rng = nn.SGD(program, lr=rate), random.Random(0)
    losses: list[float] = []
    while len(losses) < STEPS:
        for (batch,) in nn.minibatches(data, size=BATCH, rng=rng):
            try:
                error, _ = program.value_and_grad(batch)
            except OverflowError:
                return losses
            if not math.isfinite(error) or (losses and error > 1000 * losses[0]):
                return losses
            losses.append(error)
            optimiser.step()
    return losses[:STEPS]


def words(name: str, rate: float, losses: list[float]) -> str:
    """One sentence on what happened."""
    if len(losses) < STEPS:
        return f"{name} ({rate:g}): each step went over the valley and up the other side; it blew up at {len(losses)}."
    before, after = losses[0], sum(losses[-20:]) / 20
    pace = "it crept" if after > before / 3 else "it came down"
    return f"{name} ({rate:g}): {pace} from a loss of {before:.2f} to {after:.2f} in {STEPS} steps."


def draw(curves: dict[str, list[float]]) -> str:
    """The curves in one picture, as SVG."""
    axes = charts.axes(7, 4)
    for (name, losses), style in zip(curves.items(), ("--", "-", ":"), strict=True):
        axes.plot(losses, style, label=f"{name}: {RATES[name]:g}", linewidth=2, marker="x" if len(losses) < 9 else "")
    axes.set(xlabel="step", ylabel="loss", yscale="log", title="One network, three learning rates")
    axes.legend()
    return charts.as_svg(axes.figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains three times, reports, and draws."""
    parser = argparse.ArgumentParser(prog="python -m demos.learning_rate", description="Three learning rates.")
    parser.add_argument("--picture", type=writable, default="learning_rate.svg", help="(learning_rate.svg)")
    options = parser.parse_args(arguments)
    need("matplotlib")
    curves = {name: train(rate) for name, rate in RATES.items()}
    for name, losses in curves.items():
        print(words(name, RATES[name], losses))
    write_whole(options.picture, draw(curves))
    print(f"Drawn in {path_shown(options.picture, WHOLE)}.")


if __name__ == "__main__":
    run(main)
