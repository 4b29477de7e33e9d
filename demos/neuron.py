"""One neuron, by hand, step by step: `python -m demos.neuron`.

It learns to return 0.8 for the inputs 2 and -1; `neuron.svg` shows it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import viz
from autograd import Backprop, Value, formula, nudge
from autograd.entry import run
from autograd.shown import WHOLE, path_shown
from demos.command_line import writable
from demos.telling import can_draw


def main(arguments: Sequence[str] | None = None) -> None:
    """Tells the story, and draws the picture."""
    parser = argparse.ArgumentParser(prog="python -m demos.neuron", description="One neuron learns, step by step.")
    parser.add_argument("--picture", type=writable, default="neuron.svg", help="where to draw it (neuron.svg)")
    options = parser.parse_args(arguments)

    drawn = can_draw("picture")
    x1, x2 = Value(2.0, label="x1"), Value(-1.0, label="x2")
    w1, w2, b = Value(-0.3, label="w1"), Value(0.5, label="w2"), Value(0.1, label="b")
    y = (w1 * x1 + w2 * x2 + b).tanh()
    loss = (y - 0.8) ** 2
    y.label, loss.label = "y", "loss"

    print(f"A neuron: y = {formula(y)} = {y.data:.4f}. It should be 0.8.")
    print(f"How wrong is it? loss = (y - 0.8)² = {loss.data:.4f}\n")
    print(nudge(loss, w1, 0.001), end="\n\n")
    print("The chain rule, from the loss back to the weights:\n")
    for step in Backprop(loss):
        print(step, end="\n\n")
    if drawn:
        viz.save(loss, options.picture, local_derivatives=True, title="A neuron and its loss")
        print(f"Drawn in {path_shown(options.picture, WHOLE)}.\n")

    print("Each weight and the bias moves against its gradient, again and again:\n")
    for turn in range(20):
        if turn % 4 == 0:
            print(f"  step {turn:>2}   w1 {w1.data:7.4f}   w2 {w2.data:7.4f}   y {y.data:7.4f}   loss {loss.data:.4f}")
        for parameter in (w1, w2, b):
            parameter.data -= 0.1 * parameter.grad
            parameter.grad = 0.0
        loss.refresh().backward()
    print(f"\nNow y = {y.data:.4f}, and the loss is {loss.data:.6f}.")


if __name__ == "__main__":
    run(main)
