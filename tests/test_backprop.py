"""`Backprop`: the gradients of `backward()`, to the bit, one step at a time."""

from __future__ import annotations

import math
import random

import pytest

from autograd.backprop import Backprop, Forward, lessons
from autograd.graph import every_node
from autograd.value import Value


def random_graph(seed: int, operations: int = 30) -> Value:
    draw = random.Random(seed)
    nodes = [Value(draw.uniform(-2, 2), label=f"x{i}") for i in range(4)]
    for _ in range(operations):
        a, b = draw.choice(nodes), draw.choice(nodes)
        nodes.append(draw.choice([a + b, a * b, a.tanh(), (a - b).relu(), a.maximum(b), a.sigmoid() / 3]))
    return sum(nodes[-5:], nodes[-6])


def gradients(root: Value) -> list[float]:
    return [node.grad for node in every_node(root)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("held", [0.0, 0.1])
def test_steps_give_the_gradients_of_backward_to_the_bit(seed: int, held: float) -> None:
    loss, other = random_graph(seed), random_graph(seed)
    for root in (loss, other):
        for node in every_node(root):
            node.grad = held
    Backprop(loss).run()
    other.backward()
    assert gradients(loss) == gradients(other)


@pytest.mark.parametrize("seed", range(10))
def test_every_step_is_undone_exactly(seed: int) -> None:
    loss = random_graph(seed)
    for i, node in enumerate(every_node(loss)):
        node.grad = 0.1 * i
    bp = Backprop(loss)
    seen = [gradients(loss), *(gradients(loss) for _ in bp)]
    while bp.position:
        bp.back()
        assert gradients(loss) == seen[bp.position]
    bp.goto(3)
    assert gradients(loss) == seen[3]
    bp.reset()
    assert gradients(loss) == seen[0]


def test_an_operand_used_twice_shows_the_sum_at_work() -> None:
    a = Value(3.0, label="a")
    step = Backprop(a * a).next()
    assert [change.sum for change in step.changes] == [
        "a.grad: 0 → 0 + 3.0·1.0 = 3.0",
        "a.grad: 3.0 → 3.0 + 3.0·1.0 = 6.0",
    ]
    assert [change.note for change in step.changes] == ["", "contributions add up"]


def test_a_rule_with_cases_shows_the_case_that_applies() -> None:
    a, b = Value(3.0, label="a"), Value(1.0, label="b")
    step = Backprop(a.maximum(b)).next()
    assert [change.rule.split(" = ")[-1] for change in step.changes] == ["1.0", "0.0"]
    assert "where" not in repr(step)


def test_a_closure_of_the_users_own_is_applied() -> None:
    a = Value(2.0, label="a")
    out = Value(math.sin(a.data), (a,), "sin", label="s")

    def closure() -> None:
        a.grad += math.cos(a.data) * out.grad

    out._backward = closure
    bp = Backprop(out * 2)
    bp.run()
    assert a.grad == math.cos(2.0) * 2.0
    bp.reset()
    assert a.grad == 0.0


def test_the_cursor_knows_where_it_is() -> None:
    a = Value(1.0, label="a")
    middle = a + 1
    loss = middle * 2
    bp = Backprop(loss)
    assert (bp.current, bp.remaining, bp.done) == (loss, 2, False)
    bp.run(until=loss)
    assert (bp.current, bp.remaining) == (middle, 1)
    bp.next(5)
    assert bp.done
    assert bp.current is None
    with pytest.raises(StopIteration):
        bp.next()
    with pytest.raises(ValueError, match="has been complete since step 1"):
        bp.run(until=loss)
    with pytest.raises(ValueError, match="from 0 to 2, not 3"):
        bp.goto(3)


def test_a_single_leaf_is_a_pass() -> None:
    a = Value(1.0, label="a")
    a.grad = 2.0
    Backprop(a).run()
    assert a.grad == 3.0


def test_lessons_keep_the_graph_unchanged_and_fit_the_terminal() -> None:
    loss = random_graph(1)
    loss.label = "a rather long name for the loss, with <tags> and {braces} in it " * 3
    told = lessons(loss)
    assert set(gradients(loss)) == {0.0}
    assert len(told) == len(list(Forward(loss)))
    assert all(len(line) <= 100 for step in told for line in step.lines)


def test_a_deep_chain_does_not_recurse() -> None:
    a = x = Value(1.0)
    for _ in range(5_000):
        x = x + 0.5
    Backprop(x).run()
    assert a.grad == 1.0


def test_invalid_arguments_of_a_stepper_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Backprop\(loss\).*2\.0 \(float\)"):
        Backprop(2.0)  # type: ignore[arg-type]
    steps = Backprop(Value(2.0) * 3)
    with pytest.raises(ValueError, match=r"not 0.*back\(\)"):
        steps.next(0)
    with pytest.raises(ValueError, match=r"not -1.*next\(\)"):
        steps.back(-1)


def test_a_cursor_shows_where_it_is() -> None:
    a = Value(2.0, label="a")
    loss = a * 3 + 1
    loss.label = "loss"
    steps = Backprop(loss)
    assert repr(steps) == "<Backprop of loss: 0 of 2 steps taken, next: loss>"
    steps.goto(2)
    assert repr(steps) == "<Backprop of loss: 2 of 2 steps taken, done>"
    steps.goto(1)
    assert steps.position == 1
    steps.reset()
    assert (steps.position, a.grad) == (0, 0.0)
