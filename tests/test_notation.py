"""A written formula means what was computed: read by Python, or as LaTeX, it gives the same number."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

import autograd
from autograd import Value, derivation, formula
from autograd.ops import Operation
from autograd.value import apply
from autograd.words.notation import write
from tests.declared import DECLARED
from tests.formulas import Latex, text_read

INFIX = ("add", "sub", "mul", "div", "neg", "pow", "remainder", "abs")
IN_LATEX = (*INFIX, "exp", "exp2", "exp_product", "log1p", "sqrt", "hypot", "logaddexp", "tanh", "sigmoid", "maximum",
    "greater", "floor", "relu", "ndtr", "atan2")  # fmt: skip
RULES = {name: rule for name, rule in DECLARED.items() if isinstance(rule, Operation)}


def graphs(seed: int, operations: tuple[str, ...]) -> Iterator[Value]:
    """Random results of these operations and of whole powers, over labelled leaves and numbers."""
    draw = random.Random(seed)
    nodes = [Value(draw.uniform(-2.0, 2.0), label=name) for name in "abcd"]
    nodes += [Value(3.0), Value(-0.5)]
    while len(nodes) < 40:
        name = draw.choice((*operations, *INFIX, "power", "sum"))
        operands = draw.choices(nodes[-12:], k=RULES[name].arity if name in RULES else 3)
        try:
            if name == "power":
                result = operands[0] ** draw.choice([2, 3, -1])
            elif name == "sum":
                result = autograd.sum(operands)
            else:
                result = apply(RULES[name], *operands)
        except (ArithmeticError, ValueError):
            continue
        if 1e-6 < abs(result.data) < 1e6 and len(str(formula(result))) < 2000:
            nodes.append(result)
    yield from nodes[6:]


def read_names(node: Value) -> dict[str, float]:
    return {leaf.label: leaf.data for leaf in node.topological() if leaf.label}


@pytest.mark.parametrize("seed", range(12))
def test_python_reads_the_same_number_in_a_formula_to_the_bit(seed: int) -> None:
    exact = tuple(name for name in RULES if name not in ("exp_product", "stop_gradient", "shift"))
    for node in graphs(seed, exact):
        text = str(formula(node))
        assert text_read(text, read_names(node)) == node.data, text


@pytest.mark.parametrize("seed", range(12))
def test_a_mathematician_reads_the_same_number_in_latex(seed: int) -> None:
    unread = 0
    for node in graphs(seed, IN_LATEX):
        text = str(formula(node, latex=True))
        try:
            found = Latex(text, read_names(node)).read()
        except (ArithmeticError, ValueError):  # it rounds otherwise, and so misses a domain
            unread += 1
            continue
        assert found == pytest.approx(node.data, rel=1e-6), text
    assert unread <= 10


def test_latex_has_the_parentheses_that_notation_needs() -> None:
    a, b, c = (Value(x, label=name) for x, name in ((3.0, "a"), (4.0, "b"), (2.0, "c")))
    assert str(formula(autograd.hypot(a + b, c), latex=True)) == r"\sqrt{{\left(a + b\right)}^2 + {c}^2}"
    assert str(formula(a.exp() ** 2, latex=True)) == r"{\left(e^{a}\right)}^{2}"
    assert str(formula((a**2).log() ** 2, latex=True)) == r"{\log\left({a}^{2}\right)}^{2}"
    assert str(formula(a + (b % c), latex=True)) == r"a + \left(b \bmod c\right)"


def test_a_call_may_have_no_operands() -> None:
    assert write("source", []).text == "source()"
    assert write("source", [], latex=True).text == r"\mathrm{source}\left(\right)"


def test_a_label_that_reads_like_an_operation_has_parentheses() -> None:
    a, b = Value(3.0, label="x - y"), Value(4.0, label="b")
    assert str(formula(a * b)) == "(x - y) * b"
    assert str(formula(a.tanh())) == "tanh(x - y)"


def test_a_derivation_in_latex_is_latex_throughout() -> None:
    x = Value(0.5, label="x1")
    y = x**3
    y.label = "y"
    assert r"3 \cdot {x_{1}}^{2}" in str(derivation(y, x, latex=True))


def test_infix_notation_of_a_user_has_parentheses() -> None:
    def plus(name: str, text: str) -> autograd.Value:
        a, b = Value(1.0, label="a"), Value(2.0, label="b")
        rules = [lambda m, y, a, b: 1.0, lambda m, y, a, b: 1.0]
        added = autograd.operation(name, forward=lambda m, a, b: a + b, partials=rules, text=text)
        return added(a + b, b) * a

    assert str(formula(plus("notation_infix", "{} ⊕ {}"))) == "((a + b) ⊕ b) * a"
    assert str(formula(plus("notation_call", "plus({}, {})"))) == "plus(a + b, b) * a"
    with pytest.raises(ValueError, match="2 operands"):
        plus("notation_short", "plus({})")
