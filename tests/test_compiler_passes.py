"""The passes of the compiler, one by one: groups, the array program, its derivatives, its memory plan."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Value
from autograd.compiler import ir
from autograd.compiler.build import Built, build
from autograd.compiler.differentiate import VJP, differentiate
from autograd.compiler.elementwise import X0, X1, elementwise
from autograd.compiler.grouping import CONSTANTS, PARAMETERS, Group, alike, group
from autograd.compiler.indexing import even, rows
from autograd.compiler.ir import Array, Builder, listing, walk
from autograd.compiler.lower import lower
from autograd.compiler.planning import plan
from autograd.compiler.reference import MEANING, evaluate
from autograd.graph import every_node
from autograd.ops import TANH
from autograd.terms import Term
from tests.graphs import random_graph

Numbers = npt.NDArray[Any]


def leaves(count: int) -> list[Value]:
    return [Value(0.1 * i + 0.3) for i in range(count)]


def inner_groups(roots: list[Value], inputs: list[Value], params: list[Value]) -> list[Group]:
    return group(roots, inputs, params).groups[CONSTANTS + 1 :]


# Groups


def test_groups_do_not_depend_on_the_order_of_construction() -> None:
    x, w = leaves(6), leaves(6)
    hidden = [(a * b).tanh() for a, b in zip(reversed(x), reversed(w), strict=True)]
    groups = inner_groups([autograd.sum(hidden)], x, w)
    assert [(each.what, each.rows) for each in groups] == [("mul", 6), ("tanh", 6), ("sum", 1)]


def test_a_layer_is_one_product_of_matrices() -> None:
    x = leaves(5)
    model = nn.MLP(5, [4, 3], seed=0)
    first, _, last = inner_groups(model(x), x, model.parameters())
    for each, (m, k) in ((first, (4, 5)), (last, (3, 4))):
        (found,) = [terms.product for terms in each.terms if terms.product is not None]
        assert found.shape == (1, m, 1)
        assert found.left.shape[2] == k


def test_products_in_another_order_in_each_row_are_a_product_of_matrices() -> None:
    rnd = random.Random(0)
    x, w = leaves(6), [leaves(6) for _ in range(4)]
    outputs = []
    for row in w:
        pairs = list(zip(row, x, strict=True))
        rnd.shuffle(pairs)
        outputs.append(autograd.sum([a * b for a, b in pairs]))
    (sums,) = inner_groups(outputs, x, [v for row in w for v in row])
    assert sums.terms[0].product is not None


@pytest.mark.parametrize("causal", [False, True])
def test_heads_are_blocks_and_a_causal_mask_an_extent(causal: bool) -> None:
    heads, positions, size = 2, 5, 3
    share = [[[Value(0.1) for _ in range(positions)] for _ in range(positions)] for _ in range(heads)]
    value = [[[Value(0.1) for _ in range(size)] for _ in range(positions)] for _ in range(heads)]
    outputs = [
        autograd.sum([share[h][i][j] * value[h][j][d] for j in range(i + 1 if causal else positions)])
        for h in range(heads)
        for i in range(positions)
        for d in range(size)
    ]
    flat = [v for block in (share, value) for each in block for row in each for v in row]
    (sums,) = [each for each in inner_groups(outputs, flat, []) if each.what == "sum"]
    found = sums.terms[0].product
    assert found is not None
    rows = positions - 1 if causal else positions  # the first row of a mask is not a sum
    assert sorted(found.shape) == sorted((heads, rows, size))
    assert (found.extent is not None) == causal
    if found.extent is not None:
        assert sorted(found.extent.reshape(-1).tolist()) == sorted(heads * [2, 3, 4, 5])


def test_only_chains_that_are_computed_from_the_left_are_read_as_one_sum() -> None:
    a, b, c = leaves(3)
    (one,) = inner_groups([(a - b) + c], [a, b, c], [])
    assert [terms.sign for terms in one.terms] == [1, -1, 1]
    assert len(inner_groups([a - (b - c)], [a, b, c], [])) == 2
    (turned,) = inner_groups([a + (b + c)], [a, b, c], [])  # which is (b + c) + a
    assert [slot.index.tolist() for slot in turned.slots()] == [[[1, 2, 0]]]


def test_a_chain_of_comparisons_is_one_fold() -> None:
    x = leaves(20)
    (fold,) = inner_groups([autograd.maximum(x)], x, [])
    assert (fold.what, fold.terms[0].count) == ("maximum", 20)


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_drawings_and_programs_have_the_same_groups(seed: int) -> None:
    root = random_graph(seed, leaves(3), leaves(4))
    nodes = every_node(root)
    found = alike(nodes)
    assert set(found) == {node for node in nodes if node._prev}
    groups = [{found[node] for node in each.nodes} for each in inner_groups([root], [], [])]
    assert [len(places) for places in groups] == [1] * len(groups)
    assert len(set.union(*groups)) == len(groups)
    for node in found:
        for operand in node._prev:  # which is less deep, or absorbed by a chain
            assert operand not in found or found[operand][0] < found[node][0] or found[operand] == found[node]


def test_nodes_made_by_hand_are_grouped_by_their_text() -> None:
    a = Value(1.0)
    made = [Value(2.0, (a,), text) for text in ("clamp", "clamp", "other")]
    found = alike(every_node(*made))
    assert found[made[0]] == found[made[1]] != found[made[2]]


# The array program


def test_equal_arrays_are_made_once() -> None:
    b = Builder()
    x = b.leaf("inputs", 6, True)
    index = np.array([3, 1])
    assert b.rows(x, index) is b.rows(x, np.array([3, 1]))
    assert b.rows(b.rows(x, index), np.array([1, 0])) is b.rows(x, np.array([1, 3]))
    assert b.rows(x, np.arange(6)) is x
    assert b.reshape(b.reshape(x, (2, 3)), (6,)) is x
    assert walk(b.sum(b.reshape(x, (2, 3)), 1))[0] is x


def test_the_listing_has_a_line_for_each_array() -> None:
    x, w = leaves(3), leaves(3)
    built = build([autograd.dot(w, x).tanh()], x, w)
    assert built.gradient is not None
    text = listing(*built.results, built.gradient)
    assert len(text.splitlines()) == len(walk(*built.results, built.gradient))
    assert "tanh(x0)" in text


def reference(built: Built, params: list[Value], X: Numbers) -> tuple[Numbers, Numbers]:
    """The root for each example and the gradient, by the meaning of the program."""
    batched = built.results[0].batched
    given = {
        ir.PARAMS: np.array([[v.data] for v in params]),
        ir.INPUTS: X.T,
        ir.CONSTANTS: np.array(built.grouping.constants).reshape(-1, 1),
        ir.SEED: np.full((1, len(X)), 1.0 / len(X)) if batched else np.ones((1, 1)),
    }
    roots = [*built.results, *([] if built.gradient is None else [built.gradient])]
    with np.errstate(all="ignore"):
        found = evaluate(roots, given, len(X))
    gradient = np.zeros(len(params)) if built.gradient is None else found[built.gradient][:, 0]
    return np.broadcast_to(found[built.results[0]][0], len(X)), gradient


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(1, 3))
def test_a_program_has_the_results_of_the_eager_engine(seed: int, batch: int) -> None:
    x, w = [Value(0.5 * i) for i in range(3)], leaves(4)
    root = random_graph(seed, x, w)
    X = np.random.default_rng(seed).uniform(-1, 1, (batch, 3))
    values, gradient = reference(build([root], x, w), w, X)
    for example, value in zip(X.tolist(), values.tolist(), strict=True):
        for leaf, number in zip(x, example, strict=True):
            leaf.data = number
        assert value == pytest.approx(root.refresh().data, rel=1e-12, abs=1e-12)
        root.backward()
    np.testing.assert_allclose(gradient, np.array([v.grad for v in w]) / batch, rtol=1e-9, atol=1e-11)


# Derivatives of programs

SIZE = 12
TANH_OF = elementwise(TANH, (None,))


def with_corners(b: Builder, x: Array) -> Array:
    return b.fold("maximum", b.reshape(x, (4, 3)))


PROGRAMS: dict[str, Callable[[Builder, Array], Array]] = {
    "rows": lambda b, x: b.rows(x, np.array([[1, 5, 1], [0, 11, 5]])),
    "map": lambda b, x: b.map(TANH_OF.term, (x,), TANH_OF.partials),
    "sum": lambda b, x: b.sum(b.reshape(x, (3, 2, 2)), 1),
    "fold": with_corners,
    "segments": lambda b, x: b.segments(x, np.array([0, 1, 5])),
    "contract": lambda b, x: b.contract(
        b.rows(x, np.arange(8).reshape(2, 2, 2)), b.rows(x, np.arange(12).reshape(2, 3, 2)), "hmk,hvk->vhm"
    ),
    "pick": lambda b, x: b.pick(b.reshape(x, (4, 3)), b.leaf("choices", 4, False)),
    "place": lambda b, x: b.place(
        [(b.rows(x, np.array([0, 1, 2])), np.array([4, 0, 2])), (b.rows(x, np.array([3])), np.array([1]))], (6,), True
    ),
}


def test_every_operation_of_an_array_program_has_a_derivative_that_is_tested() -> None:
    assert set(PROGRAMS) == set(VJP)
    assert set(MEANING) == {*VJP, "accumulate", "scatter"}  # which derivatives alone are made of


def tables() -> dict[str, set[str]]:
    """The operations of each backend, read from its source, since its dependencies may not be installed."""
    found = {}
    for path in sorted(Path(ir.__file__).parent.glob("*.py")):
        source = path.read_text()
        for line in ast.parse(source).body if re.search("^(MEANING|WRITERS)", source, re.MULTILINE) else ():
            match line:
                case ast.AnnAssign(target=ast.Name(id="MEANING" | "WRITERS"), value=ast.Dict(keys=keys)):
                    found[path.stem] = {str(ast.literal_eval(key)) for key in keys if key is not None}
    return found


TABLES = tables()
BY_ITSELF = {"jax_backend"}
"""The backends that differentiate by themselves."""


def test_every_backend_has_a_table() -> None:
    ways = [name for name in vars(autograd.Program) if name.startswith("to_")]
    assert len(TABLES) == len({"reference", "numpy_backend", *ways})


@pytest.mark.parametrize("backend", TABLES)
@pytest.mark.parametrize("op", MEANING)
def test_every_backend_has_every_operation(backend: str, op: str) -> None:
    assert op in TABLES[backend] or (backend in BY_ITSELF and op not in VJP)
    assert TABLES[backend] <= set(MEANING)


@pytest.mark.parametrize("op", PROGRAMS)
@pytest.mark.parametrize("batched", [True, False])
def test_derivatives_equal_finite_differences(op: str, batched: bool) -> None:
    b = Builder()
    x = b.leaf(ir.INPUTS, SIZE, batched)
    y = PROGRAMS[op](b, x)
    assert any(array.op == op for array in walk(y))
    squares = b.map(Term("*", (X0, X1)), (y, y), (X1, X0))
    weights = b.rows(b.leaf(ir.CONSTANTS, 30, False), np.arange(y.size).reshape(y.shape))
    total = b.map(Term("*", (X0, X1)), (squares, weights), (X1, X0))
    root = b.sum(b.reshape(total, (1, total.size)), 1)
    gradient = differentiate(root, 0, b.leaf(ir.SEED, 1, root.batched), [x], b)[x]
    chance = np.random.default_rng(0)
    batch = 2 if batched else 1
    numbers = chance.normal(size=(SIZE, batch))
    given = {ir.CONSTANTS: chance.normal(size=(30, 1)), ir.SEED: np.ones((1, batch))}
    given["choices"] = np.array([[2.0], [0.0], [1.0], [2.0]])
    found = evaluate([gradient], {**given, ir.INPUTS: numbers}, batch)[gradient]
    for i in range(SIZE):
        step = np.zeros((SIZE, 1))
        step[i] = 1e-6
        up, down = (evaluate([root], {**given, ir.INPUTS: numbers + s}, batch)[root] for s in (step, -step))
        np.testing.assert_allclose(found[i], (up - down)[0] / 2e-6, rtol=1e-6, atol=1e-7)


def test_ties_in_a_fold_are_shared_as_the_chain_of_comparisons_shares_them() -> None:
    rnd = random.Random(0)
    for _ in range(50):
        numbers = [rnd.choice([1.0, 2.0, 3.0]) for _ in range(rnd.randrange(3, 7))]
        x = [Value(number) for number in numbers]
        root = autograd.maximum(x)
        program = autograd.compile(root, inputs=x)
        root.backward()
        assert program.grads_of(x, [numbers]).tolist() == [[v.grad for v in x]]


def test_elements_beyond_an_extent_are_absent_even_if_infinite() -> None:
    b = Builder()
    a, v = b.leaf(ir.PARAMS, 4, True), b.leaf(ir.INPUTS, 6, True)
    left = b.place([(b.rows(a, np.array([0, 1, 2])), np.array([0, 2, 3]))], (1, 2, 2), True)
    made = b.contract(left, b.reshape(v, (1, 3, 2)), "hmk,hvk->hmv", np.array([[1, 2]]))
    numbers = np.array([[2.0], [np.inf], [3.0], [np.nan], [5.0], [1.0]])
    given = {ir.PARAMS: np.array([[1.0], [1.0], [1.0], [0.0]]), ir.INPUTS: numbers}
    with np.errstate(invalid="ignore"):
        found = evaluate([made], given, 1)[made]
    assert found[0, 0, :, 0].tolist() == [2.0, 3.0, 5.0]  # the first row reaches the first numbers alone


# Memory


@settings(max_examples=80)
@given(st.integers(0, 10**9))
def test_no_number_is_overwritten_while_it_is_still_to_be_read(seed: int) -> None:
    x, w = [Value(0.5 * i) for i in range(3)], leaves(4)
    root = random_graph(seed, x, w)
    built = build([root], x, w)
    backward = [] if built.gradient is None else [built.gradient]
    planned = plan(built.results, backward, dict.fromkeys(backward, "grads"))
    memory: dict[str, list[Any]] = {}
    order = [*planned.fixed, *planned.forward, *planned.backward]
    for array in order:
        for arg in array.args:
            assert_holds(memory, planned, arg)
        if not planned.viewed(array):
            spot = planned.spots[array]
            held = memory.setdefault(spot.buffer.name, [None] * spot.buffer.size)
            for place, i in zip(places(planned, array), range(array.size), strict=True):
                held[place] = (array, i)
    for array in (*built.results, *backward):
        assert_holds(memory, planned, array)


def places(planned: Any, array: Array) -> list[int]:
    at = planned.spots[array].at
    return list(range(array.size)) if at is None else at.reshape(-1).tolist()


def origin(array: Array, i: int) -> tuple[Array, int]:
    """The array that computes number i of an array, and that number's index in it."""
    while array.op == "rows" or (array.op == "map" and array.attr.term.head == "name"):
        if array.op == "rows":
            i = int(array.attr.reshape(-1)[i])
        (array,) = array.args
    return array, i


def assert_holds(memory: dict[str, list[Any]], planned: Any, array: Array) -> None:
    """Asserts that the memory of an array contains its own numbers, or those that it views."""
    if planned.spots[array].buffer.given and array.op != "place":
        return
    held = memory[planned.spots[array].buffer.name]
    for place, i in zip(places(planned, array), range(array.size), strict=True):
        owner, number = held[place]
        assert origin(owner, number) == origin(array, i) or owner.op == "place"


def test_the_gradient_of_a_matrix_is_computed_where_it_is_wanted() -> None:
    x = leaves(5)
    model = nn.MLP(5, [4, 3], seed=0)
    built = build([nn.squared_error(model(x), [0.0, 0.0, 0.0])], x, model.parameters())
    assert built.gradient is not None
    planned = plan(built.results, [built.gradient], {built.gradient: "grads"})
    assert set(planned.modes[built.gradient]) == {"here"}


def test_rows_that_lie_evenly_are_a_view() -> None:
    chance = random.Random(0)
    array = np.arange(60).reshape(30, 2)
    for _ in range(100):
        start, steps, shape = chance.randrange(5, 10), (chance.randrange(-2, 4), chance.randrange(0, 3)), (3, 2)
        index = start + np.arange(3)[:, None] * steps[0] + np.arange(2) * steps[1]
        lies = even(index)
        assert lies is not None
        assert (rows(array, lies.start, lies.shape, lies.steps) == array[index]).all()
        index[chance.randrange(3), chance.randrange(2)] += 1
        unevenly = even(index)
        assert unevenly is None or (rows(array, unevenly.start, shape, unevenly.steps) == array[index]).all()


def test_lowering_gives_an_array_for_each_group() -> None:
    x = leaves(5)
    model = nn.MLP(5, [4, 3], seed=0)
    grouping = group(model(x), x, model.parameters())
    lowered = lower(grouping)
    assert [array.size for array in lowered.arrays] == [each.rows for each in grouping.groups]
    assert lowered.arrays[PARAMETERS].attr == ir.PARAMS
