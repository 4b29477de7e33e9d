"""The page computes the same as Python: for each operation, at its corners, in random graphs."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import Value, ops
from autograd.backprop import Forward, lessons
from autograd.graph import every_node
from autograd.ops import OPERATIONS, Operation
from autograd.shown import factor, number
from autograd.value import apply
from autograd.words.paths import explained
from autograd.words.text import KEPT
from tests.page_answers import about, answers, needs_node
from tests.test_compiler_operations import SILENT, at
from viz import javascript

pytestmark = needs_node

CORNERS = (0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 20.0, -40.0, 1e-9, 710.0, -745.0, 1e300, math.inf, -math.inf, math.nan)
FEW = (0.0, 1.0, -1.0, 0.5, -2.0, 3.0, math.inf, math.nan)


def operations() -> list[Operation]:
    """Every operation, and of each family some members."""
    members: list[Operation] = []
    for made in OPERATIONS.values():
        if isinstance(made, Operation):
            members.append(made)
        else:
            members += [made(x) for x in (0.0, 1.0, 2.0, 3.0, -1.0, 0.5, 0.1)]
    return members


def applied(operation: Operation, data: Iterable[float], twice: bool = False) -> Value | None:
    """The operation on leaves, or repeatedly on the same leaf; None outside its domain."""
    operands = [Value(x) for x in data]
    try:
        return apply(operation, *([operands[0]] * len(operands) if twice else operands))
    except (ArithmeticError, ValueError):
        return None


def corners(operation: Operation) -> list[Value]:
    """The operation wherever it is defined among the corners of its operands."""
    numbers = itertools.product(CORNERS if operation.arity < 3 else FEW, repeat=operation.arity)
    return [y for data in numbers if (y := applied(operation, data)) is not None]


def agree(ours: float, theirs: Any, scale: float = 0.0) -> bool:
    """Equal to 1e-13, relative to the number or to the largest in its graph, since differences lose digits."""
    x = float(theirs)
    if math.isnan(ours) or math.isnan(x):
        return math.isnan(ours) and math.isnan(x)
    return ours == x or abs(ours - x) <= 1e-13 * max(abs(ours), scale)


def edited(loss: Value, edits: dict[Value, float]) -> dict[str, Any]:
    index = {node: i for i, node in enumerate(every_node(loss))}
    return about(loss, "numbers", edits=[[index[leaf], texts(x)] for leaf, x in edits.items()])


def texts(x: float) -> str:
    """A number as JavaScript reads it."""
    return repr(x).replace("inf", "Infinity")


def test_every_operation_at_its_corners(tmp_path: Path) -> None:
    found = {operation: corners(operation) for operation in operations()}
    questions = [
        {
            "ask": "operation",
            "program": javascript.program([operation]),
            "operands": [[texts(operand.data) for operand in y._prev] for y in cases],
        }
        for operation, cases in found.items()
    ]
    for (operation, cases), answered in zip(found.items(), answers(questions, tmp_path), strict=True):
        assert cases
        for y, numbers in zip(cases, answered, strict=True):
            expected = (y.data, *y._local_grads)
            told = f"{operation!r} of {[operand.data for operand in y._prev]}: {numbers}, and not {expected}"
            assert all(agree(ours, theirs) for ours, theirs in zip(expected, numbers, strict=True)), told


def test_one_leaf_as_every_operand(tmp_path: Path) -> None:
    several = [operation for operation in operations() if operation.arity > 1]
    found = [applied(operation, [x] * operation.arity, True) for operation in several for x in CORNERS]
    graphs = [y for y in found if y is not None]
    for y, answer in zip(
        graphs, answers([edited(y, {y._prev[0]: y._prev[0].data}) for y in graphs], tmp_path), strict=True
    ):
        told = f"{y._rule!r} of {y._prev[0].data}: {answer}"
        assert agree(y.data, answer["data"][-1]), told
        assert agree(sum(y._local_grads), answer["grads"][0], max(map(abs, y._local_grads))), told


def test_sums_of_any_length(tmp_path: Path) -> None:
    rng = random.Random(1)
    for count in range(1, 8):
        leaves = [Value(rng.uniform(-1, 1)) for _ in range(count)]
        graphs = [autograd.sum(leaves), autograd.dot(leaves, leaves[::-1]), autograd.dot(leaves, leaves, leaves[0])]
        changed = [edited(y, {leaves[0]: 0.25}) for y in graphs]
        for leaf in leaves:
            leaf.grad = 0.0
        leaves[0].data = 0.25
        for y, answer in zip(graphs, answers(changed, tmp_path), strict=True):
            y.refresh()
            y.backward()
            assert list(map(float, answer["data"])) == [node.data for node in every_node(y)]
            assert list(map(float, answer["grads"])) == [node.grad for node in every_node(y)]
            for leaf in leaves:
                leaf.grad = 0.0


def test_a_node_without_a_gradient_propagates_nothing(tmp_path: Path) -> None:
    """At 0 the derivative of a square root is infinite, and 0 times it would be nan."""
    losses = []
    for rule, i in SILENT:
        operands = at(rule)
        x = Value(0.0)
        operands[i] = x.sqrt()
        losses.append((apply(rule, *operands) + 3.0 * x, x))
    for (loss, x), answer in zip(
        losses, answers([edited(loss, {x: 0.0}) for loss, x in losses], tmp_path), strict=True
    ):
        assert float(answer["grads"][every_node(loss).index(x)]) == 3.0


def random_graph(seed: int, size: int = 30) -> Value:
    """A graph without overflow in which each node is used, some twice by the same operation."""
    rng = random.Random(seed)
    some = [
        operation
        for operation in operations()
        if operation.name not in ("stop_gradient", "sign", "greater", "equal", "not_equal")
    ]
    nodes = [Value(rng.uniform(-2, 2), label=f"x{i}") for i in range(4)] + [
        Value(rng.uniform(0.5, 2)) for _ in range(2)
    ]
    loss = nodes[0]
    while len(nodes) < size:
        operation = rng.choice(some)
        operands = [rng.choice(nodes) for _ in range(operation.arity)]
        try:
            y = apply(operation, *operands)
        except (ArithmeticError, ValueError):
            continue
        if not (math.isfinite(y.data) and abs(y.data) < 1e3 and all(map(math.isfinite, y._local_grads))):
            continue
        if max(map(abs, y._local_grads)) > 1e3:
            continue
        if rng.random() < 0.3:
            y.label = f"n{len(nodes)}"
        nodes.append(y)
        loss = loss + y if rng.random() < 0.5 else y - loss
    return loss


def test_random_graphs_with_leaves_that_are_changed(tmp_path: Path) -> None:
    graphs = [random_graph(seed) for seed in range(120)]
    changed: list[dict[Value, float]] = []
    for seed, loss in enumerate(graphs):
        rng = random.Random(seed)
        leaves = [node for node in every_node(loss) if not node._prev]
        changed.append({leaf: leaf.data + rng.uniform(-0.01, 0.01) for leaf in rng.sample(leaves, 2)})
    found = answers([edited(loss, edits) for loss, edits in zip(graphs, changed, strict=True)], tmp_path)
    compared = 0
    for loss, edits, answer in zip(graphs, changed, found, strict=True):
        for leaf, data in edits.items():
            leaf.data = data
        try:
            loss.refresh()
        except (ArithmeticError, ValueError):
            assert 2 in answer["state"]
            continue
        compared += 1
        loss.backward()
        nodes = every_node(loss)
        largest = max(max(abs(node.data), abs(node.grad)) for node in nodes)
        for node, data, grad in zip(nodes, answer["data"], answer["grads"], strict=True):
            assert agree(node.data, data, largest), (node, data)
            assert agree(node.grad, grad, largest), (node, grad)
    assert compared > 80


def test_an_operation_of_your_own(tmp_path: Path) -> None:
    bump = autograd.operation(
        "page_bump",
        forward=lambda m, a, b: m.exp(-a * a) * m.where(m.greater(b, 0.0), b, m.power(b, 2.0)),
        partials=[
            lambda m, y, a, b: -2.0 * a * y,
            lambda m, y, a, b: m.exp(-a * a) * m.where(m.greater(b, 0.0), 1.0, 2.0 * b),
        ],
    )
    try:
        a, b = Value(0.5, label="a"), Value(-1.5, label="b")
        loss = bump(a, b) * a
        (answer,) = answers([edited(loss, {a: 0.75})], tmp_path)
        a.data = 0.75
        loss.refresh()
        loss.backward()
        index = {node: i for i, node in enumerate(every_node(loss))}
        assert agree(loss.data, answer["data"][-1])
        assert agree(a.grad, answer["grads"][index[a]])
        assert agree(b.grad, answer["grads"][index[b]])
    finally:
        del ops.OPERATIONS["page_bump"]


@pytest.mark.parametrize("condition", [2.0, 0.0, -0.0, math.nan])
def test_a_number_as_a_condition_is_true_unless_it_is_zero(condition: float, tmp_path: Path) -> None:
    gate = autograd.operation(
        "page_gate",
        forward=lambda m, a, b: m.where(a, b, -b),
        partials=[lambda m, y, a, b: 0.0, lambda m, y, a, b: m.where(a, 1.0, -1.0)],
    )
    try:
        a, b = Value(condition, label="a"), Value(3.0, label="b")
        loss = gate(a, b)
        (answer,) = answers([edited(loss, {})], tmp_path)
        loss.backward()
        assert float(answer["data"][-1]) == loss.data
        assert list(map(float, answer["grads"])) == [node.grad for node in every_node(loss)]
    finally:
        del ops.OPERATIONS["page_gate"]


def test_numbers_are_those_that_python_has_and_gradients_start_afresh(tmp_path: Path) -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b
    loss.backward()
    loss.backward()
    (answer,) = answers([edited(loss, {})], tmp_path)
    assert list(map(float, answer["grads"])) == [-3.0, 2.0, 1.0]
    a.data = 5.0
    (old,) = answers([edited(loss, {})], tmp_path)
    assert list(map(float, old["data"])) == [5.0, -3.0, -6.0]
    assert list(map(float, old["grads"])) == [-3.0, 2.0, 1.0]
    assert old["state"] == [0, 0, 1], "computed before a was changed"


def test_out_of_the_domain_nothing_is_computed_further(tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    loss = a.log() + 1
    (answer,) = answers([edited(loss, {a: -1.0})], tmp_path)
    index = {node: i for i, node in enumerate(every_node(loss))}
    assert answer["state"][index[loss]] == 3
    assert answer["state"][index[loss._prev[0]]] == 2
    assert answer["data"][index[loss]] == "nan"


def test_nodes_made_by_hand_propagate_by_their_own_backward(tmp_path: Path) -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    square = Value(4.0, (a,), "square")

    def closure() -> None:
        a.grad += 4.0 * square.grad

    square._backward = closure
    given = Value(6.0, (a, b), (3.0, 2.0))
    loss = square * 5 + given
    (answer,) = answers([edited(loss, {})], tmp_path)
    loss.backward()
    assert [float(x) for x in answer["grads"]] == [node.grad for node in every_node(loss)]


def test_the_words_are_those_of_the_prompt(tmp_path: Path) -> None:
    graphs = [random_graph(seed, 14) for seed in range(25)]
    for loss, answer in zip(graphs, answers([about(loss, "words") for loss in graphs], tmp_path), strict=True):
        for steps, told in ((list(Forward(loss)), answer["forward"]), (lessons(loss), answer["backward"])):
            for step, theirs in zip(steps, told, strict=True):
                assert (theirs["title"], theirs["reason"], theirs["words"]) == (step.title, step.reason, step.words)
                for change, other in zip(step.changes, theirs["changes"], strict=True):
                    said = (other["rule"], other["sum"], other["note"], other["constant"])
                    assert said == (change.rule, change.sum, change.note, change.constant)


def test_paths_are_those_of_explain(tmp_path: Path) -> None:
    graphs = [random_graph(seed, 12) for seed in range(20)]
    for loss, answer in zip(graphs, answers([about(loss, "words") for loss in graphs], tmp_path), strict=True):
        for node, theirs in zip(every_node(loss), answer["explained"], strict=True):
            _, title, rows = explained(loss, node)
            assert theirs["title"] == title
            told = [(row["way"], row["factors"], row["product"]) for row in theirs["rows"]]
            told += [("their sum", "", theirs["sum"])] if theirs["sum"] else []
            assert told == [(way.replace(KEPT, " "), factors, product) for way, factors, product in rows]


def test_numbers_are_written_as_python_writes_them(tmp_path: Path) -> None:
    rng = random.Random(1)
    numbers = [
        *CORNERS,
        100000.5,
        -100000.5,
        0.1,
        1 / 3,
        1e16,
        1e15,
        123456789.0,
        1e-4,
        1e-5,
        5e-324,
        1.7976931348623157e308,
    ]
    numbers += [rng.uniform(-1, 1) * 10 ** rng.randint(-20, 20) for _ in range(500)]
    numbers += [round(rng.uniform(-1000, 1000), rng.randint(0, 6)) for _ in range(500)]
    formats = [".4g", ".2g", ".6g", "+.3g", ".3f", ".1e", ".0g"]
    questions = [
        {"ask": "format", "number": texts(x), "format": formats[i % len(formats)]} for i, x in enumerate(numbers)
    ]
    for x, question, told in zip(numbers, questions, answers(questions, tmp_path), strict=True):
        assert told == [repr(x), number(x), factor(x), format(x, str(question["format"]))]


def test_the_error_function_and_the_normal_distribution(tmp_path: Path) -> None:
    mpmath = pytest.importorskip("mpmath")
    numbers = [x / 8 for x in range(-300, 300)] + [1e-300, -1e-9, 0.0, 1e9, -1e9]
    questions = [{"ask": "primitive", "name": name, "numbers": list(map(repr, numbers))} for name in ("erf", "ndtr")]
    errors, shares = answers(questions, tmp_path)
    for x, error, share in zip(numbers, errors, shares, strict=True):
        assert agree(float(mpmath.erf(x)), error), x
        expected = float(mpmath.ncdf(x))
        assert agree(expected, share, 1e-300), x
