"""A training step of `demos.gpt` compared with PyTorch and JAX: loss, gradient and Adam, in float64, on one thread.

Run `python -m benchmarks.gpt`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from benchmarks.measuring import Row, side_by_side, table
from demos.gpt.model import GPT
from demos.gpt.names import ALL, encoded
from demos.gpt.training import RATE, Batch, eager, jitted

Step = Callable[[], float]

_LETTERS = 10
_FOREVER = 10**12
"""A number of steps so large that the learning rate does not decay."""


def batch_of(size: int) -> Batch:
    """Names of equal length."""
    return [encoded(name) for name in ALL if len(name) == _LETTERS][:size]


def ours(batch: Batch) -> Step:
    """`autograd.jit` of the loss."""
    step = jitted(autograd.jit(GPT().loss), _FOREVER)
    return lambda: step(batch)


def ours_eager(batch: Batch) -> Step:
    """The same code, eagerly."""
    step = eager(GPT(), _FOREVER)
    return lambda: step(batch)


def arrays() -> dict[str, Any]:
    """The parameters as matrices, by name."""
    matrices = {name: x for name, x in vars(GPT()).items() if name != "heads"}
    return {name: np.array([[v.data for v in row] for row in x]) for name, x in matrices.items()}


def torch_step(batch: Batch) -> Step:
    """PyTorch's eager mode."""
    import torch

    torch.set_num_threads(1)
    weights = {name: torch.tensor(x, requires_grad=True) for name, x in arrays().items()}
    optimiser = torch.optim.Adam(weights.values(), lr=RATE, betas=(0.9, 0.99))
    texts = torch.tensor(batch)

    def step() -> float:
        optimiser.zero_grad()
        loss = formula(torch, weights, texts)
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    return step


def jax_step(batch: Batch) -> Step:
    """JAX's jit; the compiled function includes Adam."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    weights = {name: jnp.asarray(x) for name, x in arrays().items()}
    zeros = {name: jnp.zeros_like(x) for name, x in weights.items()}
    state = [(weights, zeros, zeros, jnp.asarray(0.0))]
    texts = jnp.asarray(batch)

    def update(state: Any, texts: Any) -> Any:
        weights, m, v, t = state
        loss, g = jax.value_and_grad(lambda weights: formula(jnp, weights, texts))(weights)
        t = t + 1
        m = {k: 0.9 * m[k] + 0.1 * g[k] for k in g}
        v = {k: 0.99 * v[k] + 0.01 * g[k] ** 2 for k in g}
        rate = RATE / (1.0 - 0.9**t)
        moved = {k: weights[k] - rate * m[k] / ((v[k] / (1.0 - 0.99**t)) ** 0.5 + 1e-8) for k in g}
        return loss, (moved, m, v, t)

    compiled = jax.jit(update)

    def step() -> float:
        loss, state[0] = compiled(state[0], texts)
        return float(loss)

    return step


def formula(np: Any, weights: Any, texts: Any) -> Any:
    """The loss in arrays, for both peers: all positions at once, with a causal mask."""
    heads, width = 4, weights["place"].shape[1]
    read, targets = texts[:, :-1], texts[:, 1:]
    size, places = read.shape

    def norm(x: Any) -> Any:
        return x * ((x * x).mean(-1)[..., None] + 1e-5) ** -0.5

    def split(x: Any) -> Any:
        return np.swapaxes(x.reshape(size, places, heads, -1), 1, 2)

    x = weights["token"][read] + weights["place"][:places]
    y = norm(x)
    q, k, v = (split(y @ weights[name].T) for name in ("query", "key", "value"))
    fits = q @ np.swapaxes(k, 2, 3) / (width / heads) ** 0.5
    fits = np.where(np.tril(np.ones((places, places))) > 0, fits, -np.inf)
    powers = np.exp(fits - np.amax(fits, -1)[..., None])
    y = np.swapaxes(powers / powers.sum(-1)[..., None] @ v, 1, 2).reshape(size, places, width)
    x = x + y @ weights["output"].T
    hidden = norm(x) @ weights["up"].T
    x = x + hidden * (hidden > 0) @ weights["down"].T
    logits = x @ weights["logit"].T
    most = np.amax(logits, -1)
    total = np.log(np.exp(logits - most[..., None]).sum(-1)) + most
    rows = np.arange(size)[:, None], np.arange(places)[None, :]
    return (total - logits[(*rows, targets)]).mean()


def first_steps(batch: Batch, rounds: int = 3) -> list[float]:
    """The best times of a first step, ours and JAX's, which traces and compiles for a new length."""
    best = [float("inf")] * 2
    for _ in range(rounds):
        for i, make in enumerate((ours, jax_step)):
            step = make(batch)
            started = time.perf_counter()
            step()
            best[i] = min(best[i], time.perf_counter() - started)
    return best


def measure() -> list[Row]:
    """The rows of the table.

    Raises:
        AssertionError: the losses of ten steps differ among the peers.
    """
    rows = []
    for size in (1, 32):
        batch, name = batch_of(size), f"GPT, {_LETTERS} letters, batch {size}"
        losses = np.array([[step() for _ in range(10)] for step in (ours(batch), torch_step(batch), jax_step(batch))])
        assert np.abs(losses - losses[0]).max() < 1e-9, losses
        mine, torch, jax = side_by_side(ours(batch), torch_step(batch), jax_step(batch))
        own, slow = side_by_side(ours(batch), ours_eager(batch), rounds=3, clock=time.process_time)
        rows += [
            Row(name, mine, "PyTorch", torch),
            Row(name, mine, "JAX jit", jax),
            Row(name, own, "our eager engine", slow),
        ]
    mine, jax = first_steps(batch)
    return [*rows, Row(f"{name}, first step", mine, "JAX jit", jax)]


if __name__ == "__main__":
    print(table(measure()))
