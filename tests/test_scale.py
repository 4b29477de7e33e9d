"""Large graphs and long rules: done in time and memory, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

import autograd
from autograd import Backprop, Forward, Value, gradcheck, misconceptions, tree, worksheet
from autograd.compiler import grouping
from autograd.terms import length, traced
from tests.torture import scale


@pytest.mark.parametrize("name", scale.OTHERS)
def test_graphs_that_used_to_fail(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert scale.judged(scale.OTHERS[name]) == ""


@pytest.mark.parametrize("shape", scale.SHAPES)
def test_every_function_takes_every_shape(shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for function in scale.FUNCTIONS.values():
        graph = scale.SHAPES[shape](20)
        assert scale.judged(lambda function=function, graph=graph: function(graph)) == ""  # type: ignore[misc]


def test_a_step_counts_the_operands_that_it_omits() -> None:
    total = autograd.sum([Value(1.0, label=f"x{i}") for i in range(2000)])
    assert "and 1,980 more operands" in str(next(Backprop(total)))
    assert "and 1,980 more operands" in str(next(Forward(total)))


def test_a_cut_tree_says_so() -> None:
    lines = str(tree(autograd.sum([Value(float(i)) for i in range(20_000)]))).splitlines()
    assert len(lines) == 10_002
    assert "only the first 10,000 lines" in lines[-1]


def test_deep_down_a_tree_shows_the_end_of_each_line() -> None:
    v = Value(1.0, label="x")
    for _ in range(500):
        v = v * 1.0
    lines = str(tree(v, 1000)).splitlines()
    assert all(len(line) <= 200 for line in lines)
    assert lines[600].startswith("…")


def test_nodes_with_too_many_operands_are_refused(tmp_path: Path) -> None:
    wide = autograd.sum([Value(1.0) for _ in range(5000)])
    with pytest.raises(ValueError, match=r"5,000 operands.*up to 4,096"):
        gradcheck(wide)
    with pytest.raises(ValueError, match=r"5,001, which is more than 1,000"):
        worksheet(wide, tmp_path / "sheet.html")


def test_a_chain_too_long_for_a_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST", 50)
    v = w = Value(0.5)
    for _ in range(100):
        v = v * w
    with pytest.raises(ValueError, match="operations that cannot be grouped"):
        autograd.compile(v, params=[w])


def test_a_path_too_long_for_a_program_runs_eagerly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST", 50)
    w = Value(0.5)

    @autograd.jit
    def power(x: Value) -> Value:
        for _ in range(5 if x < 1 else 100):
            x = x * w
        return x

    with pytest.warns(UserWarning, match="cannot be grouped"):
        assert power.batch([0.5, 2.0]).tolist() == [0.5**6, 0.5**99]
    mean, gradient = power.value_and_grad([0.5, 2.0])
    assert (mean, *gradient) == pytest.approx(((0.5**6 + 0.5**99) / 2, 5 * 0.5**5 / 2))
    assert "more than 50 operations that cannot be grouped" in power.report()
    assert "2 rows in 2 calls" in power.report()


def test_mistakes_are_found_in_time_where_one_value_is_used_often() -> None:
    x = Value(0.5, label="x")
    told = str(misconceptions(autograd.sum([x * 2.0 for _ in range(3000)])))
    assert "x.grad is then 12000.0 instead of 6000.0" in told


def test_terms_that_share_parts_are_compared_and_counted_in_time() -> None:
    def rule(m: object, a: object) -> object:
        for _ in range(60):
            a = a * a  # type: ignore[operator]
        return a

    one, other = (
        autograd.ops.Operation(f"power{i}", "p", rule, (lambda m, y, a: y,)) for i in range(2)
    )  # each is traced for itself
    assert traced(one)[0] == traced(other)[0]
    assert traced(one)[0] != traced(one)[1][0]
    assert length(traced(one)[0]) == 2**60 - 1
