"""Every operation of the table, compiled: the numbers, corners and errors of the eager engine."""

from __future__ import annotations

import itertools
import math
import pickle
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import autograd
from autograd import Value, ops
from autograd.arithmetic import quiet
from autograd.floats import NOTHING
from autograd.nary import Nary
from autograd.ops import Operation
from autograd.value import apply

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 40.0, -710.0, 1e-300, 1e200, math.inf, -math.inf, math.nan]
MORE = [-0.5, 0.75, 2.0, -2.0, 1e-9, 5.0, -5.0, 17.0, -17.0, -40.0, 300.0, -300.0]
"""Additional operands for unary operations, without any special property."""
FAMILIES = {
    "power": [0.0, 0.5, 1.0, 2.0, -1.0, -0.5, 3.0, 3.5],
    "leaky_relu": [0.01, 0.0, 2.0],
}

Outcome = list[float] | type[Exception]


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
    """Operands for testing an operation: all pairs of special numbers, and a sample of larger tuples."""
    if rule.arity == 1:
        return [(x,) for x in [*NUMBERS, *MORE]]
    every = list(itertools.product(NUMBERS, repeat=min(rule.arity, 3)))
    if rule.arity > 2:
        chance = np.random.default_rng(zlib.crc32(rule.name.encode()))
        every = [every[i] for i in chance.choice(len(every), 150, replace=False)]
    return [(*each, *[1.0] * (rule.arity - len(each))) for each in every]


RULES = [rule for rule in members() if not rule.name.startswith(("test_", "ans_"))]


def attempt(compute: Callable[[], list[float]]) -> Outcome:
    try:
        return compute()
    except (ArithmeticError, ValueError) as error:
        return type(error)


def eager(rule: Operation, numbers: tuple[float, ...]) -> list[float]:
    operands = [Value(number) for number in numbers]
    answer = apply(rule, *operands)
    answer.backward()
    return [answer.data, *[operand.grad for operand in operands]]


def agree(a: object, b: object, tolerance: float = 1e-14, smallest: float = 1e-320) -> bool:
    """Whether both raise the same error, or return the same numbers: special ones exactly, others within rounding."""
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    return np.allclose(np.array(a), np.array(b), rtol=tolerance, atol=smallest, equal_nan=True)


def at(rule: Operation) -> list[Value]:
    """Leaves at which every operation is defined."""
    return [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]


def start(rule: Operation) -> float:
    """An operand at which every operation is defined."""
    return 1.5 if rule.name == "acosh" else 0.5


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_compiled_operations_equal_eager_ones(rule: Operation) -> None:
    """In a batch of all defined operands; for undefined ones the same error, alone and within the batch."""
    leaves, every = at(rule), operands_of(rule)
    program = autograd.compile(apply(rule, *leaves), inputs=leaves)
    outcomes = [attempt(lambda numbers=numbers: eager(rule, numbers)) for numbers in every]  # type: ignore[misc]
    undefined = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, type)]
    wrong = []
    for i in undefined:
        found = attempt(lambda i=i: program([every[i]]).tolist())  # type: ignore[misc]
        if found is not outcomes[i]:
            wrong.append((every[i], found, outcomes[i]))
    if undefined:
        first = undefined[0]
        with pytest.raises(outcomes[first], match=rf"\(example {first} of the batch\)"):  # type: ignore[arg-type]
            program(every)
    defined = [i for i in range(len(every)) if i not in undefined]
    X = np.array([every[i] for i in defined])
    for i, value, slopes in zip(defined, program(X), program.grads_of(leaves, X), strict=True):
        if not agree([value, *slopes], outcomes[i]):
            wrong.append((every[i], [value, *slopes], outcomes[i]))
    assert wrong == []


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_operands_that_are_parameters_get_the_same_gradient(rule: Operation) -> None:
    leaves = at(rule)
    root = apply(rule, *leaves)
    program = autograd.compile(root, params=leaves)
    for numbers in operands_of(rule)[::9]:
        expected = attempt(lambda numbers=numbers: eager(rule, numbers))  # type: ignore[misc]
        program.params = numbers
        found = attempt(lambda: [program.value_and_grad()[0], *program.grads.tolist()])
        assert agree(found, expected), (numbers, found, expected)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_float32_raises_where_float64_does(rule: Operation) -> None:
    leaves = at(rule)
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
def test_compiled_second_derivatives_equal_eager_ones(rule: Operation) -> None:
    leaves = at(rule)
    root = apply(rule, *leaves)
    weighted = autograd.sum([g * (i + 1.0) for i, g in enumerate(gradients(root, leaves))]) * 1.0
    program = autograd.compile(weighted, inputs=leaves)
    every, expected = [], []
    for numbers in operands_of(rule):
        if 1e200 in numbers:
            continue  # beside it, what is left of a difference is rounding
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data = number
        try:
            weighted.refresh()
        except (ArithmeticError, ValueError):
            continue  # the forward pass is undefined there
        for leaf in leaves:
            leaf.grad = 0.0
        weighted.backward()
        every.append(numbers)
        expected.append([weighted.data, *[leaf.grad for leaf in leaves]])
    found = np.column_stack([program(every), program.grads_of(leaves, every)])
    wrong = []
    for numbers, row, right in zip(every, found, expected, strict=True):
        largest = max([abs(number) for number in right if math.isfinite(number)], default=0.0)
        if not agree(row, right, 1e-13, 1e-15 * largest):  # a difference of large numbers is their rounding
            wrong.append((numbers, row, right))
    assert wrong == []


def gradients(root: Value, leaves: list[Value]) -> list[Value]:
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward(create_graph=True)
    return [leaf.grad if isinstance(leaf.grad, Value) else Value(leaf.grad) for leaf in leaves]


def differentiated_twice(rule: Operation) -> autograd.Program:
    """A program with an operation, its derivatives, and the derivatives of their weighted sum."""
    operands = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    root = apply(rule, *operands)
    first = gradients(root, operands)
    weighted = autograd.sum([slope * (i + 1.0) for i, slope in enumerate(first)]) * 1.0
    second = gradients(weighted, operands) if weighted._prev else []
    return autograd.compile([root, *first, *second], inputs=operands)


BRANCHLESS = [rule for rule in RULES if rule.branchless is not rule.partials]


@pytest.mark.parametrize("rule", BRANCHLESS, ids=repr)
def test_partials_without_a_choice_are_those_with_one(rule: Operation) -> None:
    for a in np.linspace(-380.0, 380.0, 5001).tolist():
        y = rule.forward(quiet, a)
        with_one, without = (partials[0](quiet, y, a) for partials in (rule.partials, rule.branchless))
        assert without == pytest.approx(with_one, rel=8 * 2.0**-53, abs=2e-323)


# A derivative that is 0 by its rule, above one that is infinite

SILENT = [
    (rule, i) for rule in RULES for i, slope in enumerate(apply(rule, *at(rule))._local_grads) if slope is NOTHING
]
"""Operations, and the operand that receives nothing."""


@pytest.mark.parametrize(("rule", "i"), SILENT, ids=repr)
def test_a_node_without_a_gradient_propagates_nothing(rule: Operation, i: int) -> None:
    """At 0 the derivative of a square root is infinite, and 0 times it would be nan."""

    def f(x: Value) -> Value:
        operands = at(rule)
        operands[i] = x.sqrt()
        return apply(rule, *operands) + 3.0 * x

    x = Value(0.0)
    y = f(x)
    y.backward()
    found = [x.grad]
    x.grad = 0.0
    autograd.Backprop(y).run()
    found.append(x.grad)
    with autograd.detect_anomaly():
        x.grad = 0.0
        y.backward()
        found.append(x.grad)
    copied = pickle.loads(pickle.dumps([y, x]))
    copied[1].grad = 0.0
    copied[0].backward()
    found.append(copied[1].grad)
    found.append(float(autograd.grad(f)(0.0)))
    found.append(float(autograd.jvp(f, (0.0,), (1.0,))[1]))
    program = autograd.compile(y, inputs=[x])
    found.append(program.grads_of([x], [[0.0]])[0, 0])
    assert found == [3.0] * len(found)
