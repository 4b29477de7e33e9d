"""Cross-entropy against numpy and mpmath, at ordinary and at extreme scores."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

import nn
from autograd import Value

ROWS = st.lists(st.floats(-50, 50), min_size=1, max_size=6)


def reference(scores: list[float], label: int) -> Any:
    """-log(exp(s_label) / Σ exp(s)), with 400 digits instead of a stable formula."""
    with mpmath.workdps(400):
        powers = [mpmath.exp(mpmath.mpf(s)) for s in scores]
        return -mpmath.log(powers[label] / mpmath.fsum(powers))


@given(ROWS, st.data())
def test_one_example(scores: list[float], data: st.DataObject) -> None:
    label = data.draw(st.integers(0, len(scores) - 1))
    values = [Value(s) for s in scores]
    loss = nn.cross_entropy(values, label)
    assert loss.data == pytest.approx(float(reference(scores, label)), rel=1e-12, abs=1e-13)
    loss.backward()
    shares = np.exp(np.array(scores) - max(scores))
    expected = shares / shares.sum() - np.eye(len(scores))[label]
    np.testing.assert_allclose([v.grad for v in values], expected, rtol=1e-12, atol=1e-14)


def test_several_examples_give_the_mean() -> None:
    scores, labels = np.array([[0.2, 1.5, -1.0], [3.0, 0.5, 0.5]]), np.array([2, 0])
    values = [[Value(s) for s in row] for row in scores]
    loss = nn.cross_entropy(values, labels)
    expected = [float(reference(row.tolist(), label)) for row, label in zip(scores, labels, strict=True)]
    assert loss.data == pytest.approx(np.mean(expected), rel=1e-12)
    loss.backward()
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose([[v.grad for v in row] for row in values], (shares - np.eye(3)[labels]) / 2, rtol=1e-12)


def test_scores_too_large_for_exp() -> None:
    values = [Value(-1000.0), Value(1000.0), Value(1000.0)]
    assert nn.cross_entropy(values, 1).data == pytest.approx(float(mpmath.log(2)))
    loss = nn.cross_entropy(values, 0)
    assert loss.data == pytest.approx(2000.0 + float(mpmath.log(2)))
    loss.backward()
    assert [v.grad for v in values] == [-1.0, 0.5, 0.5]


def test_targets_in_place_of_a_position() -> None:
    scores = [Value(0.3), Value(-0.7), Value(1.1)]
    by_position = nn.cross_entropy(scores, 2).data
    assert nn.cross_entropy(scores, [0, 0, 1]).data == pytest.approx(by_position, rel=1e-12)
    assert nn.cross_entropy(scores, [Value(0.0), Value(0.0), Value(1.0)]).data == pytest.approx(by_position, rel=1e-12)
    mixed = 0.25 * nn.cross_entropy(scores, 0).data + 0.75 * by_position
    assert nn.cross_entropy(scores, [0.25, 0.0, 0.75]).data == pytest.approx(mixed, rel=1e-12)
    assert nn.cross_entropy([scores, scores], np.eye(3)[[2, 2]]).data == pytest.approx(by_position, rel=1e-12)


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([1.0, 2.0], 2, "the label must be the position of one of 2 scores, from 0, not 2"),
        ([1.0, 2.0], -1, "from 0, not -1"),
        ([1.0, 2.0], 0.5, "from 0, not 0.5"),
        ([], 0, "the position of one of 0 scores"),
        ([1.0, 2.0], [1], "2 outputs and 1 target"),
        ([[1.0, 2.0]], [0, 1], "1 output and 2 targets"),
    ],
)
def test_labels_that_do_not_fit(scores: list[Any], labels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nn.cross_entropy(scores, labels)
