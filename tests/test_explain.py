"""Questions about gradients: the answers are right, clear, and leave the graph alone."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest

import autograd
import viz  # noqa: F401 - registers the pictures of Values
from autograd import (
    Backprop,
    Value,
    derivation,
    explain,
    formula,
    label,
    misconceptions,
    nudge,
    operation,
    tree,
    why_zero,
)
from autograd.graph import every_node
from autograd.walk import SCREENS, tour
from autograd.words.paths import gradients


def example() -> tuple[Value, Value, Value]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = (a * b + a).tanh() * a
    loss.label = "L"
    return a, b, loss


def test_nudge_predicts_and_measures_and_changes_nothing() -> None:
    a, b, loss = example()
    before = [(v.data, v.grad) for v in every_node(loss)]
    text = nudge(Value(1.0) * a * b, b, 0.5)
    assert "actual:" in text
    assert text.endswith("they agree, up to rounding")
    slope = gradients(loss)[a]
    assert f"{slope:.6g}"[:6] in nudge(loss, a)
    assert [(v.data, v.grad) for v in every_node(loss)] == before
    with pytest.raises(ValueError, match="does not depend on"):
        nudge(loss, Value(1.0))
    with pytest.raises(TypeError, match="made by hand"):
        nudge(Value(1.0, (a,), (2.0,)), a)


def test_explain_sums_the_paths() -> None:
    a, _, loss = example()
    text = explain(loss, a)
    loss.backward()
    assert text.startswith("∂L/∂a = ")
    assert f"by {3} paths" in text
    rows = [line.rsplit("= ", 1)[1] for line in text.splitlines()[1:]]
    assert sum(float(row) for row in rows[:-1]) == pytest.approx(float(rows[-1]), rel=1e-5)
    assert float(rows[-1]) == pytest.approx(a.grad, rel=1e-5)
    assert Backprop(loss).explain(a) == text


def test_too_many_paths_are_summed_by_consumer() -> None:
    x = a = Value(1.0, label="a")
    for _ in range(60):
        x = x + x
    y = x * a
    text = explain(y, a)
    assert "1,152,921,504,606,846,977 paths: too many to list, so by direct consumer" in " ".join(text.split())
    assert all(len(line) <= 100 for line in text.splitlines())
    with pytest.raises(ValueError, match="too many to write out"):
        derivation(y, a)
    with pytest.raises(ValueError, match="does not depend"):
        explain(y, Value(1.0))


def test_derivation_in_latex() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b
    loss.label = "L"
    assert derivation(loss, a, latex=True).splitlines() == [
        r"\begin{aligned}",
        r"\frac{\partial L}{\partial a} &= b \\",
        r"&= (-3.0) \\",
        r"&= -3.0 \\",
        r"\end{aligned}",
    ]


def test_why_zero_tells_the_cause() -> None:
    w, x, z = Value(-2.0, label="w"), Value(3.0, label="x"), Value(0.0, label="z")
    dead = (w * x).relu() + 1
    assert "backward() has not been run on this loss" in why_zero(w, w * x)
    used = Value(2.0, label="used")
    (used * 3).backward()
    assert why_zero(used, used * 0).startswith("used.grad is 3.0, and none of it comes from this loss: every path")
    assert "a dead ReLU" in why_zero(w, dead)
    assert "mul(w = -2.0, z = 0.0): the other factor is 0" in why_zero(w, w * z)
    assert "tanh(3000.0): saturated" in why_zero(x, (x * 1000).tanh())
    assert "the other operand was chosen" in why_zero(w, w.maximum(x))
    assert "its derivative at 0.0 is 0" in why_zero(z, z**2)
    assert "not part of this loss" in why_zero(w, x * 2)
    assert "was it made by detach()" in why_zero(w, w.detach() * 2)
    assert "the contributions cancel: 2.0 + -2.0 = 0" in why_zero(x, x * 2 + x * -2)
    assert "pass the loss" in why_zero(w)
    loss = w * x
    loss.backward()
    assert "w.grad is 3.0: it is not zero" in why_zero(w, loss)
    assert "it is not zero" in why_zero(w)
    w.grad = 0.0
    assert "zeroed after backward()" in why_zero(w, loss)


def test_misconceptions_fail_as_expected_and_keep_the_graph() -> None:
    a = Value(3.0, label="a")
    b = a + 1
    b.label = "b"
    loss = b * (b * a)
    loss.label = "L"
    text = misconceptions(loss)
    assert text.count("the first to go wrong is") == 2
    assert "b.grad" in text
    loss.backward()
    once = a.grad
    loss.backward()
    assert f"a.grad is then {2 * once} instead of {once}" in text
    assert f"Only leaves do: b.grad is {b.grad} after either pass" in text
    for node in every_node(loss):
        node.grad = 0.0
    assert {v.grad for v in every_node(loss)} == {0.0}
    tree_like = misconceptions(Value(1.0) * Value(2.0))
    assert tree_like.count("gives the right gradients on this graph") >= 2


def test_words_within_the_terminal() -> None:
    a, _, loss = example()
    for text in (tree(loss), explain(loss, a), derivation(loss, a), nudge(loss, a), misconceptions(loss)):
        assert max(map(len, text.splitlines())) <= 100
        assert repr(text) == str(text)
    assert formula((a + a) * a - (a - a)) == "(a + a) * a - (a - a)"
    p = Value(1.0)
    assert label({"p": p}) == ["p"]


def test_the_tour_runs_unattended_and_lowers_the_loss() -> None:
    out = io.StringIO()
    tour(interactive=False, out=out)
    text = out.getvalue()
    assert text.count(" of 8: ") == len(SCREENS) == 8
    assert "Traceback" not in text
    assert "\033" not in text
    assert max(map(len, text.splitlines())) <= 100
    losses = [float(found) for found in re.findall(r"^loss = Value\(data=(\d\.\d+)", text, re.MULTILINE)]
    assert losses[1] < 0.1 * losses[0]


def test_the_tour_from_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograd", "--tour", "--no-input"], capture_output=True, text=True, check=True
    )
    assert "8 of 8: A step downhill" in done.stdout
    assert done.stderr == ""


def test_all_names_are_there() -> None:
    for name in autograd.__all__:
        assert getattr(autograd, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        autograd.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_values_and_steps_display_richly_where_there_is_something_to_draw() -> None:
    a, _, loss = example()
    bundle = loss._repr_mimebundle_()
    assert bundle["text/plain"] == repr(loss)
    assert bundle["image/svg+xml"].count("</svg>") == 1
    assert set(a._repr_mimebundle_()) == {"text/plain"}
    step = next(Backprop(loss))
    shown = step._repr_mimebundle_()
    assert shown["text/plain"] == repr(step)
    assert shown["image/svg+xml"] != bundle["image/svg+xml"]  # the node of the step is marked
    x = a
    for _ in range(400):
        x = x + 1
    assert set(x._repr_mimebundle_()) == {"text/html", "text/plain"}  # too large to draw, but a page holds it


def test_a_depth_below_0_is_refused() -> None:
    for function in (formula, tree):
        with pytest.raises(ValueError, match="depth must be at least 0, not -1"):
            function(Value(1.0), depth=-1)


def test_the_loss_by_itself_and_many_ways_at_once() -> None:
    a = Value(2.0, label="a")
    assert "the derivative of a value with respect to itself" in str(explain(a, a))
    total = a * 0
    for i in range(40):
        total = total + a * i
    told = str(explain(total, a))
    assert f"= {sum(range(40))}.0" in told
    assert "more" in told


def test_a_rule_that_cannot_be_traced_is_shown_in_numbers() -> None:
    step = operation("test_explain_step", forward=lambda m, a: abs(float(a)), partials=[lambda m, y, a: float(a > 0)])
    a = Value(3.0, label="a")
    y = step(a)
    y.label = "y"
    assert "∂y/∂a = 1.0" in str(next(Backprop(y)))


def test_a_derivative_of_the_time_before_is_marked() -> None:
    a = Value(3.0, label="a")
    y = a * a
    y.label = "y"
    a.data = 5.0
    assert "3.0 (as of the forward pass)" in str(next(Backprop(y)))


def test_why_zero_tells_contributions_that_cancel() -> None:
    a = Value(2.0, label="a")
    assert "the contributions cancel: 1.0 + -1.0 = 0" in str(why_zero(a, a - a))
    for y, reason in [
        (a.minimum(1.0), "the other operand was chosen"),
        ((a * 1000).tanh(), "so far out that the curve is flat"),
        (abs(a * 0 + Value(0.0) * a) * 3, "its derivative at 0.0 is 0"),
    ]:
        assert reason in str(why_zero(a, y)), y
