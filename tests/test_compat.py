"""Programs written for micrograd and its relatives run with only their import changed, and without known defects."""

from __future__ import annotations

import copy
import math
import pickle
import random
from typing import Any

import micrograd.nn
import numpy as np
import pytest

from autograd import Value
from nn import MLP, Layer, Neuron


def test_construction_by_position_and_keyword() -> None:
    a, b = Value(2.0, label="a"), Value(3.0)
    assert Value(5.0, (a, b), "+", "sum").label == "sum"
    assert Value(5.0, _children=(a, b), _op="+")._prev == (a, b)
    assert Value(5.0, _prev=(a, b))._children == (a, b)
    product = Value(6.0, (a, b), (3.0, 2.0))
    assert product._local_grads == (3.0, 2.0)
    product.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)


def test_fields_can_be_written_and_new_ones_attached() -> None:
    p: Any = Value(1.0)
    p.m = p.v = 0.5
    p.data, p.grad, p.label = 2, 3.0, "p"
    p.grad += 1.0
    assert (p.data, p.grad, p.label, p.m) == (2.0, 4.0, "p", 0.5)


def test_ops_are_named_as_there() -> None:
    a = Value(2.0)
    made = [a, a + 1, a * 2, a**2, a.relu(), a.tanh(), a.exp(), a.log()]
    assert [v._op for v in made] == ["", "+", "*", "**2", "ReLU", "tanh", "exp", "log"]
    assert (a + a)._prev == (a, a)


def test_the_lectures_way_by_hand() -> None:
    x, w = Value(2.0), Value(-3.0)
    n = x * w
    o = n.tanh()
    o.grad = 1.0
    o._backward()
    n._backward()
    x._backward()
    slope = 1 / math.cosh(-6.0) ** 2
    assert (n.grad, x.grad, w.grad) == pytest.approx((slope, -3.0 * slope, 2.0 * slope))


def test_a_closure_of_the_learners_own_is_honoured() -> None:
    a = Value(0.5)
    out = Value(math.sin(a.data), (a,), "sin")

    def backward() -> None:
        a.grad += math.cos(a.data) * out.grad

    out._backward = backward
    (out * 2).backward()
    assert a.grad == 2 * math.cos(0.5)
    with pytest.raises(TypeError, match="made by hand"):
        (out * 2).backward(create_graph=True)


def test_sums_in_place_forms_and_formats() -> None:
    a = Value(2.0)
    total: Any = sum([a, a])
    assert total.data == 4.0
    assert sum([a], Value(1.0)).data == 3.0
    b = a
    b += 1
    b *= 2
    b -= 1
    b /= 5
    b **= 2
    assert (a.data, b.data) == (2.0, 1.0)
    assert f"{a:.2f} {a.data:.1f} {a.grad:.1f}" == "2.00 2.0 0.0"
    assert len({a, Value(2.0)}) == 2
    assert a != Value(2.0)
    assert a < 3
    assert a >= Value(2.0)


def test_repr() -> None:
    assert repr(Value(-2.0)) == "Value(data=-2.0, grad=0.0)"
    assert repr(Value(-2.0, label="x")) == "x = Value(data=-2.0, grad=0.0)"


def test_numpy_on_either_side() -> None:
    v = Value(3.0)
    assert type(np.int64(2) * v) is type(v * np.float64(2)) is Value
    weights = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(5.0), Value(6.0)])
    assert [y.data for y in weights @ x] == [17.0, 39.0]
    scaled: Any = v * np.array([1.0, 2.0])
    assert [y.data for y in scaled] == [3.0, 6.0]


def test_functions_of_math_and_float_do_not_cut_the_graph_silently() -> None:
    for cut in (math.exp, float, int):
        with pytest.raises(TypeError, match=r"use v\.data for the number, and v\.exp\(\)"):
            cut(Value(1.0))


def test_networks_have_the_same_shape_and_random_weights() -> None:
    random.seed(1337)
    model = MLP(3, [4, 1])
    random.seed(1337)
    expected = []
    for nin, nout in ((3, 4), (4, 1)):
        for _ in range(nout):
            expected += [random.uniform(-1, 1) for _ in range(nin)] + [0.0]
    assert [p.data for p in model.parameters()] == expected
    assert repr(MLP(2, [2, 1])) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    assert isinstance(model([1.0, 2.0, 3.0]), Value)
    assert len(Layer(2, 3)([1.0, 2.0])) == 3
    neuron = Neuron(2, nonlin=False)
    assert (len(neuron.w), neuron.b.data, neuron.nonlin) == (2, 0.0, False)
    assert model.layers[0].neurons[0].w[0] is model.parameters()[0]


def test_the_published_numbers() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert [round(x, 4) for x in (g.data, a.grad, b.grad)] == [24.7041, 138.8338, 645.5773]


def user_trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    nodes, edges = set(), set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def test_user_written_trace_works() -> None:
    a = Value(2.0)
    nodes, edges = user_trace(a * a + 1)
    assert (len(nodes), len(edges)) == (4, 3)


# Known defects of that family


def test_depth_is_no_obstacle() -> None:
    xs = [Value(1.0) for _ in range(2_000)]
    sum(xs).backward()  # type: ignore[union-attr]
    assert {x.grad for x in xs} == {1.0}
    neuron = Neuron(1024)
    neuron([1.0] * 1024).backward()


def test_a_second_backward_doubles_the_leaves() -> None:
    a = Value(2.0)
    y = (a * a) * 3
    y.backward()
    assert a.grad == 12.0
    y.backward()
    assert a.grad == 24.0


def test_two_losses_that_share_a_part() -> None:
    a = Value(3.0)
    shared = a * a
    (shared * 2).backward()
    (shared * 4.5).backward()
    assert a.grad == 39.0


def test_deepcopies_and_pickles_are_whole() -> None:
    a = Value(2.0, label="a")
    y = a.tanh() * a
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        twin.backward()
        (leaf,) = {v for node in (twin, *twin._prev) for v in node._prev if v.label == "a"}
        assert leaf is not a
        assert leaf.grad != 0.0
    assert a.grad == 0.0


def test_data_changed_after_the_forward_pass_does_not_corrupt_backward() -> None:
    a, b = Value(2.0), Value(3.0)
    y = a * b
    a.data = 100.0
    y.backward()
    assert b.grad == 2.0
    assert y.refresh().data == 300.0


def test_plus_keeps_the_graph_and_x_to_the_x_is_right() -> None:
    a = Value(2.0)
    (+a * 3).backward()
    assert a.grad == 3.0
    b = Value(3.0)
    (b**b).backward()
    assert b.grad == pytest.approx(27 * (math.log(3) + 1), rel=1e-15)


def test_gradients_are_the_same_in_each_run() -> None:
    def run() -> list[float]:
        rnd = random.Random(5)
        xs = [Value(rnd.gauss(0, 1)) for _ in range(50)]
        total = sum(rnd.choice(xs) * rnd.choice(xs).tanh() for _ in range(500))
        total.backward()  # type: ignore[union-attr]
        return [x.grad for x in xs]

    assert run() == run()


def test_training_goes_as_on_micrograd_itself() -> None:
    """The demo's loop, the same source on both: hinge loss, weight decay, a falling rate."""

    def losses(mlp: Any) -> list[float]:
        random.seed(1337)
        model = mlp(2, [8, 8, 1])
        draw = random.Random(0)
        points = [([draw.uniform(-1, 1), draw.uniform(-1, 1)], draw.choice((-1, 1))) for _ in range(20)]
        found = []
        for k in range(4):
            scores = [model(x) for x, _ in points]
            hinge = [(1 + -y * score).relu() for (_, y), score in zip(points, scores, strict=True)]
            total = sum(hinge) * (1.0 / len(hinge)) + 1e-4 * sum(p * p for p in model.parameters())
            model.zero_grad()
            total.backward()
            for p in model.parameters():
                p.data -= (1.0 - 0.9 * k / 100) * p.grad
            found.append(total.data)
        return found

    assert losses(MLP) == pytest.approx(losses(micrograd.nn.MLP), rel=1e-9)


def test_a_program_in_the_manner_of_microgpt() -> None:
    """The program gives local gradients as numbers, and has its own backward pass."""

    def product(a: Value, b: Value) -> Value:
        return Value(a.data * b.data, (a, b), (b.data, a.data))

    def by_hand(root: Value) -> None:
        order: list[Value] = []
        visited: set[Value] = set()

        def build(v: Value) -> None:
            if v not in visited:
                visited.add(v)
                for child in v._children:
                    build(child)
                order.append(v)

        build(root)
        root.grad = 1
        for v in reversed(order):
            for child, local in zip(v._children, v._local_grads, strict=True):
                child.grad += local * v.grad

    grads = []
    for backward in (by_hand, Value.backward):
        a, b = Value(2.0), Value(-3.0)
        backward(product(product(a, b), a) + b)
        grads.append((a.grad, b.grad))
    assert grads == [(-12.0, 5.0)] * 2
