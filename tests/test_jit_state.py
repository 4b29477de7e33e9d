"""What a jitted function finds outside of its arguments is noticed when it changes, however it is reached."""

from __future__ import annotations

import functools
import itertools
import types
import warnings
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

import autograd
import nn
from autograd import Value

settings: Any = types.ModuleType("settings")
settings.scale, settings.offset = 2.0, 1.0


def other(x: Any) -> Any:
    return x + settings.offset


class Base:
    bias = 1.0

    def shifted(self, x: Any) -> Any:
        return x + self.bias


class Slotted:
    __slots__ = ("factor",)

    def __init__(self, factor: float) -> None:
        self.factor = factor


class Model(Base):
    def __init__(self) -> None:
        self.scale, self.steps, self.inner = 3.0, 0, Slotted(2.0)

    @property
    def doubled(self) -> float:
        return self.scale * 2

    def __call__(self, x: Any) -> Any:
        return self.shifted(x) * self.doubled * self.inner.factor


def attributes() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    model = Model()

    def base() -> None:
        Base.bias += 1.0

    def own() -> None:
        model.scale += 1.0

    def slot() -> None:
        model.inner.factor += 1.0

    return model, [base, own, slot]


def modules() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    def f(x: Any) -> Any:
        return other(x) * settings.scale

    def first() -> None:
        settings.scale += 1.0

    def second() -> None:
        settings.offset += 1.0

    return f, [first, second]


def containers() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    queue, table, pair = deque([1.0, 2.0]), {"a": {"b": 1.0}}, ([1.0],)

    def f(x: Any) -> Any:
        return x * queue[0] + table["a"]["b"] * pair[0][0]

    def inner() -> None:
        table["a"]["b"] += 1.0

    def deep() -> None:
        pair[0][0] += 1.0

    return f, [lambda: queue.rotate(1), inner, deep]


def wrapped() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    numbers = [1.0]

    @functools.lru_cache
    def cached(which: int) -> list[float]:
        return numbers

    def f(x: Any, *, by: Any) -> Any:
        return x * cached(0)[0] * by[0]

    factor = [2.0]

    def change(held: list[float]) -> None:
        held[0] += 1.0

    return functools.partial(f, by=factor), [lambda: change(numbers), lambda: change(factor)]


@pytest.mark.parametrize("build", [attributes, modules, containers, wrapped])
def test_a_change_is_noticed(build: Callable[[], Any]) -> None:
    f, changes = build()
    jitted = autograd.jit(f)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jitted(1.5) == f(1.5)
        for change in changes:
            change()
            assert jitted(1.5) == f(1.5)
    assert "eager" not in jitted.report()


def test_what_no_code_has_a_name_for_makes_nothing_traced_again() -> None:
    model = Model()
    jitted = autograd.jit(model)
    for _ in range(5):
        model.steps += 1
        jitted(1.0)
    assert "again" not in jitted.report()


def test_iterators_are_refused() -> None:
    count = itertools.count()
    jitted = autograd.jit(lambda x: x + next(count))
    with pytest.warns(UserWarning, match="it uses an iterator, count"):
        assert jitted(1.0) == 1.0
    assert [jitted(1.0), jitted(1.0)] == [2.0, 3.0]


def test_networks_of_own_classes() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.layer, self.gain, self.steps = nn.MLP(2, [1], seed=0), Value(1.0), 0

        def __call__(self, x: Any) -> Any:
            self.note()
            return self.layer(x) * self.gain + sum(p * p for p in self.parameters())

        def note(self) -> None: ...

    net = Net()
    jitted = autograd.jit(net)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jitted([1.0, 2.0]) == pytest.approx(net([1.0, 2.0]).data)
    assert set(jitted.parameters()) == set(net.parameters())
    net.gain = Value(2.0)
    assert jitted([1.0, 2.0]) == pytest.approx(net([1.0, 2.0]).data)


def test_what_is_loaded_on_first_use_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(autograd), "mean", raising=False)
    jitted = autograd.jit(lambda xs: autograd.mean(xs))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jitted([1.0, 2.0]) == 1.5
