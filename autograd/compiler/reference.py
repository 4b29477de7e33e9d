"""The meaning of an array program: each operation in a line of numpy. Tests hold every backend to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler import special
from autograd.compiler.ir import BATCH, Array, walk
from autograd.compiler.numpy_terms import evaluated

if TYPE_CHECKING:
    from autograd.annotations import Numbers


def evaluate(roots: Iterable[Array], leaves: Mapping[str, Numbers], batch: int) -> dict[Array, Numbers]:
    """The numbers of all arrays that the roots depend on, each with the batch as one more axis.

    Args:
        roots: arrays.
        leaves: the numbers of each leaf, (numbers, batch), or (numbers, 1) if it is not batched.
        batch: the number of examples.

    Overflow and undefined operations give inf and nan, as in numpy; set `np.errstate` for warnings or errors.
    """
    found: dict[Array, Numbers] = {}
    for array in walk(*roots):
        x = [found[arg] for arg in array.args]
        made = leaves[array.attr] if array.op == "leaf" else MEANING[array.op](array, *x)
        found[array] = np.broadcast_to(made, (*array.shape, batch if array.batched else 1))
    return found


def _contract(a: Array, x: Numbers, y: Numbers) -> Numbers:
    first, second, answer = a.attr.letters
    if a.attr.extent is not None:  # elements beyond it are absent
        beyond = np.arange(x.shape[-2]) >= a.attr.extent[..., None]
        letters = sorted({*first, *second})
        products = _along(x, first, letters) * _along(y, second, letters)
        products = np.where(_along(beyond[..., None], first, letters), 0.0, products)
        axes = tuple([i for i, letter in enumerate(letters) if letter not in answer])
        kept = "".join(letter for letter in letters if letter in answer)
        summed: Numbers = products.sum(axis=axes)
        ordered: Numbers = np.einsum(f"{kept}b->{answer}b", summed)
        return ordered if a.batched else ordered.sum(axis=-1, keepdims=True)
    summed = np.einsum(f"{first}b,{second}b->{answer}{'b' if a.batched else ''}", x, y)
    return summed if a.batched else summed[..., None]


def _along(x: Numbers, own: str, letters: list[str]) -> Numbers:
    """An array with an axis for each letter, of length 1 if x lacks it, and the batch."""
    ordered: Numbers = np.einsum(f"{own}b->{''.join(sorted(own))}b", x)
    return ordered.reshape([x.shape[own.index(letter)] if letter in own else 1 for letter in letters] + [x.shape[-1]])


def _place(a: Array, *parts: Numbers) -> Numbers:
    total = np.zeros((a.size, max(part.shape[-1] for part in parts)), parts[0].dtype)
    for part, index in zip(parts, a.attr.indices, strict=True):
        total[index] += part
    return total.reshape(*a.shape, -1)


MEANING: dict[str, Callable[..., Numbers]] = {
    "rows": lambda a, x: x.reshape(-1, x.shape[-1])[a.attr],
    "map": lambda a, *x: evaluated(a.attr.term, x),
    "sum": lambda a, x: x.sum(axis=a.attr, keepdims=True) if a.attr == BATCH else x.sum(axis=a.attr),
    "fold": lambda a, x: getattr(np, a.attr).reduce(x, axis=-2),
    "accumulate": lambda a, x: getattr(np, a.attr).accumulate(x, axis=-2),
    "segments": lambda a, x: np.add.reduceat(x.reshape(-1, x.shape[-1]), a.attr, axis=0),
    "contract": _contract,
    "pick": lambda a, x, index: special.pick(x, index),
    "scatter": lambda a, index, x: special.scatter(index, x, a.attr, a.batched),
    "place": _place,
}
