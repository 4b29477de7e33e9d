"""The eager engine beside micrograd: the same user-written code on both, with the garbage collector on.

Run `python -m benchmarks.eager`.
"""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from micrograd.engine import Value as Micro

from autograd import Value
from benchmarks.measuring import Row, side_by_side, table

Number = Any


class Network:
    """A multi-layer perceptron as users of either engine write it."""

    def __init__(self, value: Callable[[float], Number], sizes: list[int]) -> None:
        draw = random.Random(1337)
        self.layers = [
            [([value(draw.uniform(-1, 1)) for _ in range(nin)], value(0.0)) for _ in range(nout)]
            for nin, nout in itertools.pairwise(sizes)
        ]

    def parameters(self) -> list[Number]:
        return [p for layer in self.layers for w, b in layer for p in (*w, b)]

    def __call__(self, x: list[Number]) -> list[Number]:
        for layer in self.layers:
            x = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) for w, b in layer]
            if layer is not self.layers[-1]:
                x = [each.relu() for each in x]
        return x


def moons(count: int) -> list[tuple[list[float], int]]:
    """Two half circles, one inside the other's opening."""
    draw = random.Random(1)
    points = []
    for i in range(count):
        angle, label = math.pi * draw.random(), 1 if i % 2 else -1
        x, y = (math.cos(angle), math.sin(angle)) if label > 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append(([x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1)], label))
    return points


def moons_step(value: Callable[[float], Number]) -> Callable[[], Number]:
    """Forward and backward of the two-moons loss: hinge, and the sum of squared weights."""
    network, points = Network(value, [2, 16, 16, 1]), moons(100)

    def step() -> Number:
        scores = [network([value(number) for number in x])[0] for x, _ in points]
        losses = [(1 + -label * score).relu() for (_, label), score in zip(points, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in network.parameters())
        for p in network.parameters():
            p.grad = 0.0
        loss.backward()
        return loss

    return step


def image_step(value: Callable[[float], Number]) -> Callable[[], Number]:
    """Forward and backward of 64-16-10 on one image, with the squared error."""
    network, draw = Network(value, [64, 16, 10]), random.Random(2)
    image, target = [draw.random() for _ in range(64)], [float(i == 3) for i in range(10)]

    def step() -> Number:
        outputs = network([value(number) for number in image])
        loss = sum((a - b) ** 2 for a, b in zip(outputs, target, strict=True))
        for p in network.parameters():
            p.grad = 0.0
        loss.backward()
        return loss

    return step


def count(loss: Number) -> int:
    """How many nodes there are, leaves included."""
    met, pending = {loss}, [loss]
    while pending:
        for operand in pending.pop()._prev:
            if operand not in met:
                met.add(operand)
                pending.append(operand)
    return len(met)


def bytes_a_node(value: Callable[[float], Number], nodes: int = 50_000) -> float:
    """The memory of a node in a long computation."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    a, b = value(1.0), value(0.5)
    x = a
    for _ in range(nodes // 2):
        x = x * a + b
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    while x._prev:  # micrograd's nodes recurse when a deep graph is freed at once
        x = x._prev[0] if isinstance(x._prev, tuple) else next(iter(x._prev - {a, b}), a)
    return (after - before) / nodes


def seconds_a_node(nodes: int) -> float:
    """Forward and backward of a chain, for each of its nodes."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(max(1, 100_000 // nodes)):
            a, b = Value(1.0), Value(0.5)
            x = a
            for _ in range(nodes // 2):
                x = x * a + b
            x.backward()
        best = min(best, (time.perf_counter() - started) / max(1, 100_000 // nodes) / nodes)
    return best


def import_seconds(code: str) -> float:
    """The best wall time of an interpreter that runs the code."""
    times = []
    for _ in range(10):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def measure() -> list[Row]:
    """All comparisons."""
    ours, theirs = side_by_side(moons_step(Value), moons_step(Micro), rounds=4, least=3.0)
    size = count(moons_step(Value)())
    rows = [Row(f"two moons, {size:,} nodes", ours, "micrograd", theirs, 15)]
    ours, theirs = side_by_side(image_step(Value), image_step(Micro), rounds=6, least=0.5)
    rows.append(Row("64-16-10, one image", ours, "micrograd", theirs, 3))
    rows.append(Row("memory of a node", bytes_a_node(Value), "micrograd", bytes_a_node(Micro), 4, "bytes"))
    small, large = seconds_a_node(1_000), seconds_a_node(1_000_000)
    rows.append(Row("a node of 1,000,000", large, "of 1,000", small, 0.67))
    bare, ours = import_seconds("pass"), import_seconds("import autograd")
    rows.append(Row("import autograd, beyond a bare interpreter", ours - bare, "30 ms", 0.03, 1))
    return rows


if __name__ == "__main__":
    print(table(measure()))
