"""The compiled graph compared with handwritten numpy, JAX, PyTorch and micrograd: a training step, on one thread.

Run `python -m benchmarks.compiled`.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd
import nn
from autograd import Value
from benchmarks import attention
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
    """The same, handwritten in numpy."""
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


def jax_step(sizes: tuple[int, int, int], batch: int) -> Step:
    """JAX's jit, float64; the compiled function includes the update."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    rng = np.random.default_rng(0)
    n, hidden, outputs = sizes
    params = [rng.random((n, hidden)) / n, np.zeros(hidden), rng.random((hidden, outputs)) / hidden, np.zeros(outputs)]
    state = [[jnp.asarray(array) for array in params]]
    x, t = jnp.asarray(rng.random((batch, n))), jnp.asarray(rng.random((batch, outputs)))

    def loss(params: Any, x: Any, t: Any) -> Any:
        w1, b1, w2, b2 = params
        error = jnp.maximum(x @ w1 + b1, 0.0) @ w2 + b2 - t
        return (error * error).sum() / batch

    def update(params: Any, x: Any, t: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(params, x, t)
        return value, [p - 1e-4 * g for p, g in zip(params, gradients, strict=True)]

    compiled = jax.jit(update)

    def step() -> float:
        value, state[0] = compiled(state[0], x, t)
        return float(value)

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


def tracing(sizes: tuple[int, int, int]) -> tuple[float, float, float, int]:
    """The seconds to trace a network, the seconds to compile it, the peak memory, and the number of scalars."""

    def trace() -> tuple[nn.MLP, list[Value], Value]:
        model = nn.MLP(sizes[0], sizes[1:], seed=0)
        inputs, targets = ([Value(0.0) for _ in range(n)] for n in (sizes[0], sizes[2]))
        return model, inputs + targets, nn.squared_error(model(inputs), targets)

    traced, compiled = [], []
    for _ in range(3):
        started = time.perf_counter()
        model, leaves, loss = trace()
        middle = time.perf_counter()
        program = autograd.compile(loss, inputs=leaves, params=model.parameters())
        traced.append(middle - started)
        compiled.append(time.perf_counter() - middle)
    tracemalloc.start()
    model, leaves, loss = trace()
    program = autograd.compile(loss, inputs=leaves, params=model.parameters())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return min(traced), min(compiled), peak, program.scalars


def chain(length: int) -> float:
    """Seconds to compile a chain of operations."""
    x, w = Value(0.5), Value(0.3)
    y = x
    for _ in range(length):
        y = (y * w).tanh()
    started = time.perf_counter()
    autograd.compile(y, inputs=[x], params=[w])
    return time.perf_counter() - started


def steps() -> Iterator[Row]:
    """A training step of a network, compared with the peers."""
    for sizes, batch in (((64, 32, 10), 1), ((64, 32, 10), 32), ((784, 128, 10), 128), ((3600, 32, 10), 32)):
        name = f"step {'-'.join(map(str, sizes))}, batch {batch}"
        peers = (numpy_step(sizes, batch), jax_step(sizes, batch), torch_step(sizes, batch))
        ours, by_hand, jitted, theirs = side_by_side(compiled_step(sizes, batch), *peers)
        yield Row(name, ours, "numpy by hand", by_hand, 1 / 1.1)
        yield Row(name, ours, "JAX jit", jitted, 1)
        yield Row(name, ours, "PyTorch", theirs)
    sizes = (64, 32, 10)
    ours, theirs = side_by_side(compiled_step(sizes, 32), micrograd_step(sizes, 32), rounds=2)
    yield Row("step 64-32-10, batch 32", ours, "micrograd", theirs, 2000)


def blocks() -> Iterator[Row]:
    """The loss and gradient of a transformer block, compared with the peers."""
    for positions, batch in ((12, 1), (16, 32)):
        block = attention.Block(positions, batch)
        ours, theirs, jitted = side_by_side(
            attention.compiled(block), attention.torch_step(block), attention.jax_step(block)
        )
        name = f"attention, {positions} positions, batch {batch}"
        yield Row(name, ours, "PyTorch", theirs, 1.5)
        yield Row(name, ours, "JAX jit", jitted, 1 / 3)
    block = attention.Block(12, 1)
    ours, theirs = side_by_side(attention.compiled(block), attention.eager(block), rounds=5)
    yield Row("attention, 12 positions, batch 1", ours, "our eager engine", theirs, 25)


def compiling() -> Iterator[Row]:
    """The cost of compiling."""
    traced, compiled, peak, scalars = tracing((3600, 32, 10))
    aim = 4e-6 * scalars
    yield Row(f"trace and compile {scalars:,} scalars", traced + compiled, "4 µs for each", aim, 1)
    yield Row(f"its memory, {scalars:,} scalars", peak / 1e6, "500 MB", 500.0, 1, unit="MB")
    _, compiled, _, scalars = tracing((64, 32, 10))
    yield Row(f"compile 64-32-10, {scalars:,} scalars", compiled, "15 ms", 0.015, 1)
    short, long = chain(2_000), chain(16_000)
    yield Row("compile a chain of 16,000", long, "8 times one of 2,000", 8 * short, 1 / 1.3)


def measure() -> list[Row]:
    """All comparisons."""
    return [*steps(), *blocks(), *compiling()]


if __name__ == "__main__":
    print(table(measure()))
