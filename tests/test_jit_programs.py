"""Random functions give the same numbers, derivatives and errors jitted as in Python."""

from __future__ import annotations

import copy
import math
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Value
from autograd.value import operand
from tests.written import written


def outcome(f: Callable[..., Any], *args: Any) -> Any:
    """The result of a call, or the type of its error."""
    try:
        return operand(f(*args)).data
    except Exception as error:
        return type(error).__name__


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_random_functions_equal_python(seed: int) -> None:
    w = Value(0.7)
    f, source = written(seed, w=w)
    rows = np.round(np.random.default_rng(seed).normal(size=(12, 2)) * 2, 1)
    rows[0] = 0.0
    right = [outcome(f, *map(Value, row)) for row in rows.tolist()]
    good = [i for i, answer in enumerate(right) if not isinstance(answer, str)]
    jitted = autograd.jit(f)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in [*good[:1], *[i for i, answer in enumerate(right) if isinstance(answer, str)]]:
            found = outcome(jitted, *rows[i].tolist())
            assert found == right[i] or found == pytest.approx(right[i], rel=1e-12), source
        if not good:
            return
        columns = rows[good].T
        for _ in range(2):
            np.testing.assert_allclose(jitted.batch(*columns), [right[i] for i in good], rtol=1e-11, atol=1e-13)
        for argnum in (0, 1):
            found = outcome(autograd.grad(jitted, argnum), *columns[:, 0].tolist())
            expected = outcome(autograd.grad(f, argnum), *columns[:, 0].tolist())
            assert found == expected or found == pytest.approx(expected, rel=1e-12), source
        for row in columns.T.tolist():
            operand(f(*map(Value, row))).backward(1 / len(good))
        gradient = jitted.value_and_grad(*columns)[1] if jitted.parameters() else [0.0]
        np.testing.assert_allclose(gradient, [w.grad], rtol=1e-9, atol=1e-10, err_msg=source)


def catches(x: Any) -> Any:
    try:
        return 1 / x
    except ZeroDivisionError:
        return 7.0


def is_number(x: Any) -> Any:
    return 0.0 if math.isnan(x.data) else x


def has_sign(x: Any) -> Any:
    return math.copysign(1.0, x.data) * (x + 1)


def remainder(x: Any) -> Any:
    return divmod(x.data, 2)[1] * x


def truth(x: Any) -> Any:
    return x > 0


def word(x: Any) -> Any:
    return "above" if x > 0 else "below"


def maybe(x: Any) -> Any:
    return None if x > 0 else x


def same_for_all(x: Any) -> Any:
    return 3.0


def counted(x: Any) -> Any:
    return sum(1 for i in range(3) if x > i)


@pytest.mark.filterwarnings("ignore:catches runs eagerly")
@pytest.mark.parametrize(
    "f", [catches, is_number, has_sign, remainder, truth, word, maybe, same_for_all, counted], ids=lambda f: f.__name__
)
def test_results_of_any_kind_equal_those_of_python(f: Callable[..., Any]) -> None:
    for rows in ([2.0, 0.0, 4.0, -0.0, math.nan, -1.5], [0.0, -0.0, math.nan, 2.0, 0.4], [math.nan, 1.0]):
        jitted = autograd.jit(f)
        right = [x.data if isinstance(x, Value) else x for x in (f(Value(row)) for row in rows)]
        found = jitted.batch(rows)
        found = found.tolist() if isinstance(found, np.ndarray) else [found] * len(rows)
        assert list(map(repr, found)) == [repr(float(x)) if f is counted else repr(x) for x in right]
        assert [repr(jitted(row)) for row in rows] == list(map(repr, right))


class Kept:
    pass


kept, w = Kept(), Value(2.0)


def keeps(x: Any) -> Any:
    kept.last = x * 2  # type: ignore[attr-defined]
    return x


def sets_a_global(x: Any) -> Any:
    global unheard_of
    unheard_of = 1.0  # type: ignore[name-defined]
    return x


def yields(x: Any) -> Any:
    yield x * 2


def assigns(x: Any) -> Any:
    x.data = 1.0
    return x


def makes_by_hand(x: Any) -> Any:
    return Value(2.0, (x,), (1.0,))


def records_nothing(x: Any) -> Any:
    with autograd.no_grad():
        return x * 2


def refreshes(x: Any) -> Any:
    return (x * 2).refresh()


computed = w * 3.0


REFUSED = [
    (assigns, r"an assignment to .data at test_jit_programs.py:\d+  x.data = 1.0"),
    (makes_by_hand, "a node made by hand at"),
    (records_nothing, r"no_grad at test_jit_programs.py:\d+  with"),
    (refreshes, r"refresh\(\) at"),
    (lambda x: copy.copy(x), "a copy of a Value at"),
    (lambda x: x * computed, "the use of a Value that was computed before the call at"),
    (lambda x: x * len(str(x.data)), "the text of a number read from .data at"),
    (catches, r"an error of an operation, which the function catches, at test_jit_programs.py:\d+  return 1 / x"),
    (lambda x: x * w.grad, r"a read of .grad at test_jit_programs.py:\d+"),
    (keeps, "the function changes kept"),
    (sets_a_global, "the function changes a global"),
    (yields, "a result that is neither a number nor a string, but generator at"),
    (lambda x: {x}, "a result that is neither a number nor a string, but set at"),
    (lambda x: lambda: x, "a result that is neither a number nor a string, but function at"),
]


@pytest.mark.parametrize(("f", "reason"), REFUSED)
def test_untraceable_code_is_refused_with_its_line(f: Callable[..., Any], reason: str) -> None:
    jitted = autograd.jit(f)
    with pytest.warns(UserWarning, match=reason):
        jitted(0.0)
    assert reason.partition(" at ")[0].replace("\\", "") in jitted.report()
    if f is keeps:
        jitted(3.0)
        assert kept.last.data == 6.0  # type: ignore[attr-defined]


def test_a_caught_error_is_noticed_when_it_occurs() -> None:
    jitted = autograd.jit(catches)
    assert jitted(2.0) == 0.5
    with pytest.warns(UserWarning, match="an error that the function catches"):
        assert jitted.batch([4.0, 0.0]).tolist() == [0.25, 7.0]


def test_changed_arguments_are_an_error() -> None:
    def f(xs: Any) -> Any:
        xs.append(1.0)
        return xs[0]

    with pytest.raises(TypeError, match="f changes its arguments"):
        autograd.jit(f)([1.0])


def test_values_and_gradients_of_a_function_with_constant_paths() -> None:
    jitted = autograd.jit(lambda x: 5.0 if x > 0 else w * x)
    value, gradient = jitted.value_and_grad([1.0, -2.0, 3.0])
    assert (value, gradient.tolist()) == (2.0, [-2.0 / 3])


@autograd.jit
def squared(x: Any) -> Any:
    return w * x * x


def test_jitted_functions_and_methods_are_copied_and_pickled() -> None:
    assert pickle.loads(pickle.dumps(squared)) is squared
    assert copy.deepcopy(squared) is squared
    line = Line()
    assert line.at(2.0) == 2.0
    twin = copy.deepcopy(line)
    twin.slope.data = 3.0
    assert [line.at(2.0), twin.at(2.0)] == [2.0, 6.0]


class Line(nn.Module):
    def __init__(self) -> None:
        self.slope = Value(1.0)

    @autograd.jit
    def at(self, x: Any) -> Any:
        return self.slope * x


def test_the_report_lists_traces_and_reasons() -> None:
    limit = [1.0]

    @autograd.jit(budget=5)
    def halvings(x: Any, shown: str = "") -> Any:
        if shown:
            print(shown)
        count = 0
        while x > limit[0]:
            x, count = x * 0.5, count + 1
        return w * x + count

    halvings.batch([0.5, 3.0, 3.5, 9.0])
    first = halvings.report()
    halvings.batch([0.5, 3.0, 3.5, 9.0])
    assert halvings.report() != first
    assert "traced again" not in halvings.report()
    limit[0] = 0.75
    halvings.batch([0.5, 3.0, 3.5, 9.0])
    with pytest.warns(
        UserWarning, match="more than 5 paths, most of them through test_jit_programs.py:.*while x > limit"
    ):
        halvings.batch([0.5 * 2.0**n for n in range(12)])
    with pytest.warns(UserWarning, match="a call of print"):
        autograd.jit(halvings.function)(0.5, shown="half")
    text = halvings.report()
    assert text.startswith(
        "halvings: 5 paths for 1 structure of arguments\n  (number)\n    path 1: 2 rows in 2 calls; "
    )
    assert "(> 0.75 holds 2 times, then not)" in text
    assert "eager: more than 5 paths" in text
    assert "traced again: limit changed" in text
    assert "eagerly: 7 rows" in text
    assert max(len(line) for line in text.splitlines() if "eager" not in line) <= 90


def test_structures_differ_in_named_arguments_too() -> None:
    f = autograd.jit(lambda x, mode="a": x if mode == "a" else -x)
    assert [f(1.0), f(1.0, mode="b"), f(1.0, mode="a")] == [1.0, -1.0, 1.0]
    assert "(number, mode='b')" in f.report()
    assert "3 structures" in f.report()


def test_a_comparison_of_arguments_names_no_number() -> None:
    f = autograd.jit(lambda x, y: x if x > y else y)
    f(2.0, 1.0)
    with pytest.raises(TypeError):
        f()
    assert "(> … holds)" in f.report()
    assert "1 structure " in f.report()  # where the function raises, nothing is known


def test_methods_of_a_class_have_programs_and_those_without_a_place_are_refused() -> None:
    class Slotted:
        __slots__ = ("factor",)
        scale = 2.0

        @classmethod
        @autograd.jit
        def scaled(cls, x: Any) -> Any:
            return cls.scale * x

        @autograd.jit
        def of_an_instance(self, x: Any) -> Any:
            return x

    assert Slotted.scaled(3.0) == Slotted().scaled(3.0) == 6.0
    with pytest.raises(TypeError, match="add '__dict__'"):
        Slotted().of_an_instance(1.0)


def test_errors_explain_where_a_python_number_is_needed() -> None:
    f = autograd.jit(lambda x, n: x * (n // 2))
    with pytest.raises(TypeError) as caught:
        f(1.0, 3)
    assert "static" in caught.value.__notes__[0]
    assert autograd.jit(f.function, static="n")(1.0, 3) == 1.0


def test_warnings_name_the_line_that_called() -> None:
    calls: list[int] = []
    for effect in (lambda x: calls.append(1) or x, lambda x: print() or x):  # type: ignore[func-returns-value]
        with pytest.warns(UserWarning, match="eagerly") as caught:
            autograd.jit(effect)(1.0)
        assert caught[0].filename == __file__


def test_jitted_objects_and_bound_methods_are_pickled() -> None:
    model = nn.MLP(2, [1], seed=0)
    for function in (model, Plain(3.0).at):
        jitted = autograd.jit(function, budget=3)
        again = pickle.loads(pickle.dumps(jitted))
        assert again.budget == 3
        assert again([1.0, 2.0]) == jitted([1.0, 2.0])


class Plain:
    def __init__(self, slope: float) -> None:
        self.slope = slope

    def at(self, xs: Any) -> Any:
        return self.slope * xs[0]


def test_a_report_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    @autograd.jit
    def told(x: Any) -> Any:
        if x > 1.0:
            print(f"{x.data} is larger than all that this function was made for, which a program cannot repeat")
        return x

    with pytest.warns(UserWarning, match="runs eagerly"):
        told.batch([0.0, 2.0])
    for columns in (40, 60, 100):
        monkeypatch.setattr("autograd.jitted.report.width", lambda columns=columns: columns)
        lines = told.report().splitlines()
        assert max(map(len, lines)) <= columns
        assert "eager: the text of a number read" in " ".join(" ".join(lines).split())


def test_a_report_counts_in_english() -> None:
    doubled = autograd.jit(lambda x: x * 2)
    doubled(1.0)
    assert "1 scalar operation -> 1 numpy call (and" in doubled.report()
