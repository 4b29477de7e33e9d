"""Tracing of rules."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest

from autograd import ops
from autograd.ops import Operation
from autograd.terms import Term, as_constant, evaluated, simplified, traced

A = Term("name", ("x0",))
ONE, TWO = Term("number", (1.0,)), Term("number", (2.0,))


def declared(rule: Callable[..., Any]) -> Operation:
    return Operation("rule", "rule", rule, (lambda m, y, a: 1.0,))


def test_a_rule_leaves_the_expression_that_it_computes() -> None:
    answer, (slope,) = traced(ops.power(3.0))
    assert answer == Term("**", (A, Term("number", (3.0,))))
    assert slope == Term("*", (Term("number", (3.0,)), Term("**", (A, TWO))))
    assert evaluated(slope, {"x0": 2.0}) == 12.0


def test_operators_from_either_side() -> None:
    for operate in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
        assert evaluated(traced(declared(lambda m, a, f=operate: f(a, 2)))[0], {"x0": 3.0}) == operate(3.0, 2)
        assert evaluated(traced(declared(lambda m, a, f=operate: f(2, a)))[0], {"x0": 3.0}) == operate(2, 3.0)
    assert evaluated(traced(declared(lambda m, a: abs(-a)))[0], {"x0": 3.0}) == 3.0


@pytest.mark.parametrize(
    "decide",
    [
        lambda m, a: 1.0 if a else 2.0,
        lambda m, a: 1.0 if a == 0.0 else 2.0,
        lambda m, a: 1.0 if a != 0.0 else 2.0,
        lambda m, a: 1.0 if a > 0.0 else 2.0,
        lambda m, a: 1.0 if a < 0.0 else 2.0,
        lambda m, a: float(a),
        lambda m, a: {a: 1.0}[a],
    ],
)
def test_a_decision_that_a_term_would_hide_is_refused(decide: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="'rule'"):
        traced(declared(decide))


def test_terms_are_simplified() -> None:
    assert simplified(Term("*", (ONE, A))) == simplified(Term("*", (A, ONE))) == A
    assert simplified(Term("**", (A, Term("-", (TWO, ONE))))) == A
    assert as_constant(simplified(Term("/", (ONE, TWO)))) == 0.5
    assert as_constant(A) is None


def test_equal_terms_are_one_key() -> None:
    assert {Term("neg", (A,)): 1}[Term("neg", (Term("name", ("x0",)),))] == 1
    assert repr(A) == "Term('name', ('x0',))"
