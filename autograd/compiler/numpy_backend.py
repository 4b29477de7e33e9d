"""An array program as numpy source: one call for each array, which writes into a buffer that is allocated once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, partial

from autograd.compiler.elementwise import expanded
from autograd.compiler.indexing import even
from autograd.compiler.ir import BATCH, CONSTANTS, MANY, Array, Contraction
from autograd.compiler.numpy_terms import spelling
from autograd.compiler.numpy_writer import Emitted, Writer, view_of
from autograd.compiler.planning import plan
from autograd.terms import CONDITIONS, LEAVES, Term, as_constant, subterms


def emit(
    forward: list[Array],
    backward: list[Array],
    outside: Mapping[Array, str],
    notes: Mapping[Array, str],
    checked: Iterable[Array] = (),
) -> Emitted:
    """Writes a program as numpy.

    Args:
        forward: the results of `forward`, which returns a tuple of arrays of shape (numbers, batch).
        backward: the results of `backward`, in the same form.
        outside: arrays that are written to a buffer passed to `prepare`, with its name.
        notes: the origin of each array, for comments.
        checked: maps that raise `FloatingPointError` if they divide by zero.
    """
    writers: dict[str, Callable[[Writer, Array], None]] = {**WRITERS, "map": partial(_map, checked=set(checked))}
    return Writer(plan(forward, backward, outside), notes, writers).run(forward, backward)


class _Map:
    """Writes the calls that compute one map."""

    def __init__(self, w: Writer, array: Array, checked: bool) -> None:
        self.w, self.array, self.checked = w, array, checked
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
            self.w.scratch[self.array.shape, self.array.batched, dtype].append(name)

    def of(self, term: Term, out: str | None = None) -> str:
        if term.head == "name":
            return self.args[int(term.args[0][1:])]
        if term.head == "number":
            return literal(term.args[0])
        if term not in self.known:
            self.known[term] = self._where(term, out) if term.head == "where" else self._call(term, out)
        return self.known[term]

    def _call(self, term: Term, out: str | None) -> str:
        # The first operand that is computed may use the result's buffer if nothing else reads it.
        first = next((arg for arg in term.args if arg.head not in LEAVES), None)
        if first is not None and (self.uses[first] > 1 or first.head in CONDITIONS):
            first = None
        args = [self.of(arg, out if arg is first else None) for arg in term.args]
        target = out or self._scratch("bool" if term.head in CONDITIONS else "dtype")
        function, operands = spelling(term)
        args = args[: len(operands)]
        if term.head in ("/", "remainder") and self.checked and as_constant(term.args[1]) is None:
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
    """The term that is computed, and the number of uses of each of its parts."""
    term = expanded(term, _written_out)
    return term, Counter([arg for each in subterms(term) if each.head not in LEAVES for arg in each.args])


def _written_out(head: str) -> bool:
    """Whether a primitive is computed in place from others, because our function for it allocates."""
    return head == "sigmoid"


def _rows(w: Writer, array: Array) -> None:
    (arg,) = array.args
    source = w.plan.spots[arg]
    base = w.base(source.buffer)
    index = array.attr if source.at is None else source.at.reshape(-1)[array.attr]
    if arg.attr is CONSTANTS:
        w.call("np.copyto", w.name(array), f"{base}[{w.index(index)}]")
    else:
        w.now.lines.append(f"{w.function('np.take')}({base}, {w.index(index)}, 0, {w.name(array)}, 'clip')")


def _map(w: Writer, array: Array, checked: Collection[Array] = ()) -> None:
    _Map(w, array, array in checked).write()


def _sum(w: Writer, array: Array) -> None:
    (arg,) = array.args
    if array.attr == BATCH:  # a product with ones is faster than a sum if there are few examples
        ones = w.view("ones", "np.ones((batch, 1), dtype)")
        w.over_batch(w.name(arg), ones, w.name(array))
    elif arg.shape[array.attr] < MANY:
        _in_order(w, array, arg)
    elif len(arg.shape) == 2 and arg.shape[0] == 1:
        ones = w.view("ones", f"np.ones((1, {arg.shape[1]}), dtype)")
        w.call("np.matmul", ones, w.axes(arg, "rk", "kb"), w.name(array))
    else:
        w.call("np.add.reduce", w.name(arg), str(array.attr), "None", w.name(array))


def _in_order(w: Writer, array: Array, arg: Array) -> None:
    """A short sum, added from the left."""
    name, out = w.name(arg), w.name(array)
    before = ":, " * array.attr
    columns = [w.view(name, f"{name}[{before}{j}]") for j in range(arg.shape[array.attr])]
    if len(columns) == 1:
        w.call("np.copyto", out, columns[0])
    total = columns[0]
    for column in columns[1:]:
        w.call("np.add", total, column, out)
        total = out


def _fold(w: Writer, array: Array) -> None:
    (arg,) = array.args
    w.call(f"np.{array.attr}.reduce", w.name(arg), str(len(arg.shape) - 1), "None", w.name(array))


def _accumulate(w: Writer, array: Array) -> None:
    (arg,) = array.args
    w.call(f"np.{array.attr}.accumulate", w.name(arg), str(len(arg.shape) - 1), "None", w.name(array))


def _segments(w: Writer, array: Array) -> None:
    (arg,) = array.args
    w.call("np.add.reduceat", w.name(arg), w.index(array.attr), "0", "None", w.name(array))


def _contract(w: Writer, array: Array) -> None:
    """A matrix product; the batch is one of its axes, or the axis of a stack of matrices."""
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
        else:
            w.over_batch(w.axes(a, first, forms[0]), w.axes(b, second, forms[1]), w.axes(array, answer, forms[2]))
            _within(w, array)
        return
    elif a.batched:
        forms = (f"b{many}{left}{summed}", f"b{many}{summed}{right}", f"b{many}{left}{right}")
    else:
        each, new = (right, ".") if sizes[right] > 1 else ("", "")
        forms = (f"{many}{new}{left}{summed}", f"{many}{each}{summed}b", f"{many}{each}{left}b")
    w.call("np.matmul", w.axes(a, first, forms[0]), w.axes(b, second, forms[1]), w.axes(array, answer, forms[2]))
    _within(w, array)


def _batched_parts(
    w: Writer,
    array: Array,
    forms: tuple[str, str, str],
    a: tuple[Array, str],
    b: tuple[Array, str],
    sizes: dict[str, int],
) -> None:
    """A product summed over the batch and another axis: matrix products over the batch, and then their sum.

    With one example it is one matrix product over the other axis.
    """
    many, (each, left, right) = forms[0][:-3], (forms[0][-3], forms[2][-2], forms[2][-1])
    parts = w.new("s")
    shape = [sizes[x] for x in (*many, each, left, right)]
    w.before.lines.append(f"{parts} = np.empty(({', '.join(map(str, shape))}), dtype)")
    target = w.axes(array, array.attr.letters[2], forms[2])
    choices = (
        (w.axes(*a, f"{many}{left}{each}"), w.axes(*a, forms[0])),
        (w.axes(*b, f"{many}{each}{right}"), w.axes(*b, forms[1])),
        (target, parts),
    )
    w.call("np.matmul", *[f"{one} if batch == 1 else {several}" for one, several in choices])
    w.now.lines.append(f"if batch > 1: {w.function('np.add.reduce')}({parts}, {len(many)}, None, {target})")
    _within(w, array)


def _within(w: Writer, array: Array) -> None:
    """Recomputes the product exactly if b is not finite: zeros beyond the extent would turn inf into nan."""
    if isinstance(array.attr, Contraction) and array.attr.extent is not None:
        a, b = (w.name(arg) for arg in array.args)
        finite = f"{w.function('np.isfinite')}({w.function('np.add.reduce')}({b}, None))"
        w.now.lines.append(f"if not {finite}: {w.name(array)}[...] = exact[{len(w.contractions)}]({a}, {b})")
        w.contractions.append(array)


def _place(w: Writer, array: Array) -> None:
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
        there = w.view(base, view_of(base, index, array.size))
        if mode == "add":
            w.call("np.add", there, name, there)
        else:
            w.call("np.copyto", there, name)


def _pick(w: Writer, array: Array) -> None:
    table, index = (w.name(arg) for arg in array.args)
    strict = "strict" if w.now is w.forward else "False"
    w.call("special.pick", table, index, strict, w.name(array))


def _scatter(w: Writer, array: Array) -> None:
    index, x = (w.name(arg) for arg in array.args)
    w.call("special.scatter", index, x, str(array.attr), str(array.batched), w.name(array))


WRITERS: dict[str, Callable[[Writer, Array], None]] = {
    "rows": _rows,
    "map": _map,
    "sum": _sum,
    "fold": _fold,
    "accumulate": _accumulate,
    "segments": _segments,
    "contract": _contract,
    "place": _place,
    "pick": _pick,
    "scatter": _scatter,
}


def literal(x: float) -> str:
    """A float as Python source."""
    if math.isfinite(x):
        return repr(x)
    return "np.nan" if x != x else f"{'-' if x < 0 else ''}np.inf"
