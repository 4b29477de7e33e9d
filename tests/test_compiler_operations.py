"""Every operation of the table, compiled: the numbers, corners and errors of the eager engine."""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import autograd
from autograd import Value, ops
from autograd.arithmetic import quiet
from autograd.nary import Nary
from autograd.ops import Operation
from autograd.value import apply

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 40.0, -710.0, 1e-300, 1e200, math.inf, -math.inf, math.nan]
FAMILIES = {
    "power": [0.0, 0.5, 1.0, 2.0, -1.0, -0.5, 3.0],
    "leaky_relu": [0.01, 0.0, 2.0],
}


def members() -> Iterator[Operation]:
    """Every operation, and some members of each family."""
    for name, declared in ops.OPERATIONS.items():
        if isinstance(declared, Nary):
            yield declared.at(4)
        elif isinstance(declared, Operation):
            yield declared
        elif name in FAMILIES:
            yield from map(declared, FAMILIES[name])
        elif not name.startswith("test_"):
            pytest.fail(f"the family {name} has no members here: add some to FAMILIES")


def operands_of(rule: Operation) -> list[tuple[float, ...]]:
    """Operands at which an operation is tried: all pairs of special numbers, a sample of all triples and more."""
    every = list(itertools.product(NUMBERS, repeat=min(rule.arity, 3)))
    if rule.arity > 2:
        chance = np.random.default_rng(zlib.crc32(rule.name.encode()))
        every = [every[i] for i in chance.choice(len(every), 150, replace=False)]
    return [(*each, *[1.0] * (rule.arity - len(each))) for each in every]


RULES = [rule for rule in members() if not rule.name.startswith(("test_", "ans_"))]


def attempt(compute: Callable[[], list[float]]) -> list[float] | type[Exception]:
    try:
        return compute()
    except (ArithmeticError, ValueError) as error:
        return type(error)


def eager(rule: Operation, numbers: tuple[float, ...]) -> list[float]:
    operands = [Value(number) for number in numbers]
    answer = apply(rule, *operands)
    answer.backward()
    return [answer.data, *[operand.grad for operand in operands]]


def agree(a: object, b: object, tolerance: float = 1e-14) -> bool:
    """Whether both raise the same, or give the same numbers: special ones exactly, others within rounding."""
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    return np.allclose(np.array(a), np.array(b), rtol=tolerance, atol=5e-324, equal_nan=True)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_the_compiled_operation_gives_what_the_eager_one_gives(rule: Operation) -> None:
    leaves = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    program = autograd.compile(apply(rule, *leaves), inputs=leaves)
    wrong = []
    for numbers in operands_of(rule):
        X = np.array([numbers])
        expected = attempt(lambda numbers=numbers: eager(rule, numbers))  # type: ignore[misc]
        found = attempt(lambda X=X: [*program(X).tolist(), *program.grads_of(leaves, X)[0].tolist()])  # type: ignore[misc]
        if not agree(found, expected):
            wrong.append((numbers, found, expected))
    assert wrong == []


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_batch_in_which_some_are_undefined_raises_for_the_first_of_them(rule: Operation) -> None:
    leaves = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    program = autograd.compile(apply(rule, *leaves), inputs=leaves)
    every = operands_of(rule)
    outcomes = [attempt(lambda numbers=numbers: eager(rule, numbers)) for numbers in every]  # type: ignore[misc]
    undefined = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, type)]
    if undefined:
        first = undefined[0]
        with pytest.raises(outcomes[first], match=rf"\(example {first} of the batch\)"):  # type: ignore[arg-type]
            program(every)
    defined = [i for i, outcome in enumerate(outcomes) if not isinstance(outcome, type)]
    found = program([every[i] for i in defined])
    assert agree(found.tolist(), [outcomes[i][0] for i in defined])  # type: ignore[index]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_float32_raises_where_float64_does(rule: Operation) -> None:
    leaves = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    program = autograd.compile(apply(rule, *leaves), inputs=leaves, dtype="float32")
    wrong = []
    for numbers in operands_of(rule):
        single = tuple(
            [float(np.float32(number)) for number in numbers if abs(number) < 1e38 or not math.isfinite(number)]
        )
        if len(single) < len(numbers):
            continue
        expected = attempt(lambda single=single: [eager(rule, single)[0]])  # type: ignore[misc]
        found = attempt(lambda single=single: program([single]).tolist())  # type: ignore[misc]
        beyond = isinstance(expected, list) and np.isfinite(expected[0]) and abs(expected[0]) > 3e38
        if beyond:
            expected = OverflowError if rule.domain else [math.copysign(math.inf, expected[0])]  # type: ignore[index]
        if not (agree(found, expected, 5e-4) or (isinstance(expected, list) and abs(expected[0]) < 1e-37)):
            wrong.append((single, found, expected))
    assert wrong == []


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_second_derivatives_compile_to_what_they_are_eagerly(rule: Operation) -> None:
    leaves = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    root = apply(rule, *leaves)
    weighted = autograd.sum([g * (i + 1.0) for i, g in enumerate(gradients(root, leaves))]) * 1.0
    program = autograd.compile(weighted, inputs=leaves)
    wrong = []
    for numbers in operands_of(rule):
        if 1e200 in numbers:
            continue  # beside it, what is left of a difference is rounding
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data = number
        try:
            weighted.refresh()
        except (ArithmeticError, ValueError):
            continue  # the way forward is undefined there
        found = [*program([numbers]).tolist(), *program.grads_of(leaves, [numbers])[0].tolist()]
        for leaf in leaves:
            leaf.grad = 0.0
        weighted.backward()
        expected = [weighted.data, *[leaf.grad for leaf in leaves]]
        if not (agree(found, expected, 1e-13) or rule.name == "remainder"):
            wrong.append((numbers, found, expected))
    assert wrong == []


def gradients(root: Value, leaves: list[Value]) -> list[Value]:
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward(create_graph=True)
    return [leaf.grad if isinstance(leaf.grad, Value) else Value(leaf.grad) for leaf in leaves]


def start(rule: Operation) -> float:
    """Where every operation is defined."""
    return 1.5 if rule.name == "acosh" else 0.5


BRANCHLESS = [rule for rule in RULES if rule.branchless is not rule.partials]


@pytest.mark.parametrize("rule", BRANCHLESS, ids=repr)
def test_partials_without_a_choice_are_those_with_one(rule: Operation) -> None:
    for a in np.linspace(-380.0, 380.0, 5001).tolist():
        y = rule.forward(quiet, a)
        with_one, without = (partials[0](quiet, y, a) for partials in (rule.partials, rule.branchless))
        assert without == pytest.approx(with_one, rel=8 * 2.0**-53, abs=2e-323)
