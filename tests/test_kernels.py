"""Operations generated as one function each, compared with their declarations."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

import autograd
from autograd import Value, kernels, ops
from autograd.arithmetic import quiet, strict
from autograd.ops import Operation
from tests.declared import DECLARED

INF, NAN = math.inf, math.nan
NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e-300, 1e300, -750.0, INF, -INF, NAN]
MEMBERS = {"power": [0.0, 1.0, 2.0, -1.0, 0.5, INF, NAN], "leaky_relu": [0.01, 0.0, -1.0]}


def operations() -> list[Operation]:
    found: list[Operation] = []
    for name, entry in DECLARED.items():
        found += [entry] if isinstance(entry, Operation) else [entry(x) for x in MEMBERS[name]]
    return found


def called(operation: Operation, data: tuple[float, ...]) -> Any:
    """The results of the table's lambdas."""
    m = quiet if operation.quiet else strict
    try:
        y = operation.forward(m, *data)
        return [float(y), *(float(partial(quiet, y, *data)) for partial in operation.partials)]
    except (ArithmeticError, ValueError) as error:
        return type(error)


def written(operation: Operation, data: tuple[float, ...]) -> Any:
    try:
        return list(kernels.kernel(operation)(*data))
    except (ArithmeticError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("operation", operations(), ids=repr)
def test_generated_code_equals_the_declaration(operation: Operation) -> None:
    numbers = NUMBERS if operation.arity < 3 else NUMBERS[::2]
    for each in (operation, ops.quietly(operation)):
        for data in itertools.product(numbers, repeat=operation.arity):
            assert repr(written(each, data)) == repr(called(each, data)), data


def test_rules_that_are_not_expressions_are_called() -> None:
    """Such rules cannot be compiled to numpy, but they work on floats."""
    step = autograd.operation(
        "test_kernels_step",
        forward=lambda m, a: 1.0 if a == 0.0 else a,
        partials=[lambda m, y, a: 0.0 if a == 0.0 else 1.0],
    )
    assert (step(Value(0.0)).data, step(Value(3.0)).data) == (1.0, 3.0)
    with pytest.raises(TypeError, match=r"'test_kernels_step'.*m\.where"):
        kernels.source(ops.find("test_kernels_step"))


def test_an_operation_declared_again_is_written_again() -> None:
    def declare(factor: float) -> Any:
        return autograd.operation(
            "test_kernels_factor", forward=lambda m, a: factor * a, partials=[lambda m, y, a: factor]
        )

    assert [declare(factor)(Value(5.0)).data for factor in (2.0, 3.0)] == [10.0, 15.0]


@pytest.mark.parametrize("rounds", [17, 300, 3000])
def test_a_rule_that_reuses_results_stays_small(rounds: int) -> None:
    """As a tree it would have 2**rounds parts; and parentheses do not nest deeper than Python's parser allows."""

    def root(m: Any, a: Any) -> Any:
        x = a
        for _ in range(rounds):
            x = 0.5 * (x + m.divide(a, x))
        return x

    name = f"test_kernels_root_{rounds}"
    newton = autograd.operation(name, forward=root, partials=[lambda m, y, a: m.divide(0.5, y)])
    assert newton(Value(2.0)).data == pytest.approx(math.sqrt(2.0), rel=1e-15)
    assert autograd.grad(autograd.grad(newton))(2.0) == pytest.approx(-0.25 * 2.0**-1.5)
    if rounds == 17:
        assert len(kernels.source(ops.find(name))) < 2000
