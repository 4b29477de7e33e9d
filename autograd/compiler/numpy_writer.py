"""Emits numpy source: names buffers, views, indices and functions, and assembles the lines into functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.indexing import even
from autograd.compiler.ir import Array, Index
from autograd.compiler.planning import Buffer, Plan

if TYPE_CHECKING:
    from collections.abc import Hashable

_VARIABLES = 1000
"""The maximum number of buffers in variables. More go into a list, since Python compiles large closures slowly."""


@dataclass
class Emitted:
    """Source, and the objects that it refers to.

    The source defines `prepare(np, special, rows, params, grads, constants, seed, index, exact, batch, dtype)`, which
    allocates for a batch size and returns `forward(X, strict)` and `prepare_backward()`; the latter returns
    `backward()`.
    """

    source: str
    indices: list[Index]
    contractions: list[Array]
    """The contractions that are recomputed exactly if their second operand is not finite."""
    forward_calls: int
    backward_calls: int


@dataclass
class _Section:
    """The lines of one function."""

    lines: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(not line.startswith(("#", "inputs", "if not", "if strict")) for line in self.lines)


class Writer:
    """Emits a planned program.

    Args:
        planned: the schedule, and the location of each array.
        notes: the origin of each array, for comments.
        writers: for each operation, the function that emits the calls that compute an array.
    """

    def __init__(
        self, planned: Plan, notes: Mapping[Array, str], writers: Mapping[str, Callable[[Writer, Array], None]]
    ) -> None:
        self.plan, self.notes, self.writers = planned, notes, writers
        self.allocated: dict[Buffer, str] = {}
        self.functions: dict[str, str] = {}
        self.indices: list[Index] = []
        self.index_names: dict[Hashable, str] = {}
        self.contractions: list[Array] = []
        self.views: dict[tuple[str, str], str] = {}
        self.fresh = ["inputs"]
        self.setup, self.forward, self.late, self.backward = (_Section() for _ in range(4))
        self.before, self.now = self.setup, self.setup
        self.scratch: dict[tuple[tuple[int, ...], bool, str], list[str]] = {}
        self.names: dict[str, int] = {}
        self.many = len(planned.buffers) > _VARIABLES
        self.last_note = ""

    def run(self, forward: list[Array], backward: list[Array]) -> Emitted:
        self._section(self.plan.fixed, self.setup, self.setup)
        self._section(self.plan.forward, self.setup, self.forward)
        results = [self.flat(each) for each in forward]
        self._section(self.plan.backward, self.late, self.backward)
        gradients = [self.flat(each) for each in backward]
        source = self._assembled(results, gradients)
        return Emitted(source, self.indices, self.contractions, self.forward.calls, self.backward.calls)

    def _section(self, arrays: list[Array], before: _Section, now: _Section) -> None:
        self.before, self.now, self.last_note = before, now, ""
        self.scratch.clear()
        for array in arrays:
            if not self.plan.viewed(array):
                self._comment(array)
                self.writers[array.op](self, array)

    def _comment(self, array: Array) -> None:
        note = self.notes.get(array, "")
        if note and note != self.last_note:
            self.now.lines.append(f"# {note}")
        self.last_note = note or self.last_note

    def _assembled(self, results: list[str], gradients: list[str]) -> str:
        """The function `prepare`."""
        functions = [f"{name} = {full}" for name, full in self.functions.items()]
        fresh = [name for name in self.fresh if "[" not in name]
        lines = [
            "def prepare(np, special, rows, params, grads, constants, seed, index, exact, batch, dtype):",
            *_indented(functions, 1),
            *([f"    m = [None] * {self.names['m']}"] if self.many else []),
            *_indented(self.setup.lines, 1),
            f"    {' = '.join(fresh)} = None",
            "",
            "    def forward(X, strict):",
            f"        nonlocal {', '.join(fresh)}",
            "        inputs = X.T",
            *_indented(self.forward.lines, 2),
            f"        return ({''.join(f'{name}, ' for name in results)})",
            "",
            "    def prepare_backward():",
            *_indented(self.late.lines, 2),
            "",
            "        def backward():",
            *_indented(self.backward.lines, 3),
            f"            return ({''.join(f'{name}, ' for name in gradients)})",
            "",
            "        return backward",
            "",
            "    return forward, prepare_backward",
            "",
        ]
        return "\n".join(lines)

    # Names

    def new(self, stem: str) -> str:
        """A new name that begins with a stem, or an element of the list if there are very many buffers."""
        if self.many:
            stem = "m"
        self.names[stem] = self.names.get(stem, 0) + 1
        return f"m[{self.names[stem] - 1}]" if self.many else f"{stem}_{self.names[stem]}"

    def function(self, full: str) -> str:
        """A function's name in the source, where it is looked up once."""
        name = full.removeprefix("np.").replace(".", "_")
        self.functions[name] = full
        return name

    def call(self, full: str, *args: str) -> None:
        """Emits a call whose last argument is the output.

        The output is a positional argument, which is faster than a keyword, except where numpy requires a keyword.
        """
        if full in ("np.maximum", "np.minimum"):
            args = (*args[:-1], f"out={args[-1]}")
        self.now.lines.append(f"{self.function(full)}({', '.join(args)})")

    def over_batch(self, *args: str) -> None:
        """Writes a product of matrices summed over the examples. With one example it is a faster multiplication."""
        self.functions["over_batch"] = "np.multiply if batch == 1 else np.matmul"
        self.now.lines.append(f"over_batch({', '.join(args)})")

    def view(self, base: str, expression: str) -> str:
        """A name for a view of a named array. It is made once, or at each call if it depends on the inputs."""
        if expression == base:
            return base
        key = (base, expression)
        if key not in self.views:
            self.views[key] = name = self.new(base.split("_")[0])
            if base in self.fresh:
                self.fresh.append(name)
                self.forward.lines.append(f"{name} = {expression}")
            else:
                self.before.lines.append(f"{name} = {expression}")
        return self.views[key]

    def index(self, index: Index) -> str:
        """The expression for an index array in the source."""
        key = (index.shape, index.tobytes())
        if key not in self.index_names:
            self.index_names[key] = f"index[{len(self.indices)}]"
            self.indices.append(index)
        return self.index_names[key]

    def base(self, buffer: Buffer) -> str:
        """The name of a buffer, which is allocated before its first use."""
        if buffer.given:
            return buffer.name
        if buffer not in self.allocated:
            self.allocated[buffer] = name = self.new("m") if self.many else buffer.name
            kind = "zeros" if buffer.zeroed else "empty"
            self.before.lines.append(f"{name} = np.{kind}({shape_of((buffer.size,), buffer.batched)}, dtype)")
        return self.allocated[buffer]

    def name(self, array: Array) -> str:
        """The array in its shape, with the batch as its last axis."""
        spot = self.plan.spots[array]
        base = self.base(spot.buffer)
        if spot.at is not None:
            return self.view(base, view_of(base, spot.at, spot.buffer.size))
        if len(array.shape) == 1:
            return base
        return self.view(base, f"{base}.reshape({', '.join([*map(str, array.shape), '-1'])})")

    def flat(self, array: Array) -> str:
        name = self.name(array)
        return name if len(array.shape) == 1 else f"{name}.reshape({array.size}, -1)"

    def axes(self, array: Array, letters: str, wanted: str) -> str:
        """A view of an array with its axes in another order.

        Args:
            array: the array.
            letters: a letter for each of its axes but the batch.
            wanted: the letters in the new order, with `b` for the batch and `.` for a new axis. Axes whose letter is
                missing have length 1.
        """
        spot = self.plan.spots[array]
        at = np.arange(array.size, dtype=np.intp).reshape(array.shape) if spot.at is None else spot.at
        own = wanted.replace("b", "").replace(".", "")
        dropped = tuple([i for i, letter in enumerate(letters) if letter not in own])
        at = at.squeeze(dropped)
        kept = [letter for letter in letters if letter in own]
        at = at.transpose([kept.index(letter) for letter in own])
        base = self.base(spot.buffer)
        name = self.view(base, view_of(base, at, spot.buffer.size))
        if "b" not in wanted:
            name = self.view(name, f"{name}[..., 0]")
        elif wanted[-1] != "b":
            order = [*range(len(own)), len(own)]
            order.insert(wanted.replace(".", "").index("b"), order.pop())
            name = self.view(
                name, f"{name}.T" if order == [1, 0] else f"{name}.transpose({', '.join(map(str, order))})"
            )
        if "." in wanted:
            name = self.view(name, f"{name}[{', '.join('None' if letter == '.' else ':' for letter in wanted)}]")
        return name

    # Scratch

    def take(self, array: Array, dtype: str = "dtype") -> str:
        """A scratch array that is used within one map only."""
        kind = (array.shape, array.batched, dtype)
        waiting = self.scratch.setdefault(kind, [])
        if waiting:
            return waiting.pop()
        name = self.new("s")
        self.before.lines.append(f"{name} = np.empty({shape_of(array.shape, array.batched)}, {dtype})")
        return name


def view_of(name: str, at: Index, size: int) -> str:
    """The elements of a flat array of some size at a strided index, as a slice or else as a strided view."""
    lies = even(at)
    assert lies is not None
    if lies.shape == (size,) and lies.steps[0] == 1:
        return name
    if len(lies.shape) == 1 and (lies.steps[0] > 0 or lies.shape[0] == 1):
        size, step = lies.shape[0], max(lies.steps[0], 1)
        return f"{name}[{lies.start}:{lies.start + step * (size - 1) + 1}{f':{step}' if step > 1 else ''}]"
    return f"rows({name}, {lies.start}, {lies.shape}, {lies.steps})"


def shape_of(shape: tuple[int, ...], batched: bool) -> str:
    return f"({', '.join(map(str, shape))}{', ' if shape else ''}{'batch' if batched else 1})"


def _indented(lines: list[str], depth: int) -> list[str]:
    return ["    " * depth + line for line in lines]
