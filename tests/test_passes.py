"""The fast passes equal their plain definitions, to the bit, and every walk handles every kind of Value."""

from __future__ import annotations

import gc
import math
import random
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
from hypothesis import given, strategies as st

import autograd
from autograd import Backprop, Value, detect_anomaly, explain, formula, hessian, no_grad, nudge, ops, tree
from autograd.graph import every_node, topological
from autograd.kernels import kernel
from autograd.sweep import stored, sweep
from autograd.value import apply


def graph(seed: int, operations: int = 30) -> tuple[list[Value], Value]:
    """Leaves, and a random graph of all kinds of nodes over them, with many repeated values."""
    draw = random.Random(seed)
    leaves = [Value(draw.uniform(-2, 2)) for _ in range(4)]
    nodes = list(leaves)
    for _ in range(operations):
        a, b, c = (draw.choice(nodes[-8:]) for _ in range(3))
        kind = draw.randrange(8)
        if kind == 0:
            new = autograd.dot([a, b], [b, c], c)
        elif kind == 1:
            new = autograd.sum([a, b, c, a])
        elif kind == 2:
            new = Value(a.data + b.data + c.data, (a, b, c), (1.0, 0.5, -1.0))
        elif kind == 3:
            new = Value(a.data * 2, (a,), "twice")
            new._backward = _doubling(new, a)
        else:
            new = [a + b, a * b, a - b * c, a.sigmoid()][kind - 4]
        nodes.append(new.tanh() if draw.random() < 0.3 or abs(new.data) > 5 else new)
    return leaves, nodes[-1]


def _doubling(node: Value, operand: Value) -> Callable[[], None]:
    def backward() -> None:
        operand.grad += 2.0 * node.grad

    return backward


def plainly(root: Value) -> None:
    """The backward pass, written plainly."""
    held = {id(node): node.grad for node in every_node(root) if not node._prev}
    zero = float("0")
    for node in every_node(root):
        node.grad = zero
    root.grad = 1.0
    for node in reversed(topological(root)):
        if node.grad is not zero:
            node._backward()
    for node in every_node(root):
        if not node._prev:
            node.grad = held[id(node)] + node.grad


@given(st.integers(0, 10**6), st.booleans())
def test_backward_is_the_plain_pass_to_the_bit(seed: int, twice: bool) -> None:
    _, fast = graph(seed)
    _, plain = graph(seed)
    for _ in range(1 + twice):
        fast.backward()
        plainly(plain)
    assert [v.grad for v in every_node(fast)] == [v.grad for v in every_node(plain)]
    checked = graph(seed)[1]
    with detect_anomaly():
        for _ in range(1 + twice):
            checked.backward()
    assert [v.grad for v in every_node(checked)] == [v.grad for v in every_node(fast)]


@given(st.integers(0, 10**6), st.sampled_from([1.0, -0.75]))
def test_backward_is_the_reverse_sweep_to_the_bit(seed: int, gradient: float) -> None:
    _, root = graph(seed)
    root.backward(gradient)
    found = sweep(topological(root), {root: gradient}, _slopes)
    assert [v.grad for v in every_node(root)] == [found[v] for v in every_node(root)]


def _slopes(node: Value) -> Callable[[int], float]:
    return (lambda i: 2.0) if node._closure is not None else stored(node)


def test_a_sweep_reaches_the_wanted_operands_only() -> None:
    a, b = Value(2.0), Value(3.0)
    inner = a * b
    root = inner + b
    found = sweep(topological(root), {root: 1.0}, stored, wanted={inner, a})
    assert found == {root: 1.0, inner: 1.0, a: 3.0}


@given(st.integers(0, 10**6))
def test_every_node_comes_after_its_operands_and_once(seed: int) -> None:
    _, root = graph(seed)
    place = {id(node): i for i, node in enumerate(every_node(root))}
    assert len(place) == len(every_node(root))
    assert all(place[id(operand)] < place[id(node)] for node in every_node(root) for operand in node._prev)
    assert topological(root) == [node for node in every_node(root) if node._prev]


def test_refresh_equals_rebuilding() -> None:
    def build(leaves: list[Value]) -> Value:
        a, b, c = leaves
        return autograd.dot([a, b * c, (a - b).exp()], [b, c, a / 3], c) * autograd.sum([a, b, c]) + a**2 + abs(c)

    leaves = [Value(1.0), Value(2.0), Value(-3.0)]
    root = build(leaves)
    for numbers in ([0.5, -1.0, 2.0], [3.0, 0.25, -0.125]):
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data = number
        fresh = build([Value(number) for number in numbers])
        assert root.refresh() is root
        assert [(v.data, v._local_grads) for v in topological(root)] == [
            (v.data, v._local_grads) for v in topological(fresh)
        ]
    leaf = Value(1.0)
    assert leaf.refresh() is leaf


def test_a_failed_refresh_changes_nothing() -> None:
    a, b = Value(2.0), Value(3.0)
    root = (autograd.dot([a, b], [b, a]) * b + a.log()) * 2
    before = [(v.data, v._local_grads) for v in topological(root)]
    a.data = -1.0
    with pytest.raises(ValueError, match="must be above 0"):
        root.refresh()
    assert [(v.data, v._local_grads) for v in topological(root)] == before
    a.data = 4.0
    assert root.refresh().data == (2 * 4.0 * 3.0 * 3.0 + math.log(4.0)) * 2
    whole = root * 2 + Value(8.0, (b,), (1.0,))
    before = [(v.data, v._local_grads) for v in topological(whole)]
    a.data = 5.0
    with pytest.raises(TypeError, match="made by hand"):
        whole.refresh()
    assert [(v.data, v._local_grads) for v in topological(whole)] == before


def test_a_refresh_may_overflow_unless_anomalies_are_looked_for() -> None:
    a = Value(1.0)
    y = a * 1e308
    a.data = 100.0
    with no_grad():
        assert y.refresh().data == math.inf
    a.data = 200.0
    with detect_anomaly(), pytest.raises(FloatingPointError, match="first result that is not finite"):
        y.refresh()


def test_a_refreshed_graph_is_freed_without_the_collector() -> None:
    gc.disable()
    try:
        a = Value(1.5)
        root = autograd.sum([a * a, a.tanh()]) * 2
        ends = [weakref.ref(node) for node in topological(root)]
        root.refresh().backward()
        root.refresh().backward()
        del root
        assert [end() for end in ends] == [None] * len(ends)
    finally:
        gc.enable()


class Alike(Value):
    """Equal to every object with the same number, and therefore without its own hash."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and self.data == other.data


def test_a_class_with_an_equality_of_its_own_works_in_every_walk() -> None:
    a, b = Alike(2.0, label="a"), Alike(2.0, label="b")
    y = autograd.dot([a, b], [b, a * a], b) + a * b
    y.backward()
    assert (a.grad, b.grad) == (2.0 + 8.0 + 2.0, 2.0 + 4.0 + 1.0 + 2.0)
    assert len(every_node(y)) == 6
    bp = Backprop(y)
    bp.run()
    assert bp.done
    assert "∂" in explain(y, a)
    assert formula(y) == "b + a * b + b * (a * a) + a * b"
    assert nudge(y, b).startswith("b goes from 2.0")
    assert "a" in tree(y)
    assert hessian(lambda v: autograd.dot(v, v))([Alike(1.0), Alike(1.0)])[0][0].data == 2.0
    assert y.refresh().data == y.expanded().data
    a.data = 3.0
    assert y.refresh().data == 3 * 2 + 2 * 9 + 2 + 6
    assert len({a, b}) == 2


def test_a_label_and_a_place_need_no_dict() -> None:
    y = Value(1.0) * 2
    assert (y.label, y.place) == ("", "")
    y.label, y.place = "y", "layers[0]"
    assert (y.label, y.place) == ("y", "layers[0]")
    assert y.__dict__ == {}
    y.note = "attached"  # type: ignore[attr-defined]
    assert y.__dict__ == {"note": "attached"}
    assert weakref.ref(y)() is y


def test_passes_from_a_leaf_add_up() -> None:
    a = Value(1.0)
    a.backward()
    a.backward(2.0)
    assert a.grad == 3.0


@pytest.mark.parametrize(("w", "x"), [(1.0, math.inf), (math.inf, 1.0), (2.0, 3.0)])
def test_zero_times_an_infinite_factor_is_nan_in_a_dot_too(w: float, x: float) -> None:
    for factor in (0.0, -1.0, 1.0):
        a, b = Value(w), Value(x)
        (autograd.dot([a], [b]) * factor).backward()
        assert str([a.grad, b.grad]) == str([factor * x, factor * w])


@pytest.mark.parametrize("context", [nullcontext, detect_anomaly])
def test_a_node_that_receives_nothing_does_not_end_the_pass(
    context: Callable[[], AbstractContextManager[None]],
) -> None:
    x = Value(1.0)
    y = (x * 2.0).exp() + apply(ops.STOP, x * 3.0)
    with context():
        y.backward()
    assert x.grad == 2.0 * math.exp(2.0)


def test_a_gradient_that_is_a_value_of_0_keeps_its_graph() -> None:
    uses: list[Callable[[Value], Value]] = [
        lambda a: autograd.dot([a], [3.0]),
        lambda a: autograd.sum([a, a, a]),
        lambda a: a * 3.0,
        lambda a: 1.0 + a * 3.0,
        lambda a: 1.0 + 3.0 * a,
    ]
    for use in uses:
        a, w = Value(2.0), Value(1.0)
        a.grad = held = w - 1.0
        use(a).backward()
        assert a.grad.data == held.data + 3.0
        a.grad.backward()
        assert w.grad == 1.0


def test_no_grad_keeps_nothing() -> None:
    a, b = Value(2.0), Value(3.0)
    with no_grad():
        results = [a + b, a * b, a - b, a / b, a**2, a.tanh(), 2 * a, autograd.dot([a], [b], b), autograd.sum([a, b])]
    assert [(v._prev, v._op, v._local_grads) for v in results] == [((), "", ())] * len(results)
    results[0].backward()
    assert (results[0].grad, a.grad) == (1.0, 0.0)


@pytest.mark.parametrize("number", [2.5, 0.0, -0.0, -3.0, math.inf, -math.inf, math.nan])
def test_inlined_operations_equal_the_declaration(number: float) -> None:
    a, b = Value(number), Value(-0.5)
    for written, operation, operands in (
        (a.relu(), ops.RELU, (a,)),
        (a + b, ops.ADD, (a, b)),
        (a * b, ops.MUL, (a, b)),
    ):
        declared = kernel(operation)(*[operand.data for operand in operands])
        assert str([written.data, *written._local_grads]) == str([*declared])
        assert (written._rule, written._prev) == (operation, operands)
