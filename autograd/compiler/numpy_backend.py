"""An array program as numpy source: a call for each array, into buffers that are allocated once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.compiler.elementwise import expanded
from autograd.compiler.indexing import even
from autograd.compiler.ir import BATCH, CONSTANTS, MANY, Array, Contraction, Index
from autograd.compiler.numpy_terms import spelling
from autograd.compiler.planning import Buffer, Plan, plan
from autograd.terms import CONDITIONS, LEAVES, Term, as_constant, subterms

_VARIABLES = 1000
"""Up to so many buffers are variables; more stand in a list: Python compiles closures of many in quadratic time."""


@dataclass
class Emitted:
    """Source, and what it refers to.

    The source defines `prepare(np, special, rows, params, grads, constants, seed, index, exact, batch, dtype)`, which
    allocates for a size of batch and returns `forward(X)` and `prepare_backward()`; the latter returns `backward()`.
    """

    source: str
    indices: list[Index]
    contractions: list[Array]
    """The contractions that are computed exactly where numbers beyond their extent are not finite."""
    forward_calls: int
    backward_calls: int


def emit(
    forward: list[Array],
    backward: list[Array],
    outside: Mapping[Array, str],
    notes: Mapping[Array, str],
    checked: Iterable[Array] = (),
) -> Emitted:
    """Writes a program as numpy.

    Args:
        forward: what `forward` returns: a tuple of arrays of shape (numbers, batch).
        backward: what `backward` returns, in the same way.
        outside: arrays that are computed into what is given to `prepare`, and the name of that.
        notes: what each array belongs to, for comments.
        checked: maps that raise `FloatingPointError` where they divide by zero.
    """
    return _Writer(plan(forward, backward, outside), notes, set(checked)).run(forward, backward)


@dataclass
class _Section:
    """Lines of one function."""

    lines: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(not line.startswith(("#", "inputs", "if")) for line in self.lines)


class _Writer:
    def __init__(self, planned: Plan, notes: Mapping[Array, str], checked: set[Array]) -> None:
        self.plan, self.notes, self.checked = planned, notes, checked
        self.allocated: dict[Buffer, str] = {}
        self.functions: dict[str, str] = {}
        self.indices: list[Index] = []
        self.index_names: dict[Any, str] = {}
        self.contractions: list[Array] = []
        self.views: dict[tuple[str, str], str] = {}
        self.fresh = ["inputs"]
        self.setup, self.forward, self.late, self.backward = (_Section() for _ in range(4))
        self.before, self.now = self.setup, self.setup
        self.scratch: dict[tuple[int, bool, str], list[str]] = {}
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
                _WRITERS[array.op](self, array)

    def _comment(self, array: Array) -> None:
        note = self.notes.get(array, "")
        if note and note != self.last_note:
            self.now.lines.append(f"# {note}")
        self.last_note = note or self.last_note

    def _assembled(self, results: list[str], gradients: list[str]) -> str:
        """The function that prepares for a batch."""
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
        """A name that begins with a stem; of very many, a place in a list."""
        if self.many:
            stem = "m"
        self.names[stem] = self.names.get(stem, 0) + 1
        return f"m[{self.names[stem] - 1}]" if self.many else f"{stem}_{self.names[stem]}"

    def function(self, full: str) -> str:
        """A function's name in the source: it is looked up once."""
        name = full.removeprefix("np.").replace(".", "_")
        self.functions[name] = full
        return name

    def call(self, full: str, *args: str) -> None:
        """Writes a call, the last argument of which is where its result goes.

        It goes by its position, which is faster than by its name; numpy wants the name of some.
        """
        if full in ("np.maximum", "np.minimum"):
            args = (*args[:-1], f"out={args[-1]}")
        self.now.lines.append(f"{self.function(full)}({', '.join(args)})")

    def view(self, base: str, expression: str) -> str:
        """A name for a view of a named array: made once, or at each call where it depends on the inputs."""
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
        """An index array, as the source refers to it."""
        key = (index.shape, index.tobytes())
        if key not in self.index_names:
            self.index_names[key] = f"index[{len(self.indices)}]"
            self.indices.append(index)
        return self.index_names[key]

    def base(self, buffer: Buffer) -> str:
        """The name of a buffer, which is allocated where it is first needed."""
        if buffer.given:
            return buffer.name
        if buffer not in self.allocated:
            self.allocated[buffer] = name = self.new("m") if self.many else buffer.name
            kind = "zeros" if buffer.zeroed else "empty"
            self.before.lines.append(f"{name} = np.{kind}({_shape((buffer.size,), buffer.batched)}, dtype)")
        return self.allocated[buffer]

    def name(self, array: Array) -> str:
        """The array in its shape, with the batch as its last axis."""
        spot = self.plan.spots[array]
        base = self.base(spot.buffer)
        if spot.at is not None:
            return self.view(base, _view(base, spot.at, spot.buffer.size))
        if len(array.shape) == 1:
            return base
        return self.view(base, f"{base}.reshape({', '.join([*map(str, array.shape), '-1'])})")

    def flat(self, array: Array) -> str:
        name = self.name(array)
        return name if len(array.shape) == 1 else f"{name}.reshape({array.size}, -1)"

    def axes(self, array: Array, letters: str, wanted: str) -> str:
        """The view of an array that has its axes in another order.

        Args:
            array: what is viewed.
            letters: a letter for each of its axes but the batch.
            wanted: the letters in the order that is wanted, `b` for the batch and `.` for a new axis; those left out
                are of length 1.
        """
        spot = self.plan.spots[array]
        at = np.arange(array.size, dtype=np.intp).reshape(array.shape) if spot.at is None else spot.at
        own = wanted.replace("b", "").replace(".", "")
        dropped = tuple([i for i, letter in enumerate(letters) if letter not in own])
        at = at.squeeze(dropped)
        kept = [letter for letter in letters if letter in own]
        at = at.transpose([kept.index(letter) for letter in own])
        base = self.base(spot.buffer)
        name = self.view(base, _view(base, at, spot.buffer.size))
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
        """An array for what is needed within one map only."""
        kind = (array.size, array.batched, dtype)
        waiting = self.scratch.setdefault(kind, [])
        if waiting:
            return waiting.pop()
        name = self.new("s")
        self.before.lines.append(f"{name} = np.empty({_shape(array.shape, array.batched)}, {dtype})")
        return name


class _Map:
    """Writes the calls that compute one map."""

    def __init__(self, w: _Writer, array: Array) -> None:
        self.w, self.array = w, array
        self.args = [w.name(arg) for arg in array.args]
        self.known: dict[Term, str] = {}
        self.taken: list[tuple[str, str]] = []
        self.term, self.uses = _written(array.attr.term)

    def write(self) -> None:
        out = self.w.name(self.array)
        made = self.of(self.term, out)
        if made != out:
            self.w.call("np.copyto", out, made)
        for dtype, name in self.taken:
            self.w.scratch[self.array.size, self.array.batched, dtype].append(name)

    def of(self, term: Term, out: str | None = None) -> str:
        if term.head == "name":
            return self.args[int(term.args[0][1:])]
        if term.head == "number":
            return literal(term.args[0])
        if term not in self.known:
            self.known[term] = self._where(term, out) if term.head == "where" else self._call(term, out)
        return self.known[term]

    def _call(self, term: Term, out: str | None) -> str:
        # What is computed first may stand where the result will: nothing else reads it.
        first = next((arg for arg in term.args if arg.head not in LEAVES), None)
        if first is not None and (self.uses[first] > 1 or first.head in CONDITIONS):
            first = None
        args = [self.of(arg, out if arg is first else None) for arg in term.args]
        target = out or self._scratch("bool" if term.head in CONDITIONS else "dtype")
        function, operands = spelling(term)
        args = args[: len(operands)]
        if term.head in ("/", "remainder") and self.array in self.w.checked and as_constant(term.args[1]) is None:
            zero = f"{self.w.function('np.count_nonzero')}({args[1]}) < {args[1]}.size"
            self.w.now.lines.append(f"if strict and {zero}: raise FloatingPointError")
        self.w.call(function, *args, target)
        return target

    def _where(self, term: Term, out: str | None) -> str:
        condition, holds, fails = term.args
        if condition.head not in CONDITIONS:
            condition = Term("equal", (Term("equal", (condition, Term("number", (0.0,)))), Term("number", (0.0,))))
        mask, there, elsewhere = self.of(condition), self.of(holds), self.of(fails)
        target = out or self._scratch("dtype")
        self.w.call("np.copyto", target, elsewhere)
        self.w.now.lines.append(f"{self.w.function('np.copyto')}({target}, {there}, where={mask})")
        return target

    def _scratch(self, dtype: str) -> str:
        name = self.w.take(self.array, dtype)
        self.taken.append((dtype, name))
        return name


@lru_cache(maxsize=4096)
def _written(term: Term) -> tuple[Term, Counter[Term]]:
    """A term as it is computed, and how often each part of it is used."""
    term = expanded(term, _written_out)
    return term, Counter([arg for each in subterms(term) if each.head not in LEAVES for arg in each.args])


def _written_out(head: str) -> bool:
    """Whether a primitive is computed from others, in place, though numpy has a function that allocates."""
    return head == "sigmoid"


def _rows(w: _Writer, array: Array) -> None:
    (arg,) = array.args
    source = w.plan.spots[arg]
    base = w.base(source.buffer)
    index = array.attr if source.at is None else source.at.reshape(-1)[array.attr]
    if arg.attr is CONSTANTS:
        w.call("np.copyto", w.name(array), f"{base}[{w.index(index)}]")
    else:
        w.now.lines.append(f"{w.function('np.take')}({base}, {w.index(index)}, 0, {w.name(array)}, 'clip')")


def _map(w: _Writer, array: Array) -> None:
    _Map(w, array).write()


def _sum(w: _Writer, array: Array) -> None:
    (arg,) = array.args
    if array.attr == BATCH:
        w.now.lines.append(f"{w.function('np.add.reduce')}({w.name(arg)}, -1, None, {w.name(array)}, True)")
    elif arg.shape[array.attr] < MANY:
        _in_order(w, array, arg)
    else:
        w.call("np.add.reduce", w.name(arg), str(array.attr), "None", w.name(array))


def _in_order(w: _Writer, array: Array, arg: Array) -> None:
    """A short sum, from the left."""
    name, out = w.name(arg), w.name(array)
    before = ":, " * array.attr
    columns = [w.view(name, f"{name}[{before}{j}]") for j in range(arg.shape[array.attr])]
    if len(columns) == 1:
        w.call("np.copyto", out, columns[0])
    total = columns[0]
    for column in columns[1:]:
        w.call("np.add", total, column, out)
        total = out


def _fold(w: _Writer, array: Array) -> None:
    (arg,) = array.args
    w.call(f"np.{array.attr}.reduce", w.name(arg), str(len(arg.shape) - 1), "None", w.name(array))


def _accumulate(w: _Writer, array: Array) -> None:
    (arg,) = array.args
    w.call(f"np.{array.attr}.accumulate", w.name(arg), str(len(arg.shape) - 1), "None", w.name(array))


def _segments(w: _Writer, array: Array) -> None:
    (arg,) = array.args
    w.call("np.add.reduceat", w.name(arg), w.index(array.attr), "0", "None", w.name(array))


def _contract(w: _Writer, array: Array) -> None:
    """A product of matrices, with the batch as one of their axes or as many matrices."""
    a, b = array.args
    first, second, answer = array.attr.letters
    if a.batched and not b.batched and array.batched:
        a, b, first, second = b, a, second, first
    sizes = {**dict(zip(first, a.shape, strict=True)), **dict(zip(second, b.shape, strict=True))}
    many = "".join(x for x in first if x in second and x in answer and sizes[x] > 1)
    summed = "".join(x for x in first if x in second and x not in answer)
    left = "".join(x for x in first if x not in second)
    right = "".join(x for x in second if x not in first)
    if not array.batched and not (a.batched and b.batched):
        forms = (f"{many}{left}{summed}", f"{many}{summed}{right}", f"{many}{left}{right}")
    elif not array.batched:
        each = summed if sizes[summed] > 1 else ""
        forms = (f"{many}{each}{left}b", f"{many}{each}b{right}", f"{many}{left}{right}")
        if each:
            _batched_parts(w, array, forms, (a, first), (b, second), sizes)
            return
    elif a.batched:
        forms = (f"b{many}{left}{summed}", f"b{many}{summed}{right}", f"b{many}{left}{right}")
    else:
        each, new = (right, ".") if sizes[right] > 1 else ("", "")
        forms = (f"{many}{new}{left}{summed}", f"{many}{each}{summed}b", f"{many}{each}{left}b")
    w.call("np.matmul", w.axes(a, first, forms[0]), w.axes(b, second, forms[1]), w.axes(array, answer, forms[2]))
    _within(w, array)


def _batched_parts(
    w: _Writer,
    array: Array,
    forms: tuple[str, str, str],
    a: tuple[Array, str],
    b: tuple[Array, str],
    sizes: dict[str, int],
) -> None:
    """A product summed over the batch and another axis: over the batch as products, which are then added up."""
    many = forms[0][: len(forms[0]) - 3]
    each = forms[0][-3]
    parts = w.new("s")
    shape = [sizes[x] for x in (*many, each, forms[2][-2], forms[2][-1])]
    w.before.lines.append(f"{parts} = np.empty(({', '.join(map(str, shape))}), dtype)")
    w.call("np.matmul", w.axes(*a, forms[0]), w.axes(*b, forms[1]), parts)
    target = w.axes(array, array.attr.letters[2], forms[2])
    w.call("np.add.reduce", parts, str(len(many)), "None", target)
    _within(w, array)


def _within(w: _Writer, array: Array) -> None:
    """What lies beyond the extent is zero, and is to be left out even where it meets inf or nan."""
    if isinstance(array.attr, Contraction) and array.attr.extent is not None:
        a, b = (w.name(arg) for arg in array.args)
        finite = f"{w.function('np.isfinite')}({w.function('np.add.reduce')}({b}, None))"
        w.now.lines.append(f"if not {finite}: {w.name(array)}[...] = exact[{len(w.contractions)}]({a}, {b})")
        w.contractions.append(array)


def _place(w: _Writer, array: Array) -> None:
    out = w.name(array)
    if array in w.plan.cleared:
        w.now.lines.append(f"{out}.fill(0.0)")
    base = w.base(w.plan.spots[array].buffer)
    for part, index, mode in zip(array.args, array.attr.indices, w.plan.modes[array], strict=True):
        if mode == "here":
            continue
        name = w.name(part)
        if even(index) is None:
            w.now.lines.append(f"{base}[{w.index(index)}] {'+=' if mode == 'add' else '='} {name}")
            continue
        there = w.view(base, _view(base, index, array.size))
        if mode == "add":
            w.call("np.add", there, name, there)
        else:
            w.call("np.copyto", there, name)


_WRITERS: dict[str, Callable[[_Writer, Array], None]] = {
    "rows": _rows,
    "map": _map,
    "sum": _sum,
    "fold": _fold,
    "accumulate": _accumulate,
    "segments": _segments,
    "contract": _contract,
    "place": _place,
}


def _view(name: str, at: Index, size: int) -> str:
    """The numbers of a flat array of some size at an index that lies evenly: a slice, or else a view by strides."""
    lies = even(at)
    assert lies is not None
    if lies.shape == (size,) and lies.steps[0] == 1:
        return name
    if len(lies.shape) == 1 and (lies.steps[0] > 0 or lies.shape[0] == 1):
        size, step = lies.shape[0], max(lies.steps[0], 1)
        return f"{name}[{lies.start}:{lies.start + step * (size - 1) + 1}{f':{step}' if step > 1 else ''}]"
    return f"rows({name}, {lies.start}, {lies.shape}, {lies.steps})"


def _shape(shape: tuple[int, ...], batched: bool) -> str:
    return f"({', '.join(map(str, shape))}{', ' if shape else ''}{'batch' if batched else 1})"


def literal(x: float) -> str:
    """A float as Python writes it."""
    if math.isfinite(x):
        return repr(x)
    return "np.nan" if x != x else f"{'-' if x < 0 else ''}np.inf"


def _indented(lines: list[str], depth: int) -> list[str]:
    return ["    " * depth + line for line in lines]
