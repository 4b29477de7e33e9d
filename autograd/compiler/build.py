"""Runs all passes of the compiler: from Values to source."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from autograd.compiler import ir
from autograd.compiler.differentiate import differentiate
from autograd.compiler.domain import Fallible
from autograd.compiler.grouping import PARAMETERS, Group, Grouping, group
from autograd.compiler.ir import Array, Builder
from autograd.compiler.lower import Lowered, lower
from autograd.compiler.numpy_backend import emit
from autograd.compiler.numpy_writer import Emitted
from autograd.value import Value


@dataclass
class Built:
    """A compiled graph.

    Attributes:
        grouping: the groups of alike scalars.
        results: an array of one number for each root.
        gradient: (parameters,), the gradient of the mean of the first root; None if it depends on no parameter.
        wanted: the gradient of each node in `wanted`, an array of one number; None if the root does not depend on it.
        fallible: the operations with a limited domain.
        notes: the origin of each array, for comments.
        emitted: the program as numpy.
    """

    grouping: Grouping
    results: list[Array]
    gradient: Array | None
    wanted: list[Array | None]
    fallible: list[Fallible]
    notes: dict[Array, str]
    emitted: Emitted


def build(
    roots: Sequence[Value],
    inputs: Sequence[Value],
    params: Sequence[Value],
    wanted: Sequence[Value] = (),
    learned: slice | None = slice(None),
) -> Built:
    """Compiles a graph.

    Args:
        roots: the results; the first is differentiated.
        inputs: leaves whose numbers differ between examples.
        params: leaves that are parameters.
        wanted: nodes whose gradient is computed for each example, in place of the gradient for the parameters.
        learned: the parameters whose gradient is computed; None for no gradient.

    Raises:
        TypeError: a node has no rule to compile.
        TooManyGroupsError: the graph is so deep, or so irregular, that there are more than 50,000 groups.
    """
    with _collector_paused():
        grouping = group(roots, inputs, params, wanted)
        lowered = lower(grouping)
        b = lowered.builder
        results = [_number(lowered, *place) for place in grouping.roots]
        gradients = {} if learned is None else _gradients(grouping, lowered, bool(wanted))
        gradient = gradients.get(lowered.arrays[PARAMETERS])
        if gradient is not None and learned is not None:
            gradient = _into_place(_restricted(gradient, learned, b), b)
        found = [_gradient_of(lowered, gradients, *place) for place in grouping.wanted]
        fallible = [
            Fallible(group, lowered.arrays[group.number])
            for group in grouping.groups
            if group.rule is not None and group.rule.domain and not group.terms
        ]
        backward = [gradient] if gradient is not None else []
        emitted = emit(
            results,
            [*backward, *[each for each in found if each is not None]],
            {} if gradient is None else {gradient: "grads"},
            b.notes,
            [part.array for part in fallible],
        )
    return Built(grouping, results, gradient, found, fallible, b.notes, emitted)


def _number(lowered: Lowered, group: Group, row: int) -> Array:
    return lowered.builder.rows(lowered.arrays[group.number], np.array([row], dtype=np.intp))


def _gradients(grouping: Grouping, lowered: Lowered, of_nodes: bool) -> dict[Array, Array]:
    """The cotangents of the parameters, or of the groups that hold the wanted nodes."""
    if of_nodes:
        leaves = {lowered.arrays[group.number] for group, _ in grouping.wanted}
    elif grouping.groups[PARAMETERS].rows:
        leaves = {lowered.arrays[PARAMETERS]}
    else:
        return {}
    group, row = grouping.roots[0]
    root = lowered.arrays[group.number]
    lowered.builder.note = ""
    seed = lowered.builder.leaf(ir.SEED, 1, root.batched)
    return differentiate(root, row, seed, leaves, lowered.builder)


def _gradient_of(lowered: Lowered, gradients: dict[Array, Array], group: Group, row: int) -> Array | None:
    found = gradients.get(lowered.arrays[group.number])
    return None if found is None else lowered.builder.rows(found, np.array([row], dtype=np.intp))


def _restricted(gradient: Array, learned: slice, b: Builder) -> Array:
    """The gradient without the parts for parameters that are not learned."""
    if gradient.op != "place" or learned == slice(None):
        return gradient
    keep = np.zeros(gradient.size, dtype=bool)
    keep[learned] = True
    parts = zip(gradient.args, gradient.attr.indices, strict=True)
    kept = [(part, index) for part, index in parts if keep[index].any()]
    return b.place(kept, gradient.shape, False) if kept else gradient


def _into_place(gradient: Array, b: Builder) -> Array:
    """The gradient as a `place`, so that it can be computed in the vector of gradients."""
    if gradient.op == "place":
        return gradient
    return b.place([(gradient, np.arange(gradient.size, dtype=np.intp))], gradient.shape, False)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pauses the garbage collector: compiling makes many objects, none of which is garbage until it is done."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
