"""Sequences, normalisation, tables; where parameters are found; how large networks are shown."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, gradcheck
from autograd.graph import every_node


def test_a_sequence_of_modules_and_functions() -> None:
    first, last = nn.Layer(2, 3, nonlin=False, seed=1), nn.Layer(3, 1, nonlin=False, seed=2)
    network = nn.Sequential(first, autograd.tanh, last)
    x = [0.5, -1.0]
    assert network(x).data == last([v.tanh() for v in first(x)]).data
    assert len(network) == 3
    assert network[0] is first
    assert network.parameters() == first.parameters() + last.parameters()
    assert network.named_parameters()[0][0] == "parts[0].neurons[0].w[0]"
    assert nn.Sequential(last, Value.relu, nn.Layer(1, 2, seed=1))([1.0, 2.0, 3.0])[0].place
    with pytest.raises(TypeError, match=r"modules and functions as separate arguments, not \[.*\(list\)"):
        nn.Sequential([first, last])  # type: ignore[arg-type]


def test_numbers_are_normalised_as_in_pytorch() -> None:
    norm = nn.LayerNorm(4)
    for v, weight, bias in zip(norm.weight, (1.0, 2.0, -1.0, 0.5), (0.0, 0.1, 0.2, 0.3), strict=True):
        v.data = weight
        assert norm.bias is not None
        norm.bias[norm.weight.index(v)].data = bias
    x = [Value(v) for v in (0.5, -2.0, 3.0, 0.1)]
    y = norm(x)
    autograd.dot(y, [1.0, -2.0, 0.5, 3.0]).backward()
    expected = [0.05629886376837414, -2.6023454608819576, -1.2637704579777271, 0.2155517043474388]
    assert [v.data for v in y] == pytest.approx(expected, rel=1e-13)
    slopes = [0.8090174614116046, -1.1192883491569234, -0.9221028729641851, 1.2323737607095038]
    assert [v.grad for v in x] == pytest.approx(slopes, rel=1e-12)
    weights = [0.05629886376837415, 2.7023454608819577, 0.7318852289888635, -0.506689773915367]
    assert [v.grad for v in norm.weight] == pytest.approx(weights, rel=1e-13)
    assert gradcheck(lambda v: nn.LayerNorm(3)(v)[0], [[0.3, -0.5, 1.0]])
    assert len(nn.LayerNorm(3, bias=False).parameters()) == 3
    with pytest.raises(ValueError, match=r"LayerNorm\(4\) takes 4 numbers, not 1"):
        norm([1.0])


def test_a_new_normalisation_standardises_only() -> None:
    x = [1.0, 2.0, 6.0]
    scale = np.sqrt(np.var(x) + 1e-5)
    expected = pytest.approx((np.array(x) - 3.0) / scale, rel=1e-13)
    for norm in (nn.LayerNorm(3), nn.LayerNorm(3, bias=False), nn.LayerNorm(3, 0.0)):
        assert [v.data for v in norm(x)] == (expected if norm.eps else pytest.approx((np.array(x) - 3.0) / np.std(x)))
    named = [v.label for v in nn.LayerNorm(1, place="last").parameters()]
    assert named == ["last.weight[0]", "last.bias[0]"]
    assert [v.label for v in nn.LayerNorm(1).parameters()] == ["weight[0]", "bias[0]"]
    with pytest.raises(ValueError, match=r"eps.*-0\.5"):
        nn.LayerNorm(3, -0.5)
    with pytest.raises(ValueError, match="at least 1, not 0"):
        nn.LayerNorm(0)


def test_a_sequence_is_drawn_with_the_inputs_of_its_first_module() -> None:
    first = nn.Layer(2, 3, seed=1)
    for network, count in (
        (nn.Sequential(first), 2),
        (nn.Sequential(nn.LayerNorm(3), nn.Neuron(3)), 3),
        (nn.Sequential(nn.Sequential(nn.MLP(4, [2]))), 4),
        (nn.Sequential(autograd.tanh, first), 0),
        (nn.Sequential(), 0),
    ):
        drawn = every_node(*network._example())
        assert len([v for v in drawn if v.label.startswith("x[")]) == count


def test_there_is_no_part_beyond_the_last() -> None:
    first = nn.Layer(2, 3, seed=1)
    for i in (2, -3):
        with pytest.raises(IndexError, match=f"part {i} of a Sequential of 2"):
            nn.Sequential(first, autograd.tanh)[i]
    with pytest.raises(TypeError, match=r"whole number.*'a'"):
        nn.Sequential(first)["a"]  # type: ignore[index]


def test_rows_of_a_table() -> None:
    table = nn.Embedding(5, 2, seed=1)
    assert table(3) is table.weight[3]
    assert table([0, 4]) == [table.weight[0], table.weight[4]]
    index = Value(2)
    row = table(index)
    autograd.sum([v * v for v in row]).backward()
    assert [v.grad for v in table.weight[2]] == [2 * v.data for v in table.weight[2]]
    assert all(v.grad == 0.0 for i in (0, 1, 3, 4) for v in table.weight[i])
    assert len(table.parameters()) == 10
    assert repr(table) == "Embedding(5, 2)"
    assert table.weight[4][1].label == "weight[4][1]"
    for wrong in (5, -1, Value(0.5)):
        with pytest.raises(IndexError, match="a whole number from 0 to 4"):
            table(wrong)
    with pytest.raises(ValueError, match="the rows of an Embedding must be at least 1"):
        nn.Embedding(0, 2)
    with pytest.raises(ValueError, match="the columns of an Embedding must be at least 1"):
        nn.Embedding(2, 0)
    with pytest.raises(ValueError, match="the numbers of an Embedding"):
        nn.Embedding(10**6, 10**6)
    assert nn.Embedding(1, 1, place="table").weight[0][0].label == "table.weight[0][0]"


# Where parameters are found


class Slotted(nn.Module):
    __slots__ = ("a",)
    b: ClassVar[Value] = Value(2.0)
    sizes: ClassVar[list[int]] = [1, 2]

    def __init__(self) -> None:
        self.a = Value(1.0)
        self.array = np.array([[Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]])
        self.alone = np.array(Value(7.0))


def test_parameters_in_slots_classes_and_arrays() -> None:
    module = Slotted()
    found = dict(module.named_parameters())
    names = ["array[0][0]", "array[0][1]", "array[1][0]", "array[1][1]", "alone", "a", "b"]
    assert list(found) == names
    assert [v.data for v in found.values()] == [3.0, 4.0, 5.0, 6.0, 7.0, 1.0, 2.0]
    assert found["array[1][0]"] is module.array[1, 0]
    assert found["b"] is Slotted.b
    state = module.state_dict()
    state["array[0]"] = [30.0, 40.0]
    module.load_state_dict(state)
    assert module.array[0, 1].data == 40.0
    module.b = Value(20.0)  # type: ignore[misc]
    assert [v.data for v in module.parameters()][-2:] == [20.0, 1.0]


def test_parameters_in_a_set_are_refused() -> None:
    class Unordered(nn.Module):
        def __init__(self, parts: Any) -> None:
            self.parts = parts

    assert Unordered({"relu", 1}).parameters() == []
    for parts in ({Value(1.0)}, frozenset({nn.Neuron(1)})):
        with pytest.raises(TypeError, match="parts is a set"):
            Unordered(parts).parameters()


def test_large_networks_are_shown_in_short() -> None:
    assert repr(nn.Layer(64, 40)) == "Layer of [40 × ReLUNeuron(64)]"
    assert repr(nn.Layer(2, 16)).count("ReLUNeuron(2)") == 16
    assert len(repr(nn.MLP(64, [128, 64, 10]))) < 300
