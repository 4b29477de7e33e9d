"""An array program as a JAX function.

Each operation of an array program is a line of `jax.numpy`. `jax.custom_jvp` gives each `map` our partial derivatives,
to any order, so corners follow the declarations; JAX's own derivatives differ there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from autograd.compiler.elementwise import argument, elementwise, expanded
from autograd.compiler.ir import CONSTANTS, INPUTS, PARAMS, Array, walk
from autograd.ops import OPERATIONS, Operation
from autograd.primitives import PRIMITIVES
from autograd.terms import Term, as_constant, differentiated, folded, simplified, substituted

try:
    import jax
    import jax.numpy as jnp
except ModuleNotFoundError:
    raise ModuleNotFoundError("to_jax() needs JAX: pip install 'glassgrad[jax]'") from None

OfArrays: TypeAlias = "Callable[..., Any]"


def function(
    results: list[Array], constants: list[float], single: bool, vector: np.ndarray[Any, Any], learned: slice
) -> OfArrays:
    """The results of a program as a pure function of the parameters and a batch.

    Args:
        results: arrays of one number each.
        constants: the numbers of the constants' leaf.
        single: whether there is one result, returned without a column axis.
        vector: the numbers of all parameters.
        learned: the parameters that `params` replaces.

    Returns:
        `f(params, X)`, which maps (parameters,) and (batch, inputs) to the results for each example, (batch,)
            or (batch, results).
    """
    order = walk(*results)

    def run(params: jax.Array, X: jax.Array) -> jax.Array:  # noqa: N803
        given = jnp.asarray(params)
        whole = given if learned == slice(None) else jnp.asarray(vector, given.dtype).at[learned].set(given)
        leaves = {
            PARAMS: whole[:, None],
            INPUTS: jnp.asarray(X).T,
            CONSTANTS: jnp.asarray(np.array(constants).reshape(-1, 1), given.dtype),
        }
        found: dict[Array, jax.Array] = {}
        for array in order:
            if array.op == "leaf":
                found[array] = leaves[array.attr]
            else:
                found[array] = MEANING[array.op](array, *[found[arg] for arg in array.args])
        columns = [jnp.broadcast_to(found[result][0], (len(X),)) for result in results]
        return columns[0] if single else jnp.stack(columns, axis=1)

    return run


# Terms


@lru_cache(maxsize=4096)
def _function(term: Term, arity: int, partials: tuple[Term | None, ...] | None = None) -> OfArrays:
    """A term over `x0`, `x1`, … as a function with our derivatives: `partials`, or else those of its operations."""
    value: Any = jax.custom_jvp(_written(term, arity))

    def tangent(operands: jax.Array, tangents: jax.Array) -> jax.Array:
        y = value(*operands)
        total = jnp.zeros_like(y)
        for i, slope in enumerate(_slopes(term, arity, partials)):
            if slope is not None:
                total = total + _function(slope, arity)(*operands) * tangents[i]
        return y, total

    value.defjvp(tangent)
    made: OfArrays = value
    return made


@lru_cache(maxsize=4096)
def _slopes(term: Term, arity: int, partials: tuple[Term | None, ...] | None) -> tuple[Term | None, ...]:
    """The derivatives of a term with respect to its operands, as terms over the operands alone."""
    if partials is None:
        slopes: list[Term | None] = [simplified(differentiated(term, f"x{i}")) for i in range(arity)]
    else:
        names = {f"x{i}": argument(i) for i in range(arity)} | {"y": term}
        slopes = [None if slope is None else substituted(slope, names) for slope in partials]
    return tuple([None if slope is None or as_constant(slope) == 0.0 else slope for slope in slopes])


def _written(term: Term, arity: int) -> OfArrays:
    """A term as a function in `jax.numpy`, with one line for each of its parts."""
    lines: list[str] = []

    def inner(each: Term, args: tuple[str, ...]) -> str:
        spelled = PRIMITIVES[each.head].jax
        call = spelled.format(*args) if "{}" in spelled else f"{spelled}({', '.join(args)})"
        lines.append(f"    t{len(lines)} = {call}")
        return f"t{len(lines) - 1}"

    term = expanded(term, lambda head: not PRIMITIVES[head].jax)
    answer = folded(term, lambda each: each.args[0] if each.head == "name" else _number(each.args[0]), inner)
    operands = [f"x{i}" for i in range(arity)]
    shape = f"jnp.broadcast_shapes({', '.join([f'{operand}.shape' for operand in operands])})"
    source = "\n".join(
        [
            f"def computed({', '.join(operands)}):",
            *lines,
            f"    return jnp.broadcast_to({answer}, {shape}).astype(x0.dtype)",
        ]
    )
    namespace: dict[str, Any] = {"jnp": jnp, "jax": jax}
    exec(source, namespace)
    made: OfArrays = namespace["computed"]
    return made


def _number(x: float) -> str:
    return repr(x) if np.isfinite(x) else f"jnp.{'nan' if x != x else 'inf'}" if not x < 0 else "-jnp.inf"


# The operations of an array program


def _map(a: Array, *x: jax.Array) -> jax.Array:
    return _function(a.attr.term, len(x), a.attr.partials)(*x)


def _fold(a: Array, x: jax.Array) -> jax.Array:
    return _best(a.attr)(x)


@lru_cache(maxsize=2)
def _best(name: str) -> OfArrays:
    """The maximum or minimum along the last axis before the batch, with the derivatives of pairwise comparisons."""
    rule = OPERATIONS[name]
    assert isinstance(rule, Operation)
    meaning = elementwise(rule, (None, None))
    to_first, to_second = (
        _function(slope, 2) for slope in _slopes(meaning.term, 2, meaning.partials) if slope is not None
    )
    running = jax.lax.cummax if name == "maximum" else jax.lax.cummin
    best: Any = jax.custom_jvp(lambda x: (jnp.max if name == "maximum" else jnp.min)(x, axis=-2))

    def tangent(operands: jax.Array, tangents: jax.Array) -> jax.Array:
        (x,), (t,) = operands, tangents
        so_far = running(x, axis=x.ndim - 2)
        before, new = so_far[..., :-1, :], x[..., 1:, :]
        own, past = to_second(before, new), to_first(before, new)
        later = jax.lax.cumprod(past, axis=x.ndim - 2, reverse=True)
        one = jnp.ones_like(x[..., :1, :])
        own = jnp.concatenate([one, own], axis=-2)
        later = jnp.concatenate([later, one], axis=-2)
        return best(x), (own * later * t).sum(axis=-2)

    best.defjvp(tangent)
    made: OfArrays = best
    return made


def _pick(a: Array, x: jax.Array, index: jax.Array) -> jax.Array:
    count = x.shape[1]
    known = (index >= 0) & (index < count) & (jnp.floor(index) == index)
    chosen = jnp.arange(count)[None, :, None] == index[:, None, :]
    return jnp.where(known, jnp.where(chosen, x, 0.0).sum(axis=1), jnp.nan)


def _segments(a: Array, x: jax.Array) -> jax.Array:
    flat = x.reshape(-1, x.shape[-1])
    counts = np.diff(np.append(a.attr, flat.shape[0]))
    owners = np.repeat(np.arange(len(counts)), counts)
    return jax.ops.segment_sum(flat, owners, len(counts), indices_are_sorted=True)


def _contract(a: Array, x: jax.Array, y: jax.Array) -> jax.Array:
    first, second, answer = a.attr.letters
    (x, first), (y, second) = (
        (array, f"{letters}b") if arg.batched else (array[..., 0], letters)
        for array, letters, arg in ((x, first, a.args[0]), (y, second, a.args[1]))
    )
    made = f"{answer}b" if a.batched else answer
    if a.attr.extent is None:
        found = jnp.einsum(f"{first},{second}->{made}", x, y)
    else:
        found = _within(a, x, y, (first, second, made))
    return found if a.batched else found[..., None]


def _within(a: Array, x: jax.Array, y: jax.Array, letters: tuple[str, str, str]) -> jax.Array:
    """A product without the elements beyond the extent, even if the other factor is inf or nan."""
    first, second, answer = letters
    every = sorted({*first, *second})
    reach = np.arange(a.args[0].shape[-1]) < a.attr.extent[..., None]
    mask = _along(jnp.asarray(reach), a.attr.letters[0], every)
    left, right = _along(x, first, every), _along(y, second, every)
    products = jnp.where(mask, jnp.where(mask, left, 0.0) * jnp.where(mask, right, 0.0), 0.0)
    summed = products.sum(axis=tuple([i for i, letter in enumerate(every) if letter not in answer]))
    kept = [letter for letter in every if letter in answer]
    return summed.transpose([kept.index(letter) for letter in answer])


def _along(x: jax.Array, own: str, every: list[str]) -> jax.Array:
    """An array with an axis for each letter, of length 1 if x lacks it."""
    ordered = x.transpose([own.index(letter) for letter in sorted(own)])
    return ordered.reshape([x.shape[own.index(letter)] if letter in own else 1 for letter in every])


def _place(a: Array, *parts: jax.Array) -> jax.Array:
    total = jnp.zeros((a.size, max(part.shape[-1] for part in parts)), parts[0].dtype)
    for part, index in zip(parts, a.attr.indices, strict=True):
        total = total.at[index].add(part, unique_indices=True)
    return total.reshape(*a.shape, -1)


MEANING: dict[str, OfArrays] = {
    "rows": lambda a, x: x.reshape(-1, x.shape[-1])[a.attr],
    "map": _map,
    "sum": lambda a, x: x.sum(axis=a.attr),
    "fold": _fold,
    "segments": _segments,
    "contract": _contract,
    "pick": _pick,
    "place": _place,
}
"""The operations of the forward pass. JAX makes the backward pass."""
