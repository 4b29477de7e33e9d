"""Every operation of the table, compiled: the same numbers as operation by operation, at corners and in the tails."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest

import autograd
from autograd import Value, grad, ops
from autograd.ops import Operation
from autograd.value import apply

MEMBERS = {"power": (0.0, 1.0, 2.0, -1.0, 0.5, 3.5), "leaky_relu": (0.1,)}
ONE = [0.0, 1.0, -1.0, 0.5, -0.5, 0.75, 2.0, -2.0, 1e-9, 5.0, -5.0, 17.0, -17.0, 40.0, -40.0, 300.0, -300.0]
SEVERAL = [0.0, 1.0, -1.0, 0.5, 2.0, -3.0]


def operations() -> list[Operation]:
    found = []
    for name, entry in ops.OPERATIONS.items():
        found += [entry] if isinstance(entry, Operation) else [entry(x) for x in MEMBERS[name]]
    return [operation for operation in found if operation.forward.__module__ == ops.__name__]


def points(operation: Operation) -> list[tuple[float, ...]]:
    """Operands at which it is defined."""
    defined = []
    for data in itertools.product(ONE if operation.arity == 1 else SEVERAL, repeat=operation.arity):
        try:
            operation.evaluate(*data)
        except (ArithmeticError, ValueError):
            continue
        defined.append(data)
    return defined


def alike(found: object, expected: object) -> None:
    # numpy's exp and power may differ from Python's in the last digit, which an exponent of 300 magnifies.
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=2e-14, atol=1e-300)


@pytest.mark.parametrize("operation", operations(), ids=repr)
def test_compiled_is_what_it_is_one_by_one(operation: Operation) -> None:
    rows = points(operation)
    operands = [Value(x) for x in rows[0]]
    program = autograd.compile(apply(operation, *operands), inputs=operands)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alike(program(rows), [apply(operation, *map(Value, row)).data for row in rows])


@pytest.mark.parametrize("operation", operations(), ids=repr)
def test_compiled_derivatives_are_those_one_by_one(operation: Operation) -> None:
    """The first and, as a graph that is compiled in turn, the second."""
    rows = points(operation)
    for row in rows[:: max(1, len(rows) // 20)]:
        operands = [Value(x) for x in row]
        y = apply(operation, *operands)
        y.backward()
        program = autograd.compile(y, params=operands)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            alike(program.value_and_grad()[1], [v.grad for v in operands])


@pytest.mark.parametrize("operation", operations(), ids=repr)
def test_compiled_gradients_are_those_one_by_one(operation: Operation) -> None:
    rows = points(operation)
    where = tuple(range(operation.arity))
    operands = [Value(x) for x in rows[0]]
    slopes = grad(lambda *xs: apply(operation, *xs), where)(*operands)
    program = autograd.compile(list(slopes), inputs=operands)
    expected = [grad(lambda *xs: apply(operation, *xs), where)(*row) for row in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = program(rows)
    alike(np.reshape(found, (len(rows), -1)), np.reshape(expected, (len(rows), -1)))


def test_a_row_picked_by_an_input_is_not_frozen() -> None:
    table = [[Value(float(10 * i + j)) for j in range(2)] for i in range(4)]
    index = Value(0)
    first, second = autograd.pick(table, index)
    program = autograd.compile(first * second, inputs=[index], params=[v for row in table for v in row])
    np.testing.assert_array_equal(program([[0.0], [3.0], [1.0]]), [0.0, 30.0 * 31.0, 10.0 * 11.0])
    _, gradient = program.value_and_grad([[2.0]])
    np.testing.assert_array_equal(gradient, [0.0, 0.0, 0.0, 0.0, 21.0, 20.0, 0.0, 0.0])


def test_an_input_that_is_no_place_in_the_table_is_an_error() -> None:
    index = Value(0)
    program = autograd.compile(autograd.pick([Value(1.0), Value(2.0)], index), inputs=[index])
    for wrong in (2.0, -1.0, 0.5):
        with pytest.raises(IndexError, match="a whole number from 0 to 1 for a table of 2"):
            program([[0.0], [wrong]])


def test_logsumexp_with_infinities_is_the_same_compiled() -> None:
    xs = [Value(0.0), Value(1.0)]
    program = autograd.compile(autograd.logsumexp(xs), inputs=xs)
    rows = [[0.0, 1.0], [-math.inf, 1.0], [-math.inf, -math.inf], [math.inf, 1.0], [1000.0, 1000.0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alike(program(rows), [autograd.logsumexp(row).data for row in rows])
