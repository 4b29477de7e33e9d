"""Cursors, as in a debugger: going to nodes, breakpoints, watches, and disturbances of a pass."""

from __future__ import annotations

import random
import sys
from types import FrameType
from typing import Any

import pytest

from autograd import Backprop, Forward, Value
from autograd.cursor import PassDone
from autograd.graph import every_node
from autograd.shown import number
from autograd.steps import Step
from autograd.words.text import Text
from tests.test_backprop import gradients, random_graph


def example() -> tuple[Value, Value, Value]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = ((a * b + a).tanh() + b) * a
    loss.label = "L"
    return a, b, loss


def test_every_command_shows_where_it_arrived() -> None:
    a, _, loss = example()
    bp = Backprop(loss)
    assert "Step 1 of 5" in repr(bp.next())
    assert repr(bp.back()) == "Undone: step 1. At the start. The next step, 1 of 5, is at L."
    assert "there is no step to undo" in repr(bp.back())
    assert "Step 3 of 5" in repr(bp.goto(3))
    assert repr(bp.goto(1)).startswith("Undone: steps 3 to 2. After step 1 of 5.")
    assert "Step 5 of 5" in repr(bp.run())
    assert isinstance(bp.run(), Text)
    assert "these gradients are final" in repr(bp.run())
    assert f"a.grad = {a.grad:.6g}"[:14] in repr(bp.run())
    assert repr(bp.reset()).startswith("All 5 steps were undone")
    assert repr(bp.reset()).startswith("No step had been taken")
    bp.run()
    with pytest.raises(PassDone, match=r"The pass is done(.|\n)*b\.grad"):
        next(bp)
    assert [step.number for step in Forward(loss)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["a", "b", "L", "a * b", "tanh(a * b + a)"])
def test_going_to_a_node_by_name_and_by_itself(name: str) -> None:
    _, _, loss = example()
    reference, bp = Backprop(loss), Backprop(loss)
    node = bp.names.find(name)
    total = Backprop(loss)
    total.run()
    final = node.grad
    total.reset()
    shown = bp.goto(name)
    assert isinstance(shown, Step)
    assert node.grad == final
    assert any("is complete after step" in note and note.endswith(f"grad = {number(final)}") for note in shown.notes)
    after = bp.position
    bp.run()
    bp.goto(node)
    assert (bp.position, node.grad) == (after, final)
    reference.run(until=name)
    assert reference.position == after
    with pytest.raises(ValueError, match="has been complete since step"):
        reference.run(until=node)


def test_a_node_is_not_complete_a_step_before() -> None:
    for seed in range(10):
        loss = random_graph(seed)
        bp = Backprop(loss)
        bp.run()
        final = {node: node.grad for node in every_node(loss)}
        for node in bp.names.nodes:
            bp.goto(node)
            assert node.grad == final[node]
            if not node._prev and final[node]:
                users = [each for each in bp._order[: bp.position] if node in each._prev]
                assert users[-1] is bp._order[bp.position - 1]


def test_names_that_are_not_there() -> None:
    a, _, loss = example()
    bp = Backprop(loss)
    with pytest.raises(ValueError, match=r"'aa'.*did you mean a\?"):
        bp.goto("aa")
    with pytest.raises(ValueError, match="not part of L"):
        bp.goto(Value(1.0, label="other"))
    with pytest.raises(TypeError, match="whole number"):
        bp.goto(2.5)  # type: ignore[arg-type]
    twice = Backprop(a * Value(3.0, label="a"))
    with pytest.raises(ValueError, match="a#1 and a#2"):
        twice.goto("a")
    assert twice.goto("a#2")


def test_breakpoints_by_name_operation_and_condition() -> None:
    a, b, loss = example()
    bp = Backprop(loss)
    assert bp.break_at() == 'No breakpoints. break_at("a"), break_at("*") or break_at(lambda v: v.grad > 1) sets one.'
    assert bp.break_at("b", "tanh") == "run() stops at b and operation tanh."
    stops = []
    while not bp.done:
        step = bp.run()
        assert isinstance(step, Step)
        stops.append((step.node._op, step.notes))
    assert [op for op, _ in stops] == ["tanh", "*"]
    assert stops[0][1] == ("stopped at the breakpoint operation tanh",)
    bp.reset()
    bp.clear()
    bp.break_at(lambda v: v is a and v.grad != 0)
    bp.run()
    assert bp.position == 1
    with pytest.raises(ValueError, match="nothing here is called 'sin'"):
        bp.break_at("sin")
    with pytest.raises(TypeError, match="break_at"):
        bp.break_at(3)  # type: ignore[arg-type]
    assert b.grad != 0 or bp.position < 5


def test_watched_nodes_are_shown_after_each_step() -> None:
    a, _, loss = example()
    bp = Backprop(loss)
    assert "Nothing is watched" in bp.watch()
    assert bp.watch("a", loss) == "watching: a.grad = 0.0, L.grad = 0.0"
    assert bp.next().notes == (f"watching: a.grad = {number(a.grad)}, L.grad = 1.0 (complete)",)
    shown = repr(bp.goto("a"))
    assert f"a.grad = {number(a.grad)} (complete)" in shown
    assert "watching" in bp.back()
    assert "(complete)" in repr(bp.run())


@pytest.mark.parametrize("seed", range(8))
def test_two_cursors_on_one_graph_are_kept_apart(seed: int) -> None:
    loss = random_graph(seed)
    reference = Backprop(loss)
    start = gradients(loss)
    seen = [start, *(gradients(loss) for _ in reference)]
    reference.reset()
    draw = random.Random(seed)
    first, second = Backprop(loss), Backprop(loss)
    for _ in range(60):
        cursor = draw.choice([first, second])
        if draw.random() < 0.6 and cursor.remaining > 1:
            cursor.next()
        elif cursor.position:
            cursor.back()
        if cursor.position:
            assert gradients(loss) == seen[cursor.position]
    for cursor in (first, second):
        cursor.reset()
    assert gradients(loss) == start


def test_a_second_pass_after_a_first_adds_to_the_leaves_and_is_undone_before_it() -> None:
    a = Value(3.0, label="a")
    loss = a * a
    first, second = Backprop(loss), Backprop(loss)
    first.run()
    second.run()
    assert a.grad == 12.0
    first.back()
    assert a.grad == 0.0
    first.next()
    assert a.grad == 6.0
    assert "undone" in repr(second.back(1)) or second.position == 0


def test_an_abandoned_pass_leaves_no_trace() -> None:
    a, b = Value(3.0, label="a"), Value(2.0, label="b")
    loss = a * b + a
    next(Backprop(loss))
    step = Backprop(loss).run()
    assert (a.grad, b.grad) == (3.0, 3.0)
    assert "from before" not in repr(step)


def test_changes_of_gradients_between_steps_are_noticed() -> None:
    a, b = Value(3.0, label="a"), Value(2.0, label="b")
    loss = a * b + a
    bp = Backprop(loss)
    bp.next()
    a.grad = 100.0
    with pytest.raises(RuntimeError, match=r"a\.grad.*from 1\.0 to 100\.0.*step 1"):
        bp.next()
    bp.reset()
    assert gradients(loss) == [0.0] * 4
    bp.run()
    assert a.grad == 3.0


def test_an_interrupt_anywhere_leaves_each_step_taken_or_not() -> None:
    a, b = Value(3.0, label="a"), Value(2.0, label="b")
    a.grad = 0.5
    loss = (a * b + a) * a
    start = gradients(loss)
    reference = Backprop(loss)
    reference.run()
    final = gradients(loss)
    reference.reset()
    place, interrupted = 0, True
    while interrupted:
        bp = Backprop(loss)
        interrupted = interrupt(place, bp.run)
        bp.run()
        assert gradients(loss) == final
        interrupt(place, bp.reset)
        bp.reset()
        assert gradients(loss) == start
        place += 1
    assert place > 50


def interrupt(place: int, do: Any) -> bool:
    """Calls a function with Ctrl-C before a line of the pass; returns whether there were that many lines."""
    left = place

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith(("backprop.py", "cursor.py")):
            return None
        if event == "line":
            if not left:
                left = -1
                raise KeyboardInterrupt
            left -= 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        do()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_error_in_a_users_backward_leaves_the_step_not_taken() -> None:
    a = Value(2.0, label="a")
    out = Value(4.0, (a,), "square")
    fail = [True]

    def closure() -> None:
        a.grad += 4.0 * out.grad
        if fail:
            raise ValueError("not yet")

    out._backward = closure
    bp = Backprop(out * 2)
    with pytest.raises(ValueError, match="not yet"):
        bp.run()
    assert (bp.position, a.grad) == (1, 0.0)
    fail.clear()
    bp.run()
    assert a.grad == 8.0
