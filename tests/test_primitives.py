"""The table of primitives: every line in every spelling, and the functions that a backend lacks against 40 digits."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd
from autograd import floats, ops
from autograd.arithmetic import Arithmetic, quiet, strict
from autograd.compiler import special
from autograd.primitives import PRIMITIVES, Primitive
from autograd.terms import symbolic

INF, NAN = math.inf, math.nan
NUMBERS = [0.0, -0.0, 0.25, -0.4, 1.0, -1.0, 2.5, -3.0, 7.0, -7.0, 40.0, -40.0, 800.0, -800.0, INF, -INF, NAN]
NAMED = [each for each in PRIMITIVES.values() if each.name]
HELPERS = Path(autograd.__file__).parent / "primitives.js"


def arity(primitive: Primitive) -> int:
    """The number of operands, found by calling it."""
    for count in (1, 2, 3):
        try:
            primitive.quiet(*[0.5] * count)
        except TypeError:
            continue
        return count
    raise AssertionError(primitive)


def operands(primitive: Primitive) -> list[tuple[float, ...]]:
    count = arity(primitive)
    if count == 3:
        return [(condition, 2.0, 3.0) for condition in (0.0, 1.0)]
    return [(x,) for x in NUMBERS] if count == 1 else [(x, y) for x in NUMBERS for y in NUMBERS]


def close(found: float, expected: float, within: float = 1e-15) -> bool:
    if math.isnan(expected) or math.isinf(expected):
        return found == expected or (math.isnan(found) and math.isnan(expected))
    return abs(found - expected) <= within * abs(expected) + 5e-324


@pytest.mark.parametrize("primitive", NAMED, ids=repr)
def test_every_arithmetic_has_every_primitive(primitive: Primitive) -> None:
    from autograd.differentiable import values

    for m in (strict, quiet, symbolic, values):
        assert callable(getattr(m, primitive.name))
    # Primitives that rules differentiate through are recorded by operations of their own.
    assert primitive.operation in ops.OPERATIONS


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(AttributeError, match=r"'cot'.*divide"):
        strict.cot(1.0)


@pytest.mark.parametrize("primitive", PRIMITIVES.values(), ids=repr)
def test_strict_equals_quiet_or_raises(primitive: Primitive) -> None:
    for data in operands(primitive):
        try:
            expected = primitive.strict(*data)
        except (ArithmeticError, ValueError):
            assert not math.isfinite(primitive.quiet(*data))
        else:
            assert repr(primitive.quiet(*data)) == repr(expected)


@pytest.mark.parametrize("primitive", PRIMITIVES.values(), ids=repr)
def test_numpy_computes_the_same(primitive: Primitive) -> None:
    module, name = primitive.numpy.split(".")
    function = getattr({"np": np, "special": special}[module], name)
    data = operands(primitive)
    columns = [np.array(column) for column in zip(*data, strict=True)]
    if primitive.head == "where":
        columns[0] = columns[0].astype(bool)
    with np.errstate(all="ignore"):
        found = function(*columns)
        if primitive.head != "where":
            target = np.empty(len(data), dtype=found.dtype)
            assert function(*columns, out=target) is target
            np.testing.assert_array_equal(target, found)
            single = function(*[column.astype(np.float32) for column in columns])
            assert single.dtype == (bool if primitive.condition else np.float32)
    for got, numbers in zip(found, data, strict=True):
        assert close(float(got), float(primitive.quiet(*numbers))), numbers


def evaluated_in_javascript(expressions: list[str]) -> list[float]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    helpers = HELPERS.read_text().replace("export function", "function")
    script = f"{helpers}\nconsole.log(JSON.stringify([{', '.join(expressions)}].map((x) => String(Number(x)))))"
    found = subprocess.run([node, "-"], input=script, capture_output=True, text=True, check=True)
    return [float(x.replace("Infinity", "inf")) for x in json.loads(found.stdout)]


def test_javascript_computes_the_same() -> None:
    spelled, expected = [], []
    for primitive in PRIMITIVES.values():
        for data in operands(primitive):
            numbers = [repr(x).replace("inf", "Infinity").replace("nan", "NaN") for x in data]
            template = primitive.javascript
            spelled.append(template.format(*numbers) if "{" in template else f"{template}({', '.join(numbers)})")
            expected.append((primitive, data, float(primitive.quiet(*data))))
    for got, (primitive, data, number) in zip(evaluated_in_javascript(spelled), expected, strict=True):
        assert close(got, number), (primitive, data, got, number)


DEFINED = [each for each in PRIMITIVES.values() if each.definition]


def poorest(primitive: Primitive) -> Callable[..., Any]:
    """The results of a backend that lacks all functions with a definition."""
    define = primitive.definition
    return primitive.quiet if define is None else lambda *data: define(POOR, *data)


POOR: Arithmetic = Arithmetic(poorest)
MAGNITUDES = [sign * x for x in np.geomspace(1e-300, 1e300, 201).tolist() for sign in (1.0, -1.0)]


@pytest.mark.parametrize("primitive", DEFINED, ids=repr)
def test_a_definition_agrees_to_the_last_digits(primitive: Primitive) -> None:
    define = getattr(POOR, primitive.name)
    data = operands(primitive)
    if arity(primitive) == 1:
        data += [(x,) for x in [*np.linspace(-40.0, 40.0, 801), *np.linspace(-1.0, 1.0, 401), *MAGNITUDES]]
    for numbers in data:
        found, expected = float(define(*numbers)), float(primitive.quiet(*numbers))
        if primitive.head == "remainder":  # rounding may take it over the jump, and an infinite operand makes it nan
            rounded = abs(numbers[0]) * 1e-15
            lost = abs(found - expected)
            assert lost <= rounded or lost >= abs(numbers[1]) - rounded or math.isnan(found), (numbers, found, expected)
        else:
            assert close(found, expected, 4 * 2.0**-52), (numbers, found, expected)
    assert primitive.definition(symbolic, *data[0]).term.head in PRIMITIVES  # type: ignore[misc]


def test_functions_of_all_backends_need_no_definition() -> None:
    for primitive in PRIMITIVES.values():
        everywhere = primitive.numpy and primitive.javascript and primitive.jax and primitive.onnx
        assert everywhere or primitive.definition is not None


EXACT: dict[str, Callable[..., Any]] = {
    "erf": mpmath.erf,
    "ndtr": lambda a: mpmath.erfc(-a / mpmath.sqrt(2)) / 2,
    "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
    "exp_product": lambda a: mpmath.exp(-a * a / 2),
}
OPERANDS: dict[str, Callable[[Any], tuple[Any, ...]]] = {"exp_product": lambda a: (-0.5 * a, a)}


@pytest.mark.parametrize("name", EXACT)
def test_special_functions_hold_to_the_last_digits(name: str) -> None:
    """On floats, over arrays and in JavaScript: within 4 units in the last place, including the far tails."""
    points = np.concatenate([np.linspace(-38.0, 38.0, 1501), np.linspace(-1.0, 1.0, 401), [1e-300, -1e-300, 0.0]])
    given = OPERANDS.get(name, lambda a: (a,))
    columns = np.broadcast_arrays(*given(points))
    arrays = getattr(special, name)(*columns)
    plain = [getattr(floats, name, math.erf)(*given(float(x))) for x in points]
    spelled = [f"{PRIMITIVES[name].javascript}({', '.join(map(repr, map(float, given(x))))})" for x in points]
    javascript = evaluated_in_javascript(spelled) if shutil.which("node") else plain
    with mpmath.workdps(40):
        for x, *found in zip(points, arrays, plain, javascript, strict=True):
            exact = EXACT[name](mpmath.mpf(float(x)))
            if abs(exact) > 2.3e-308:
                for number in found:
                    assert abs(float((mpmath.mpf(float(number)) - exact) / exact)) < 4 * 2.0**-52, (x, number)
