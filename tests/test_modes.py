"""`no_grad`, `enable_grad` and `detect_anomaly`, in one thread and in two."""

from __future__ import annotations

import threading

import pytest

from autograd import Value, detect_anomaly, enable_grad, no_grad


def test_no_grad_records_nothing_and_ends_with_its_block() -> None:
    a = Value(2.0)
    with no_grad():
        y = (a * 3 + 1).tanh()
        with enable_grad():
            assert (a * 3)._prev[0] is a
        assert (a + a)._prev == ()
    assert y._prev == ()
    assert y._op == ""
    assert len((a * 3)._prev) == 2


def test_a_function_can_be_decorated_and_errors_end_the_block() -> None:
    @no_grad()
    def predict(x: Value) -> Value:
        return (x * 2).log()

    assert predict(Value(1.0))._prev == ()
    with pytest.raises(ValueError, match="the operand must be above 0"):
        predict(Value(-1.0))
    assert len((Value(1.0) * 2)._prev) == 2


def test_detect_anomaly_names_the_first_result_that_is_not_finite() -> None:
    a = Value(1e200, label="a")
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"mul\(a = 1e\+200, a = 1e\+200\) is inf"):
        (a * a) * 0
    assert (a * a).data == float("inf")


def test_detect_anomaly_names_the_first_gradient_that_is_not_finite() -> None:
    a = Value(0.0, label="a")
    y = a.sqrt() * 3
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"gradient of a is inf after sqrt\(a = 0\.0\)"):
        y.backward()


def test_a_mode_holds_in_its_own_thread_alone() -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with no_grad():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    recorded = len((Value(1.0) * Value(2.0))._prev)
    done.set()
    thread.join()
    assert recorded == 2


def test_two_threads_differentiate_their_own_graphs() -> None:
    found: dict[int, list[float]] = {0: [], 1: []}

    def work(n: int) -> None:
        for i in range(200):
            a = Value(float(i + n))
            y = a
            for _ in range(20):
                y = y + a * a
            y.backward()
            found[n].append(a.grad)

    threads = [threading.Thread(target=work, args=(n,)) for n in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [1.0 + 40.0 * (i + n) for i in range(200)] for n in found}
