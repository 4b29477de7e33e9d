"""Effects that a program cannot repeat are noticed however the function reaches them; pure code is not watched."""

from __future__ import annotations

import contextlib
import cProfile
import datetime
import functools
import json
import random
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable
from random import gauss
from time import perf_counter as clock
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.jitted.state import State
from autograd.kernels import kernel

own = random.Random(0)
held = {"draw": own.random}
draw_partly = functools.partial(own.uniform, 0.0)


class Noisy:
    """Draws random numbers in a property, in a method, and through an attribute."""

    def __init__(self) -> None:
        self.rng = random.Random(0)

    @property
    def noise(self) -> float:
        return self.rng.random()

    def __call__(self, x: Any) -> Any:
        return x + self.noise


class Line:
    def __init__(self, *parts: float) -> None:
        self.parts = parts

    def __len__(self) -> int:
        print("counted")
        return len(self.parts)


def imports_inside(x: Any) -> Any:
    import random as chance

    return x * chance.random()


def gets_by_name(x: Any) -> Any:
    return x * getattr(random, "random")()  # noqa: B009


def has_it_as_default(x: Any, rng: Any = own) -> Any:
    return x * rng.random()


def builds_a_network(x: Any) -> Any:
    return nn.MLP(1, [1])([x])


@functools.lru_cache
def cached(_: int) -> float:
    return gauss(0.0, 1.0)


def through_others(x: Any) -> Any:
    def inner(y: Any) -> Any:
        return sum(y * held["draw"]() for _ in range(2))

    return inner(x)


IMPURE = [
    lambda x: x * time.time(),
    lambda x: x * clock(),
    lambda x: x * gauss(0.0, 1.0),
    lambda x: x * float(np.random.rand()),
    lambda x: x * draw_partly(1.0),
    lambda x: x * cached(0),
    lambda x: x * len(Line(1.0)),
    lambda x: x * datetime.datetime.now().timestamp(),
    lambda x: x * datetime.date.today().day,
    lambda x: x * threading.active_count(),
    lambda x: x * sys.getrecursionlimit(),
    lambda x: x * globals()["own"].random(),
    lambda x: sys.stdout.write("seen") * x,
    Noisy(),
    Noisy().__call__,
    imports_inside,
    gets_by_name,
    has_it_as_default,
    builds_a_network,
    through_others,
]


@pytest.mark.parametrize("function", IMPURE)
def test_effects_are_seen(function: Callable[..., Any]) -> None:
    cached.cache_clear()
    jitted = autograd.jit(function)
    with pytest.warns(UserWarning, match=r"cannot be traced: (a call of|the function changes|it uses) \w+"):
        jitted(1.0)


def test_a_generator_among_the_arguments_is_seen() -> None:
    jitted = autograd.jit(lambda x, rng: x * rng.random())
    with pytest.warns(UserWarning, match="a call of random"):
        jitted(1.0, random.Random(0))


def test_pure_code_is_not_watched() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    table = {"a": [1.0, 2.0]}

    def helper(v: Any) -> Any:
        return max(v, autograd.Value(0.0)) + sum(table["a"])

    def f(x: Any) -> Any:
        return nn.cross_entropy([helper(model([x, x * 2])), autograd.exp(x)], 1) + np.float64(2.0)

    assert State(f).pure
    assert State(nn.MLP(1, [1]).__call__).pure
    assert not State(prints).pure


def prints(x: Any) -> Any:
    print(x)
    return x


def test_a_lock_that_was_taken_is_left() -> None:
    lock = threading.Lock()

    def f(x: Any) -> Any:
        with lock:
            return x * 2

    assert autograd.jit(f)(1.0) == 2.0
    assert not lock.locked()


def test_generating_a_kernel_during_a_trace_is_not_an_effect() -> None:
    kernel.cache_clear()
    sqrt = functools.partial(getattr, autograd)

    def f(x: Any) -> Any:
        return sqrt("sqrt")(x)

    jitted = autograd.jit(f)
    assert jitted(4.0) == 2.0
    assert "eager" not in jitted.report()


def test_a_profiler_sees_a_trace_and_goes_on() -> None:
    f = autograd.jit(lambda x: x * x)
    profiler = cProfile.Profile()
    profiler.enable()
    assert f(3.0) == 9.0
    assert sorted([2.0, 1.0]) == [1.0, 2.0]
    profiler.disable()
    assert "eager" not in f.report()
    assert any("sorted" in str(entry.code) for entry in profiler.getstats())


@pytest.mark.parametrize(
    "then",
    [
        lambda x: x.nothing,
        lambda x: f"{x}",
        lambda x: [f"{x.data}", x.data * 2][1],
        lambda x: 1 / (x - 1.0),
        lambda x: quotient_or_zero(x - 1.0),
        lambda x: iter([x]),
        lambda x: {1, 2},
        lambda x: x * time.perf_counter(),
        lambda x: x * own.random(),
        lambda x: [][1],
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_function_runs_once_for_each_row(then: Callable[[Any], Any], rows: int) -> None:
    runs: list[int] = []

    def f(x: Any) -> Any:
        runs.append(1)
        return then(x)

    jitted = autograd.jit(f)
    for count in (1, 2):
        with contextlib.suppress(AttributeError, IndexError, ZeroDivisionError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if rows == 1:
                jitted(1.0)
            else:
                jitted.batch([1.0] * rows)
        assert len(runs) in (count * rows, count)  # an error ends a batch
    assert len(runs) >= 2


def quotient_or_zero(x: Any) -> Any:
    try:
        return 1 / x
    except ZeroDivisionError:
        return 0.0


def test_numbers_that_a_function_keeps_are_floats() -> None:
    losses: list[float] = []
    last, memory = types.SimpleNamespace(loss=0.0), {"deep": [0.0]}

    def f(x: Any) -> Any:
        losses.append(x.data * 2)
        last.loss, memory["deep"] = x.data, [x.data + 1]
        return x * 3

    jitted = autograd.jit(f)
    with pytest.warns(UserWarning, match="the function changes"):
        assert [jitted(float(i)) for i in range(10)] == [3.0 * i for i in range(10)]
    assert json.dumps([losses, last.loss, memory["deep"]]) == json.dumps([[2.0 * i for i in range(10)], 9.0, [10.0]])
    assert jitted.report().count("traced again") < 5
