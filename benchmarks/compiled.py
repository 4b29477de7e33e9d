"""The compiled graph beside numpy written by hand, PyTorch and micrograd: a training step, on one thread.

Run `python -m benchmarks.compiled`.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

import autograd
import nn
from autograd import Value
from autograd.graph import topological
from benchmarks.measuring import Row, side_by_side, table

Step = Callable[[], object]


def compiled_step(sizes: tuple[int, int, int], batch: int) -> Step:
    """Ours: forward, backward, and the update."""
    model = nn.MLP(sizes[0], sizes[1:], seed=0)
    inputs, targets = ([Value(0.0) for _ in range(n)] for n in (sizes[0], sizes[2]))
    loss = nn.squared_error(model(inputs), targets)
    program = autograd.compile(loss, inputs=inputs + targets, params=model.parameters())
    optimiser = nn.SGD(program, lr=1e-4)
    data = np.random.default_rng(0).random((batch, sizes[0] + sizes[2]))

    def step() -> None:
        program.value_and_grad(data)
        optimiser.step()

    return step


def numpy_step(sizes: tuple[int, int, int], batch: int) -> Step:
    """The same by hand, as one would write it."""
    rng = np.random.default_rng(0)
    n, hidden, outputs = sizes
    w1, b1 = rng.random((hidden, n)) / n, np.zeros((hidden, 1))
    w2, b2 = rng.random((outputs, hidden)) / hidden, np.zeros((outputs, 1))
    x, t = rng.random((n, batch)), rng.random((outputs, batch))

    def step() -> float:
        z = w1 @ x + b1
        h = np.maximum(z, 0.0)
        error = w2 @ h + b2 - t
        loss = float((error * error).sum()) / batch
        d_out = error * (2.0 / batch)
        d_z = (w2.T @ d_out) * (z > 0.0)
        for array, gradient in (
            (w2, d_out @ h.T),
            (b2, d_out.sum(axis=1, keepdims=True)),
            (w1, d_z @ x.T),
            (b1, d_z.sum(axis=1, keepdims=True)),
        ):
            array -= 1e-4 * gradient
        return loss

    return step


def torch_step(sizes: tuple[int, int, int], batch: int) -> Step:
    """PyTorch's eager mode, float64, on one thread."""
    import torch

    torch.set_num_threads(1)
    n, hidden, outputs = sizes
    model = torch.nn.Sequential(torch.nn.Linear(n, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, outputs)).double()
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-4)
    x, t = torch.rand(batch, n, dtype=torch.float64), torch.rand(batch, outputs, dtype=torch.float64)

    def step() -> float:
        optimiser.zero_grad()
        loss = ((model(x) - t) ** 2).sum() / batch
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    return step


def micrograd_step(sizes: tuple[int, int, int], batch: int) -> Step:
    """micrograd, on the same network and batch."""
    from micrograd.engine import Value as Micro
    from micrograd.nn import MLP

    rng = random.Random(0)
    model = MLP(sizes[0], list(sizes[1:]))
    data = [([rng.random() for _ in range(sizes[0])], [rng.random() for _ in range(sizes[2])]) for _ in range(batch)]

    def step() -> None:
        loss = Micro(0.0)
        for x, t in data:
            loss = loss + sum((a - b) ** 2 for a, b in zip(model(x), t, strict=True))
        loss = loss * (1 / batch)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 1e-4 * p.grad

    return step


def attention(positions: int = 12, width: int = 20, heads: int = 4) -> tuple[Step, Step, int]:
    """A transformer's block on a dozen positions, eager and compiled; and how many nodes it has."""
    rnd = random.Random(0)

    def matrix(rows: int, columns: int) -> list[list[Value]]:
        return [[Value(rnd.gauss(0, 0.2)) for _ in range(columns)] for _ in range(rows)]

    def times(weights: list[list[Value]], x: list[Value]) -> list[Value]:
        return [autograd.dot(row, x) for row in weights]

    def norm(x: list[Value]) -> list[Value]:
        scale = (autograd.dot(x, x) / len(x) + 1e-5) ** -0.5
        return [scale * each for each in x]

    inputs = [[Value(rnd.gauss(0, 1)) for _ in range(width)] for _ in range(positions)]
    weights = [matrix(width, width) for _ in range(4)] + [matrix(2 * width, width), matrix(width, 2 * width)]
    params = [w for each in weights for row in each for w in row]
    leaves = [v for row in inputs for v in row]
    size = width // heads

    def build() -> Value:
        normed = [norm(x) for x in inputs]
        q, k, v = ([times(each, x) for x in normed] for each in weights[:3])
        total = []
        for i, x in enumerate(inputs):
            out = []
            for part in (slice(h * size, (h + 1) * size) for h in range(heads)):
                shares = autograd.softmax([autograd.dot(q[i][part], k[j][part]) / size**0.5 for j in range(i + 1)])
                out += [autograd.dot(shares, [v[j][part][d] for j in range(i + 1)]) for d in range(size)]
            y = [a + b for a, b in zip(x, times(weights[3], out), strict=True)]
            z = times(weights[5], [u.relu() for u in times(weights[4], norm(y))])
            total += [(a + b) ** 2 for a, b in zip(y, z, strict=True)]
        return autograd.mean(total)

    def eager() -> None:
        build().backward()

    loss = build()
    data = np.array([[v.data for v in leaves]])
    for leaf in leaves:
        leaf.data = 0.0  # what stands there is given with each example
    program = autograd.compile(loss, inputs=leaves, params=params)
    for leaf, number in zip(leaves, data[0].tolist(), strict=True):
        leaf.data = number
    return eager, lambda: program.value_and_grad(data), len(topological(loss))


def tracing(sizes: tuple[int, int, int]) -> tuple[float, float, int]:
    """Seconds and bytes to trace and compile a network, and its scalars."""

    def run() -> Value:
        model = nn.MLP(sizes[0], sizes[1:], seed=0)
        inputs, targets = ([Value(0.0) for _ in range(n)] for n in (sizes[0], sizes[2]))
        loss = nn.squared_error(model(inputs), targets)
        autograd.compile(loss, inputs=inputs + targets, params=model.parameters())
        return loss

    times = []
    for _ in range(3):
        started = time.perf_counter()
        loss = run()
        times.append(time.perf_counter() - started)
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return min(times), peak, len(topological(loss))


def measure() -> list[Row]:
    """All comparisons."""
    rows = []
    for sizes, batch, by_hand_least, torch_least in (
        ((64, 32, 10), 32, 0.77, 3),
        ((64, 32, 10), 1, None, 4),
        ((3600, 32, 10), 32, 0.83, 1),
    ):
        name = f"step {'-'.join(map(str, sizes))}, batch {batch}"
        ours, by_hand, theirs = side_by_side(
            compiled_step(sizes, batch), numpy_step(sizes, batch), torch_step(sizes, batch)
        )
        rows.append(Row(name, ours, "numpy by hand", by_hand, by_hand_least))
        rows.append(Row(name, ours, "PyTorch", theirs, torch_least))
    sizes = (64, 32, 10)
    ours, theirs = side_by_side(compiled_step(sizes, 32), micrograd_step(sizes, 32), rounds=2)
    rows.append(Row("step 64-32-10, batch 32", ours, "micrograd", theirs, 2000))
    eager, fast, nodes = attention()
    ours, theirs = side_by_side(fast, eager, rounds=5)
    rows.append(Row(f"attention, {nodes:,} nodes", ours, "our eager engine", theirs, 25))
    seconds, peak, scalars = tracing((3600, 32, 10))
    rows.append(Row(f"trace and compile {scalars:,} scalars", seconds, "2 s", 2.0, 1))
    rows.append(Row(f"its memory, {scalars:,} scalars", peak / 1e6, "500 MB", 500.0, 1, unit="MB"))
    tenth, _, few = tracing((360, 32, 10))
    rows.append(Row(f"the same, a scalar of {scalars:,}", seconds / scalars, f"of {few:,}", tenth / few))
    return rows


if __name__ == "__main__":
    print(table(measure()))
