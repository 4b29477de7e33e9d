"""The compiled program equals the eager graph for any graph, and refuses clearly what it cannot do."""

from __future__ import annotations

import math
import pickle
import random
import re
import sys
import threading
import tracemalloc
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Value
from autograd.graph import topological
from tests.graphs import random_graph
from tests.programs import attention


def eager(
    root: Value, x: Sequence[Value], w: Sequence[Value], nodes: Sequence[Value], X: np.ndarray
) -> tuple[list[float], np.ndarray, list[list[float]]]:
    """The values, the mean gradient of w, and the gradients of some nodes, one example at a time."""
    values, inner = [], []
    for v in w:
        v.grad = 0.0
    for example in X:
        for v, number in zip(x, example.tolist(), strict=True):
            v.data, v.grad = number, 0.0
        root.refresh()
        root.backward()
        values.append(root.data)
        inner.append([node.grad for node in nodes])
    return values, np.array([v.grad for v in w]) / len(X), inner


def assert_alike(found: object, right: object) -> None:
    expected = np.asarray(right)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12, atol=1e-13 * max(1.0, np.abs(expected).max()))


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(1, 4))
def test_any_graph_gives_the_results_of_the_eager_engine(seed: int, batch: int) -> None:
    rnd = random.Random(seed)
    x = [Value(0.5 * i) for i in range(3)]
    w = [Value(rnd.uniform(-1, 1)) for _ in range(4)]
    root = random_graph(seed, x, w)
    inner = topological(root)
    picked = [*rnd.sample(inner, min(3, len(inner))), *x]
    X = np.array([[rnd.uniform(-1, 1) for _ in x] for _ in range(batch)])
    values, gradient, of_picked = eager(root, x, w, picked, X)
    program = autograd.compile(root, inputs=x, params=w)
    assert_alike(program(X), values)
    loss, gradients = program.value_and_grad(X)
    assert_alike(loss, np.mean(values))
    assert_alike(gradients, gradient)
    np.testing.assert_allclose(program.grads_of(picked, X), of_picked, rtol=1e-10, atol=1e-11)


def network(sizes: list[int]) -> tuple[nn.MLP, list[Value], Value]:
    model = nn.MLP(sizes[0], sizes[1:], seed=0)
    x, t = [Value(0.0) for _ in range(sizes[0])], [Value(0.0) for _ in range(sizes[-1])]
    return model, [*x, *t], nn.squared_error(model(x), t)


def test_a_network_becomes_matrix_products() -> None:
    model, inputs, loss = network([64, 32, 10])
    program = autograd.compile(loss, inputs=inputs, params=model.parameters())
    assert program.source.count(" matmul(") == 2 + 1 + 1  # forwards, the sum of the errors, and backwards
    assert program.source.count(" over_batch(") == 2 + 2  # the gradients of the weights and of the biases
    text = repr(program)
    assert text.startswith("4,797 scalar operations -> 8 numpy calls (and 8 for the gradient)\n")
    assert "a matrix product (32 × 64) · (64 × batch)" in text
    assert "layers[0].neurons[·]" in program.source
    assert [group.what for group in program.graph()][3:] == ["sum", "relu", "sum", "power", "sum"]


def test_a_hand_written_loop_looks_the_same_in_both_worlds() -> None:
    rng = np.random.default_rng(0)
    X = rng.random((6, 5))
    model, inputs, loss = network([3, 4, 2])
    program = autograd.compile(loss, inputs=inputs, params=model.parameters())
    twin = nn.MLP(3, [4, 2], seed=0)
    for make in (lambda p: nn.SGD(p, lr=0.1, momentum=0.9), lambda p: nn.Adam(p, lr=0.01)):
        fast, slow = make(program), make(twin.parameters())
        for _ in range(5):
            compiled_loss, _ = program.value_and_grad(X)
            fast.step()
            slow.zero_grad()
            total = nn.mse([twin(row[:3]) for row in X.tolist()], [row[3:] for row in X.tolist()]) * 2
            total.backward()
            slow.step()
            assert_alike(compiled_loss, total.data)
    program.sync()
    assert_alike([p.data for p in model.parameters()], [p.data for p in twin.parameters()])
    assert_alike([p.grad for p in model.parameters()], [p.grad for p in twin.parameters()])


def test_attention_in_few_calls() -> None:
    rnd = random.Random(0)
    calls = []
    for positions in (4, 8):
        inputs = [[Value(rnd.gauss(0, 1)) for _ in range(6)] for _ in range(positions)]
        weights = [[[Value(rnd.gauss(0, 1)) for _ in range(6)] for _ in range(6)] for _ in range(3)]
        x, w = [v for row in inputs for v in row], [v for m in weights for row in m for v in row]
        X = np.array([[v.data for v in x]])
        loss = attention(inputs, weights)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = autograd.compile(loss, inputs=x, params=w)
        found, gradients = program.value_and_grad(X)
        loss.backward()
        assert_alike(found, loss.data)
        assert_alike(gradients, [v.grad for v in w])
        calls.append(int(re.findall(r"(\d+) numpy calls", repr(program))[0]))
    assert calls[1] < 2 * calls[0]  # though there are four times as many pairs of positions


def test_intermediate_arrays_of_a_map_have_its_shape() -> None:
    model = nn.MLP(1, [4, 5], seed=0, activation="sigmoid")
    x = [Value(0.5)]
    loss = autograd.maximum(model(x))
    program = autograd.compile(loss, inputs=x, params=model.parameters())
    _, gradient = program.value_and_grad([[0.5]])
    loss.backward()
    np.testing.assert_allclose(gradient, [p.grad for p in model.parameters()], rtol=1e-12)


def test_a_recurrent_net_over_100_steps() -> None:
    rnd = random.Random(1)
    w = [[Value(rnd.gauss(0, 0.4)) for _ in range(5)] for _ in range(4)]
    xs = [Value(rnd.gauss(0, 1)) for _ in range(100)]
    state = [Value(0.0) for _ in range(4)]
    for x in xs:
        state = [autograd.dot(row, [*state, x]).tanh() for row in w]
    loss = autograd.dot(state, state)
    params = [v for row in w for v in row]
    program = autograd.compile(loss, inputs=xs, params=params)
    found, gradients = program.value_and_grad(np.array([[x.data for x in xs]]))
    loss.backward()
    assert_alike(found, loss.data)
    assert_alike(gradients, [v.grad for v in params])


def test_random_sparse_sums() -> None:
    rnd = random.Random(2)
    x, w = [Value(0.0) for _ in range(30)], [Value(rnd.gauss(0, 1)) for _ in range(200)]
    hidden = [autograd.sum(rnd.choice(w) * rnd.choice(x) for _ in range(rnd.randrange(1, 9))).tanh() for _ in range(40)]
    loss = autograd.sum(rnd.choice(hidden) * rnd.choice(hidden) for _ in range(60))
    X = np.random.default_rng(0).normal(size=(5, 30))
    values, gradient, _ = eager(loss, x, w, [], X)
    program = autograd.compile(loss, inputs=x, params=w)
    assert_alike(program(X), values)
    assert_alike(program.value_and_grad(X)[1], gradient)
    assert len(program.graph()) < 12


def test_several_roots_make_columns() -> None:
    x, w = Value(0.0), Value(3.0)
    program = autograd.compile([w * x, w + 1, x], inputs=[x], params=[w])
    assert program([[2.0], [5.0]]).tolist() == [[6.0, 4.0, 2.0], [15.0, 4.0, 5.0]]
    with pytest.raises(ValueError, match=r"one root.*3"):
        program.value_and_grad([[2.0]])


def test_unbatched_results_are_computed_once_per_batch() -> None:
    x, w = Value(0.0), [Value(2.0), Value(-3.0)]
    loss = (w[0] * x - w[1]) ** 2 + 0.5 * autograd.sum(v * v for v in w)
    X = np.array([[1.0], [2.0], [-1.0]])
    values, gradient, _ = eager(loss, [x], w, [], X)
    program = autograd.compile(loss, inputs=[x], params=w)
    assert_alike(program(X), values)
    assert_alike(program.value_and_grad(X)[1], gradient)


def test_a_gradient_for_what_depends_on_parameters_alone_is_each_examples_own() -> None:
    p, x = Value(3.0), Value(2.0)
    h = p.exp()
    program = autograd.compile(h * x + x, inputs=[x], params=[p])
    X = np.array([[1.0], [2.0], [5.0]])
    assert program.grads_of([h], X).tolist() == X.tolist()


def test_sums_that_begin_with_a_minus() -> None:
    v = [Value(x) for x in (1.0, 2.0, 3.0, 5.0)]
    a, b, c, d = v
    X = np.array([[1.0, 2.0, 3.0, 5.0], [-0.5, 4.0, 0.25, 7.0]])
    for loss in (-a + b, -a - b, -a + b + c, -(a * b) + c * d - a, autograd.sum([-a, -b, c, d]), -a * 1.0 + 2.0 + b):
        values, _, rows = eager(loss, v, [], v, X)
        program = autograd.compile(loss, inputs=v)
        assert_alike(program(X), values)
        assert_alike(program.grads_of(v, X), rows)


def test_float32_is_computed_in_float32() -> None:
    model, inputs, loss = network([4, 3, 2])
    X = np.random.default_rng(0).random((5, 6))
    exact, gradients = autograd.compile(loss, inputs=inputs, params=model.parameters()).value_and_grad(X)
    program = autograd.compile(loss, inputs=inputs, params=model.parameters(), dtype="float32")
    rough, rough_gradients = program.value_and_grad(X)
    assert program.params.dtype == rough_gradients.dtype == np.float32
    np.testing.assert_allclose(rough_gradients, gradients, rtol=1e-4, atol=1e-5)
    assert rough == pytest.approx(exact, rel=1e-5)
    assert rough != exact


def test_the_corners_are_those_of_the_eager_engine() -> None:
    x, w = Value(0.0), Value(0.0)
    loss = x.relu() + abs(x) + x.maximum(w) + (x * w) ** 0 + w * w
    program = autograd.compile(loss, inputs=[x], params=[w])
    assert program.grads_of([x], [[0.0]]).tolist() == [[0.5]]
    assert program.value_and_grad([[0.0]])[1].tolist() == [0.5]


def test_an_undefined_operation_raises_the_error_of_the_eager_engine() -> None:
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    cases: list[tuple[Value, float, type[Exception], str]] = [
        ((x * w).log(), -1.0, ValueError, r"log\(-2\.0\): the operand must be above 0 \(example 1 of the batch\)"),
        (w / x, 0.0, ZeroDivisionError, r"div\(w = 2\.0, x = 0\.0\): the denominator must not be 0 \(example 1"),
        ((x * w).exp(), 400.0, OverflowError, r"exp\(800\.0\): the result must fit a float"),
    ]
    for root, bad, kind, message in cases:
        program = autograd.compile(root, inputs=[x], params=[w])
        with pytest.raises(kind, match=message):
            program([[1.0], [bad]])
        with pytest.raises(kind, match=message):
            program.value_and_grad([[1.0], [bad]])
        assert np.isfinite(program([[1.0]])).all()


def test_sums_and_products_overflow_to_inf_and_nan_goes_through_as_in_floats() -> None:
    x, w = Value(0.0), Value(1e200)
    program = autograd.compile(w * x + 1, inputs=[x], params=[w])
    assert program([[1e200]]).tolist() == [np.inf]
    assert np.isnan(program([[np.nan]])).all()


def test_parameters_are_taken_from_the_values_again() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    x = [Value(0.0), Value(0.0)]
    program = autograd.compile(model(x), inputs=x, params=model.parameters())
    model.load_state_dict(nn.MLP(2, [3, 1], seed=1).state_dict())
    before = program([[1.0, 2.0]])[0]
    assert program.refresh()([[1.0, 2.0]])[0] == pytest.approx(model([1.0, 2.0]).data)
    assert before != pytest.approx(model([1.0, 2.0]).data)


def test_wrong_data_is_refused() -> None:
    x, w = [Value(0.0), Value(0.0)], Value(1.0)
    program = autograd.compile(w * x[0] + x[1], inputs=x, params=[w])
    with pytest.raises(ValueError, match=r"X has the shape \(2,\), and should have \(batch, 2\).*pass X\[None\]"):
        program([1.0, 2.0])
    with pytest.raises(ValueError, match=r"X has the shape \(1, 3\)"):
        program([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match=r"X has the shape \(0, 2\)"):
        program(np.empty((0, 2)))
    with pytest.raises(TypeError, match="X must contain real numbers, not complex128"):
        program([[1j, 2.0]])
    with pytest.raises(TypeError, match="X must contain real numbers"):
        program([["a", "b"]])
    with pytest.raises(ValueError, match="differ in length"):
        program([[1.0], [1.0, 2.0]])


def test_graphs_that_cannot_be_compiled_are_refused() -> None:
    x, w = Value(0.0, label="x"), Value(1.0, label="w")
    loss = x * w
    with pytest.raises(TypeError, match=r"roots of a program must be Values: number 0 is 1\.0"):
        autograd.compile([1.0], inputs=[x])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="nothing to compile"):
        autograd.compile([])
    with pytest.raises(TypeError, match="inputs must be Values: number 0 is 1"):
        autograd.compile(loss, inputs=[1])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"parameter 0 is computed by mul\(x = 0\.0, w = 1\.0\)"):
        autograd.compile(loss, inputs=[x], params=[loss])
    with pytest.raises(ValueError, match="parameter 1 is the same Value as parameter 0: w = Value"):
        autograd.compile(loss, inputs=[x], params=[w, w])
    with pytest.raises(ValueError, match="parameter 0 is the same Value as input 0"):
        autograd.compile(loss, inputs=[x], params=[x])
    with pytest.raises(ValueError, match="no root depends on any of the parameters"):
        autograd.compile(loss, inputs=[x, w], params=[Value(1.0)])
    with pytest.raises(ValueError, match="dtype must be float64 or float32, not int64"):
        autograd.compile(loss, dtype="int64")
    by_hand = Value(1.0, (x,), "mine")
    with pytest.raises(TypeError, match=r"mine\(x = 0\.0\).*by hand"):
        autograd.compile(by_hand * w, inputs=[x], params=[w])
    stubborn = autograd.operation(
        "test_compiler_stubborn", forward=lambda m, a: abs(float(a)), partials=[lambda m, y, a: 1.0]
    )
    with pytest.raises(TypeError, match="test_compiler_stubborn"):
        autograd.compile(stubborn(x) * w, inputs=[x], params=[w])


def test_gradients_that_are_not_there_are_refused() -> None:
    x, w = Value(0.0), Value(1.0)
    program = autograd.compile(x * w, inputs=[x])
    with pytest.raises(ValueError, match="this program has no parameters"):
        program.value_and_grad([[1.0]])
    program = autograd.compile(x * w, inputs=[x], params=[w])
    with pytest.raises(ValueError, match="inputs"):
        program.grads_of([w], [[1.0]])


def test_a_copy_of_an_inputs_number_is_warned_of() -> None:
    x, w = Value(0.3), Value(1.0)
    with pytest.warns(UserWarning, match="the constant 0.3 equals input 0"):
        autograd.compile(x * w + x.detach(), inputs=[x], params=[w])


def test_unused_inputs_and_parameters_change_nothing() -> None:
    x, w = [Value(0.0), Value(0.0)], [Value(2.0), Value(3.0)]
    program = autograd.compile(x[1] * w[0], inputs=x, params=w)
    assert program([[9.0, 4.0]]).tolist() == [8.0]
    assert program.value_and_grad([[9.0, 4.0]])[1].tolist() == [4.0, 0.0]


def test_the_source_holds_no_text_of_the_users() -> None:
    evil = '"""\nimport os  # '
    x, w = Value(0.0, label=evil), Value(1.0, label=evil)
    product = x * w
    product.place = evil
    loss = (product + w * x).tanh()
    loss.place = evil
    program = autograd.compile(loss, inputs=[x], params=[w])
    assert [line for line in program.source.splitlines() if line.strip().startswith("import")] == []
    assert program([[1.0]]).tolist() == [np.tanh(2.0)]


def test_programs_pickle() -> None:
    model, inputs, loss = network([3, 4, 2])
    program = autograd.compile(loss, inputs=inputs, params=model.parameters())
    X = np.random.default_rng(0).random((4, 5))
    program.params[...] *= 0.5
    copy = pickle.loads(pickle.dumps(program))
    assert copy.value_and_grad(X)[0] == program.value_and_grad(X)[0]
    assert copy.grads.tolist() == program.grads.tolist()
    copy.sync()


def test_two_threads_run_one_program() -> None:
    model, inputs, loss = network([8, 16, 4])
    program = autograd.compile(loss, inputs=inputs, params=model.parameters())
    rng = np.random.default_rng(0)
    data = [rng.random((16, 12)) for _ in range(2)]
    right = [(program.value_and_grad(X)[0], program.grads.copy()) for X in data]
    wrong: list[int] = []

    def work(i: int) -> None:
        for _ in range(200):
            found, gradients = program.value_and_grad(data[i])
            if found != right[i][0] or (gradients != right[i][1]).any():
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_step_allocates_nothing_that_grows_with_the_batch() -> None:
    model, inputs, loss = network([16, 8, 4])
    program = autograd.compile(loss, inputs=inputs, params=model.parameters())
    X = np.random.default_rng(0).random((20_000, 20))
    program.value_and_grad(X)
    tracemalloc.start()
    program.value_and_grad(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000 * 8  # less than one row of the batch


def test_the_number_of_calls_grows_with_the_groups_and_not_with_the_scalars() -> None:
    counts = set()
    for width in (8, 64):
        model, inputs, loss = network([width, width, 4])
        counts.add(autograd.compile(loss, inputs=inputs, params=model.parameters()).source.count("\n"))
    assert len(counts) == 1


@pytest.mark.parametrize(("package", "convert"), [("jax", "to_jax"), ("onnx", "to_onnx")])
def test_a_backend_that_is_not_installed_says_what_to_install(
    package: str, convert: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(f"autograd.compiler.{package}_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    x, w = Value(1.0), Value(2.0)
    program = autograd.compile(w * x, inputs=[x], params=[w])
    with pytest.raises(ModuleNotFoundError, match=rf"pip install 'glassgrad\[{package}\]'"):
        getattr(program, convert)(*["model.onnx"][: package == "onnx"])


@pytest.mark.parametrize("first", [0.0, -0.0])
def test_the_two_zeros_are_two_constants(first: float) -> None:
    x = Value(1.0)
    for zero in (first, -first):
        both = autograd.compile([autograd.atan2(zero, -x), autograd.atan2(-zero, -x)], inputs=[x])
        expected = [math.atan2(zero, -1.0), math.atan2(-zero, -1.0)]
        assert both([[1.0]]).tolist() == [expected]
        assert autograd.compile(autograd.atan2(zero, -x), inputs=[x])([[1.0]]).tolist() == expected[:1]
