"""The program as an ONNX model, run by onnxruntime: equal to the array program's meaning, including corners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import autograd
import nn
from autograd import Value
from autograd.compiler import ir, reference
from autograd.compiler.differentiate import differentiate
from autograd.compiler.elementwise import X0, X1
from autograd.compiler.ir import Array, Builder
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES
from autograd.terms import Term
from autograd.value import apply
from tests import programs
from tests.programs import leaves
from tests.test_compiler_operations import RULES, differentiated_twice, operands_of, start
from tests.test_compiler_passes import PROGRAMS, SIZE
from tests.test_primitives import arity

onnx = pytest.importorskip("onnx", reason="ONNX is not installed: make backends tests it")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: make backends tests it")

Numbers = npt.NDArray[Any]


def session(model: bytes | Path) -> Any:
    """A session with one thread, without warnings about inf or nan."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model) if isinstance(model, Path) else model, options)


def run(program: autograd.Program, path: Path, X: Numbers, **settings: Any) -> dict[str, Numbers]:
    """All outputs of the model of a program."""
    file = path / "model.onnx"
    program.to_onnx(file, **settings)
    made = session(file)
    given = {"X": X.astype(program.params.dtype), "params": program.params}
    names = [each.name for each in made.get_inputs()]
    found = made.run(None, {name: given[name] for name in names})
    return dict(zip([each.name for each in made.get_outputs()], found, strict=True))


def assert_equal(program: autograd.Program, X: Numbers, path: Path, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(run(program, path, X)["Y"], program(X), rtol=tolerance, atol=tolerance)
    found = run(program, path, X, grads=True)
    loss, wanted = program.value_and_grad(X)
    np.testing.assert_allclose(found["Y"], program(X), rtol=tolerance, atol=tolerance)
    assert float(found["loss"]) == pytest.approx(loss, rel=tolerance)
    assert found["grads"].shape == wanted.shape
    np.testing.assert_allclose(found["grads"], wanted, rtol=tolerance, atol=tolerance * max(1.0, np.abs(wanted).max()))


def meant(program: autograd.Program, X: Numbers) -> Numbers:
    """The meaning of the program, with inf and nan where it would raise."""
    results = program._built.results
    given = {
        ir.PARAMS: program.params[:, None],
        ir.INPUTS: X.T,
        ir.CONSTANTS: np.array(program._built.grouping.constants, X.dtype).reshape(-1, 1),
    }
    with np.errstate(all="ignore"):
        found = reference.evaluate(results, given, len(X))
    return np.stack([np.broadcast_to(found[result][0], len(X)) for result in results], axis=1)


# Operations


@pytest.mark.parametrize("primitive", [each for each in PRIMITIVES.values() if each.onnx], ids=repr)
def test_the_table_spells_operators_of_onnx(primitive: Any) -> None:
    schema = onnx.defs.get_schema(primitive.onnx)
    assert schema.min_input <= arity(primitive) <= schema.max_input


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_every_operation_has_its_corners(rule: Operation, tmp_path: Path) -> None:
    program = differentiated_twice(rule)
    X = np.array(operands_of(rule))
    expected, found = meant(program, X), run(program, tmp_path, X)["Y"]
    for i, numbers in enumerate(X.tolist()):
        beyond = 1e200 in numbers  # beside it, what is left of a difference is rounding
        known = 1 if beyond else len(expected[i])
        np.testing.assert_allclose(found[i, :known], expected[i, :known], rtol=1e-11, atol=1e-300, err_msg=str(numbers))


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_float32_is_that_of_the_program(rule: Operation, tmp_path: Path) -> None:
    operands = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    program = autograd.compile([apply(rule, *operands)], inputs=operands, dtype="float32")
    X = np.array([row for row in operands_of(rule) if 1e200 not in row and 1e-300 not in row], np.float32)
    found = run(program, tmp_path, X)["Y"]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, meant(program, X), rtol=3e-6, atol=1e-37)


def through_onnx(root: Array, batched: bool, given: dict[str, Numbers], batch: int) -> Numbers:
    """Computes an array of an array program by onnxruntime."""
    from autograd.compiler.onnx_backend import write
    from autograd.compiler.onnx_writer import OPEN, Writer

    w = Writer(np.dtype(np.float64))
    w.takes("inputs", (SIZE, OPEN if batched else 1))
    if batched:
        w.batch = w.node("Shape", "inputs", start=1, end=2)
    constants = {name: w.constant(numbers) for name, numbers in given.items() if name not in (ir.SEED, ir.INPUTS)}
    found = write(w, [root], {ir.INPUTS: "inputs", **constants}, {})
    w.gives("Y", found[root], (*root.shape, OPEN if root.batched else 1))
    answer: Numbers = session(w.model()).run(None, {"inputs": given[ir.INPUTS]})[0]
    return np.broadcast_to(answer, (*root.shape, batch if root.batched else 1))


@pytest.mark.parametrize("op", PROGRAMS)
@pytest.mark.parametrize("batched", [True, False])
def test_an_array_program_and_its_derivative_mean_the_same(op: str, batched: bool) -> None:
    b = Builder()
    x = b.leaf(ir.INPUTS, SIZE, batched)
    y = PROGRAMS[op](b, x)
    weights = b.rows(b.leaf(ir.CONSTANTS, 30, False), np.arange(y.size).reshape(y.shape))
    total = b.map(Term("*", (X0, X1)), (y, weights), (X1, X0))
    root = b.sum(b.reshape(total, (1, total.size)), 1)
    gradient = differentiate(root, 0, b.leaf(ir.SEED, 1, root.batched), [x], b)[x]
    chance = np.random.default_rng(0)
    batch = 3 if batched else 1
    for special in (0.0, np.nan, np.inf):
        numbers = chance.integers(-2, 3, size=(SIZE, batch)).astype(float)
        numbers[4, 0] = special
        given = {ir.CONSTANTS: chance.normal(size=(30, 1)), ir.INPUTS: numbers}
        given["choices"] = np.array([[2.0], [0.0], [-1.0 if special else 1.0], [2.0]])
        given[ir.SEED] = np.full((1, batch), 1.0 / batch)
        for array in (y, gradient):
            with np.errstate(invalid="ignore"):
                expected = reference.evaluate([array], given, batch)[array]
            np.testing.assert_allclose(through_onnx(array, batched, given, batch), expected, rtol=1e-14)


# Programs


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_whole_programs(name: str, tmp_path: Path) -> None:
    assert_equal(*programs.PROGRAMS[name](), tmp_path)
    assert_equal(*programs.PROGRAMS[name]("float32"), tmp_path, 1e-4)


def test_random_graphs(tmp_path: Path) -> None:
    for seed in range(12):
        assert_equal(*programs.wired_at_random(seed), tmp_path, 1e-11)


def test_one_model_takes_batches_of_any_size(tmp_path: Path) -> None:
    program, X = programs.network()
    program.to_onnx(tmp_path / "model.onnx")
    made = session(tmp_path / "model.onnx")
    for rows in (X[:1], X, np.repeat(X, 40, axis=0)):
        np.testing.assert_allclose(made.run(None, {"X": rows})[0], program(rows), rtol=1e-12)


def test_several_roots_other_results_and_constant_results(tmp_path: Path) -> None:
    x, w = leaves(2), [Value(3.0), Value(4.0)]
    product = w[0] * w[1]
    program = autograd.compile([x[0] * w[0], product], inputs=x, params=w, also=[x[1] + product])
    X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    found = run(program, tmp_path, X)
    roots, also = program(X)
    assert (found["Y"].tolist(), found["also"].tolist()) == (roots.tolist(), also.tolist())


def test_a_program_without_inputs(tmp_path: Path) -> None:
    w = leaves(3)
    program = autograd.compile(autograd.dot(w, w).exp(), params=w)
    assert_equal(program, np.empty((1, 0)), tmp_path)


def test_a_sibling_learns_its_own_parameters(tmp_path: Path) -> None:
    x, w = Value(0.0), [Value(2.0), Value(3.0), Value(5.0)]
    root = (x * w[0] + w[1]) * w[2]
    program = autograd.compile(root, inputs=[x], params=w).sibling(root**2, params=[w[1]])
    assert_equal(program, np.array([[1.0], [2.0]]), tmp_path)


def test_short_sums_keep_their_order(tmp_path: Path) -> None:
    x = leaves(4)
    program = autograd.compile((x[0] - x[1]) + x[2] + autograd.sum([x[0], -x[1], x[2], x[3]]), inputs=x)
    for batch in (1, 5):
        X = np.repeat([[1e17, 1e17, 1.0, 1.0]], batch, axis=0)
        assert run(program, tmp_path, X)["Y"].tolist() == program(X).tolist() == [3.0] * batch


def test_masked_elements_may_be_infinite(tmp_path: Path) -> None:
    share, value = [leaves(4) for _ in range(4)], [leaves(3) for _ in range(4)]
    roots = [autograd.sum([share[i][j] * value[j][d] for j in range(i + 1)]) for i in range(4) for d in range(3)]
    flat = [v for row in (*share, *value) for v in row]
    program = autograd.compile(roots, inputs=flat)
    X = np.random.default_rng(0).normal(size=(2, len(flat)))
    X[0, -1] = np.inf
    np.testing.assert_allclose(run(program, tmp_path, X)["Y"], program(X), rtol=1e-13)


def test_a_runtime_can_train_a_model(tmp_path: Path) -> None:
    program, X = programs.network()
    program.to_onnx(tmp_path / "model.onnx", grads=True)
    made, params = session(tmp_path / "model.onnx"), program.params.copy()
    optimiser = nn.SGD(program, lr=0.1)
    for _ in range(5):
        params -= 0.1 * made.run(["grads"], {"X": X, "params": params})[0]
        program.value_and_grad(X)
        optimiser.step()
    np.testing.assert_allclose(params, program.params, rtol=1e-12, atol=1e-14)


def test_user_text_does_not_name_values(tmp_path: Path) -> None:
    double = autograd.operation("X", forward=lambda m, a: 2.0 * a, partials=[lambda m, y, a: 2.0])
    x = Value(1.0, label="X")
    program = autograd.compile(double(x) + Value(2.0, label="Y"), inputs=[x])
    assert run(program, tmp_path, np.array([[3.0]]))["Y"].tolist() == [8.0]


def test_a_missing_gradient_is_an_error(tmp_path: Path) -> None:
    x = leaves(2)
    with pytest.raises(ValueError, match="has no parameters"):
        autograd.compile(x[0] * x[1], inputs=x).to_onnx(tmp_path / "model.onnx", grads=True)
    with pytest.raises(ValueError, match="needs one root"):
        autograd.compile(x, inputs=x[:1], params=x[1:]).to_onnx(tmp_path / "model.onnx", grads=True)
    assert not list(tmp_path.iterdir())
