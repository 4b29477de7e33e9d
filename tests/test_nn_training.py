"""Optimisers and their state, gradient clipping, and binary losses, compared with numbers of PyTorch 2.13."""

from __future__ import annotations

import copy
import json
import math
import pickle
import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, gradcheck

GRADIENTS = [(0.3, -2.0), (-0.1, 0.7), (5.0, 0.0), (1e-3, 1e3)]
PYTORCH: list[tuple[Callable[[Any], Any], tuple[float, float]]] = [
    (lambda p: nn.Adam(p, lr=0.1, weight_decay=0.05), (0.23218444850178827, -1.1322613583446801)),
    (lambda p: nn.AdamW(p, lr=0.1, weight_decay=0.05), (0.232734831369758, -1.116753939699766)),
    (lambda p: nn.SGD(p, lr=0.1, weight_decay=0.05, momentum=0.9), (-0.5449595646875001, -100.70344816640625)),
]


@pytest.mark.parametrize(("make", "expected"), PYTORCH)
def test_steps_are_those_of_pytorch(make: Callable[[Any], Any], expected: tuple[float, float]) -> None:
    params = [Value(0.5), Value(-1.25)]
    optimiser = make(params)
    for gradients in GRADIENTS:
        for p, g in zip(params, gradients, strict=True):
            p.grad = g
        optimiser.step()
    assert [p.data for p in params] == pytest.approx(expected, rel=1e-13)


KINDS: list[Callable[[Any], nn.optimisers.Optimiser]] = [
    lambda p: nn.SGD(p, lr=0.1, momentum=0.9),
    lambda p: nn.Adam(p, lr=nn.warmup(nn.cosine(0.1, 20), 3), weight_decay=0.01),
    lambda p: nn.AdamW(p, lr=nn.exponential(0.1, 0.9), betas=(0.8, 0.99)),
]


def trained(network: nn.Module, optimiser: Any, steps: range) -> list[float]:
    for step in steps:
        rng = random.Random(step)
        network.zero_grad()
        loss = nn.mse(network([rng.random(), rng.random()]), rng.random())  # type: ignore[operator]
        loss.backward()
        optimiser.step()
    return [p.data for p in network.parameters()]


@pytest.mark.parametrize("make", KINDS)
def test_a_run_resumes_bit_for_bit(make: Callable[[Any], Any]) -> None:
    """From a state loaded from a file, in a copy of the model whose parameters are in another order."""
    whole = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    expected = trained(whole, make(whole.parameters()), range(10))
    first = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    optimiser = make(first.parameters())
    trained(first, optimiser, range(5))
    model, state = json.loads(json.dumps([first.state_dict(), optimiser.state_dict()]))
    second = nn.MLP(2, [3, 1], activation="tanh", seed=99)
    second.load_state_dict(model)
    goes_on = make(second.parameters()[::-1])
    goes_on.load_state_dict(state)
    assert goes_on.rate == optimiser.rate
    assert trained(second, goes_on, range(5, 10)) == expected
    assert trained(first, pickle.loads(pickle.dumps(optimiser)), range(0)) == trained(first, optimiser, range(0))


def test_optimiser_state_belongs_to_the_parameter() -> None:
    a, b, c = Value(0.0), Value(0.0), Value(0.0)
    optimiser = nn.SGD([a, b], lr=1.0, momentum=0.5)
    a.grad = 1.0
    optimiser.step()
    optimiser.params.reverse()
    optimiser.params.append(c)
    a.grad = 0.0
    c.grad = 2.0
    optimiser.step()
    assert (a.data, b.data, c.data) == (-1.5, 0.0, -2.0)
    adam = nn.Adam([a], lr=0.1)
    a.grad = b.grad = 1.0
    a.data = b.data = 0.0
    adam.step()
    adam.params.append(b)
    adam.step()
    assert b.data == pytest.approx(-0.1)  # its own first step


def test_a_model_and_its_optimiser_are_copied_together() -> None:
    network = nn.MLP(2, [2, 1], seed=3)
    optimiser = nn.Adam(network.parameters(), lr=0.1)
    trained(network, optimiser, range(3))
    twin, twins = copy.deepcopy((network, optimiser))
    assert trained(twin, twins, range(3, 6)) == trained(network, optimiser, range(3, 6))


def test_names_tell_parameters_apart() -> None:
    class Line(nn.Module):
        def __init__(self) -> None:
            self.slope, self.offset = Value(1.0), Value(0.0)

    line, other = Line(), Line()
    optimiser = nn.SGD(line.named_parameters(), lr=0.1, momentum=0.9)
    line.slope.grad = 1.0
    optimiser.step()
    state = optimiser.state_dict()
    assert state["states"] == {"slope": [1.0], "offset": [0.0]}
    twin = nn.SGD(other.named_parameters()[::-1], lr=0.5, momentum=0.9)
    twin.load_state_dict(state)
    assert twin.lr == 0.1
    twin.step()
    assert (other.slope.data, other.offset.data) == (1.0 - 0.1 * 0.9, 0.0)
    with pytest.raises(ValueError, match=r"'SGD'.*'Adam'"):
        nn.Adam(line.parameters()).load_state_dict(state)
    with pytest.raises(ValueError, match="there is no parameter slope, offset here"):
        nn.SGD([Value(0.0)]).load_state_dict(state)


def test_a_program_resumes_bit_for_bit() -> None:
    network = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    x, t = [Value(0.0), Value(0.0)], Value(0.0)
    program = autograd.compile((network(x) - t) ** 2, inputs=[*x, t], params=network.parameters())
    rows = np.random.default_rng(0).random((4, 3))

    def steps(optimiser: Any, count: int) -> list[float]:
        for _ in range(count):
            program.value_and_grad(rows)
            optimiser.step()
        return list(program.params)

    start = program.params.copy()
    expected = steps(nn.AdamW(program, lr=0.1), 6)
    program.params[...] = start
    first = nn.AdamW(program, lr=0.1)
    steps(first, 3)
    second = nn.AdamW(program, lr=0.5)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert steps(second, 3) == expected
    with pytest.raises(ValueError, match="belongs to another"):
        second.load_state_dict({**first.state_dict(), "states": {"params": [1, [0.0], [0.0]]}})


def test_a_custom_schedule_is_kept() -> None:
    p = Value(1.0)
    optimiser = nn.SGD([p], lr=lambda step: 0.1 / (1 + step))
    optimiser.step()
    state = optimiser.state_dict()
    assert state["options"]["lr"] is None
    twin = nn.SGD([p], lr=lambda step: 0.1 / (1 + step))
    twin.load_state_dict(state)
    assert twin.rate == 0.05
    with pytest.raises(TypeError, match="can contain only schedules"):
        nn.warmup(abs, 3).state_dict()
    with pytest.raises(ValueError, match=r"unknown schedule 'none'; .* constant"):
        nn.schedules.schedule({"kind": "none"})


def test_gradients_that_are_values_count_by_their_numbers() -> None:
    network = nn.MLP(2, [2, 1], activation="tanh", seed=3)
    plain = copy.deepcopy(network)
    for one, create_graph in ((network, True), (plain, False)):
        nn.mse(one([0.5, -1.0]), 1.0).backward(create_graph=create_graph)
        nn.Adam(one.parameters()).step()
    assert [p.data for p in network.parameters()] == [p.data for p in plain.parameters()]
    assert all(type(p.data) is float for p in network.parameters())


def test_a_step_that_fails_changes_nothing() -> None:
    params = [Value(1.0), Value(2.0)]
    optimiser = nn.Adam(params)
    params[0].grad, params[1].grad = 1.0, "no number"
    with pytest.raises(TypeError, match="'no number'"):
        optimiser.step()
    assert [p.data for p in params] == [1.0, 2.0]
    assert optimiser.steps == 0
    assert optimiser.state_dict()["states"] == {}


# Clipped gradients

NORMS = [(2.0, 5.0, 0.599999880000024), (1.0, 7.0, 0.42857136734694745), (float("inf"), 4.0, 0.7499998125000469)]


@pytest.mark.parametrize(("kind", "norm", "first"), [*NORMS, (3.0, 4.497941445275415, 0.6669716290281047)])
def test_gradients_are_scaled_to_a_norm(kind: float, norm: float, first: float) -> None:
    a, b = Value(0.0), Value(0.0)
    a.grad, b.grad = 3.0, -4.0
    assert nn.clip_grad_norm_([a, b], 1.0, norm_type=kind) == pytest.approx(norm, rel=1e-15)
    assert (a.grad, b.grad) == pytest.approx((first, -first * 4 / 3), rel=1e-13)
    assert nn.clip_grad_norm_([a, b], 100.0, norm_type=kind) == pytest.approx(1.0, rel=1e-6)
    assert a.grad == pytest.approx(first, rel=1e-13)


def test_gradients_are_cut() -> None:
    a, b, c = Value(0.0), Value(0.0), Value(0.0)
    a.grad, b.grad, c.grad = 3.0, -4.0, Value(2.0)
    nn.clip_grad_value_([a, b, c], 2.5)
    assert (a.grad, b.grad, c.grad.data) == (2.5, -2.5, 2.0)
    a.grad, b.grad = float("inf"), 1.0
    with pytest.raises(FloatingPointError, match="the norm of the gradients is inf"):
        nn.clip_grad_norm_([a, b], 1.0, error_if_nonfinite=True)
    assert a.grad == float("inf")
    a.grad, b.grad = 3e200, 4e200
    assert nn.clip_grad_norm_([a, b], 1.0) == pytest.approx(5e200)
    with pytest.raises(ValueError, match=r"max_norm must be at least 0, not -1\.0"):
        nn.clip_grad_norm_([a], -1.0)
    with pytest.raises(ValueError, match="norm_type must be above 0, not 0"):
        nn.clip_grad_norm_([a], 1.0, 0.0)
    with pytest.raises(ValueError, match="clip_value must be at least 0, not nan"):
        nn.clip_grad_value_([a], float("nan"))


def test_the_gradients_of_a_program_are_clipped() -> None:
    w = [Value(3.0), Value(-4.0)]
    program = autograd.compile(autograd.sum([v * v / 2 for v in w]), params=w)
    program.value_and_grad()
    assert nn.clip_grad_norm_(program, 1.0) == 5.0
    np.testing.assert_allclose(program.grads, [0.6, -0.8], rtol=1e-6)
    nn.clip_grad_value_(program, 0.7)
    np.testing.assert_allclose(program.grads, [0.6, -0.7], rtol=1e-6)


# Yes or no


def test_binary_cross_entropy_is_that_of_pytorch() -> None:
    p = [Value(x) for x in (0.2, 0.9, 0.0, 1.0, 0.0)]
    loss = nn.binary_cross_entropy(p, [0, 1, 1, 1, 0.25])
    loss.backward()
    assert loss.data == pytest.approx(25.065700813394407, rel=1e-14)
    expected = [0.25, -0.22222222222222224, -2e11, 0.0, -5e10]
    assert [v.grad for v in p] == pytest.approx(expected, rel=1e-8)
    assert gradcheck(lambda q, t: nn.binary_cross_entropy(q, t), [0.3, Value(0.6)])
    for probability, target in ((1.5, 1), (0.5, -1)):
        with pytest.raises(ValueError, match="must be from 0 to 1, not"):
            nn.binary_cross_entropy(Value(probability), target)


def test_binary_cross_entropy_of_logits_is_exact_in_the_tails() -> None:
    x = [Value(v) for v in (0.5, -3.0, 40.0, -40.0, 2.0)]
    loss = nn.binary_cross_entropy_with_logits(x, [0, 1, 1, 0, 0.25], pos_weight=3.0)
    loss.backward()
    assert loss.data == pytest.approx(2.3620462110931584, rel=1e-14)
    # PyTorch gives 0 for the third: 1 - sigmoid(40) is lost there. Here it is -3/5 times sigmoid(-40).
    expected = [0.12449186624037092, -0.5715444760934599, -0.6 * 4.248354255291589e-18, 8.496708510583178e-19]
    assert [v.grad for v in x] == pytest.approx([*expected, 0.1142391233933647], rel=1e-14)
    target = Value(1.0)
    traced = nn.binary_cross_entropy_with_logits([[Value(0.5)], [Value(-1.0)]], [[target], [0]])
    target.data = 0.0
    plain = nn.binary_cross_entropy_with_logits([[Value(0.5)], [Value(-1.0)]], [[0], [0]])
    assert traced.refresh().data == pytest.approx(plain.data, rel=1e-15)
    assert gradcheck(lambda a: nn.binary_cross_entropy_with_logits(a, 0.3), [0.7])


def test_a_sure_answer_costs_nothing_and_the_weight_of_a_yes_is_a_number_from_0() -> None:
    loss = nn.binary_cross_entropy_with_logits
    for x, target in ((math.inf, 1), (-math.inf, 0)):
        assert loss(Value(x), target).data == 0.0
    for factor in (0.0, 2.0):
        assert loss(Value(0.5), 1, pos_weight=factor).data == factor * loss(Value(0.5), 1).data
    weight = Value(0.25)
    weighted = loss(Value(0.5), 1, pos_weight=weight)
    assert weighted.data == 0.25 * loss(Value(0.5), 1).data
    weighted.backward()
    assert weight.grad == loss(Value(0.5), 1).data
    with pytest.raises(ValueError, match=r"pos_weight.*-0\.5"):
        loss(Value(0.5), 1, pos_weight=-0.5)


def test_a_label_that_is_a_value_is_picked() -> None:
    scores, label = [Value(0.5), Value(1.5), Value(-1.0)], Value(1)
    loss = nn.cross_entropy(scores, label)
    assert loss.data == nn.cross_entropy(scores, 1).data
    label.data = 2
    assert loss.refresh().data == nn.cross_entropy(scores, 2).data
    with pytest.raises(IndexError, match="a whole number from 0 to 2"):
        nn.cross_entropy(scores, Value(3))


def after_a_step(optimiser: Callable[..., nn.optimisers.Optimiser], **options: float) -> float:
    w = Value(2.0)
    w.grad = 3.0
    optimiser([w], **options).step()
    return w.data


def test_each_optimiser_has_the_step_and_the_defaults_that_are_documented() -> None:
    assert after_a_step(nn.SGD) == after_a_step(nn.SGD, lr=0.01) == 2.0 - 0.01 * 3.0
    assert after_a_step(nn.SGD, lr=0.5, weight_decay=0.1) == 2.0 - 0.5 * (3.0 + 0.1 * 2.0)
    assert after_a_step(nn.Adam) == pytest.approx(2.0 - 0.001, abs=1e-9)  # the first step has the size of the rate
    assert after_a_step(nn.AdamW) == pytest.approx(2.0 - 0.001 - 0.001 * 0.01 * 2.0, abs=1e-9)


@pytest.mark.parametrize(
    ("optimiser", "options"),
    [
        (nn.SGD, {"weight_decay": -0.1}),
        (nn.SGD, {"momentum": 1.0}),
        (nn.SGD, {"lr": 0.0}),
        (nn.SGD, {"lr": math.inf}),
        (nn.Adam, {"weight_decay": -0.1}),
        (nn.Adam, {"eps": 0.0}),
        (nn.AdamW, {"weight_decay": -0.1}),
    ],
)
def test_an_option_out_of_bounds_is_named(optimiser: Callable[..., Any], options: dict[str, float]) -> None:
    (number,) = options.values()
    with pytest.raises(ValueError, match=re.escape(repr(number))):
        after_a_step(optimiser, **options)


def test_a_schedule_may_reach_0_and_no_less() -> None:
    w = Value(2.0)
    w.grad = 3.0
    rates = iter([0.0, 0.1, math.inf])
    optimiser = nn.SGD([w], lr=lambda step: next(rates))
    optimiser.step()
    assert w.data == 2.0
    optimiser.step()
    assert w.data == pytest.approx(1.7)
    with pytest.raises(ValueError, match="inf"):
        optimiser.step()


def test_states_without_names_of_their_own_go_by_position() -> None:
    a, b = Value(1.0, label="w"), Value(2.0, label="w")
    for v in (a, b):
        v.grad = v.data
    optimiser = nn.SGD([a, b], momentum=0.5)
    optimiser.step()
    assert optimiser.state_dict()["states"] == {"0": [1.0], "1": [2.0]}
