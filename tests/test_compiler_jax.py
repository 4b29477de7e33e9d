"""The program as a JAX function: equal to the compiled one, including corners and derivatives."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from autograd.ops import Operation
from autograd.value import apply
from tests.programs import PROGRAMS, leaves, wired_at_random
from tests.test_compiler_operations import RULES, attempt, gradients, operands_of, start

jax = pytest.importorskip("jax", reason="JAX is not installed: make backends tests it")
jnp = jax.numpy
jax.config.update("jax_enable_x64", True)

ROOT = Path(__file__).parents[1]


def defined(rule: Operation, numbers: tuple[float, ...]) -> bool:
    try:
        rule.evaluate(*numbers)
    except (ArithmeticError, ValueError):
        return False
    return True


def assert_equal(program: autograd.Program, X: np.ndarray[Any, Any], tolerance: float = 1e-12) -> None:
    f = program.to_jax()
    params = jnp.asarray(program.params)
    loss, gradient = jax.jit(jax.value_and_grad(lambda q: f(q, X).mean()))(params)
    expected, wanted = program.value_and_grad(X)
    assert float(loss) == pytest.approx(expected, rel=tolerance)
    np.testing.assert_allclose(gradient, wanted, rtol=tolerance, atol=tolerance * max(1.0, np.abs(wanted).max()))


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_every_operation_has_its_corners(rule: Operation) -> None:
    operands = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    program = autograd.compile(apply(rule, *operands), inputs=operands)
    f = program.to_jax()
    one = jax.jit(jax.value_and_grad(lambda x: f(jnp.zeros(0), x[None])[0]))
    for numbers in operands_of(rule)[::3]:
        X = np.array([numbers])
        expected = attempt(lambda X=X: [*program(X).tolist(), *program.grads_of(operands, X)[0].tolist()])  # type: ignore[misc]
        if isinstance(expected, list):
            value, slopes = one(jnp.asarray(X[0]))
            rounding = 1e188 if 1e200 in numbers else 1e-300  # of a difference of such numbers, nothing else is left
            np.testing.assert_allclose([value, *slopes], expected, rtol=1e-12, atol=rounding, err_msg=str(numbers))


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_second_derivatives_are_ours_too(rule: Operation) -> None:
    operands = [Value(start(rule) + 0.1 * i) for i in range(rule.arity)]
    root = apply(rule, *operands)
    slopes = gradients(root, operands)
    program = autograd.compile(slopes, inputs=operands)
    f = autograd.compile(root, inputs=operands).to_jax()
    second = jax.jit(jax.hessian(lambda x: f(jnp.zeros(0), x[None])[0]))
    ours = [program.sibling(slope) for slope in slopes]
    for numbers in operands_of(rule)[::7]:
        if not np.isfinite(numbers).all() or max(map(abs, numbers)) > 100 or not defined(rule, numbers):
            continue
        expected = np.array([each.grads_of(operands, [numbers])[0] for each in ours])
        if np.isfinite(expected).all():
            found = np.asarray(second(jnp.asarray(numbers)))
            rounding = 1e-15 * np.abs(expected).max()
            np.testing.assert_allclose(found, expected, rtol=1e-11, atol=rounding, err_msg=str(numbers))


@pytest.mark.parametrize("name", PROGRAMS)
def test_whole_programs(name: str) -> None:
    assert_equal(*PROGRAMS[name]())


def test_random_graphs() -> None:
    for seed in range(12):
        assert_equal(*wired_at_random(seed), 1e-11)


def test_an_invalid_index_gives_nan() -> None:
    table, index = leaves(4), Value(1.0)
    program = autograd.compile(autograd.pick(table, index), inputs=[index], params=table)
    assert np.isnan(program.to_jax()(jnp.zeros(4), np.array([[0.5], [-1.0], [4.0]]))).all()


def test_the_gradient_at_kinks_is_ours_and_so_is_the_hessian() -> None:
    x, w = Value(0.0), Value(0.0)
    program = autograd.compile(w.relu() * x + w.maximum(x), inputs=[x], params=[w])
    X = np.array([[0.0], [2.0]])
    f = program.to_jax()
    assert jax.grad(lambda q: f(q, X).mean())(jnp.zeros(1)).tolist() == [0.25]
    assert jax.hessian(lambda q: f(q, X).mean())(jnp.zeros(1)).tolist() == [[0.0]]


def test_it_maps_over_examples_and_computes_in_the_type_of_the_parameters() -> None:
    model = nn.MLP(4, [3, 2], seed=0)
    x, t = leaves(4), leaves(2)
    program = autograd.compile(nn.squared_error(model(x), t), inputs=[*x, *t], params=model.parameters())
    f, X = program.to_jax(), np.random.default_rng(0).random((5, 6))
    params = jnp.asarray(program.params)
    each = jax.vmap(jax.grad(lambda q, row: f(q, row[None])[0]), (None, 0))(params, X)
    np.testing.assert_allclose(each.mean(0), program.value_and_grad(X)[1], rtol=1e-12)
    single = f(params.astype("float32"), X.astype("float32"))
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, program(X), rtol=1e-5)


def test_a_sibling_learns_its_own_parameters() -> None:
    x, w = Value(0.0), [Value(2.0), Value(3.0)]
    program = autograd.compile(x * w[0] + w[1], inputs=[x], params=w).sibling((x * w[0] + w[1]) ** 2, params=[w[1]])
    assert_equal(program, np.array([[1.0], [2.0]]))


# Outgrowing one machine


def run(source: str, *arguments: str, devices: int = 1) -> subprocess.Popen[str]:
    """Runs source in a separate process, with some virtual devices."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output
    return output


SETTING = """
    import sys
    import jax, numpy as np
    import jax.numpy as jnp
    from jax.sharding import Mesh, NamedSharding, PartitionSpec
    import autograd, nn
    from autograd import Value

    jax.config.update("jax_enable_x64", True)
    model = nn.MLP(8, [6, 3], seed=0)
    x, t = [Value(0.0) for _ in range(8)], [Value(0.0) for _ in range(3)]
    program = autograd.compile(nn.squared_error(model(x), t), inputs=[*x, *t], params=model.parameters())
    f = program.to_jax()
    X = np.random.default_rng(0).random((32, 11))

    def step(params, X):
        loss, gradient = jax.value_and_grad(lambda q: f(q, X).mean())(params)
        return params - 0.1 * gradient, loss, gradient
"""

CHECK = """
    params, loss, gradient = jax.jit(step)(params, rows)
    expected, wanted = program.value_and_grad(X)
    assert abs(float(loss) - expected) < 1e-12, (float(loss), expected)
    assert np.abs(np.asarray(gradient) - wanted).max() < 1e-12
    assert np.abs(np.asarray(params) - (program.params - 0.1 * wanted)).max() < 1e-12
    print("equal")
"""


def test_eight_devices_equal_one() -> None:
    spread = """
    mesh = Mesh(jax.devices(), ("batch",))
    assert mesh.size == 8
    rows = jax.device_put(X, NamedSharding(mesh, PartitionSpec("batch")))
    params = jax.device_put(jnp.asarray(program.params), NamedSharding(mesh, PartitionSpec()))
    """
    assert "equal" in finished(run(SETTING + spread + CHECK, devices=8))


def test_two_processes_equal_one() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    joined = """
    jax.distributed.initialize(sys.argv[1], num_processes=2, process_id=int(sys.argv[2]))
    mesh = Mesh(jax.devices(), ("batch",))
    assert (mesh.size, jax.process_count()) == (2, 2)
    mine = X[16 * jax.process_index() :][:16]
    rows = jax.make_array_from_process_local_data(NamedSharding(mesh, PartitionSpec("batch")), mine)
    params = jax.make_array_from_process_local_data(NamedSharding(mesh, PartitionSpec()), program.params)
    """
    first = SETTING.replace("    model = nn", joined.split("\n    mesh")[0].lstrip("\n") + "\n    model = nn", 1)
    rest = "    mesh" + joined.split("\n    mesh", 1)[1]
    both = [run(first + rest + CHECK, f"127.0.0.1:{port}", str(i)) for i in range(2)]
    for process in both:
        assert "equal" in finished(process)
