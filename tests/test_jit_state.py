"""Changes of the state outside a jitted function's arguments are noticed, however the function reaches it."""

from __future__ import annotations

import argparse
import array
import builtins
import collections
import contextvars
import functools
import itertools
import sys
import threading
import types
import warnings
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
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

    def named_otherwise() -> None:
        table["b"] = table.pop("a")

    def g(x: Any) -> Any:
        return f(x) if "a" in table else -x

    return g, [lambda: queue.rotate(1), inner, deep, named_otherwise]


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


class Meta(type):
    @property
    def factor(cls) -> float:
        return Base.bias


class WithMeta(metaclass=Meta): ...


class Table(dict[str, float]):
    factor = 1.0


class Anything:
    def __getattr__(self, name: str) -> Any:
        return Base.bias


def objects_of_libraries() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    """Objects of Python's own classes."""
    options, plain = argparse.Namespace(a=1.0), types.SimpleNamespace(a=1.0)
    merged, own, local = collections.ChainMap({"a": 1.0}), collections.UserDict(a=1.0), threading.local()
    local.a = 1.0
    inner = {"a": 1.0}
    proxy = types.MappingProxyType(inner)

    def f(x: Any) -> Any:
        return x * options.a + plain.a * 10 + merged["a"] * 100 + own["a"] * 1000 + local.a * 1e4 + proxy["a"] * 1e5

    def change(holder: Any) -> Callable[[], None]:
        def changed() -> None:
            if hasattr(holder, "__setitem__"):
                holder["a"] += 1.0
            else:
                holder.a += 1.0

        return changed

    return f, [change(holder) for holder in (options, plain, merged, own, local, inner)]


def buffers() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    numbers, octets, behind = array.array("d", [1.0]), bytearray(b"\1"), array.array("d", [1.0])
    view, objects = memoryview(behind), np.array([1.0, [1.0]], dtype=object)

    def f(x: Any) -> Any:
        return x * numbers[0] + octets[0] * 10 + view[0] * 100 + objects[1][0] * 1000

    def change(held: Any) -> Callable[[], None]:
        def changed() -> None:
            held[0] += 1

        return changed

    return f, [change(held) for held in (numbers, octets, behind, objects[1])]


def references() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    setting, options = contextvars.ContextVar("setting", default=1.0), argparse.Namespace(a=1.0)
    weak = weakref.ref(options)

    def f(x: Any) -> Any:
        return x * setting.get() + weak().a  # type: ignore[union-attr]

    def other_target() -> None:
        options.a += 1.0

    def other_setting() -> None:
        setting.set(2.0)

    return f, [other_setting, other_target]


def classes() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    table, anything = Table(a=1.0), Anything()

    def f(x: Any) -> Any:
        return x * WithMeta.factor + table.factor * 10 + anything.whatever * 100

    def base() -> None:
        Base.bias += 1.0

    def own() -> None:
        table.factor += 1.0

    return f, [base, own]


def inheritance() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    class First:
        factor = 2.0

    class Second:
        factor = 3.0

    class Heir(First):
        pass

    heir = Heir()

    def f(x: Any) -> Any:
        try:
            return x * heir.factor * heir.other  # type: ignore[attr-defined]
        except AttributeError:
            return x * heir.factor

    def bases() -> None:
        Heir.__bases__ = (Second,)

    def fallback() -> None:
        Heir.__getattr__ = lambda self, name: 5.0  # type: ignore[attr-defined]

    return f, [bases, fallback]


def forms() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    """Changes that leave all attributes and contents alone, or that no code has a name for."""
    model, numbers, held = Model(), np.arange(4.0), [1.0]
    inner, plain = Slotted(2.0), types.SimpleNamespace(a=1.0)
    weight: Any = Value(1.0)
    weight.gain = 1.0
    del inner.factor
    get = held.__getitem__

    class Other(Model):
        def __call__(self, x: Any) -> Any:
            return -x

    def f(x: Any) -> Any:
        slot = inner.factor if hasattr(inner, "factor") else 1.0
        return model(x) * len(numbers) + slot + sum(vars(plain).values()) * get(0) * weight.gain

    def of_another_class() -> None:
        model.__class__ = Other

    def in_another_shape() -> None:
        numbers.resize((2, 2), refcheck=False)

    def filled_slot() -> None:
        inner.factor = 3.0

    def new_attribute() -> None:
        plain.b = 4.0

    def behind_a_method() -> None:
        held[0] = 5.0

    def of_a_value() -> None:
        weight.gain = 2.0

    return f, [of_another_class, in_another_shape, filled_slot, new_attribute, behind_a_method, of_a_value]


def builtin_functions() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    usual = round

    def f(x: Any) -> Any:
        return x * round(2.4)

    return f, [lambda: setattr(builtins, "round", lambda x: 7), lambda: setattr(builtins, "round", usual)]


def functions() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    def g(y: Any, by: Any = 1.0) -> Any:
        return y * by

    g.factor = 1.0  # type: ignore[attr-defined]

    def f(x: Any) -> Any:
        return g(x) + g.factor  # type: ignore[attr-defined]

    def attribute() -> None:
        g.factor += 1.0  # type: ignore[attr-defined]

    def default() -> None:
        g.__defaults__ = (2.0,)

    def code() -> None:
        g.__code__ = (lambda y, by=0: y * by * 3).__code__

    return f, [attribute, default, code]


def names_in_quotes() -> tuple[Callable[[Any], Any], list[Callable[[], None]]]:
    options = argparse.Namespace(a=1.0)

    def f(x: Any) -> Any:
        return x * getattr(options, "a") + vars(settings)["scale"] + len(sys.argv)  # noqa: B009

    def own() -> None:
        options.a += 1.0

    def modules_own() -> None:
        settings.scale += 1.0

    return f, [own, modules_own, lambda: sys.argv.append("more"), lambda: sys.argv.remove("more")]


BUILDERS = [
    attributes, buffers, builtin_functions, classes, containers, forms, functions, inheritance, modules,
    names_in_quotes, objects_of_libraries, references, wrapped,
]  # fmt: skip


@pytest.mark.parametrize("build", BUILDERS)
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


def test_state_that_the_code_never_uses_causes_no_new_trace() -> None:
    model = Model()
    jitted = autograd.jit(model)
    for _ in range(5):
        model.steps += 1
        jitted(1.0)
    assert "again" not in jitted.report()


def test_an_equal_number_is_a_change_only_if_distinguishable() -> None:
    options = types.SimpleNamespace(a=0.0, b=float("nan"), c=2)
    jitted = autograd.jit(lambda x: autograd.atan2(options.a, -x) + options.c + options.b * 0)
    jitted(1.0)
    options.a, options.b, options.c = float("0"), float("nan"), int("2")
    jitted(1.0)
    assert "again" not in jitted.report()
    options.b = 0.0
    assert jitted(1.0) == 2 + np.pi
    options.a = -0.0
    assert jitted(1.0) == 2 - np.pi
    options.c = 2.0
    jitted(1.0)
    assert jitted.report().count("again") == 3


class Agreeable:
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __rmul__(self, x: Any) -> Any:
        return x * 7.0


@pytest.mark.parametrize("calls", [1, 5])
@pytest.mark.parametrize("other", [2.0, 2, np.float64(2.0), Value(2.0), Agreeable()])
def test_a_value_in_a_list_is_replaced_by_something_equal(other: Any, calls: int) -> None:
    weights = [Value(1.0), Value(2.0)]
    jitted = autograd.jit(lambda x: x * weights[1])
    for _ in range(calls):
        assert jitted(1.5) == 3.0
    weights[1] = other
    assert jitted(1.5) == 1.5 * (other.data if isinstance(other, Value) else 7.0 if isinstance(other, Agreeable) else 2)
    weights.pop(0)
    with pytest.raises(IndexError):
        jitted(1.5)


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


def test_lazy_loading_is_not_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(autograd), "mean", raising=False)
    jitted = autograd.jit(lambda xs: autograd.mean(xs))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jitted([1.0, 2.0]) == 1.5


def test_values_in_an_array_are_parameters() -> None:
    weights = np.array([Value(2.0), Value(3.0)])
    jitted = autograd.jit(lambda x: (x * weights).sum())
    assert jitted.value_and_grad([1.0, 3.0])[0] == 10.0
    assert jitted.grads.tolist() == [2.0, 2.0]
    assert jitted.parameters() == list(weights)


def test_functions_and_objects_among_the_arguments_are_followed() -> None:
    factor, weight = [2.0], Value(3.0)

    class Scaled:
        def __init__(self, by: float) -> None:
            self.by = by

        def __call__(self, v: Any) -> Any:
            return v * self.by

    scaled = Scaled(4.0)
    jitted = autograd.jit(lambda f, x: f(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        def inner(v: Any) -> Any:
            return v * factor[0] * weight

        assert [jitted(inner, 1.0), jitted(scaled, 1.0), jitted(autograd.tanh, 0.0)] == [6.0, 4.0, 0.0]
        assert [jitted(scaled.__call__, 1.0), jitted(scaled.__call__, 2.0)] == [4.0, 8.0]
        assert "again" not in jitted.report()
        factor[0], weight.data, scaled.by = 3.0, 5.0, 6.0
        assert [jitted(inner, 1.0), jitted(scaled, 1.0), jitted(scaled.__call__, 1.0)] == [15.0, 6.0, 6.0]
        assert jitted.value_and_grad(inner, [1.0])[1].tolist() == [3.0]


def test_static_positions_are_those_of_arguments() -> None:
    for wrong in (-1, 2):
        with pytest.raises(ValueError, match=f"no argument {wrong} to be static; there are 2"):
            autograd.jit(lambda x, n: x**n, static=wrong)
    assert autograd.jit(lambda *xs: xs[0] ** xs[5], static=5)(2.0, 0, 0, 0, 0, 3) == 8.0


def test_numbers_too_large_for_float32_are_inf() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert autograd.jit(lambda x: x * 2, dtype="float32").batch([1e39]).tolist() == [float("inf")]
