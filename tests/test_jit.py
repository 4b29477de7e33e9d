"""`autograd.jit` always gives the numbers of the Python function, and runs programs if it can be traced."""

from __future__ import annotations

import io
import math
import random
import threading
import warnings
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Value
from autograd.value import operand


def eager(f: Any, *columns: Any) -> list[float]:
    """The function's own results, one row at a time."""
    return [operand(f.function(*map(Value, row))).data for row in zip(*columns, strict=True)]


Program = list[tuple[int, ...]]


def interpreted(code: Program, x: Value, y: Value) -> Any:
    """Runs a random program with branches, loops whose count depends on the data, early returns and recursion."""
    a, b = x, y
    for kind, constant, *inner in code:
        if kind == 0:
            a = a * 0.5 + b if a > b else a - b * 0.25
        elif kind == 1:
            count = 0
            while a > constant * 0.3 and count < 5:
                a, count = a * 0.5, count + 1
            b = b + count
        elif kind == 2 and not (a <= constant and b < 1):
            return (a + b).tanh()
        elif kind == 3 and inner and a.data > 0:
            b = interpreted([(inner[0] % 2, constant)], b, a * 0.5) + 1.0
        elif kind == 4:
            shift = max(a.data, b.data, -1.0)
            a = (a - shift).exp()
        elif kind == 5:
            a, b = sorted([a, b], key=lambda v: v)[::-1]
        elif kind == 6:
            b = b * int(a.data * 2) if abs(a.data) < 3 else b
    return a + b * b


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-2, 2), st.integers(0, 5)), max_size=4), st.integers(0, 10**6))
def test_random_functions_give_the_results_of_python(code: Program, seed: int) -> None:
    f = autograd.jit(lambda x, y: interpreted(code, x, y), budget=200)
    rows = np.random.default_rng(seed).normal(size=(40, 2)) * 2
    right = eager(f, *rows.T.tolist())
    for _ in range(2):  # numpy's exp and tanh may differ from Python's in the last digit
        np.testing.assert_allclose(f.batch(rows[:, 0], rows[:, 1]), right, rtol=1e-13, atol=1e-15)
    assert f(*rows[0].tolist()) == pytest.approx(right[0], rel=1e-13)
    if all(kind not in (2, 4) for kind, *_ in code):
        assert f.batch(rows[:, 0], rows[:, 1]).tolist() == right
    for argnum in (0, 1):
        derivative = autograd.grad(f, argnum)
        right = autograd.grad(f.function, argnum)(*rows[0].tolist())
        assert derivative(*rows[0].tolist()) == pytest.approx(right, rel=1e-12, abs=1e-12)


def test_a_comparison_is_a_guard_with_its_line() -> None:
    @autograd.jit
    def f(x: Any) -> Any:
        return x * 2 if x > 0 else -x

    assert f.batch([1.0, -2.0, 0.0, math.nan]).tolist()[:3] == [2.0, 2.0, -0.0]
    text = f.report()
    assert "2 paths for 1 structure of arguments" in text
    assert text.count("return x * 2 if x > 0 else -x") == 2
    assert "test_jit.py:" in text


def test_truth_and_equality_are_guards() -> None:
    @autograd.jit
    def f(x: Any) -> Any:
        return (1.0 if x else 2.0) + (10.0 if x == 3 else 20.0) + (100.0 if x != 4.0 else 200.0)

    numbers = [0.0, 3.0, 4.0, 5.0]
    assert f.batch(numbers).tolist() == eager(f, numbers) == [122.0, 111.0, 221.0, 121.0]


def test_a_read_of_data_is_recomputed_and_has_no_derivative() -> None:
    w = Value(2.0)

    @autograd.jit
    def f(x: Any) -> Any:
        return x * w.data + w * x.data

    assert f(3.0) == 12.0
    w.data = 5.0
    assert f(3.0) == 30.0
    assert autograd.grad(f)(3.0) == 5.0
    assert f.value_and_grad([3.0, 4.0])[1].tolist() == [3.5]
    assert "1 path" in f.report()


def test_the_largest_of_numbers_read_is_one_path() -> None:
    @autograd.jit
    def softmax(xs: Any) -> Any:
        shift = max(x.data for x in xs)
        powers = [(x - shift).exp() for x in xs]
        return [power / sum(powers) for power in powers]

    rows = np.random.default_rng(0).normal(size=(50, 6))
    found = softmax.batch(rows)
    right = [[v.data for v in softmax.function([Value(x) for x in row])] for row in rows.tolist()]
    np.testing.assert_allclose(np.transpose(found), right, rtol=1e-14)
    assert "1 path" in softmax.report()


def test_a_number_turned_into_a_float_makes_a_path_of_its_own() -> None:
    f = autograd.jit(lambda x: x * math.exp(x.data), budget=3)
    with pytest.warns(UserWarning, match=r"more than 3 paths, most of them through test_jit.py:\d+  f = autograd.jit"):
        found = f.batch([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found.tolist() == [x * math.exp(x) for x in (1.0, 2.0, 3.0, 4.0, 5.0)]
    assert "eagerly: 2 rows" in f.report()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f.batch([6.0, 1.0]).tolist() == [6 * math.exp(6.0), math.e]


def prints(x: Any) -> Any:
    print(x)
    return x * 2


def draws(x: Any) -> Any:
    return x * random.random()


generator, numpy_generator = random.Random(0), np.random.default_rng(0)


def reads_a_file(x: Any) -> Any:
    with open(__file__) as file:
        return x * len(file.readline())


counter, log = [0], []  # type: ignore[var-annotated]


def counts(x: Any) -> Any:
    counter[0] += 1
    return x + counter[0]


def logs(x: Any) -> Any:
    log.append(1)
    return x + len(log)


def differentiates(x: Any) -> Any:
    y = x * x
    y.backward()
    return y * x.grad


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (prints, r"a call of print at test_jit.py:\d+  print\(x\)"),
        (draws, r"a call of random at test_jit.py:\d+  return x \* random.random\(\)"),
        (lambda x: x + generator.gauss(0, 1), r"a call of gauss at test_jit.py:\d+"),
        (lambda x: x + float(numpy_generator.normal()), "the function changes numpy_generator"),
        (lambda x: x * len(f"{x}"), "the text of a Value at"),
        (reads_a_file, "a call of open at"),
        (differentiates, r"backward\(\), which sets gradients"),
        (counts, "the function changes counter"),
        (logs, "the function changes log"),
    ],
)
def test_a_function_that_cannot_be_traced_runs_eagerly_and_is_reported(
    function: Callable[..., Any], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    f = autograd.jit(function)
    with pytest.warns(UserWarning, match=reason):
        f(2.0)
    assert "eager: " in f.report()
    if function is prints:
        assert capsys.readouterr().out.count("\n") == 1
    if function is counts:
        assert [f(2.0), f(2.0)] == [4.0, 5.0]
    if function is draws:
        random.seed(0)
        found = [f(1.0), f(1.0)]
        random.seed(0)
        assert found == [random.random(), random.random()]


def test_errors_of_the_function_are_its_own() -> None:
    def f(x: Any) -> Any:
        if x < -5:
            raise LookupError("too small")
        return x.log() if x < 1 else 1.0 / (x - 2)

    jitted = autograd.jit(f)
    assert jitted.batch([0.5, 3.0]).tolist() == [math.log(0.5), 1.0]
    with pytest.raises(LookupError, match="too small"):
        jitted(-6.0)
    with pytest.raises(ValueError, match=r"log\(-1.0\): the operand must be above 0"):
        jitted(-1.0)
    with pytest.raises(ZeroDivisionError, match=r"the denominator must not be 0 \(row 1 of the batch\)"):
        jitted.batch([3.0, 2.0, 0.5])
    assert jitted.batch([3.0, 0.5]).tolist() == [1.0, math.log(0.5)]


scale = 2.0


def test_globals_and_closures_that_change_are_traced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    offset, table = 1.0, [1.0, 2.0]

    @autograd.jit
    def f(x: Any) -> Any:
        return x * scale + offset + table[0]

    assert f(1.0) == 4.0
    monkeypatch.setitem(globals(), "scale", 3.0)
    assert f(1.0) == 5.0
    offset = 2.0
    assert f(1.0) == 6.0
    table[0] = 5.0
    assert f(1.0) == 10.0
    assert "traced again: scale changed" in f.report()
    assert "traced again: offset changed" in f.report()


Point = namedtuple("Point", "x y")


def test_arguments_as_people_nest_them() -> None:
    def f(p: Any, d: Any, rows: Any, mode: str, n: int) -> Any:
        total = p.x * p.y + d["a"] * sum(x for row in rows for x in row)
        for _ in range(n):
            total = total * 2
        return {"sum": total, "pair": (p, [n, mode])}

    jitted = autograd.jit(f)
    given = (Point(2.0, 3.0), {"a": 4.0}, [[1.0, 2.0], [3.0]], "up", 3)
    assert jitted(*given) == {"sum": 240.0, "pair": (Point(2.0, 3.0), [3, "up"])}
    arrays = autograd.jit(lambda x: x * 2 + x[0])
    assert arrays(np.array([1.0, 2.0])).tolist() == [3.0, 5.0]
    assert [column.tolist() for column in arrays.batch(np.array([[1.0, 2.0], [3.0, 4.0]]))] == [[3.0, 9.0], [5.0, 11.0]]


def test_static_arguments_choose_the_structure() -> None:
    f = autograd.jit(lambda x, n: x**n, static="n")
    assert [f(2.0, 3), f(2.0, n=2), f(2.0, 3)] == [8.0, 4.0, 8.0]
    assert "1 path for" not in f.report()
    with pytest.raises(ValueError, match="no argument 'm' to be static; there are x, n"):
        autograd.jit(lambda x, n: x, static="m")


def test_training_as_a_program_is_trained() -> None:
    rows, targets = np.random.default_rng(0).normal(size=(12, 2)), np.arange(12) / 12
    for make in (lambda p: nn.SGD(p, lr=0.1), lambda p: nn.Adam(p, lr=0.01)):
        model, twin = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=0)

        def loss(net: Any, x: Any, t: Any) -> Any:
            error = net(x) - t
            return error * error if error > 0 else 2 * error * error

        jitted = autograd.jit(loss)
        jitted.value_and_grad(model, rows, targets)
        fast, slow = make(jitted), make(twin.parameters())
        for _ in range(5):
            found, _ = jitted.value_and_grad(model, rows, targets)
            fast.step()
            twin.zero_grad()
            total = sum(loss(twin, x, t) for x, t in zip(rows.tolist(), targets.tolist(), strict=True)) / 12
            total.backward()
            slow.step()
            assert found == pytest.approx(total.data, rel=1e-12)
        assert jitted(model, [1.0, 2.0], 0.5) == pytest.approx(loss(twin, [1.0, 2.0], 0.5).data, rel=1e-12)
        jitted.sync()
        np.testing.assert_allclose(
            [p.data for p in model.parameters()], [p.data for p in twin.parameters()], rtol=1e-12
        )


def test_transforms_of_a_jitted_function_compose() -> None:
    def f(v: Any) -> Any:
        return v[0] ** 2 * v[1].sin() if v[0] > 0 else v[1]

    jitted = autograd.jit(f)
    for point in ([2.0, 3.0], [-1.0, 0.5]):
        for transform in (autograd.grad, autograd.hessian, autograd.jacobian, autograd.value_and_grad):
            found, right = transform(jitted)(point), transform(f)(point)
            np.testing.assert_allclose(np.hstack(np.ravel(np.array(found, dtype=object)).tolist()).astype(float),
                np.hstack(np.ravel(np.array(right, dtype=object)).tolist()).astype(float), rtol=1e-12)  # fmt: skip
        assert autograd.jvp(jitted, (point,), ([1.0, 0.0],)) == autograd.jvp(f, (point,), ([1.0, 0.0],))
    x = Value(2.0)
    (jitted([x, x]) * 3).backward()
    assert x.grad == autograd.grad(lambda u: 3 * f([u, u]))(2.0)


def test_a_function_that_calls_grad_inside() -> None:
    model = nn.MLP(1, [4, 1], "tanh", seed=0)

    @autograd.jit
    def residual(x: Any) -> Any:
        slope = autograd.grad(lambda u: model([u]))
        curvature = autograd.grad(slope)(x)
        return (curvature + model([x])) ** 2

    rows = [0.1, 0.7, -0.4]
    found, gradient = residual.value_and_grad(rows)
    assert residual.report().startswith("residual: 1 path ")
    assert "3 rows in 1 call" in residual.report()
    model.zero_grad()
    total = sum(residual.function(Value(x)) for x in rows) / 3
    total.backward()
    assert found == pytest.approx(total.data, rel=1e-12)
    np.testing.assert_allclose(gradient, [p.grad for p in model.parameters()], rtol=1e-10, atol=1e-14)


def test_threads_share_a_function() -> None:
    @autograd.jit
    def f(x: Any) -> Any:
        while x > 1:
            x = x * 0.5
        return x

    plain = Value(3.0)
    wrong: list[Any] = []

    def work(seed: int) -> None:
        rows = np.abs(np.random.default_rng(seed).normal(size=40)) * 30
        for _ in range(10):
            right = f.batch(rows).tolist() == eager(f, rows.tolist()) and plain > 2 and type(plain.data) is float
            wrong.extend([] if right else [seed])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert type(plain.data) is float
    assert "tracing" not in Value.__lt__.__code__.co_filename


def test_a_hundred_shapes_are_kept_and_no_more_than_the_bound() -> None:
    f = autograd.jit(lambda xs: sum(xs))
    for n in range(1, 141):
        assert f([1.0] * n) == n
    assert "128 structures of arguments" in f.report()
    assert "evicted" in f.report()


def test_methods_are_functions_of_their_instance() -> None:
    class Line(nn.Module):
        def __init__(self, slope: float) -> None:
            self.slope = Value(slope)

        @autograd.jit
        def at(self, x: Any) -> Any:
            return self.slope * x

    one, other = Line(2.0), Line(3.0)
    assert [one.at(2.0), other.at(2.0)] == [4.0, 6.0]
    assert one.at.value_and_grad([2.0])[1].tolist() == [2.0]


def test_wrong_arguments_are_refused() -> None:
    f = autograd.jit(lambda x, y: x * y)
    with pytest.raises(TypeError, match="jit takes a function, not int"):
        autograd.jit(3)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="same number of rows, not 2 and 1"):
        f.batch([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match=r"in place of 3\.0"):
        f.batch([1.0, 2.0], 3.0)
    with pytest.raises(ValueError, match=r"in place of array\(3\.0?\)"):
        f.batch([1.0, 2.0], np.array(3.0))
    with pytest.raises(TypeError, match="hashable; not bytearray"):
        f(1.0, [io.StringIO, bytearray(b"x")])
    with pytest.raises(ValueError, match="has no parameters"):
        f.value_and_grad([1.0], [2.0])
    with pytest.raises(ValueError, match="float64 or float32, not int64"):
        autograd.jit(lambda x: x, dtype="int64")


def test_within_detect_anomaly_calls_are_eager_and_give_numbers() -> None:
    jitted = autograd.jit(lambda x: [(x * 1e200).sin(), x * x * 1e300])
    with autograd.detect_anomaly():
        assert jitted(1.0) == [math.sin(1e200), 1e300]
        with pytest.raises(FloatingPointError):
            jitted(1e10)
    assert "0 paths" in jitted.report()
