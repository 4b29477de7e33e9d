"""Training the GPT: Adam, on batches of texts of equal length; jitted, or eagerly."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import autograd
import nn
from demos.gpt.model import GPT

if TYPE_CHECKING:
    from nn.trainable import Parameters

Batch = list[list[int]]
Step = Callable[[Batch], float]
"""Takes a training step on a batch, and returns the loss before it."""

RATE = 0.03


def batches(texts: Sequence[list[int]], size: int, rng: random.Random) -> Iterator[Batch]:
    """Yields random batches forever. All texts of a batch have one length; lengths are as frequent as in `texts`."""
    by_length: dict[int, Batch] = {}
    for text in texts:
        by_length.setdefault(len(text), []).append(text)
    while True:
        yield rng.choices(by_length[len(rng.choice(texts))], k=size)


def jitted(loss: autograd.Jitted, steps: int) -> Step:
    """Training with `autograd.jit(model.loss)`: each length of text has a program, which runs on the whole batch."""
    optimiser = _adam(loss, steps)

    def step(batch: Batch) -> float:
        found, _ = loss.value_and_grad(batch)
        optimiser.step()
        return found

    return step


def eager(model: GPT, steps: int) -> Step:
    """The same training without jit, one Value at a time."""
    optimiser = _adam(model.parameters(), steps)

    def step(batch: Batch) -> float:
        optimiser.zero_grad()
        loss = autograd.mean([model.loss(text) for text in batch])
        loss.backward()
        optimiser.step()
        return loss.data

    return step


def _adam(parameters: Parameters, steps: int) -> nn.Adam:
    """Adam with a rate that decays linearly to 0."""
    return nn.Adam(parameters, lr=lambda step: RATE * (1.0 - step / steps), betas=(0.9, 0.99))
