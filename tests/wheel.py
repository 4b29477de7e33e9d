"""The first steps of a user of the wheel, in an environment without the checkout: run by `make wheel`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

import autograd
import nn
import viz


def main() -> None:
    """A prompt, a drawing, and a compiled training step."""
    here = Path(autograd.__file__)
    assert "site-packages" in here.parts, f"{here} is not the installed wheel"

    session = subprocess.run(
        [sys.executable, "-m", "autograd"], input="print((Value(3.0) * 2).data)\n", capture_output=True, text=True
    )
    assert "6.0" in session.stdout, session

    exercises = subprocess.run([sys.executable, "-m", "autograd.learn", "check"], capture_output=True, text=True)
    assert "01_nudge.py: the change is not divided by the nudge" in exercises.stdout, exercises

    model = nn.MLP(2, [3, 1], seed=1)
    x = [autograd.Value(0.5), autograd.Value(-1.0)]
    loss = nn.squared_error([model(x)], [1.0])
    viz.save(loss, "wheel.svg")
    assert Path("wheel.svg").read_text().rstrip().endswith("</svg>")
    viz.play(loss, "wheel.html")

    program = autograd.compile(loss, inputs=x, params=model.parameters())
    assert "export function valueAndGrad" in program.to_js()
    optimiser = nn.SGD(program, lr=0.01)
    batch = np.array([[0.5, -1.0], [1.0, 0.25]])
    before, _ = program.value_and_grad(batch)
    optimiser.step()
    after, _ = program.value_and_grad(batch)
    assert after < before, (before, after)
    print(f"the wheel works: loss {before:.4f} -> {after:.4f}")


if __name__ == "__main__":
    main()
