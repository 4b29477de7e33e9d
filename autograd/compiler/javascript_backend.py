"""An array program as an ES module: its exports, with everything that they need."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING

from autograd.compiler.build import Built
from autograd.compiler.ir import Array, walk
from autograd.compiler.javascript_kernel import kernel
from autograd.compiler.javascript_operations import WRITERS
from autograd.compiler.javascript_writer import Parts, Writer, typed_array
from autograd.primitives import PRIMITIVES
from autograd.terms import LEAVES, subterms
from autograd.version import __version__

if TYPE_CHECKING:
    from autograd.annotations import Numbers


def module(built: Built, roots: int | None, inputs: int, vector: Numbers, learned: slice = slice(None)) -> str:
    """A program as the text of an ES module.

    Args:
        built: the program.
        roots: the number of its results that are roots; the others are `also`. None: the first is the one root, and is
            returned without a list.
        inputs: the length of a row of X.
        vector: the numbers of all parameters.
        learned: those that are the module's parameters.
    """
    count = roots or 1
    numbers = vector.astype("float64")
    return written(
        Parts(
            built.results[:count],
            built.results[count:],
            roots is None,
            built.gradient,
            built.grouping.constants,
            numbers,
            learned,
            inputs,
            built.notes,
        )
    )


def written(parts: Parts) -> str:
    """The module, which exports `parameters`, `forward` and, if there are one root and parameters, `valueAndGrad`."""
    writer = Writer(parts, WRITERS)
    prepare = writer.prepare()
    texts = [_exports(parts), prepare, _source("autograd.compiler", "batches.js")]
    if writer.multiplies:
        code = base64.b64encode(kernel()).decode()
        texts += [f'const kernel = compiled(bytes("{code}"));\n', _source("autograd.compiler", "product.js")]
    if any(map(_has_ours, walk(*parts.results, *parts.gradients))):
        texts.append(_source("autograd", "primitives.js"))
    return "\n".join(texts)


def _source(package: str, name: str) -> str:
    """One of our files, without its exports."""
    return files(package).joinpath(name).read_text(encoding="utf-8").replace("\nexport ", "\n")


def _has_ours(array: Array) -> bool:
    """Whether an array is computed by a function of `primitives.js`."""
    heads = {term.head for term in subterms(array.attr.term)} if array.op == "map" else set()
    return any(PRIMITIVES[head].javascript.isidentifier() for head in heads.difference(LEAVES))


def _exports(parts: Parts) -> str:
    """The exports of the module."""
    width, parameters = parts.inputs, parts.vector[parts.learned].tolist()
    x = "X" if width else "X = []"
    given = f"""\
 * @param {{ArrayLike<number>}} params {len(parameters):,} numbers
 * @param {{ArrayLike<number> | ArrayLike<ArrayLike<number>>}} {"X" if width else "[X]"} rows of {width:,} numbers, as \
arrays or one after the other"""
    what, roots, kind = _returned(parts, "results[0]", "Float64Array")
    text = f"""\
// Written by glassgrad {__version__} (MIT licence) from a program of {len(parts.notes):,} arrays.
// @ts-check

/** The parameters' numbers when the module was written. */
export const parameters = {typed_array(parameters)};

const given = batches(prepare, {len(parameters)}, {width});

/**
 * {what}, for each row of X.
{given}
 * @returns {{{kind}}}
 */
export function forward(params, {x}) {{
  const results = given(params, X).forward();
  return {roots};
}}
"""
    if not parts.differentiable:
        return text
    _, value, kind = _returned(parts, "mean(results[0])", "number")
    return f"""{text}
/**
 * The mean of the root over the rows of X, and its gradient, in an array that the next call overwrites.
{given}
 * @returns {{[{kind}, Float64Array]}}
 */
export function valueAndGrad(params, {x}) {{
  const program = given(params, X);
  const results = program.forward();
  return [{value}, program.backward()];
}}
"""


def _returned(parts: Parts, root: str, kind: str) -> tuple[str, str, str]:
    """The return value: its description, its expression over `results`, and its type."""
    what = "The root"
    if not parts.single:
        what, kind = "The roots, an array each", "Float64Array[]"
        root = f"results.slice(0, {len(parts.roots)})" if parts.also else "results"
    if not parts.also:
        return what, root, kind
    return (
        f"{what}, and the other results of the program",
        f"[{root}, results.slice({len(parts.roots)})]",
        f"[{kind}, Float64Array[]]",
    )
