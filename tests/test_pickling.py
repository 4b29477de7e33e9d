"""Graphs survive pickling and deep copying complete, with shared nodes still shared."""

import copy
import math
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value


def through_pickle(protocol: int) -> Callable[[Any], Any]:
    return lambda x: pickle.loads(pickle.dumps(x, protocol))


WAYS: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    **{f"protocol {p}": through_pickle(p) for p in range(pickle.HIGHEST_PROTOCOL + 1)},
    "pickle in Python": lambda x: pickle.loads(pickle._dumps(x)),  # type: ignore[attr-defined]
}
way = pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)


@way
def test_copy_is_differentiated_like_the_original(again: Callable[[Any], Any]) -> None:
    a, b = Value(2.0, label="a"), Value(3.0)
    y = (a * b + a**2).tanh() * a.maximum(b) + (-a).exp()
    twin_a, twin_b, twin = again((a, b, y))
    y.backward()
    twin.backward()
    assert (twin.data, twin_a.grad, twin_b.grad) == (y.data, a.grad, b.grad)
    assert twin_a is not a
    assert twin_a.label == "a"


@way
def test_copying_a_root_copies_its_leaves(again: Callable[[Any], Any]) -> None:
    a = Value(2.0)
    twin = again(a * a * a)
    twin.backward()
    (square, cube_root) = twin._prev
    assert square._prev == (cube_root, cube_root)
    assert cube_root.grad == 12.0
    assert a.grad == 0.0


@way
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_shared_objects_stay_shared(again: Callable[[Any], Any], order: tuple[int, ...]) -> None:
    a = Value(2.0)
    hidden = a * a
    one, two = hidden + 1, hidden * a
    nodes = [a, hidden, one, two]
    copies = again([nodes[i] for i in order])
    a2, hidden2, one2, two2 = (copies[order.index(i)] for i in range(4))
    assert one2._prev[0] is hidden2
    assert two2._prev == (hidden2, a2)
    assert hidden2._prev == (a2, a2)


@way
def test_everything_attached_survives(again: Callable[[Any], Any]) -> None:
    a = Value(2.0, label="weight")
    a.m, a.other = 0.5, Value(7.0) * 2  # type: ignore[attr-defined]
    y = a.sin()
    y.label, y.place, y.seen = "y", "layers[0]", [a]  # type: ignore[attr-defined]
    y.backward()
    twin = again(y)
    (leaf,) = twin._prev
    assert (twin.label, twin.place, twin.grad, twin._op, twin._local_grads) == (
        "y",
        "layers[0]",
        1.0,
        "sin",
        y._local_grads,
    )
    assert (leaf.label, leaf.m, leaf.grad, leaf.other.data) == ("weight", 0.5, a.grad, 14.0)
    assert twin.seen == [leaf]


@way
def test_handmade_nodes_with_numbers(again: Callable[[Any], Any]) -> None:
    a, b = Value(2.0), Value(5.0)
    y = Value(10.0, (a, b), (5.0, 2.0))
    z = Value(1.0, (a,), "shown") + y
    twin = again(z)
    twin.backward()
    shown, product = twin._prev
    assert (shown._op, shown._local_grads) == ("shown", ())
    assert [leaf.grad for leaf in product._prev] == [5.0, 2.0]
    assert again(Value(1.0, _op="input"))._op == "input"


def test_a_graph_of_very_many_constant_exponents() -> None:
    """More operations of a family than are cached."""
    x = Value(1.5)
    y = sum((x ** (i / 700) for i in range(1500)), Value(0.0))
    assert pickle.loads(pickle.dumps(y)).refresh().data == y.data


@pytest.mark.parametrize("again", [copy.deepcopy, pickle.dumps])
def test_assigned_backward_is_refused(again: Callable[[Any], Any]) -> None:
    a = Value(2.0)
    y = Value(4.0, (a,), "square")
    y._backward = lambda: None
    with pytest.raises(TypeError, match=r"square\(2\.0\).*_backward.*autograd\.operation"):
        again(y + 1)


class Weight(Value):
    """A user's subclass of Value."""


@way
def test_subclasses_keep_their_class(again: Callable[[Any], Any]) -> None:
    w = Weight(2.0)
    node = Weight(4.0, (w,), (2.0,))
    twin, leaf = again((node, w))
    assert type(twin) is type(leaf) is Weight
    assert twin._prev == (leaf,)


def test_a_pickle_shows_the_moment_it_was_made() -> None:
    a = Value(2.0)
    y = a * 3
    pickler = pickle.dumps(y)
    a.data = 5.0
    y.refresh()
    assert pickle.loads(pickler).data == 6.0
    assert pickle.loads(pickle.dumps(y)).data == 15.0


def test_many_small_graphs_together() -> None:
    weights = [Value(float(i)) for i in range(3000)]
    twins = pickle.loads(pickle.dumps([w * w for w in weights]))
    assert [y._prev[0].data for y in twins] == [float(i) for i in range(3000)]


def test_depth_is_no_obstacle() -> None:
    x = Value(1.0)
    y = x
    for _ in range(10_000):
        y = y + x
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        twin.backward()
        assert twin._prev[1].grad == 10_001


def test_threads_do_not_share_snapshots() -> None:
    x = Value(2.0)
    y = x * x
    results: list[float] = []

    def work() -> None:
        results.extend(copy.deepcopy(y * 2).data for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [8.0] * 100


def test_a_graph_of_derivatives_stays_quiet_outside_the_domain() -> None:
    x = Value(4.0)
    x.sqrt().backward(create_graph=True)
    for slope, leaf in ([x.grad, x], pickle.loads(pickle.dumps([x.grad, x])), copy.deepcopy([x.grad, x])):
        assert slope.data == 0.25
        leaf.data = 0.0
        assert slope.refresh().data == math.inf
        leaf.data = 4.0
        slope.refresh()
