"""The numbers of a jitted function's parameters: a Value that is read has the present one, whoever changed it."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import threading
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from tests.torture.interrupts import places

CALLS = 3


def fitted(count: int = 3, dtype: str = "float64") -> tuple[autograd.Jitted, list[Value]]:
    """A jitted loss, called several times, and its parameters."""
    weights = [Value(0.1 * (i + 1)) for i in range(count)]
    loss = autograd.jit(lambda x: (autograd.sum([w * x for w in weights]) - 1.0) ** 2, dtype=dtype)
    for _ in range(CALLS):
        loss.value_and_grad(np.array([1.0, 2.0]))
    return loss, weights


def data(values: list[Value]) -> list[float]:
    return [v.data for v in values]


def test_an_optimisers_step_shows_at_once() -> None:
    loss, weights = fitted()
    before = data(weights)
    for _ in range(CALLS):
        loss.value_and_grad(np.array([1.0, 2.0]))
    loss.params[...] = loss.params - 0.1 * loss.grads
    after = data(weights)
    assert all(type(w) is Value for w in weights)
    assert after == loss.params.tolist() != before


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_calls_steps_reads_and_assignments(seed: int) -> None:
    """The numbers are those of the last writer, whatever was read in between."""
    rng = random.Random(seed)
    loss, weights = fitted()
    twin = autograd.jit(lambda x: weights[0] * x + weights[1])
    numbers = data(weights)
    for _ in range(200):
        action, i = rng.randrange(6), rng.randrange(3)
        if action == 0:
            loss.params[i] = numbers[i] = rng.random()
        elif action == 1:
            weights[i].data = numbers[i] = rng.random()
        elif action == 2:
            assert weights[i].data == numbers[i]
        elif action == 3:
            assert twin(2.0) == numbers[0] * 2.0 + numbers[1]
            if i < 2:
                twin.params[i] = numbers[i] = rng.random()
        else:
            expected = (sum(numbers) - 1.0) ** 2
            assert loss(1.0) == pytest.approx(expected, rel=1e-12)
            assert loss.params.tolist() == numbers
    assert data(weights) == numbers


def pickled(v: Value) -> Value:
    found: Value = pickle.loads(pickle.dumps(v))
    return found


def test_copies_and_pickles() -> None:
    for duplicate in (copy.copy, copy.deepcopy, pickled):
        loss, weights = fitted()
        loss.params[...] = [1.0, 2.0, 3.0]
        found = duplicate(weights[1])
        assert type(found) is Value
        assert (found.data, weights[2].data) == (2.0, 3.0)
    graph = weights[0] * weights[1]
    for _ in range(CALLS):
        loss(1.0)
    assert type(pickled(graph)._prev[0]) is Value


def test_a_dropped_function_leaves_its_numbers() -> None:
    loss, weights = fitted()
    loss.params[...] = [1.0, 2.0, 3.0]
    del loss
    gc.collect()
    assert data(weights) == [1.0, 2.0, 3.0]


def test_saving_and_loading_a_model_in_training() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    loss = autograd.jit(lambda x: (model([x, 1.0]) - 1.0) ** 2)
    loss.value_and_grad(np.array([1.0]))
    optimiser = nn.SGD(loss, lr=0.1)
    saved: list[Any] = []
    for step in range(30):
        loss.value_and_grad(np.array([1.0, 2.0]))
        optimiser.step()
        if step in (10, 20):
            saved.append(model.state_dict())
            assert [*loss.params] == [p.data for p in loss.parameters()]
    model.load_state_dict(saved[0])
    assert loss(1.0) == (model([1.0, 1.0]).data - 1.0) ** 2
    assert model.state_dict() == saved[0] != saved[1]


def test_float32_keeps_numbers_that_nothing_changed() -> None:
    _, weights = fitted(dtype="float32")
    assert data(weights) == [0.1, 0.2, 0.1 * 3]


def test_values_of_own_classes() -> None:
    class Weight(Value):
        pass

    weight = Weight(2.0)
    loss = autograd.jit(lambda x: weight * x)
    for _ in range(CALLS):
        loss.value_and_grad(np.array([1.0]))
        loss.params[...] += 1.0
    loss(1.0)
    assert (weight.data, type(weight)) == (2.0 + CALLS, Weight)


def test_interrupts_lose_no_number() -> None:
    numbers = [1.0, 2.0, 3.0]
    loss, weights = fitted()

    def start() -> None:
        nonlocal loss, weights
        loss, weights = fitted()
        loss.params[...] = numbers

    def act() -> None:
        _ = weights[1].data
        for _ in range(CALLS):
            loss(1.0)
        weights[1].data = 2.0

    for place in places(act, before=start, files=["jitted/parameters.py"], every=5):
        assert place.interrupted
        loss(1.0)
        assert data(weights) == loss.params.tolist() == numbers


def test_other_threads_read_whole_steps() -> None:
    loss, weights = fitted(50)
    stop, wrong = threading.Event(), []

    def watch() -> None:
        while not stop.is_set():
            found = weights[7].data
            if found != int(found) and found < 10:
                wrong.append(found)

    loss.params[...] = 0.0
    loss(0.0)
    watchers = [threading.Thread(target=watch) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        for step in range(300):
            loss.params[...] = step
            loss.value_and_grad(np.array([0.0]))
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()
    assert not wrong
    assert data(weights) == [299.0] * 50


def test_two_functions_train_the_same_values_by_turns() -> None:
    first, second = Value(0.5), Value(-0.3)
    losses = [
        autograd.jit(lambda x: (first * x + second - 1.0) ** 2),
        autograd.jit(lambda x: (first * x - second + 2.0) ** 2),
    ]
    a, b = 0.5, -0.3
    for _ in range(20):
        for loss, sign, offset in zip(losses, (1, -1), (-1.0, 2.0), strict=True):
            error = a + sign * b + offset
            found, gradient = loss.value_and_grad([1.0])
            assert found == pytest.approx(error**2)
            loss.params[...] -= 0.05 * gradient
            a, b = a - 0.1 * error, b - 0.1 * sign * error
            assert data([first, second]) == pytest.approx([a, b])
