"""A jitted function with decisions compared with the function itself: ten thousand rows, on one thread.

Run `python -m benchmarks.jit`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.value import operand
from benchmarks.measuring import Row, side_by_side, table

ROWS = 10_000


def decides(x: Any, y: Any) -> Any:
    """A branch, and a loop whose count depends on the data: seven paths for x up to 80."""
    if x < 0:
        return y * y
    count = 0
    while x > 1:
        x = x * 0.5 + 0.1 * y * 0
        count += 1
    return x * y + count


def measure() -> Iterator[Row]:
    """The time for all rows, and for the first call, which traces."""
    x, y = (np.random.default_rng(0).normal(size=(ROWS, 2)) * [20, 1]).T
    pairs = list(zip(x.tolist(), y.tolist(), strict=True))
    started = time.perf_counter()
    jitted = autograd.jit(decides)
    found = jitted.batch(x, y)
    first = time.perf_counter() - started

    def eagerly() -> list[float]:
        return [operand(decides(Value(a), Value(b))).data for a, b in pairs]

    assert found.tolist() == eagerly()
    ours, theirs = side_by_side(lambda: jitted.batch(x, y), eagerly, rounds=5)
    yield Row(f"a function that decides, jitted, {ROWS:,} rows", ours, "itself", theirs, 15)
    yield Row("its first call, which traces", first, "itself", theirs)
    model_step, eager_step = training()
    ours, theirs = side_by_side(model_step, eager_step, rounds=3)
    yield Row("loss and gradient of a loss that decides, 1,000 rows", ours, "our eager engine", theirs, 15)


def training() -> tuple[Any, Any]:
    """The mean and gradient of a line's robust loss, which is quadratic near the target and linear beyond."""
    slope, offset = Value(0.3), Value(0.1)
    x, t = np.random.default_rng(0).normal(size=(2, 1000))

    def loss(x: Any, t: Any) -> Any:
        error = abs(slope * x + offset - t)
        return error * error if error < 1 else 2 * error - 1

    jitted = autograd.jit(loss)
    pairs = list(zip(x.tolist(), t.tolist(), strict=True))

    def eagerly() -> None:
        slope.grad = offset.grad = 0.0
        autograd.mean([loss(Value(a), b) for a, b in pairs]).backward()

    jitted.value_and_grad(x, t)
    eagerly()
    np.testing.assert_allclose(jitted.grads, [p.grad for p in jitted.parameters()], rtol=1e-10)
    return lambda: jitted.value_and_grad(x, t), eagerly


if __name__ == "__main__":
    print(table(list(measure())))
