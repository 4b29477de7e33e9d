"""The eager engine compared with micrograd, with the garbage collector on.

Each comparison is made in a process that has loaded nothing else, and in one that has loaded numpy, matplotlib and
PyTorch, whose many objects the collector traverses too. Run `python -m benchmarks.eager`.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any

import micrograd.nn
from micrograd.engine import Value as Micro

import autograd
import nn
from autograd import Value, no_grad
from benchmarks.measuring import Row, side_by_side, table

Number = Any
Step = Callable[[], Number]

LOADED = ("numpy", "matplotlib.pyplot", "torch")


class Network:
    """A multi-layer perceptron as users of both engines write it."""

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
    """Two interlocking half circles."""
    draw = random.Random(1)
    points = []
    for i in range(count):
        angle, label = math.pi * draw.random(), 1 if i % 2 else -1
        x, y = (math.cos(angle), math.sin(angle)) if label > 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append(([x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1)], label))
    return points


def moons_step(value: Callable[[float], Number]) -> Step:
    """A step on two moons as users write it: the hinge loss and the sum of squared weights."""
    network = Network(value, [2, 16, 16, 1])
    return _moons_by_hand(value, network, lambda x: network(x)[0])


def _moons_by_hand(value: Callable[[float], Number], network: Any, score_of: Callable[[list[Number]], Number]) -> Step:
    points = moons(100)

    def step() -> Number:
        scores = [score_of([value(number) for number in x]) for x, _ in points]
        losses = [(1 + -label * score).relu() for (_, label), score in zip(points, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in network.parameters())
        for p in network.parameters():
            p.grad = 0.0
        loss.backward()
        return loss

    return step


def moons_step_of_ours() -> Step:
    """The same with `nn`: its network, its loss, its sums."""
    model, points = nn.MLP(2, [16, 16, 1], seed=1337), moons(100)
    labels = [label for _, label in points]

    def step() -> Number:
        scores = [model(x) for x, _ in points]
        parameters = model.parameters()
        loss = nn.hinge(scores, labels) + 1e-4 * autograd.dot(parameters, parameters)
        model.zero_grad()
        loss.backward()
        return loss

    return step


def moons_step_of_micrograd() -> Step:
    """The same with micrograd's network; the rest is from its demo, since it has no losses."""
    random.seed(1337)
    model = micrograd.nn.MLP(2, [16, 16, 1])
    return _moons_by_hand(Micro, model, model)


def image_step(value: Callable[[float], Number], network: Any = None, loss_of: Any = None) -> Step:
    """Forward and backward of 64-16-10 on one image, with the squared error."""
    network, draw = network or Network(value, [64, 16, 10]), random.Random(2)
    image, target = [draw.random() for _ in range(64)], [float(i == 3) for i in range(10)]

    def step() -> Number:
        outputs = network([value(number) for number in image])
        if loss_of is not None:
            loss = loss_of(outputs, target)
        else:
            loss = sum((a - b) ** 2 for a, b in zip(outputs, target, strict=True))
        for p in network.parameters():
            p.grad = 0.0
        loss.backward()
        return loss

    return step


def count(loss: Number) -> int:
    """The number of nodes, including leaves."""
    met, pending = {loss}, [loss]
    while pending:
        for operand in pending.pop()._prev:
            if operand not in met:
                met.add(operand)
                pending.append(operand)
    return len(met)


def bytes_of(step: Step) -> float:
    """The memory of a step's loss and the graph below it."""
    step()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    loss = step()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del loss
    return after - before


def seconds_a_node(nodes: int) -> float:
    """The time per node for a forward and backward pass of a chain."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        for _ in range(max(1, 100_000 // nodes)):
            a, b = Value(1.0), Value(0.5)
            x = a
            for _ in range(nodes // 2):
                x = x * a + b
            x.backward()
        best = min(best, (time.process_time() - started) / max(1, 100_000 // nodes) / nodes)
    return best


def import_seconds(*codes: str) -> list[float]:
    """The least CPU time of an interpreter that runs each code, alternately, with cached bytecode."""
    times: list[list[float]] = [[] for _ in codes]
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        for _ in range(20):
            for code, found in zip(codes, times, strict=True):
                before = _seconds_of_children()
                subprocess.run([sys.executable, "-c", code], check=True, env=environment)
                found.append(_seconds_of_children() - before)
    return [min(found) for found in times]


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def beside_micrograd(where: str) -> list[Row]:
    """The steps of both engines, in this process."""

    def row(what: str, ours: Step, theirs: Step, aim: float) -> Row:
        mine, peers = side_by_side(ours, theirs, rounds=4, least=1.0, clock=time.process_time)
        return Row(f"{what}, {where}", mine, "micrograd", peers, aim)

    model = nn.MLP(64, [16, 10], seed=1)
    own = micrograd.nn.MLP(64, [16, 10])
    return [
        row("two moons, own nn", moons_step_of_ours(), moons_step_of_micrograd(), 40),
        row("two moons, sums by hand", moons_step(Value), moons_step(Micro), 15),
        row("64-16-10, own nn", image_step(Value, model, nn.squared_error), image_step(Micro, own), 30),
        row("64-16-10, sums by hand", image_step(Value), image_step(Micro), 12),
    ]


def among_ourselves() -> list[Row]:
    """The time to build a graph, compared with the same without recording and with evaluating it again."""
    model, points = nn.MLP(2, [16, 16, 1], seed=1337), moons(100)
    network = Network(Value, [2, 16, 16, 1])

    def with_nn() -> Value:
        return nn.hinge([model(x) for x, _ in points], [label for _, label in points])

    def by_hand() -> Value:
        return sum((network([Value(number) for number in x])[0] for x, _ in points), Value(0.0))

    rows = []
    for what, build in (("own nn", with_nn), ("sums by hand", by_hand)):
        unrecorded = no_grad()(build)
        built, bare, again = side_by_side(
            build, unrecorded, build().refresh, rounds=6, least=0.3, clock=time.process_time
        )
        rows.append(Row(f"forward of two moons within no_grad, {what}", bare, "recorded", built, 1))
        rows.append(Row(f"refresh of two moons, {what}", again, "building it", built, 2))
    return rows


def measure() -> list[Row]:
    """All comparisons."""
    rows = [*_in_a_process_of_its_own("bare"), *_in_a_process_of_its_own("loaded"), *among_ourselves()]
    ours, theirs = (bytes_of(step) for step in (moons_step_of_ours(), moons_step_of_micrograd()))
    rows.append(Row("memory of the graph of two moons, own nn", ours / 1e6, "micrograd", theirs / 1e6, 10, "MB"))
    ours, theirs = (bytes_of(moons_step(value)) for value in (Value, Micro))
    size = count(moons_step(Value)())
    what = f"memory of a node of {size:,}, sums by hand"
    rows.append(Row(what, ours / size, "micrograd", theirs / size, 4, "bytes"))
    small, large = seconds_a_node(1_000), seconds_a_node(1_000_000)
    rows.append(Row("a node of 1,000,000", large, "of 1,000", small, 0.67))
    bare, with_ours = import_seconds("pass", "import autograd")
    rows.append(Row("import autograd, beyond a bare interpreter", with_ours - bare, "25 ms", 0.025, 1))
    return rows


def _in_a_process_of_its_own(where: str) -> list[Row]:
    command = [sys.executable, "-m", "benchmarks.eager", where]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Row(**row) for row in json.loads(out)]


if __name__ == "__main__":
    if sys.argv[1:] == ["loaded"]:
        for name in LOADED:
            import_module(name)
    if sys.argv[1:]:
        print(json.dumps([asdict(row) for row in beside_micrograd(sys.argv[1])]))
    else:
        print(table(measure()))
