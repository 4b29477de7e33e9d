"""Descriptions are true: they say what is stale, used twice, constant or equal, and every sum adds up."""

from __future__ import annotations

import contextlib
import doctest
import io
import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import (
    Backprop,
    Forward,
    Value,
    derivation,
    explain,
    formula,
    label,
    misconceptions,
    nudge,
    tree,
    why_zero,
)
from autograd.graph import every_node
from autograd.stale import stale
from autograd.words.paths import gradients
from autograd.words.text import aligned, cells, folded
from tests.test_backprop import random_graph

README = Path(__file__).parent.parent / "README.md"


def test_the_session_of_the_readme_is_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(README.read_text(), {}, "README", str(README), 0)
    runner = doctest.DocTestRunner(verbose=False)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runner.run(test, out=out.write)
    assert runner.summarize(verbose=False).failed == 0, out.getvalue()


def test_descriptions_mention_changes_since_the_forward_pass() -> None:
    w, x = Value(3.0, label="w"), Value(2.0, label="x")
    y = (w * x + 1).tanh()
    y.label = "y"
    assert stale(y) == ""
    w.data = 1.2
    said = "stale: w was changed from 3.0 to 1.2 after this was computed; refresh()"
    assert repr(y).endswith(f"  # {said}")
    assert said in tree(y)
    assert said in explain(y, w)
    assert said in derivation(y, w)
    assert said in repr(next(Backprop(y)))
    assert said in "\n".join(repr(step) for step in Forward(y))
    slope = (1 - math.tanh(1.2 * 2 + 1) ** 2) * 2
    assert f"= {slope:.6g}"[:8] in nudge(y, w)
    assert said in nudge(y, w)
    y.refresh()
    assert repr(y) == f"y = Value(data={y.data}, grad={y.grad})"
    for text in (tree(y), explain(y, w), nudge(y, w), repr(Backprop(y).next())):
        assert "stale" not in text


def test_unknown_details_of_a_change_are_omitted() -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    y = a + b
    a.data = 5.0
    assert stale(y) == "stale: one or more of a, b were changed after this was computed; refresh()"
    z = a + 2.0
    a.data = 6.0
    assert stale(z) == "stale: a was changed to 6.0 after this was computed; refresh()"
    z._prev[0].data = 5.0
    assert stale(z) == ""


@pytest.mark.parametrize("seed", range(10))
def test_nudge_compares_like_with_like_on_a_stale_graph(seed: int) -> None:
    loss = random_graph(seed)
    leaves = [node for node in every_node(loss) if node.label]
    for leaf in leaves:
        leaf.data += random.Random(seed).uniform(-0.3, 0.3)
    told = [nudge(loss, leaf, 1e-4) for leaf in leaves if leaf in gradients(loss)]
    loss.refresh()
    for text, leaf in zip(told, leaves, strict=False):
        if gradients(loss)[leaf]:
            fresh = nudge(loss, leaf, 1e-4)
            assert text.startswith(f"{fresh}\n  stale: ")
            assert text.endswith("\n  both numbers above are for the present data")


def test_numbers_are_called_stale_after_compiled_training() -> None:
    w, x = Value(3.0, label="w"), Value(2.0, label="x")
    loss = (w * x - 1) ** 2
    program = autograd.compile(loss, inputs=[x], params=[w])
    program.value_and_grad([[2.0]])
    program.params[0] = 1.0
    program.sync()
    assert w.data == 1.0
    assert "stale: w was changed from 3.0 to 1.0" in repr(loss) or loss.data == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_every_line_of_a_derivation_is_the_gradient(seed: int) -> None:
    loss = random_graph(seed, 8) if seed % 2 else small_graph(seed)
    for leaf, gradient in gradients(loss).items():
        if leaf._prev or not leaf.label:
            continue
        try:
            text = derivation(loss, leaf)
        except ValueError:
            continue
        lines = re.sub(r"\n\s+(?=[^=\s])", " ", text.replace("\n", "\n")).split("\n")
        figures = [line.split(" = ")[-1].strip() for line in lines if " = " in line][-2:]
        for line in figures:
            found = eval(line.replace("·", "*"), {"inf": math.inf, "nan": math.nan})
            assert found == pytest.approx(gradient, rel=1e-4, abs=1e-6), text


def small_graph(seed: int) -> Value:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    return [a * a, a * a + a * a, a + a, (a * b) * (a * b), a * b + a * b][seed // 2 % 5]


def test_equal_summands_stay() -> None:
    a = Value(3.0, label="a")
    y = a + a
    y.label = "y"
    assert derivation(y, a).splitlines() == [
        "∂y/∂a = ∂y/∂(first summand) + ∂y/∂(second summand)",
        "      = 1 + 1",
        "      = 1.0 + 1.0",
        "      = 2.0",
    ]


def test_each_use_of_an_operand_is_listed() -> None:
    a = Value(2.0, label="a")
    y = a * a
    y.label = "y"
    rules = [change.rule for change in next(Backprop(y)).changes]
    assert rules == ["through the first factor: a = 2.0", "through the second factor: a = 2.0"]
    assert [line.split("   ")[0] for line in explain(y, a).splitlines()[1:3]] == [
        "  y → a (first factor)",
        "  y → a (second factor)",
    ]
    assert "∂y/∂a" not in repr(next(Forward(y)))
    assert "through the exponent" in repr(next(Backprop(a**a)))


def test_constants_are_numbers_without_gradients_of_their_own_unless_asked() -> None:
    a = Value(2.0, label="a")
    y = a * 3 + 1
    text = "\n".join(map(repr, Backprop(y)))
    assert "3.0.grad" not in text
    assert "1.0.grad" not in text
    assert "a.grad: 0 → 0 + 3.0·1.0 = 3.0" in text
    Backprop(y).reset()
    assert "3.0.grad" in "\n".join(map(repr, Backprop(y, constants=True)))
    assert tree(y).splitlines()[-1].split() == ["└─", "1.0", "1.0"]
    assert "1.0.grad: 0" in repr(next(Backprop(Value(2.0) * Value(1.0)))), "nothing is labelled: nothing is passed over"


def test_explain_folds_and_cuts_no_factor() -> None:
    a = Value(0.5, label="a")
    x = a
    for i in range(12):
        x = (x * (1.0 + i / 7)).tanh()
        x.label = f"layer number {i}"
    text = explain(x, a)
    product = 1.0
    for found in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-\d+)?(?= ·| =)", text.split("\n", 1)[1]):
        product *= float(found)
    assert product == pytest.approx(gradients(x)[a], rel=1e-3)
    assert all(cells(line) <= 100 for line in text.splitlines())
    b = a
    for _ in range(200):
        b = b * 2.0
    b = b * 0
    for _ in range(200):
        b = b + 1
    assert "the least 0.0" in explain(b, a)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda a: (a - 2.0).relu() * 3, "the slope differs on that side, as at a kink"),
        (lambda a: a * a, "the curve bends"),
        (lambda a: a * 3 + 1, "they agree, up to rounding"),
        (lambda a: (a * a).exp(), "about a hundredth of that"),
    ],
)
def test_a_nudge_explains_a_wrong_prediction(function: object, words: str) -> None:
    a = Value(2.0, label="a")
    assert words in nudge(function(a), a, 0.001)  # type: ignore[operator]


def test_equal_names_are_distinguished_and_explained() -> None:
    a, other = Value(1.0, label="a"), Value(2.0, label="a")
    y = a * other
    note = "2 Values have the label a: a#1 was made first, a#2 last"
    assert formula(y) == f"a#1 * a#2\n{note}"
    for text in (tree(y), explain(y, a), repr(next(Backprop(y))), nudge(y, other)):
        assert "a#1" in text or "a#2" in text
        assert note in text
    assert formula(y, latex=True).count("\n") == 0


def test_mistakes_get_words() -> None:
    a = Value(2.0, label="a")
    loss = a * 3
    loss.label = "L"
    calls: list[tuple[Callable[..., object], tuple[Any, ...], str]] = [
        (formula, (3.0,), r"formula\(v\) needs a Value, not 3.0 \(float\): a plain number does not remember"),
        (tree, ([a],), r"tree\(v\) needs a Value, not \[.*\(list\): pass one of its elements"),
        (nudge, (loss, 3), r"nudge\(loss, a\) needs a Value, not 3"),
        (explain, (loss, "a"), "pass the Value itself, without quotes"),
        (Backprop, (None,), "did a function forget to return its result"),
        (label, (a,), r"label\(locals\(\)\), not Value"),
        (misconceptions, (1,), "needs a Value"),
        (why_zero, (1, a), "needs a Value"),
        (tree, (a, 1.5), "depth must be a whole number, not 1.5"),
        (formula, (a, math.nan), "depth must be a whole number, not nan"),
    ]
    for call, arguments, words in calls:
        with pytest.raises(TypeError, match=words):
            call(*arguments)
    for function in (explain, derivation, nudge):
        with pytest.raises(ValueError, match=rf"Did you mean {function.__name__}\(L, a\)\?"):
            function(a, loss)
    with pytest.raises(ValueError, match="a nudge must be a small number other than 0"):
        nudge(loss, a, 0.0)
    assert why_zero(loss, a) == why_zero(a, loss)


def test_labels_cannot_control_a_terminal() -> None:
    a = Value(2.0, label="\x1b[31mred\x07\n")
    y = a * 3
    y.label = "\x9b2J"
    for text in (repr(a), repr(y), tree(y), formula(y), explain(y, a), nudge(y, a), repr(next(Backprop(y)))):
        assert all(c.isprintable() or c == "\n" for c in text)
    with pytest.raises(ValueError, match=r"log\(\\x1b\[31mred"):
        Value(-1.0, label=a.label).log()


def test_wide_characters_are_aligned() -> None:
    rows = aligned([("損失", "1.0"), ("ab", "2.0"), ("é", "3.0")])
    assert len({cells(row) for row in rows}) == 1
    assert all(cells(line) <= 10 for line in folded("損失 " * 20, 10))
    assert folded("abcdefghijkl", 5, "") == ["abcde", "fghij", "kl"]
    assert folded("  one two three", 9) == ["  one two", "    three"]


def test_words_of_graphs_of_any_size_come_at_once() -> None:
    a = x = Value(1.0, label="a")
    for _ in range(2_000):
        x = x + 0.5
    told = explain(x, a)
    assert "by one path" in told
    assert len(told) < 2000
    for _ in range(100):
        x = x + x
    assert "and more paths" in explain(x, a)
    wide = autograd.sum([a] * 20_000)
    bp = Backprop(wide)
    assert "and 19,980 more operands" in repr(bp.next()) or len(repr(bp)) < 5000
    assert a.grad == 20_000.0


def test_of_two_equal_cases_the_shorter_is_shown() -> None:
    for x, rule in [(1.0, "∂y/∂a = 1 - y * y = "), (0.1, "∂y/∂a = 1 - y * y = "), (25.0, "sigmoid")]:
        a = Value(x, label="a")
        y = a.tanh()
        y.label = "y"
        told = next(Backprop(y)).changes[0].rule
        assert rule in told
        assert "as of the forward pass" not in told
        assert float(told.split(" = ")[-1]) == pytest.approx(y._local_grads[0], rel=1e-5)
