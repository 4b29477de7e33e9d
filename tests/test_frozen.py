"""Compiling a graph warns of decisions and copies that were made while it was built, for any numbers."""

from __future__ import annotations

import math
import operator
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import autograd
import nn
import viz
from autograd import Value


def by_comparison(x: Value, w: Value) -> Value:
    return w * x if x > 0 else -w * x


def by_data(x: Value, w: Value) -> Value:
    return w * x if x.data > 0 else -w * x


def by_truth(x: Value, w: Value) -> Value:
    if x:
        return w * x
    return w


def by_truths(x: Value, w: Value) -> Value:
    return autograd.sum([w * v for v in (x, x - 1.0) if v]) if x and w else w


def by_equality(x: Value, w: Value) -> Value:
    return w if x == 0 else w / x


def by_what_is_not_in_the_graph(x: Value, w: Value) -> Value:
    return w * x if 2 * x + 1 > 0 else -w * x


def by_a_network(x: Value, w: Value) -> Value:
    gate = nn.MLP(1, [8, 8, 1], seed=0)
    return w * x if gate([x]) > 0 else w


def by_parameters(x: Value, w: Value) -> Value:
    return x * (w if w > 0 else -w)


def by_the_largest(x: Value, w: Value) -> Value:
    return max(x * w, x + w)


def by_order(x: Value, w: Value) -> Value:
    first, second = sorted([x * w, x + w], key=lambda v: v.data)
    return first - 2 * second


def by_a_named_key(x: Value, w: Value) -> Value:
    return min([x * w, x + w], key=operator.attrgetter("data"))


def by_a_function(x: Value, w: Value) -> Value:
    return w * x if is_large(x) else w


def is_large(v: Value) -> bool:
    return v.data > 10


def by_what_a_function_gives(x: Value, w: Value) -> Value:
    return w * x if number(x) > 10 else w


def number(v: Value) -> float:
    return v.data


def by_a_count(x: Value, w: Value) -> Value:
    for _ in range(int(abs(x.data)) + 1):
        w = w * x
    return w


def by_a_loop(x: Value, w: Value) -> Value:
    y = x * w
    while y.data > 0.1:
        y = y * 0.5
    return y


def by_the_largest_of_each(x: Value, w: Value) -> Value:
    chosen = {}
    for v in (x, x * x):
        chosen[v] = max(v, v * w)
    return autograd.sum(chosen.values())


def by_an_index(x: Value, w: Value) -> Value:
    return w * [x, x * x][int(x.data > 0)]


def by_a_variable(x: Value, w: Value) -> Value:
    size = x.data
    positive = size > 0
    return w * x if positive else w


def by_a_filter(x: Value, w: Value) -> Value:
    return autograd.sum([v * w for v in (x, x * x) if v.data > 0])


def by_a_match(x: Value, w: Value) -> Value:
    match x.data:
        case 0.0:
            return w
    return w * x


DECIDED = [f for name, f in list(globals().items()) if name.startswith("by_")]


def copied_plainly(x: Value, w: Value) -> Value:
    return w * x.data


def copied_by_way_of_a_variable(x: Value, w: Value) -> Value:
    shift = max(x.data, w.data)
    return (x - shift).exp() * w


def copied_and_doubled(x: Value, w: Value) -> Value:
    return w * (3 * x.data + 5)


def copied_through_math(x: Value, w: Value) -> Value:
    scale = math.exp(x.data)
    return w * scale * x


def copied_by_detaching(x: Value, w: Value) -> Value:
    return w * (x * w).detach() + x


def copied_through_a_list(x: Value, w: Value) -> Value:
    numbers = [v.data for v in (x, w)]
    return w * numbers[0]


def copied_by_a_function(x: Value, w: Value) -> Value:
    return w * plain(x) * x


def plain(v: Value) -> float:
    return v.data


COPIED = [f for name, f in list(globals().items()) if name.startswith("copied_")]


def line_of(f: Callable[..., Any]) -> str:
    return rf"test_frozen.py:({'|'.join(str(f.__code__.co_firstlineno + i) for i in range(1, 5))}) "


@pytest.mark.parametrize("at", [0.0, 1.0, 0.3, -2.5])
@pytest.mark.parametrize("build", DECIDED, ids=lambda f: f.__name__)
def test_a_decision_is_reported_with_its_line(build: Callable[..., Value], at: float) -> None:
    x, w = Value(at), Value(2.0)
    y = build(x, w)
    helper = {by_a_function: is_large, by_what_a_function_gives: number}.get(build, build)
    with pytest.warns(UserWarning, match=rf"decisions.*{line_of(helper)}.*autograd\.jit") as caught:
        autograd.compile(y + x * w, inputs=[x], params=[w])
    assert caught[0].filename == __file__


@pytest.mark.parametrize("at", [0.0, 1.0, 0.3, -2.5])
@pytest.mark.parametrize("build", COPIED, ids=lambda f: f.__name__)
def test_a_copied_number_is_reported_with_its_line(build: Callable[..., Value], at: float) -> None:
    x, w = Value(at), Value(2.0)
    y = build(x, w)
    x.data = 0.0
    helper = plain if build is copied_by_a_function else build
    with pytest.warns(UserWarning, match=rf"numbers were read.*{line_of(helper)}.*autograd\.jit"):
        autograd.compile(y + x * w, inputs=[x], params=[w])


def test_showing_checking_and_writing_back_are_not_decisions(capsys: pytest.CaptureFixture[str]) -> None:
    x, w, history = Value(0.5), Value(2.0), []
    for _ in range(3):
        loss = (w * x - 1) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad
        w.data = w.data - 0.0
        history.append(loss.data)
        print(f"{loss.data:.3f}", w.data, "yes" if loss.data > 0 else "no")
        assert loss.data >= 0
        assert w > -10
        if loss.data != loss.data:
            raise ArithmeticError(loss)
    loss = (w * x - 1) ** 2 + 0.25
    assert loss.data == pytest.approx(loss.data)
    assert {x: 1}[x] == 1
    assert x in [w, x]
    nn.SGD([w], lr=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program = autograd.compile(loss, inputs=[x], params=[w])
        program.sibling(w * x)
    assert program.value_and_grad([[1.0]])


def test_constant_decisions_are_not_reported() -> None:
    x, w, size = Value(0.5), Value(2.0), Value(3.0)
    y = w * x if size > 2 else w
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autograd.compile(y * size.data, inputs=[x], params=[w])


def test_a_decision_by_an_unused_input_is_reported() -> None:
    x, w = Value(-1.0), Value(2.0)
    y = w * 2 if x > 0 else w
    with pytest.warns(UserWarning, match="y = w \\* 2 if x > 0 else w"):
        autograd.compile(y, inputs=[x], params=[w])


def test_a_decision_beside_its_compilation_is_reported() -> None:
    x, w = Value(0.0), Value(2.0)
    y = [w * x, w + x][x.data > 1]
    with pytest.warns(UserWarning, match=r"y = \[w \* x, w \+ x\]"):
        autograd.compile(y, inputs=[x], params=[w])


def run(line: str) -> tuple[Value, Value, Value]:
    """A line of code whose source is nowhere."""
    x, w = Value(1.0), Value(2.0)
    namespace: dict[str, Any] = {"x": x, "w": w, "y": x * w, "numbers": []}
    exec(line, namespace)
    return namespace["y"], x, w


@pytest.mark.parametrize(
    "line", ["y = w * x if x.data > 0 else w", "y = w * x if x else w", "y = max(w * x, x)", "if x > 0: y = w * x * x"]
)
def test_code_without_source_is_reported(line: str) -> None:
    y, x, w = run(line)
    with pytest.warns(UserWarning, match=re.escape("<string>:1.")):
        autograd.compile(y + w, inputs=[x], params=[w])


@pytest.mark.parametrize("line", ["numbers.append(x.data)", "v = x.data", "str(x.data)", "w.data -= 0.5"])
def test_code_without_source_that_decides_nothing(line: str) -> None:
    y, x, w = run(line)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autograd.compile(y, inputs=[x], params=[w])


def test_the_memory_of_looks_is_bounded() -> None:
    from autograd import looks

    v = Value(1.0, label="v")
    for i in range(200):
        exec(f"v > {i}", {"v": v})
    assert len(looks.places(v)) <= 16
    assert v.label == "v"
    v.label, v.place = "u", "layer"
    assert (v.label, v.place, len(looks.places(v))) == ("u", "layer", 16)


def test_drawing_and_words_decide_nothing() -> None:
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    y = (w * x).tanh()
    viz.draw_dot(y)
    autograd.tree(y)
    autograd.explain(y, w)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autograd.compile(y, inputs=[x], params=[w])
