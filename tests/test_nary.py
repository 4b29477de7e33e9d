"""`sum` and `dot`, one node each, equal their expansions, to the bit."""

from __future__ import annotations

import operator
import pickle
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
import viz.export
from autograd import Backprop, Value, derivation, detect_anomaly, formula, grad, gradcheck, hessian, jvp, no_grad, tree
from autograd.graph import topological
from autograd.nary import DOT, SUM, Nary
from autograd.structure import flat
from autograd.value import apply


def tangle(seed: int, operations: int = 12) -> tuple[list[Value], Value]:
    """Leaves, and a graph of sums and products of any length over them, with many repeated values."""
    draw = random.Random(seed)
    leaves = [Value(draw.uniform(-2, 2), label=f"v{i}") for i in range(5)]
    nodes = list(leaves)
    for _ in range(operations):
        n = draw.randrange(1, 6)
        ws, xs, bias = ([draw.choice(nodes) for _ in range(k)] for k in (n, n, draw.randrange(2)))
        kind = draw.choice("sdt")
        made = autograd.sum([*ws, *xs]) if kind == "s" else autograd.dot(ws, xs, *bias) if kind == "d" else ws[0]
        nodes.append(made.tanh())
    return leaves, autograd.dot(nodes[-4:], nodes[:4], nodes[4])


def spelled_gradients(root: Value) -> dict[int, float]:
    """The gradients of the expanded graph by a tape, with each sum written out in place of its node."""
    tape: list[tuple[int, list[tuple[int, float]]]] = []
    data: dict[int, float] = {}
    fresh = iter(range(-1, -100_000, -1))

    def record(key: int, number: float, *sends: tuple[int, float]) -> int:
        data[key] = number
        tape.append((key, [*sends]))
        return key

    for node in topological(root):
        keys = [id(operand) for operand in node._prev]
        data.update((id(operand), operand.data) for operand in node._prev if not operand._prev)
        if node._rule not in (SUM, DOT):
            record(id(node), node.data, *zip(keys, node._local_grads, strict=True))
            continue
        n = len(keys) // 2 if node._rule is DOT else 0
        products = zip(keys[:n], keys[n : 2 * n], strict=True)
        terms = [(key,) for key in keys[2 * n :]] + list(products)
        total = 0
        for k, term in enumerate(terms):
            key = term[0]
            if len(term) == 2:
                a, b = term
                key = record(next(fresh), data[a] * data[b], (a, data[b]), (b, data[a]))
            total = record(next(fresh), data[total] + data[key], (total, 1.0), (key, 1.0)) if k else key
        record(id(node), data[total], (total, 1.0))
        assert data[total] == node.data
    grads = dict.fromkeys(data, 0.0)
    grads[id(root)] = 1.0
    for key, sends in reversed(tape):
        for operand, slope in sends:
            grads[operand] += slope * grads[key]
    return grads


@given(st.integers(0, 10**6))
def test_gradients_equal_those_of_the_expanded_graph_bit_for_bit(seed: int) -> None:
    leaves, root = tangle(seed)
    expected = spelled_gradients(root)
    root.backward()
    for node in (*topological(root), *leaves):
        assert node.grad == expected.get(id(node), 0.0)
    pass_ = Backprop(tangle(seed)[1])
    pass_.run()
    assert [v.grad for v in topological(pass_.loss)] == [v.grad for v in topological(root)]


@given(st.integers(0, 10**6))
def test_the_expanded_graph_computes_the_same(seed: int) -> None:
    leaves, root = tangle(seed)
    root.backward()
    found = [leaf.grad for leaf in leaves]
    spelled = root.expanded()
    assert {node._op for node in topological(spelled)} <= {"+", "*", "tanh"}
    assert (spelled.data, spelled.grad) == (root.data, 1.0)
    for leaf in leaves:
        leaf.grad = 0.0
    spelled.refresh().backward()
    assert spelled.data == root.data
    assert [leaf.grad for leaf in leaves] == pytest.approx(found, rel=1e-9, abs=1e-12)


def test_the_expansion_shows_the_forward_pass_of_the_original() -> None:
    """Its numbers, derivatives, gradients, labels and places."""
    root, twin = tangle(5)[1], tangle(5)[1]
    for i, node in enumerate(topological(root)):
        node.label, node.place = f"n{i}", "here" if node._rule is DOT else ""
    root.backward()
    spelled, fresh = topological(root.expanded()), topological(twin.expanded().refresh())
    assert [(v._op, v.data, v._local_grads) for v in spelled] == [(v._op, v.data, v._local_grads) for v in fresh]
    originals = {v.label: v for v in topological(root)}
    named = [v for v in spelled if v.label]
    assert len(named) == len(originals)
    assert all(v.grad == originals[v.label].grad and v.place == originals[v.label].place for v in named)
    w, x, b = Value(2.0), Value(3.0), Value(1.0)
    neuron = autograd.dot([w], [x], b)
    neuron.place = "neuron"
    (neuron * 5).backward()
    w.data = 7.0
    product, whole = topological(neuron.expanded())
    assert (product.data, product._local_grads, whole.data) == (6.0, (3.0, 2.0), 7.0)
    assert (product.grad, whole.grad) == (5.0, 5.0)
    assert product.place == whole.place == "neuron"


def test_a_node_made_by_hand_stays_in_the_expansion() -> None:
    a = Value(2.0)
    cube = Value(8.0, (a,), "cube")

    def backward() -> None:
        a.grad += 3 * a.data**2 * cube.grad

    cube._backward = backward
    spelled = autograd.sum([cube, a, a]).expanded()
    assert [v._op for v in topological(spelled)] == ["cube", "+", "+"]
    assert topological(spelled)[0] is cube
    spelled.backward()
    assert a.grad == 14.0


def test_a_network_and_its_expansion_agree_to_the_bit() -> None:
    model = nn.MLP(4, [5, 3], "tanh", seed=3)
    loss = nn.squared_error(model([0.5, -1.0, 2.0, 0.25]), [0.0, 1.0, -1.0])
    loss.backward()
    found = [p.grad for p in model.parameters()]
    model.zero_grad()
    loss.expanded().backward()
    assert [p.grad for p in model.parameters()] == found
    assert loss.expanded()._prev[0].place == loss._prev[0].place


def test_operands_and_order_of_addition() -> None:
    w, x, b = [Value(1e16), Value(1.0)], [Value(1.0), Value(1.0)], Value(-1e16)
    y = autograd.dot(w, x, b)
    assert y._prev == (*w, *x, b)
    assert (y._op, y._rule, y.data) == ("dot", DOT, 1.0)  # from the left: the 1 would be lost in 1e16
    assert autograd.dot(w, x).data == 1e16
    total = autograd.sum([*w, *x], b)
    assert (total._prev, total._op, total._rule) == ((b, *w, *x), "sum", SUM)
    assert autograd.dot([2.0], [3.0])._local_grads == (3.0, 2.0)
    assert autograd.dot([], [], b) is b


def test_a_missing_bias_does_not_change_the_sign_of_zero() -> None:
    assert str(autograd.dot([-0.0], [1.0]).data) == "-0.0"


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_every_order_of_derivatives(seed: int) -> None:
    def f(w: list[Value], x: list[Value], b: Value) -> Value:
        y = autograd.dot(w, x, b).tanh()
        return autograd.sum([y, *w, autograd.dot(w, w)]) * y

    def by_hand(w: list[Value], x: list[Value], b: Value) -> Value:
        y = b
        for a, c in zip(w, x, strict=True):
            y = y + a * c
        y = y.tanh()
        total = y
        for a in w:
            total = total + a
        squares = w[0] * w[0]
        for a in w[1:]:
            squares = squares + a * a
        return (total + squares) * y

    draw = random.Random(seed)
    args = [[draw.uniform(-1, 1) for _ in range(3)] for _ in range(2)] + [0.5]
    assert gradcheck(f, args)
    for derivative in (grad, hessian):
        mine, theirs = (derivative(g)(*args) for g in (f, by_hand))
        assert [*flat(mine)] == pytest.approx([*flat(theirs)], rel=1e-9, abs=1e-9)
    third = [[*flat(hessian(lambda w, g=g: grad(g)(w, *args[1:])[1])(args[0]))] for g in (f, by_hand)]
    assert third[0] == pytest.approx(third[1], rel=1e-8, abs=1e-8)
    speeds = [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0], -1.0]
    assert jvp(f, args, speeds)[1] == pytest.approx(jvp(by_hand, args, speeds)[1])


def test_create_graph() -> None:
    w, x = [Value(2.0), Value(3.0)], [Value(5.0), Value(7.0)]
    y = autograd.dot(w, x) ** 2
    y.backward(create_graph=True)
    w[0].grad.backward()  # d(2·y·x0)/dx1 = 2·x0·w1
    assert x[1].grad.data == pytest.approx(2 * 5.0 * 3.0 + 2 * 31.0 * 3.0)


def test_it_is_refreshed_pickled_checked_and_cut() -> None:
    w, x, b = [Value(2.0), Value(3.0)], [Value(5.0), Value(7.0)], Value(1.0)
    y = autograd.dot(w, x, b)
    assert gradcheck(autograd.sum([y, *x]))
    w[0].data = 4.0
    assert y._local_grads == (5.0, 7.0, 2.0, 3.0, 1.0)
    assert y.refresh().data == 4 * 5 + 3 * 7 + 1
    copy = pickle.loads(pickle.dumps(y))
    assert (copy._rule, copy.data, copy._local_grads) == (DOT, y.data, y._local_grads)
    copy.backward()
    assert [v.grad for v in copy._prev] == [5.0, 7.0, 4.0, 3.0, 1.0]
    with no_grad():
        assert autograd.dot(w, x, b)._prev == autograd.sum(w)._prev == ()
    with detect_anomaly(), pytest.raises(FloatingPointError, match="is inf"):
        autograd.dot([1e308, 1e308], [1.0, 1.0])


def test_descriptions_show_the_summands() -> None:
    w, x = ([Value(float(i), label=f"{name}{i}") for i in range(1, 10)] for name in "wx")
    b = Value(1.0, label="b1")
    y = autograd.dot(w[:2], x[:2], b)
    assert formula(y) == "b1 + w1 * x1 + w2 * x2"
    assert formula(autograd.dot([y, y], x[:2])) == "(b1 + w1 * x1 + w2 * x2) * x1 + (b1 + w1 * x1 + w2 * x2) * x2"
    long = autograd.dot(w, x, b)
    step = next(Backprop(long))
    assert "b1 + w1 * x1 + … + w9 * x9 = 1.0 + 1.0 * 1.0 + … + 9.0 * 9.0 = 286.0" in step.title
    assert [change.node for change in step.changes] == [*long._prev]
    assert "x4 = 4.0" in step.changes[3].rule
    assert tree(y.expanded()).count("*") >= 4


def test_a_value_used_twice_in_a_sum_gets_both_shares() -> None:
    x = Value(3.0, label="x")
    y = autograd.dot([x, x], [x, 2.0], x)
    y.backward()
    assert x.grad == 2 * 3.0 + 2.0 + 1.0


@pytest.mark.parametrize(("operands", "shown"), [(4, "1e+308, 1e+308, 1e+308, 1e+308)"), (6, "1e+308, … 3 more)")])
def test_a_message_names_the_first_of_many_operands(operands: int, shown: str) -> None:
    with detect_anomaly(), pytest.raises(FloatingPointError) as raised:
        autograd.sum([Value(1e308)] * operands)
    assert shown in str(raised.value)


class Energy(Nary):
    """`x0 * x0 + x1 * x1 + …`: a kind of sum of which no other file knows."""

    __slots__ = ()

    def terms(self, operands: Sequence[Any], times: Callable[[Any, Any], Any] = operator.mul) -> Iterable[Any]:
        """x0 * x0, x1 * x1, …"""
        return map(times, operands, operands)

    def slope(self, i: int, m: object, y: object, operands: Sequence[Any]) -> Any:
        """Twice the operand."""
        return 2.0 * operands[i]


def test_a_new_kind_of_sum_needs_only_a_declaration() -> None:
    energy = Energy("energy", "twice the operand")
    a, b, c = leaves = [Value(x, label=name) for x, name in ((1.0, "a"), (-2.0, "b"), (3.0, "c"))]
    y = apply(energy, a, b, c)
    y.label = "y"
    y.backward()
    assert (y.data, [v.grad for v in leaves]) == (14.0, [2.0, -4.0, 6.0])
    assert formula(y) == formula(y.expanded()) == "a * a + b * b + c * c"
    assert derivation(y, b).splitlines()[0] == "∂y/∂b = 2 * b"
    assert gradcheck(y)
    assert hessian(lambda x: apply(energy, *x))([1.0, 2.0]) == [[2.0, 0.0], [0.0, 2.0]]
    program = autograd.compile(y, inputs=[a], params=[b, c])
    assert program([[1.0], [2.0]]).tolist() == [14.0, 17.0]
    assert program.value_and_grad([[1.0]])[1].tolist() == [-4.0, 6.0]
    rules: Any = viz.export.exported(y).data["rules"]
    assert rules[0]["slopes"][1] == ["*", ["number", 2.0], ["name", "x1"]]
