"""Programs that test every backend: a network, attention, recurrence, a loss made of derivatives, a table."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd
import nn
from autograd import Program, Value
from tests.graphs import random_graph

Example = tuple[Program, npt.NDArray[Any]]
"""A program, and a batch for it."""


def leaves(count: int) -> list[Value]:
    return [Value(0.1 * i) for i in range(count)]


def network(dtype: str = "float64") -> Example:
    """A perceptron with cross-entropy."""
    model = nn.MLP(6, [5, 3], seed=0, activation="tanh")
    x, t = leaves(6), leaves(3)
    loss = nn.cross_entropy(model(x), t)
    program = autograd.compile(loss, inputs=[*x, *t], params=model.parameters(), dtype=dtype)
    return program, np.random.default_rng(0).random((7, 9))


def one_head(dtype: str = "float64") -> Example:
    """A causal head of attention over six positions."""
    rnd = random.Random(0)
    inputs = [[Value(rnd.gauss(0, 1)) for _ in range(6)] for _ in range(6)]
    weights = [[[Value(rnd.gauss(0, 1)) for _ in range(6)] for _ in range(6)] for _ in range(3)]
    flat = [v for row in inputs for v in row]
    params = [v for m in weights for row in m for v in row]
    program = quietly(attention(inputs, weights), inputs=flat, params=params, dtype=dtype)
    return program, np.random.default_rng(1).normal(size=(3, 36))


def attention(inputs: list[list[Value]], weights: list[list[list[Value]]]) -> Value:
    """One causal head with root-mean-square normalisation, over all positions."""

    def times(matrix: list[list[Value]], vector: list[Value]) -> list[Value]:
        return [autograd.dot(row, vector) for row in matrix]

    normed = []
    for vector in inputs:
        scale = (autograd.dot(vector, vector) / len(vector) + 1e-5) ** -0.5
        normed.append([scale * v for v in vector])
    q, k, v = ([times(matrix, vector) for vector in normed] for matrix in weights)
    outputs = []
    for i in range(len(inputs)):
        shares = autograd.softmax([autograd.dot(q[i], k[j]) for j in range(i + 1)])
        outputs += [autograd.dot(shares, [v[j][d] for j in range(i + 1)]) for d in range(len(inputs[0]))]
    return autograd.sum([output * output for output in outputs])


def recurrence(dtype: str = "float64") -> Example:
    """A long short-term memory of three cells over five inputs."""
    rnd = random.Random(0)
    size = 3
    gates = {g: [[Value(rnd.gauss(0, 0.5)) for _ in range(size + 2)] for _ in range(size)] for g in "ifoc"}
    xs = leaves(5)
    state, cell = [Value(0.0)] * size, [Value(0.0)] * size
    for x in xs:
        given = [*state, x]
        into = {g: [autograd.dot(row[:-1], given, row[-1]) for row in rows] for g, rows in gates.items()}
        cell = [
            f.sigmoid() * c + i.sigmoid() * n.tanh()
            for f, c, i, n in zip(into["f"], cell, into["i"], into["c"], strict=True)
        ]
        state = [o.sigmoid() * c.tanh() for o, c in zip(into["o"], cell, strict=True)]
    params = [v for rows in gates.values() for row in rows for v in row]
    program = quietly(autograd.dot(state, state), inputs=xs, params=params, dtype=dtype)
    return program, np.random.default_rng(0).normal(size=(4, 5))


def derivatives(dtype: str = "float64") -> Example:
    """A loss that is made of a network's second derivative, as in a physics-informed one."""
    model = nn.MLP(1, [6, 1], seed=0, activation="tanh")
    x = Value(0.3)
    second = autograd.grad(autograd.grad(lambda v: model([v])))(x)
    program = quietly((second + model([x])) ** 2, inputs=[x], params=model.parameters(), dtype=dtype)
    return program, np.random.default_rng(0).uniform(-1, 1, (5, 1))


def chosen_rows(dtype: str = "float64") -> Example:
    """Elements that inputs select from tables of parameters and of computed numbers."""
    table, x, index = leaves(4), Value(0.5), Value(1.0)
    computed = [entry * x for entry in table]
    root = autograd.pick(table, index) ** 2 + autograd.pick(computed, index).tanh()
    program = autograd.compile(root, inputs=[x, index], params=table, dtype=dtype)
    return program, np.array([[0.5, 0.0], [-1.0, 3.0], [0.25, 3.0], [2.0, 2.0]])


PROGRAMS: dict[str, Callable[..., Example]] = {
    "network": network,
    "attention": one_head,
    "recurrence": recurrence,
    "derivatives": derivatives,
    "chosen rows": chosen_rows,
}


def wired_at_random(seed: int) -> Example:
    """A random graph of three inputs and four parameters."""
    x, w = [Value(0.5 * i) for i in range(3)], leaves(4)
    program = quietly(random_graph(seed, x, w), inputs=x, params=w)
    return program, np.random.default_rng(seed).uniform(-1, 1, (3, 3))


def quietly(root: Value, **given: Any) -> Program:
    """Compiles a graph, one of whose constants may happen to equal an input's number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return autograd.compile(root, **given)
