"""The cost of a page that follows a training loop."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import autograd
import nn
import viz
from autograd import Value
from benchmarks.measuring import Row, side_by_side

_READER = """
import sys, time
from websockets.sync.client import connect
url = sys.argv[1]
with connect(url.replace("http", "ws", 1) + "socket", origin=url.rpartition("/")[0].rpartition("/")[0]) as socket:
    for _ in socket:
        time.sleep(1 / 60)  # what a browser takes to draw
        socket.send('{"shown": true}')
"""


def measure() -> list[Row]:
    """The CPU time of a training step, with an open page that follows it and without."""
    model = nn.MLP(64, [32, 10], activation="tanh", seed=1)
    x = [Value(0.0, label=f"x[{i}]") for i in range(64)]
    target = [Value(0.0) for _ in range(10)]
    loss = nn.squared_error(model(x), target)
    program = autograd.compile(loss, inputs=[*x, *target], params=model.parameters())
    optimiser, data = nn.SGD(program, lr=1e-4), np.random.default_rng(0).standard_normal((32, 74))

    def steps(tell: Callable[[float], None]) -> None:
        for _ in range(100):
            error, _ = program.value_and_grad(data)
            optimiser.step()
            tell(error)

    with viz.live(loss, parameters=model.parameters(), browse=False) as page:
        reader = subprocess.Popen([sys.executable, "-c", _READER, page.url])
        try:
            while not page.pages:
                time.sleep(0.01)
            followed, alone = side_by_side(
                lambda: steps(lambda error: page.update(error, params=program.params)),
                lambda: steps(lambda error: None),
                least=0.5,
                clock=time.process_time,
            )
        finally:
            reader.terminate()
            reader.wait()
    return [Row("100 steps of 64-32-10, a page follows", followed, "no page", alone, 0.98)]
