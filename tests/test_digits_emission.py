"""Compiled programs as JavaScript give what they give in numpy, whatever they compute."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from demos.digits import emission
from demos.digits.report import module
from viz.bundle import joined

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node here")
BATCH = 3
RUN = """
const { params, rows, batch } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const program = module_program.prepare(Float64Array.from(params), batch);
const results = [];
for (let i = 0; i < 2; i++) results.push(program.forward(Float64Array.from(rows)).map((each) => [...each]));
console.log(JSON.stringify({ results: results[1], gradient: [...program.backward()] }));
"""


def elementary(x: list[Value], w: list[Value]) -> Value:
    return (x[0] * w[0]).tanh() / (1 + (x[1] - w[1]) ** 2) + (w[2] * x[2]).exp().log1p() - abs(w[3]).sqrt() ** x[3]


def kinks(x: list[Value], w: list[Value]) -> Value:
    best = x[0] * w[0]
    for a, b in zip(x[1:], w[1:], strict=True):
        best = best.maximum(a * b)
    chosen: Value = autograd.where(x[1].relu(), w[2], w[3] * w[3])
    return best + (x[0] - w[1]).relu() + chosen


def cross_entropy(x: list[Value], w: list[Value]) -> Value:
    return nn.cross_entropy([a * b for a, b in zip(x, w, strict=True)], 2)


def layers(x: list[Value], w: list[Value]) -> Value:
    hidden = [autograd.sum([a * b for a, b in zip(x, w[i : i + 4], strict=True)]).sigmoid() for i in range(0, 16, 4)]
    return nn.squared_error([hidden[0] * hidden[1], hidden[2] - hidden[3] * hidden[3]], [x[0], x[1]])


@pytest.mark.parametrize(("build", "count"), [(elementary, 4), (kinks, 4), (cross_entropy, 4), (layers, 16)])
def test_a_program_in_javascript(
    tmp_path: Path, build: Callable[[list[Value], list[Value]], Value], count: int
) -> None:
    rng = np.random.default_rng(count)
    x, w = [Value(0.5) for _ in range(4)], [Value(each) for each in rng.normal(size=count).tolist()]
    program = autograd.compile(build(x, w), inputs=x, params=w, also=[w[0] * x[1]])
    source = emission.module(program)
    script = tmp_path / "program.cjs"
    script.write_text(joined("program", lambda name: source if name == "program" else module(name)) + RUN)
    rows = abs(rng.normal(size=(BATCH, 4)))
    given = json.dumps({"params": program.params.tolist(), "rows": rows.ravel().tolist(), "batch": BATCH})
    done = subprocess.run([str(NODE), str(script)], input=given, capture_output=True, text=True, check=True, timeout=30)
    found = json.loads(done.stdout)
    (_, also), gradient = program.value_and_grad(rows)
    np.testing.assert_allclose(found["results"][0], program(rows)[0], rtol=1e-12)
    np.testing.assert_allclose(found["results"][1], also[:, 0], rtol=1e-12)
    np.testing.assert_allclose(found["gradient"], gradient, rtol=1e-12, atol=1e-12)


def test_a_program_that_learns_nothing_has_no_way_back() -> None:
    x = Value(1.0)
    program = autograd.compile(x * 2, inputs=[x])
    with pytest.raises(ValueError, match="there is nothing to learn"):
        emission.module(program)
    assert "backward" not in emission.module(program, backward=False)
