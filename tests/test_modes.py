"""`no_grad`, `enable_grad` and `detect_anomaly`, in one thread and in two."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Generator, Iterator

import pytest

import autograd
from autograd import Value, detect_anomaly, enable_grad, modes, no_grad, record_lines
from autograd.lines import line_of
from tests.torture.interrupts import places


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


def test_a_mode_applies_only_to_its_own_thread() -> None:
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


def test_detect_anomaly_checks_refreshed_and_handmade_nodes() -> None:
    a = Value(1e300, label="a")
    y = a * 2
    a.data = 1e308
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"mul\(a = 1e\+308, 2\.0\) is inf"):
        y.refresh()
    assert y.data == 2e300
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"node\(a = 1e\+308\) is nan"):
        Value(float("nan"), (a,), (1.0,))


def test_lines_are_recorded_where_that_is_asked_for() -> None:
    a, b = Value(2.0), Value(3.0)
    before = a * b
    with record_lines():
        product = a * b
        total = product + 1
        made = [total.tanh(), autograd.dot([a], [b]), a**2, Value(1.0, (a,), (1.0,)), a.relu()]
        with no_grad():
            cut = a * 3
    here = {line.text for each in made if (line := line_of(each))}
    assert here == {"made = [total.tanh(), autograd.dot([a], [b]), a**2, Value(1.0, (a,), (1.0,)), a.relu()]"}
    assert str(line_of(product)).endswith("  product = a * b")
    assert str(line_of(product)).startswith("test_modes.py:")
    assert line_of(before) is None
    assert cut._prev == ()
    assert line_of(a * b) is None
    assert (product.data, total.data) == (6.0, 7.0)


def test_generators_and_coroutines_cannot_be_decorated() -> None:
    def generator() -> Iterator[Value]:
        yield Value(1.0) * 2

    async def coroutine() -> Value:
        return Value(1.0) * 2

    for function in (generator, coroutine):
        with pytest.raises(TypeError, match=r"with no_grad\(\)"):
            no_grad()(function)
    with pytest.raises(TypeError, match=r"@no_grad\(\)"):

        @no_grad
        def predict() -> None: ...


def test_blocks_left_in_another_order_than_entered() -> None:
    def block() -> Generator[bool, None, None]:
        with no_grad():
            yield recording()

    def recording() -> bool:
        return len((Value(1.0) * 2)._prev) == 2

    one, other = block(), block()
    assert not next(one)
    assert not next(other)
    one.close()
    assert not recording()
    other.close()
    assert recording()


def test_a_block_left_in_another_context_is_over_in_both() -> None:
    first, second = contextvars.copy_context(), contextvars.copy_context()
    block = no_grad()
    first.run(block.__enter__)
    assert first.run(lambda: (Value(1.0) * 2)._prev) == ()
    assert len((Value(1.0) * 2)._prev) == 2
    second.run(block.__exit__, None, None, None)
    assert len(first.run(lambda: (Value(1.0) * 2)._prev)) == 2


def test_one_object_in_several_threads_and_within_itself() -> None:
    block, inside, left = no_grad(), threading.Barrier(2), threading.Event()
    found: list[bool] = []

    def early() -> None:
        with block:
            inside.wait(10)
        found.append(len((Value(1.0) * 2)._prev) == 2)
        left.set()

    thread = threading.Thread(target=early)
    thread.start()
    with block:
        inside.wait(10)
        left.wait(10)
        assert (Value(1.0) * 2)._prev == ()
        with block:
            pass
        assert (Value(1.0) * 2)._prev == ()
    thread.join()
    assert found == [True]
    assert len((Value(1.0) * 2)._prev) == 2


@pytest.mark.parametrize("reused", [False, True])
def test_an_interrupt_anywhere_leaves_the_mode_of_the_place(reused: bool) -> None:
    block = no_grad()

    def action() -> None:
        with block if reused else no_grad(), detect_anomaly():
            Value(1.0) * 2

    tried = 0
    for place in places(action, files=["modes.py", "value.py"]):
        assert place.interrupted
        block = no_grad() if reused else block  # the interrupted one is released
        tried += 1
        assert len((Value(1.0) * 2)._prev) == 2, place
        assert (Value(1e300) * 1e300).data == float("inf"), place
        assert not modes.unusual, place
    assert tried > 10
