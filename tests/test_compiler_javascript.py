"""The program as a JavaScript module, run by node and Chromium: equal to the array program's meaning, to 1e-12."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import autograd
from autograd import Value
from autograd.compiler import ir, reference
from autograd.compiler.differentiate import differentiate
from autograd.compiler.elementwise import X0, X1
from autograd.compiler.ir import Array, Builder
from autograd.compiler.javascript_backend import written
from autograd.compiler.javascript_kernel import kernel
from autograd.compiler.javascript_operations import WRITERS
from autograd.compiler.javascript_writer import Parts
from autograd.compiler.wasm import Function, assembled
from autograd.ops import Operation
from autograd.terms import Term
from tests import programs
from tests.programs import leaves
from tests.test_compiler_operations import RULES, differentiated_twice, operands_of
from tests.test_compiler_passes import PROGRAMS, SIZE

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node here")
ROOT = Path(__file__).parents[1]
RUNNER = Path(__file__).parent / "page" / "programs.js"
Numbers = npt.NDArray[Any]
Call = tuple[str, Any, Any]


def packed(numbers: Any) -> str:
    return base64.b64encode(np.asarray(numbers, "<f8").tobytes()).decode()


def unpacked(answer: Any) -> Any:
    """Arrays as the nested lists of JavaScript."""
    return list(map(unpacked, answer)) if isinstance(answer, list) else np.frombuffer(base64.b64decode(answer), "<f8")


def asked(jobs: Sequence[dict[str, Any]]) -> list[Any]:
    """Node's answers, from one process."""
    done = subprocess.run([str(NODE), str(RUNNER)], input=json.dumps(jobs), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(map(unpacked, json.loads(done.stdout)))


class Node:
    """Jobs to run together; each is a module with calls, and a check of their results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jobs: list[dict[str, Any]] = []
        self.checks: list[Callable[[list[Any]], None]] = []

    def add(self, text: str, calls: Sequence[Call], check: Callable[[list[Any]], None], plain: bool = False) -> None:
        path = self.folder / f"module{len(self.jobs)}.mjs"
        path.write_text(text)
        given = [(name, packed(params), packed(X)) for name, params, X in calls]
        self.jobs.append({"module": path.as_uri(), "plain": plain, "calls": given})
        self.checks.append(check)

    def program(self, program: autograd.Program, X: Numbers, tolerance: float = 1e-12) -> None:
        """Holds a module to the program, for batches of two sizes, with WebAssembly and without."""
        batches = [X, X[:1], X]
        expected: list[Any] = []
        for batch in batches:
            loss, gradient = program.value_and_grad(batch)
            expected.append((program(batch), loss, gradient.copy()))
        calls = [(name, program.params, batch) for batch in batches for name in ("forward", "valueAndGrad")]

        def check(answers: list[Any]) -> None:
            for i, (values, loss, gradient) in enumerate(expected):
                near(answers[2 * i], values, tolerance)
                near(answers[2 * i + 1][0], loss, tolerance)
                near(answers[2 * i + 1][1], gradient, tolerance)

        text = program.to_js()
        for plain in (False, True):
            self.add(text, calls, check, plain)

    def run(self) -> None:
        for check, answers in zip(self.checks, asked(self.jobs), strict=True):
            check(answers)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def near(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """Equal within a tolerance relative to the largest number."""
    expected = np.asarray(expected)
    largest = np.abs(expected[np.isfinite(expected)]).max(initial=1.0)
    np.testing.assert_allclose(found, expected.reshape(np.shape(found)), rtol=tolerance, atol=tolerance * largest)


# Operations


def test_it_has_every_operation_of_an_array_program() -> None:
    assert set(WRITERS) == set(reference.MEANING)


def meant(results: list[Array], constants: list[float], X: Numbers) -> Numbers:
    """The meaning of array programs: (results, batch)."""
    given = {ir.INPUTS: X.T, ir.CONSTANTS: np.array(constants).reshape(-1, 1)}
    with np.errstate(all="ignore"):
        found = reference.evaluate(results, given, len(X))
    return np.stack([np.broadcast_to(found[result][0], len(X)) for result in results])


@needs_node
def test_every_operation_has_its_corners(node: Node) -> None:
    for rule in RULES:
        program = differentiated_twice(rule)
        X = np.array(operands_of(rule))
        expected = meant(program._built.results, program._built.grouping.constants, X)
        beyond = (X == 1e200).any(axis=1)  # beside it, what is left of a difference is rounding
        expected[1:, beyond] = np.nan

        def check(
            answers: list[Any], rule: Operation = rule, expected: Numbers = expected, beyond: Any = beyond
        ) -> None:
            found = np.array(answers[0])
            found[1:, beyond] = np.nan
            np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-300, err_msg=str(rule))

        node.add(program.to_js(), [("forward", [], X)], check)
    node.run()


@needs_node
def test_an_array_program_and_its_derivative_mean_the_same(node: Node) -> None:
    chance = np.random.default_rng(0)
    for op, batched, special in itertools.product(PROGRAMS, (True, False), (0.0, np.nan, np.inf)):
        if op == "pick":
            continue  # it needs one more leaf: see `chosen_rows`
        b = Builder()
        x = b.leaf(ir.INPUTS if batched else ir.PARAMS, SIZE, batched)
        y = PROGRAMS[op](b, x)
        numbers = chance.normal(size=30).tolist()
        weights = b.rows(b.leaf(ir.CONSTANTS, 30, False), np.arange(y.size).reshape(y.shape))
        total = b.map(Term("*", (X0, X1)), (y, weights), (X1, X0))
        root = b.sum(b.reshape(total, (1, total.size)), 1)
        gradient = differentiate(root, 0, b.leaf(ir.SEED, 1, root.batched), [x], b)[x]
        flat = [b.rows(array, np.array([i])) for array in (y, gradient) for i in range(array.size)]
        given = chance.integers(-2, 3, size=(SIZE, 3 if batched else 1)).astype(float)
        given[4, 0] = special
        leaves = {"inputs": given, "params": given, "constants": np.array(numbers)[:, None]}
        leaves["seed"] = np.full((1, given.shape[1]), 1 / given.shape[1])
        with np.errstate(invalid="ignore"):
            found = reference.evaluate(flat, leaves, given.shape[1])
        expected = [np.broadcast_to(found[each][0], given.shape[1]) for each in flat]
        vector = np.zeros(0) if batched else given[:, 0]
        parts = Parts(flat, [], False, None, numbers, vector, slice(None), SIZE if batched else 0, {})
        X, params = (given.T, np.zeros(0)) if batched else (np.zeros(0), vector)

        def check(answers: list[Any], expected: list[Numbers] = expected, op: str = op) -> None:
            np.testing.assert_allclose(answers[0], expected, rtol=1e-14, err_msg=op)

        node.add(written(parts), [("forward", params, X)], check)
    node.run()


@needs_node
def test_a_number_as_a_condition_holds_unless_it_is_zero(node: Node) -> None:
    choose = autograd.operation(
        "test_choose",
        forward=lambda m, a, b: m.where(a, b * b, m.greater(b, 1.0) + a),
        partials=[lambda m, y, a, b: m.where(a, 0.0, 1.0), lambda m, y, a, b: m.where(a, 2.0 * b, 0.0)],
    )
    x = leaves(2)
    program = autograd.compile(choose(*x), inputs=x)
    X = np.array([[a, b] for a in (0.0, -0.0, 2.0, np.nan, np.inf) for b in (0.5, 3.0)])
    expected = [choose(a, b).data for a, b in X.tolist()]
    node.add(program.to_js(), [("forward", [], X)], lambda answers: near(answers[0], expected))
    node.run()


@needs_node
def test_sums_of_negative_zeros_are_negative_zeros(node: Node) -> None:
    b = Builder()
    x = b.leaf(ir.INPUTS, 10, True)
    sums = [b.sum(b.reshape(x, (1, 10)), 1), b.sum(b.reshape(b.rows(x, np.arange(2)), (1, 2)), 1)]
    flat = [b.map(Term("/", (Term("number", (1.0,)), X0)), (each,)) for each in [*sums, b.segments(x, np.array([0]))]]
    parts = Parts(flat, [], False, None, [], np.zeros(0), slice(None), 10, {})
    X = np.array([[-0.0] * 10, [-0.0] * 9 + [0.0], [0.0] + [-0.0] * 9])
    expected = np.where(np.signbit([X, X[:, :2].repeat(5, axis=1), X]).all(axis=2), -np.inf, np.inf)  # as eagerly
    node.add(written(parts), [("forward", [], X)], lambda answers: np.testing.assert_array_equal(answers[0], expected))
    node.run()


# Programs


@needs_node
def test_whole_programs(node: Node) -> None:
    for make in programs.PROGRAMS.values():
        node.program(*make())
    node.run()


@needs_node
def test_random_graphs(node: Node) -> None:
    for seed in range(40):
        node.program(*programs.wired_at_random(seed))
    node.run()


@needs_node
def test_lists_of_roots_and_other_results(node: Node) -> None:
    x, w = leaves(2), [Value(3.0), Value(4.0)]
    outputs = [x[0] * w[0], w[1] * 2.0, x[1]]
    X = np.array([[0.5, 1.0], [2.0, -1.0], [1.5, 0.0]])
    loss = (x[0] * w[0] + w[1]) ** 2
    several = autograd.compile(outputs, inputs=x, params=w)
    alone = autograd.compile(loss, inputs=x, params=w, also=outputs)
    both = autograd.compile(outputs, inputs=x, params=w, also=[loss])
    values, others = alone(X)
    mean, gradient = alone.value_and_grad(X)[0][0], alone.grads.copy()

    def check_alone(answers: list[Any]) -> None:
        found, [[loss, also], slopes] = answers
        for each in (found[1], also):
            near(each, others.T)
        near(found[0], values)
        near(loss, mean)
        near(slopes, gradient)

    node.add(several.to_js(), [("forward", several.params, X)], lambda answers: near(answers[0], outputs_of(X)))
    node.add(alone.to_js(), [(name, alone.params, X) for name in ("forward", "valueAndGrad")], check_alone)
    node.add(both.to_js(), [("forward", both.params, X)], lambda answers: near(answers[0][1], [values]))
    node.run()
    assert "valueAndGrad" not in several.to_js() + both.to_js()


def outputs_of(X: Numbers) -> Numbers:
    return np.stack([3.0 * X[:, 0], np.full(len(X), 8.0), X[:, 1]])


@needs_node
def test_siblings_may_have_fewer_parameters_or_none(node: Node) -> None:
    x, w = Value(0.0), [Value(2.0), Value(3.0), Value(5.0)]
    whole = autograd.compile(x * w[0] + w[1], inputs=[x], params=w)
    sibling = whole.sibling((x * w[0] + w[1]) ** 2 * w[2], params=w[1:])
    X = np.array([[1.0], [2.0]])
    node.program(sibling, X)
    node.add(sibling.to_js(), [("parameters", [], [])], lambda answers: near(answers[0], [3.0, 5.0]))
    bare = autograd.compile(w[0] * w[1], params=w)
    gradient = bare.value_and_grad()[1]
    node.add(bare.to_js(), [("valueAndGrad", bare.params, [])], lambda found: near(found[0][1], gradient))
    fixed = autograd.compile(x.exp() * 2.0, inputs=[x])
    node.add(fixed.to_js(), [("forward", [], X)], lambda found: near(found[0], fixed(X)))
    unlearned = autograd.compile(x * 2.0, inputs=[x], params=w, also=[w[0] * 1.0])
    node.add(unlearned.to_js(), [("valueAndGrad", unlearned.params, X)], lambda found: near(found[0][1], [0.0] * 3))
    node.run()
    assert "valueAndGrad" not in fixed.to_js()


@needs_node
def test_rows_as_arrays_and_batches_of_many_sizes(node: Node) -> None:
    program, X = programs.network()
    text = (
        program.to_js()
        + """
export function nested(params, X) {
  return valueAndGrad(params, Array.from({ length: 7 }, (_, i) => X.slice(9 * i, 9 * i + 9)));
}
export function sizes(params, X) {
  const first = Float64Array.from(forward(params, X));
  for (let rows = 1; rows < 12; rows++) forward(params, new Float64Array(9 * rows));
  return [first, forward(params, X)];
}
export function refused(params, X) {
  return [[[1], X], [params, X.slice(1)], [params, []], [params, [[1, 2]]]].map((wrong) => {
    try {
      forward(...wrong);
      return 0;
    } catch (error) {
      return error instanceof RangeError ? 1 : 2;
    }
  });
}
"""
    )
    loss, gradient = program.value_and_grad(X)

    def check(answers: list[Any]) -> None:
        nested, (first, again), refused = answers
        near(nested[0], loss)
        near(nested[1], gradient)
        assert (first == again).all()
        assert refused == [1.0] * 4

    node.add(text, [(name, program.params, X) for name in ("nested", "sizes", "refused")], check)
    node.run()


# Products


@needs_node
def test_products_of_matrices_of_any_shape_and_stride() -> None:
    chance = np.random.default_rng(0)
    numbers = chance.normal(size=60_000)
    expected, products = numbers.copy(), []
    shapes = [(1, 1, 1), (4, 4, 300), (130, 5, 3), (7, 9, 257), (131, 4, 260), *chance.integers(1, 20, size=(30, 3))]
    for rows, columns, terms in np.array(shapes).tolist():
        a, b, c = (
            strided(chance, shape, i) for i, shape in enumerate([(rows, terms), (terms, columns), (rows, columns)])
        )
        add = bool(chance.integers(2))
        found = of(expected, a, rows, terms) @ of(expected, b, terms, columns)
        of(expected, c, rows, columns)[...] = found + (of(expected, c, rows, columns) if add else 0.0)
        products.append([rows, columns, terms, a, b, c, add])
    for code in (base64.b64encode(kernel()).decode(), None):
        (found,) = asked([{"kernel": code, "numbers": packed(numbers), "products": products}])
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def strided(chance: np.random.Generator, shape: tuple[int, int], third: int) -> list[int]:
    """The start and strides of a matrix within a third of the numbers, in one of three layouts."""
    rows, columns = shape
    strides = [(columns, 1), (1, rows), (2 * columns, 2)][chance.integers(3)]
    return [20_000 * third + int(chance.integers(10)), *strides]


def of(numbers: Numbers, place: list[int], rows: int, columns: int) -> Numbers:
    start, row, column = place
    return np.lib.stride_tricks.as_strided(numbers[start:], (rows, columns), (8 * row, 8 * column))


@needs_node
def test_contractions_with_and_without_a_batch(node: Node) -> None:
    chance = np.random.default_rng(0)
    specs = ["hmk,hvk->hmv", "hmk,hvk->vhm", "hmv,hvk->hmk", "hmk,hmv->hvk", "mhk,vhk->mvh"]
    for spec, kinds, reach in itertools.product(specs, itertools.product("xyp", repeat=2), (False, True)):
        sizes = dict(zip("hmkv", chance.integers(1, 7, size=4).tolist(), strict=True))
        first, second, _ = ir.Contraction(spec).letters
        shapes = [tuple(sizes[letter] for letter in letters) for letters in (first, second)]
        b = Builder()
        x, p = b.leaf(ir.INPUTS, 400, True), b.leaf(ir.PARAMS, 400, False)
        y = b.map(Term("tanh", (X0,)), (x,))
        operands = [
            b.rows({"x": x, "y": y, "p": p}[kind], 200 * i + np.arange(np.prod(shape)).reshape(shape))
            for i, (kind, shape) in enumerate(zip(kinds, shapes, strict=True))
        ]
        extent = chance.integers(0, shapes[0][-1] + 1, size=shapes[0][:-1]) if reach else None
        batched = None if "p" in kinds or chance.integers(2) else False
        made = b.contract(operands[0], operands[1], spec, extent, batched)
        flat = [b.rows(made, np.array([i])) for i in range(made.size)]
        X, vector = chance.normal(size=(3, 400)), chance.normal(size=400)
        found = reference.evaluate(flat, {"inputs": X.T, "params": vector[:, None]}, 3)
        expected = [np.broadcast_to(found[each][0], 3) for each in flat]
        parts = Parts(flat, [], False, None, [], vector, slice(None), 400, {})

        def check(answers: list[Any], expected: list[Numbers] = expected, case: Any = (spec, kinds, reach)) -> None:
            np.testing.assert_allclose(answers[0], expected, rtol=1e-12, atol=1e-12, err_msg=str(case))

        node.add(written(parts), [("forward", vector, X)], check)
    node.run()


@needs_node
def test_rows_from_all_over_a_large_array(node: Node) -> None:
    order = np.random.default_rng(0).permutation(100_000)
    b = Builder()
    total = b.sum(b.segments(b.rows(b.leaf(ir.PARAMS, 100_000, False), order), np.arange(0, 100_000, 10_000)), 0)
    parts = Parts([b.reshape(total, (1,))], [], True, None, [], np.zeros(100_000), slice(None), 0, {})
    vector = np.arange(100_000.0)
    node.add(written(parts), [("forward", vector, [])], lambda answers: near(answers[0], [vector.sum()]))
    node.run()


# The text


@needs_node
def test_the_documented_example_learns(tmp_path: Path) -> None:
    program, X = programs.network()
    page = (ROOT / "docs" / "compiler.md").read_text()
    example = page.partition("## In JavaScript")[2].partition("```js\n")[2].partition("```")[0]
    (tmp_path / "digits.mjs").write_text(program.to_js())
    script = tmp_path / "example.mjs"
    script.write_text(f"const X = {json.dumps(X.tolist())};\n{example}console.log(JSON.stringify([...losses]));")
    done = subprocess.run([str(NODE), str(script)], capture_output=True, text=True, check=True)
    before = program(X)
    for _ in range(100):
        program.params[...] -= 0.01 * program.value_and_grad(X)[1]
    near(json.loads(done.stdout), program(X))
    assert program(X).mean() < before.mean()


@needs_node
def test_no_text_of_the_users_becomes_code(node: Node) -> None:
    wild = "*/ boom();\u2028boom();\nboom(); </script>"
    product = autograd.operation("product", forward=lambda m, a: m.tanh(a), partials=[lambda m, y, a: 1.0 - y * y])
    x, w = Value(1.0, label=wild), Value(2.0, label=wild)
    root = product(x * w)
    root.place = wild
    program = autograd.compile(root, inputs=[x], params=[w])
    told = [line for line in program.to_js().splitlines() if "boom" in line]
    assert told
    assert all(line.lstrip().startswith("//") for line in told)
    node.program(program, np.array([[0.5], [2.0]]))
    node.run()


@pytest.mark.skipif(
    not (ROOT / "node_modules/.bin/tsc").exists(), reason="TypeScript is not installed: make lint does it"
)
def test_its_types_are_right(tmp_path: Path) -> None:
    program, _ = programs.PROGRAMS["attention"]()
    (tmp_path / "loss.js").write_text(program.to_js())
    x = leaves(2)
    (tmp_path / "outputs.js").write_text(autograd.compile([x[0].erf(), x[1] * 2], inputs=x, also=[x[0]]).to_js())
    (tmp_path / "use.js").write_text(
        'import { parameters, valueAndGrad } from "./loss.js";\n'
        'import { forward } from "./outputs.js";\n'
        "const [loss, derivatives] = valueAndGrad(parameters, [new Float64Array(36)]);\n"
        "const [[first], [input]] = forward([], [1, 2]);\n"
        "/** @type {number} */ export const sum = loss + derivatives[0] + first[0] + input[0];\n"
    )
    options = "--allowJs --checkJs --strict --noEmit --target es2022 --lib es2023,dom --types"
    command = [str(ROOT / "node_modules/.bin/tsc"), *options.split(), "", "use.js"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_assembler_refuses_what_it_does_not_know() -> None:
    for line in ("i32.popcnt", "local.get y", "v128.load"):
        with pytest.raises(ValueError, match="not an instruction"):
            assembled({"f": Function(["x"], {}, [line])})


# In a browser


@pytest.mark.parametrize("policy", ["", "script-src 'unsafe-inline' data:"])
def test_chromium_gives_the_same_with_webassembly_and_where_it_is_forbidden(
    browser: Any, tmp_path: Path, policy: str
) -> None:
    page = tmp_path / "page.html"
    page.write_text(f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else "<p>")
    browser.get(page.as_uri())
    wired = [programs.wired_at_random(seed) for seed in range(8)]
    for program, X in [programs.network(), programs.one_head(), *wired]:
        loss, gradient = browser.execute_async_script(
            """
            const [module, params, X, done] = arguments;
            import(`data:text/javascript;base64,${module}`).then(({ valueAndGrad }) => {
              const [loss, gradient] = valueAndGrad(params, X);
              done([loss, [...gradient]]);
            });
            """,
            base64.b64encode(program.to_js().encode()).decode(),
            program.params.tolist(),
            X.tolist(),
        )
        expected, wanted = program.value_and_grad(X)
        near(loss, expected)
        near(gradient, wanted)
    compiles = (
        "try { return !!new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); } catch { return false; }"
    )
    assert browser.execute_script(compiles) == (not policy)
    browser.get_log("browser")  # so that the next test finds only its own messages
