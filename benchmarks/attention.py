"""A transformer block compared with PyTorch and JAX: loss and gradient of causal attention, on one thread."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.compiler import Program

Step = Callable[[], object]
Matrix = list[list[Value]]

WIDTH, HEADS = 20, 4
SIZE = WIDTH // HEADS


class Block:
    """The block as a graph of scalars: normalisation, attention, a linear map, and two layers with relu.

    Args:
        positions: the number of positions.
        batch: the batch size.
    """

    def __init__(self, positions: int, batch: int) -> None:
        rnd = random.Random(0)

        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(rnd.gauss(0, 0.2)) for _ in range(columns)] for _ in range(rows)]

        self.inputs = [[Value(0.0) for _ in range(WIDTH)] for _ in range(positions)]
        self.weights = [matrix(WIDTH, WIDTH) for _ in range(4)] + [matrix(2 * WIDTH, WIDTH), matrix(WIDTH, 2 * WIDTH)]
        self.data = np.random.default_rng(0).normal(size=(batch, positions, WIDTH))

    def loss(self) -> Value:
        """The mean of the squared outputs."""
        for row, numbers in zip(self.inputs, self.data[0].tolist(), strict=True):
            for leaf, number in zip(row, numbers, strict=True):
                leaf.data = number
        normed = [_norm(x) for x in self.inputs]
        q, k, v = ([_times(each, x) for x in normed] for each in self.weights[:3])
        total = []
        for i, x in enumerate(self.inputs):
            out: list[Value] = []
            for part in (slice(h * SIZE, (h + 1) * SIZE) for h in range(HEADS)):
                scores = [autograd.dot(q[i][part], k[j][part]) / SIZE**0.5 for j in range(i + 1)]
                shares = autograd.softmax(scores)
                out += [autograd.dot(shares, [v[j][part][d] for j in range(i + 1)]) for d in range(SIZE)]
            y = [a + b for a, b in zip(x, _times(self.weights[3], out), strict=True)]
            z = _times(self.weights[5], [u.relu() for u in _times(self.weights[4], _norm(y))])
            total += [(a + b) ** 2 for a, b in zip(y, z, strict=True)]
        return autograd.mean(total)

    def program(self) -> Program:
        """The block, compiled."""
        loss = self.loss()
        leaves = [v for row in self.inputs for v in row]
        for leaf in leaves:
            leaf.data = 0.0  # each example has its own
        params = [w for each in self.weights for row in each for w in row]
        return autograd.compile(loss, inputs=leaves, params=params)

    def numbers(self) -> list[Any]:
        """The weights as arrays."""
        return [np.array([[w.data for w in row] for row in each]) for each in self.weights]


def compiled(block: Block) -> Step:
    """Ours: loss and gradient of a batch."""
    program, rows = block.program(), block.data.reshape(len(block.data), -1)
    return lambda: program.value_and_grad(rows)


def eager(block: Block) -> Step:
    """Our eager engine, on one example."""
    return lambda: block.loss().backward()


def torch_step(block: Block) -> Step:
    """PyTorch's eager mode, float64, on one thread."""
    import torch

    torch.set_num_threads(1)
    weights = [torch.tensor(w, requires_grad=True) for w in block.numbers()]
    x = torch.tensor(block.data)
    mask = torch.triu(torch.full((x.shape[1], x.shape[1]), -math.inf, dtype=torch.float64), 1)

    def step() -> float:
        for w in weights:
            w.grad = None
        loss = _formula(torch, weights, x, mask)
        loss.backward()
        return float(loss.detach())

    return step


def jax_step(block: Block) -> Step:
    """JAX's jit, float64."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    mask = np.triu(np.full((block.data.shape[1],) * 2, -np.inf), 1)
    function = jax.jit(jax.value_and_grad(lambda weights, x: _formula(jnp, weights, x, mask)))
    weights, x = [jnp.asarray(w) for w in block.numbers()], jnp.asarray(block.data)
    return lambda: jax.block_until_ready(function(weights, x))


def _formula(np: Any, weights: Any, x: Any, mask: Any) -> Any:
    """The block in arrays, for both peers."""
    wq, wk, wv, wo, w1, w2 = weights
    batch, positions, width = x.shape

    def norm(a: Any) -> Any:
        return a * ((a * a).mean(-1)[..., None] + 1e-5) ** -0.5

    def heads(a: Any) -> Any:
        return np.swapaxes(a.reshape(batch, positions, HEADS, SIZE), 1, 2)

    normed = norm(x)
    q, k, v = (heads(normed @ w.T) for w in (wq, wk, wv))
    scores = q @ np.swapaxes(k, 2, 3) / SIZE**0.5 + mask
    powers = np.exp(scores - np.amax(scores, -1)[..., None])
    out = np.swapaxes(powers / powers.sum(-1)[..., None] @ v, 1, 2).reshape(batch, positions, width)
    y = x + out @ wo.T
    hidden = norm(y) @ w1.T
    z = y + hidden * (hidden > 0) @ w2.T
    return (z * z).sum() / z.reshape(-1).shape[0]


def _times(weights: Matrix, x: list[Value]) -> list[Value]:
    return [autograd.dot(row, x) for row in weights]


def _norm(x: list[Value]) -> list[Value]:
    scale = (autograd.dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * each for each in x]
