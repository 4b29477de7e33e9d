"""A program as JavaScript, run by node, compared with the same in numpy: loss and gradient, on one thread.

Run `python -m benchmarks.javascript`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import autograd
import nn
from autograd import Program, Value
from benchmarks import attention
from benchmarks.measuring import Row, side_by_side, table

SCRIPT = """
import { createInterface } from "node:readline";
import { parameters, valueAndGrad } from "./program.mjs";

const [rows, width] = process.argv.slice(2).map(Number);
const X = Float64Array.from({ length: rows * width }, Math.random);
for await (const count of createInterface({ input: process.stdin })) {
  let best = Infinity;
  for (let i = 0; i < Number(count); i++) {
    const started = performance.now();
    valueAndGrad(parameters, X);
    best = Math.min(best, performance.now() - started);
  }
  console.log(best / 1000);
}
"""
"""Reads numbers of calls; answers each with the best time of that many calls, in seconds."""


def network(sizes: tuple[int, int, int]) -> Program:
    """The loss of a network."""
    model = nn.MLP(sizes[0], sizes[1:], seed=0)
    inputs, targets = ([Value(0.0) for _ in range(n)] for n in (sizes[0], sizes[2]))
    return autograd.compile(
        nn.squared_error(model(inputs), targets), inputs=inputs + targets, params=model.parameters()
    )


def times(program: Program, batch: int, rounds: int = 8, calls: int = 100) -> tuple[float, float]:
    """Seconds for a call in node and for one in numpy, each the best of alternating rounds."""
    width = len(program._inputs)
    data = np.random.default_rng(0).random((batch, width))
    with TemporaryDirectory() as folder:
        Path(folder, "program.mjs").write_text(program.to_js(), encoding="utf-8")
        Path(folder, "script.mjs").write_text(SCRIPT, encoding="utf-8")
        command = ["node", str(Path(folder, "script.mjs")), str(batch), str(width)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
            assert node.stdin is not None
            assert node.stdout is not None
            best = [float("inf"), float("inf")]
            for _ in range(rounds):
                print(calls, file=node.stdin, flush=True)
                in_node = float(node.stdout.readline())
                (in_numpy,) = side_by_side(lambda: program.value_and_grad(data), rounds=2)
                best = [min(best[0], in_node), min(best[1], in_numpy)]
            node.stdin.close()
    return best[0], best[1]


def measure() -> Iterator[Row]:
    """The comparisons; none if node is not installed."""
    if shutil.which("node") is None:
        return
    for sizes, batch in (((64, 32, 10), 1), ((64, 32, 10), 32), ((784, 128, 10), 128), ((3600, 32, 10), 32)):
        ours, theirs = times(network(sizes), batch)
        name = f"loss and gradient {'-'.join(map(str, sizes))}, batch {batch}, as JavaScript"
        yield Row(name, ours, "ours in numpy", theirs, 1 / 8)
    ours, theirs = times(attention.Block(16, 32).program(), 32)
    yield Row("attention, 16 positions, batch 32, as JavaScript", ours, "ours in numpy", theirs)


if __name__ == "__main__":
    print(table(list(measure())))
