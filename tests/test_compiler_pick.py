"""A row of a table selected by an input: a gather, and a scatter in the backward pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Value
from autograd.compiler.reference import evaluate


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from(["params", "mixed", "inputs"]))
def test_picks_and_their_derivatives_are_those_of_eager_evaluation(seed: int, batch: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    x = [Value(0.5), Value(1.0), Value(2.0), Value(0.0)]
    w = [Value(number) for number in rng.normal(size=6).tolist()]
    table = {"params": w[:4], "mixed": [w[0] * x[0], w[1], Value(3.0), x[1]], "inputs": [x[0], x[1] * 2, x[1], x[0]]}
    rows = [[entry, entry * entry] for entry in table[kind]]
    found = [*autograd.pick(rows, x[2]), *autograd.pick(rows, x[3]), autograd.pick(w, Value(5)), w[0] * x[0]]
    root = autograd.sum(v.tanh() * (i + 1) for i, v in enumerate(found))
    X = np.column_stack([rng.normal(size=(batch, 2)), rng.integers(0, 4, size=(batch, 2))])
    program = autograd.compile(root, inputs=x, params=w)
    values, gradient, of_inputs = [], np.zeros(len(w)), []
    for example in X.tolist():
        for v, number in zip(x, example, strict=True):
            v.data, v.grad = number, 0.0
        for v in w:
            v.grad = 0.0
        root.refresh()
        root.backward()
        values.append(root.data)
        gradient += np.array([v.grad for v in w]) / batch
        of_inputs.append([v.grad for v in x])
    np.testing.assert_allclose(program(X), values, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(program.value_and_grad(X)[1], gradient, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(program.grads_of(x, X), of_inputs, rtol=1e-12, atol=1e-14)
    leaves = {
        "inputs": X.T, "params": program.params[:, None],
        "constants": np.array(program._built.grouping.constants)[:, None],
    }  # fmt: skip
    (result,) = program._built.results
    np.testing.assert_allclose(evaluate([result], leaves, batch)[result][0], values, rtol=1e-12, atol=1e-14)


def test_an_embedding_is_one_gather() -> None:
    table = [[Value(0.1 * i + j) for j in range(8)] for i in range(20)]
    letters = [Value(0) for _ in range(5)]
    loss = autograd.sum(v * v for letter in letters for v in autograd.pick(table, letter))
    program = autograd.compile(loss, inputs=letters, params=[v for row in table for v in row])
    assert program.source.count("special_pick(") == program.source.count("special_scatter(") == 1
    _, gradient = program.value_and_grad([[3, 3, 0, 19, 3]])
    right = np.zeros((20, 8))
    for letter in (3, 3, 0, 19, 3):
        right[letter] += [2 * v.data for v in table[letter]]
    np.testing.assert_allclose(gradient, right.reshape(-1), rtol=1e-14)


@pytest.mark.parametrize("wrong", [-1.0, 4.0, 1.5, float("nan")])
def test_an_invalid_index_is_refused(wrong: float) -> None:
    x, w = Value(0.0), [Value(float(i)) for i in range(4)]
    program = autograd.compile(autograd.pick(w, x), inputs=[x], params=w)
    assert program([[3.0], [0.0]]).tolist() == [3.0, 0.0]
    for run in (program, program.value_and_grad):
        with pytest.raises((IndexError, ValueError), match=r"from 0 to 3.*example 1 of the batch"):
            run([[3.0], [wrong]])
    jitted = autograd.jit(lambda index: autograd.pick(w, index))
    with pytest.raises((IndexError, ValueError), match="from 0 to 3"):
        jitted.batch([3.0, wrong])
    assert jitted.batch([3, 1]).tolist() == [3.0, 1.0]


def test_labels_as_positions_in_cross_entropy() -> None:
    model = nn.MLP(2, [3], seed=0)
    jitted = autograd.jit(lambda x, label: nn.cross_entropy(model(x), label))
    rows, labels = np.random.default_rng(0).normal(size=(7, 2)), np.arange(7) % 3
    found, gradient = jitted.value_and_grad(rows, labels)
    total = autograd.sum(nn.cross_entropy(model(x), k) for x, k in zip(rows.tolist(), labels.tolist(), strict=True)) / 7
    model.zero_grad()
    total.backward()
    assert found == pytest.approx(total.data, rel=1e-13)
    np.testing.assert_allclose(gradient, [p.grad for p in model.parameters()], rtol=1e-12, atol=1e-15)
    assert "1 path for" in jitted.report()


def test_rows_of_an_array_are_rows() -> None:
    table = np.arange(12.0).reshape(3, 2, 2)
    index = Value(2.0)
    picked = autograd.pick(table, index)
    assert [[v.data for v in row] for row in picked] == table[2].tolist()
    index.data = 1.0
    assert [v.refresh().data for v in autograd.pick(table[0], index)] == table[0, 1].tolist()
