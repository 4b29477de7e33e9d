"""Emits JavaScript: a function that allocates typed arrays for a batch, with the statements that compute them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from autograd import javascript
from autograd.compiler.indexing import even
from autograd.compiler.ir import CONSTANTS, INPUTS, PARAMS, SEED, Array, Index
from autograd.compiler.javascript_loops import Access, c_order, times
from autograd.compiler.planning import Buffer, plan

if TYPE_CHECKING:
    from autograd.annotations import Numbers

_GRADS = "grads"
_AT_ONCE = 50
"""The maximum number of arrays that one function computes, since engines do not optimise very long functions."""
_FEW = 16
"""The maximum number of numbers that are written out; more are encoded in base 64."""


@dataclass(frozen=True)
class Parts:
    """The parts of a program that a module is written from.

    Attributes:
        roots, also: the results, arrays of one number each.
        single: whether there is one root, returned without a list.
        gradient: (parameters,), the gradient of the mean of the root; None if the root depends on no parameter.
        constants: the numbers of the constants' leaf.
        vector: the numbers of all parameters.
        learned: those that are the module's parameters.
        inputs: the length of a row of X.
        notes: the origin of each array, for comments.
    """

    roots: list[Array]
    also: list[Array]
    single: bool
    gradient: Array | None
    constants: list[float]
    vector: npt.NDArray[np.float64]
    learned: slice
    inputs: int
    notes: Mapping[Array, str]

    @property
    def results(self) -> list[Array]:
        """The results of the forward pass."""
        return [*self.roots, *self.also]

    @property
    def differentiable(self) -> bool:
        """Whether there is one root, and at least one parameter."""
        return self.single and len(self.vector) > 0

    @property
    def gradients(self) -> list[Array]:
        """The results of the backward pass, if any are computed."""
        return [self.gradient] if self.differentiable and self.gradient is not None else []


class Writer:
    """Emits the function `prepare(batch)`, which makes a `Prepared` of `batches.js`, with a backward pass if any.

    Args:
        parts: the program.
        writers: for each operation, the function that emits the statements that compute an array.

    Attributes:
        multiplies: whether the emitted code needs `product.js`.
    """

    def __init__(self, parts: Parts, writers: Mapping[str, Callable[[Writer, Array], list[str]]]) -> None:
        self.parts, self.writers = parts, writers
        self.plan = plan(parts.results, parts.gradients, dict.fromkeys(parts.gradients, _GRADS))
        self.tables: dict[bytes, str] = {}
        self.indices: list[str] = []
        self.functions: list[list[str]] = []
        self.multiplies = False

    def prepare(self) -> str:
        """The function `prepare`."""
        vector, learned = self.parts.vector, range(len(self.parts.vector))[self.parts.learned]
        part = "" if len(learned) == len(vector) else f".subarray({learned.start}, {learned.stop})"
        fixed, forward, backward = map(self._section, (self.plan.fixed, self.plan.forward, self.plan.backward))
        lines = [
            *self._memory(),
            *self.indices,
            *[line for lines in self.functions for line in lines],
            *fixed,
            "return {",
            f"  params: {PARAMS}{part}," if part else f"  {PARAMS},",
            f"  {INPUTS},",
            "  forward() {",
            *[f"    {line}" for line in forward],
            f"    return [{', '.join(map(self._copied, self.parts.results))}];",
            "  },",
        ]
        if self.parts.differentiable:
            lines += ["  backward() {", *[f"    {line}" for line in backward], f"    return {_GRADS}{part};", "  },"]
        head = "/** @param {number} batch */\nfunction prepare(batch) {"
        return "\n".join([head, *[f"  {line}" for line in lines], "  };", "}", ""])

    def _section(self, arrays: list[Array]) -> list[str]:
        """The statements that compute arrays, split into functions if there are many."""
        if len(arrays) <= _AT_ONCE:
            return self._computed(arrays)
        calls = []
        for start in range(0, len(arrays), _AT_ONCE):
            lines = self._computed(arrays[start : start + _AT_ONCE])
            name = f"part{len(self.functions)}"
            self.functions.append([f"const {name} = () => {{", *[f"  {line}" for line in lines], "};"])
            calls.append(f"{name}();")
        return calls

    def _computed(self, arrays: list[Array]) -> list[str]:
        lines, last = [], ""
        for array in arrays:
            statements = [] if self.plan.viewed(array) else self.writers[array.op](self, array)
            note = self.parts.notes.get(array, "")
            if statements and note and note != last:
                lines.append(f"// {note}")
                last = note
            lines += statements
        return lines

    def _memory(self) -> list[str]:
        """Allocates all typed arrays, and fills those that no call changes."""
        buffers = {buffer.name: buffer for buffer in self.plan.buffers}
        buffers[PARAMS] = Buffer(PARAMS, len(self.parts.vector), False)
        buffers[INPUTS] = Buffer(INPUTS, self.parts.inputs, True)
        if self.parts.differentiable:
            buffers[_GRADS] = Buffer(_GRADS, len(self.parts.vector), False)
        lines, new = [], "new Float64Array"
        if self.multiplies:
            whole, each = (sum(b.size for b in buffers.values() if b.batched is batched) for batched in (False, True))
            lines, new = [f"const {{ take, product }} = room({whole} + {each} * batch, kernel);"], "take"
        for buffer in buffers.values():
            size = times(str(buffer.size), "batch") if buffer.batched else str(buffer.size)
            lines.append(f"const {buffer.name} = {new}({size});")
        if CONSTANTS in buffers:
            lines.append(f"{CONSTANTS}.set({typed_array(self.parts.constants)});")
        if SEED in buffers:
            lines.append(f"{SEED}.fill({'1 / batch' if buffers[SEED].batched else '1'});")
        if self.parts.learned != slice(None):
            lines.append(f"{PARAMS}.set({typed_array(self.parts.vector.tolist())});")
        return lines

    def _copied(self, array: Array) -> str:
        """A copy of a result, with a number for each row."""
        access = self.access(array)
        if not access.batched:
            return f"new Float64Array(batch).fill({access.at(['0'])})"
        if access.width:
            return f"Float64Array.from({{ length: batch }}, (_, b) => {access.at(['0'])})"
        start, end = (times(str(access.start + i), "batch") for i in (0, 1))
        return f"{access.name}.slice({start}, {end})"

    # Locations

    def access(self, array: Array, index: Index | None = None) -> Access:
        """The location of an array's elements, or of those at an index into it."""
        spot = self.plan.spots[array]
        at = np.arange(array.size).reshape(array.shape) if spot.at is None else spot.at
        return self.within(spot.buffer, at if index is None else at.reshape(-1)[index])

    def within(self, buffer: Buffer, at: Index) -> Access:
        """The location of elements of a buffer."""
        width = self.parts.inputs if buffer.name == INPUTS else 0
        found = even(at)
        if found is not None:
            return Access(buffer.name, found.start, found.steps, buffer.batched, width)
        return Access(buffer.name, 0, c_order(at.shape), buffer.batched, width, self.table(at))

    def table(self, index: Index) -> str:
        """The name of a typed array that holds an index."""
        key = index.tobytes()
        if key not in self.tables:
            self.tables[key] = name = f"table{len(self.tables)}"
            self.indices.append(f"const {name} = {_integers(index)};")
        return self.tables[key]


def typed_array(numbers: Sequence[float]) -> str:
    """A typed array of numbers, as an expression."""
    if len(numbers) <= _FEW:
        return f"Float64Array.of({', '.join(map(javascript.number, numbers))})"
    return f'numbers("{_packed(np.array(numbers, "<f8"))}")'


def _integers(index: Index) -> str:
    if index.size <= _FEW:
        return f"Int32Array.of({', '.join(map(str, index.reshape(-1).tolist()))})"
    return f'integers("{_packed(index.astype("<i4"))}")'


def _packed(numbers: Numbers) -> str:
    return base64.b64encode(numbers.tobytes()).decode()
