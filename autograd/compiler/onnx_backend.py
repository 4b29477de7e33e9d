"""An array program as an ONNX model.

Each operation of an array program becomes a few nodes. An array is a tensor of its shape with one more axis for the
examples, of length 1 if the array is the same for all.

`onnxruntime` must give the program's results, corners included. The backend therefore avoids ONNX operations that the
runtime lacks in float64, or computes inaccurately in the tails, and writes them out (`definitions.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.build import Built
from autograd.compiler.elementwise import expanded, names_in
from autograd.compiler.ir import BATCH, CONSTANTS, INPUTS, MANY, PARAMS, SEED, Array, Index, walk
from autograd.compiler.onnx_writer import INTEGER, OPEN, Writer
from autograd.primitives import PRIMITIVES
from autograd.terms import CONDITIONS, Term, folded

if TYPE_CHECKING:
    from autograd.annotations import Numbers

_IN_SINGLE_ONLY = ("cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh")
"""Functions that onnxruntime computes in float32 only, or did until recently."""


def model(built: Built, roots: int | None, inputs: int, vector: Numbers, learned: slice | None = None) -> bytes:
    """A program as an ONNX model that passes ONNX's checks.

    Args:
        built: the program.
        roots: the number of its results that are roots, the columns of the output `Y`; None: there is one root, and `Y`
            has no column axis. The other results are the columns of the output `also`.
        inputs: the number of inputs of an example, the columns of `X`.
        vector: the numbers of all parameters, in the type of all computation.
        learned: the parameters that become an input, `params`, with an output, `grads`, beside `loss`, the mean of the
            root. None: all parameters are constants of the model.
    """
    w = Writer(vector.dtype)
    leaves = {
        PARAMS: _parameters(w, vector, learned),
        CONSTANTS: w.constant(np.reshape(built.grouping.constants, (-1, 1))),
    }
    if inputs:
        w.takes("X", (OPEN, inputs))
        w.batch = w.node("Shape", "X", start=0, end=1)
        leaves[INPUTS] = w.transpose("X", (1, 0))
    wanted = [*built.results, *([built.gradient] if learned is not None and built.gradient is not None else [])]
    found = write(w, wanted, leaves, built.notes)
    results = [found[array] if array.batched else w.expand(found[array], 1, w.batch) for array in built.results]
    if roots is None:
        w.gives("Y", w.node("Reshape", results[0], w.integers(OPEN)), (OPEN,))
    else:
        w.gives("Y", _columns(w, results[:roots]), (OPEN, roots))
    if also := results[roots or 1 :]:
        w.gives("also", _columns(w, also), (OPEN, len(also)))
    if learned is not None:
        w.gives("loss", w.node("ReduceMean", results[0], keepdims=0), ())
        gradient = w.reshape(found[wanted[-1]], (len(vector), 1), (len(vector),))
        start, stop, _ = learned.indices(len(vector))
        w.gives("grads", w.slice(gradient, start, stop, 0), (stop - start,))
    return w.model()


def write(w: Writer, roots: Iterable[Array], leaves: Mapping[str, str], notes: Mapping[Array, str]) -> dict[Array, str]:
    """Emits all arrays that the roots depend on.

    Args:
        w: receives the nodes.
        roots: arrays.
        leaves: the value of each leaf but the seed, (numbers, batch), or (numbers, 1) if it is not batched.
        notes: the origin of each array.

    Returns:
        The value of each array, in its shape with the batch as one more axis.
    """
    found: dict[Array, str] = {}
    for array in walk(*roots):
        w.note = notes.get(array, "")
        if array.op == "leaf":
            found[array] = _seed(w, array) if array.attr == SEED else leaves[array.attr]
        else:
            found[array] = WRITERS[array.op](w, array, *[found[arg] for arg in array.args])
    w.note = ""
    return found


def _parameters(w: Writer, vector: Numbers, learned: slice | None) -> str:
    """All parameters as a column: constants, and the input `params` for those that are learned."""
    column = (len(vector), 1)
    if learned is None:
        return w.constant(vector.reshape(column), stem="params")
    start, stop, _ = learned.indices(len(vector))
    w.takes("params", (stop - start,))
    parts = [w.constant(vector[:start]), "params", w.constant(vector[stop:])]
    whole = "params" if stop - start == len(vector) else w.node("Concat", *parts, axis=0)
    return w.reshape(whole, (len(vector),), column)


def _columns(w: Writer, results: Sequence[str]) -> str:
    return w.transpose(w.node("Concat", *results, axis=0), (1, 0))


def _seed(w: Writer, array: Array) -> str:
    if not array.batched:
        return w.constant([[1.0]])
    return w.expand(w.node("Div", w.constant(1.0), w.node("Cast", w.batch, to=w.kind)), 1, w.batch)


# Terms


def _map(w: Writer, array: Array, *args: str) -> str:
    """A node for each part of a term. A condition used as a number is 1 or 0; a number as a condition means ≠ 0."""

    def leaf(term: Term) -> str:
        return args[int(term.args[0][1:])] if term.head == "name" else w.constant(term.args[0])

    def inner(term: Term, found: tuple[str, ...]) -> str:
        if term.head == "where":
            zero = w.constant(0.0)
            chosen = found[0] if _holds(term.args[0]) else w.node("Not", w.node("Equal", found[0], zero))
            return w.node("Where", chosen, *map(as_number, term.args[1:], found[1:]))
        numbers = [as_number(each, name) for each, name in zip(term.args, found, strict=True)]
        return _remainder(w, *numbers) if term.head == "remainder" else w.node(PRIMITIVES[term.head].onnx, *numbers)

    def as_number(term: Term, name: str) -> str:
        return w.node("Cast", name, to=w.kind) if _holds(term) else name

    term = _written(array.attr.term, w.dtype == np.float64)
    answer = as_number(term, folded(term, leaf, inner))
    used = [array.args[int(name[1:])] for name in names_in(term)]
    if term.head == "number" or array.batched > any(arg.batched for arg in used):
        answer = w.expand(answer, *array.shape, w.batch if array.batched else 1)
    return answer


def _holds(term: Term) -> bool:
    return term.head in CONDITIONS


@lru_cache(maxsize=4096)
def _written(term: Term, double: bool) -> Term:
    """The term in functions that the runtime has."""

    def lacks(head: str) -> bool:
        return head != "remainder" and (not PRIMITIVES[head].onnx or (double and head in _IN_SINGLE_ONLY))

    return expanded(term, lacks)


def _remainder(w: Writer, a: str, b: str) -> str:
    """Python's remainder, with the sign of b, from C's, with the sign of a."""
    zero = w.constant(0.0)
    rest = w.node("Mod", a, b, fmod=1)
    other = w.node("Xor", w.node("Less", rest, zero), w.node("Less", b, zero))
    mend = w.node("And", other, w.node("Not", w.node("Equal", rest, zero)))
    return w.node("Where", mend, w.node("Add", rest, b), rest)


# The operations of an array program


def _size(array: Array) -> int:
    """The length of the batch axis."""
    return OPEN if array.batched else 1


def _flat(w: Writer, array: Array, x: str) -> str:
    return w.reshape(x, (*array.shape, _size(array)), (array.size, _size(array)))


def _shaped(w: Writer, array: Array, flat: str) -> str:
    return w.reshape(flat, (array.size, _size(array)), (*array.shape, _size(array)))


def _rows(w: Writer, array: Array, x: str) -> str:
    (arg,) = array.args
    flat, index = _flat(w, arg, x), array.attr.reshape(-1)
    if not (index == np.arange(index[0], index[0] + index.size)).all():
        return w.gather(flat, array.attr)
    if index.size < arg.size:
        flat = w.slice(flat, int(index[0]), int(index[0]) + index.size, 0)
    return _shaped(w, array, flat)


def _sum(w: Writer, array: Array, x: str) -> str:
    (arg,) = array.args
    if array.attr == BATCH:
        return w.node("ReduceSum", x, w.integers(-1), keepdims=1)
    count = arg.shape[array.attr]
    if count >= MANY:
        return w.node("ReduceSum", x, w.integers(array.attr), keepdims=0)
    terms = [w.node("Gather", x, w.constant(i, np.int64), axis=array.attr) for i in range(count)]
    total = terms[0]
    for term in terms[1:]:
        total = w.node("Add", total, term)
    return total


def _fold(w: Writer, array: Array, x: str) -> str:
    """The maximum or minimum; nan if there is a nan, which runtimes ignore."""
    along = w.integers(-2)
    best = w.node("ReduceMax" if array.attr == "maximum" else "ReduceMin", x, along, keepdims=0)
    unknown = w.node("Cast", w.node("IsNaN", x), to=w.kind)
    unknown = w.node("Greater", w.node("ReduceMax", unknown, along, keepdims=0), w.constant(0.0))
    return w.node("Where", unknown, w.constant(math.nan), best)


def _accumulate(w: Writer, array: Array, x: str) -> str:
    """Running results by doubling: each pass covers twice as many elements as the last (Hillis and Steele 1986)."""
    op = {"maximum": "Max", "minimum": "Min", "multiply": "Mul"}[array.attr]
    axis, count = len(array.shape) - 1, array.shape[-1]
    reach = 1
    while reach < count:
        later = w.node(op, w.slice(x, 0, count - reach, axis), w.slice(x, reach, count, axis))
        x = w.node("Concat", w.slice(x, 0, reach, axis), later, axis=axis)
        reach *= 2
    return x


def _segments(w: Writer, array: Array, x: str) -> str:
    (arg,) = array.args
    flat = _flat(w, arg, x)
    counts = np.diff(np.append(array.attr, arg.size))
    owners = w.constant(np.repeat(np.arange(array.size), counts)[:, None], np.int64)
    batch = _batch(w, array)
    owners, zeros = w.expand(owners, arg.size, batch), _zeros(w, array.size, batch)
    return w.node("ScatterElements", zeros, owners, flat, axis=0, reduction="add")


def _batch(w: Writer, array: Array) -> str | int:
    return w.batch if array.batched else 1


def _zeros(w: Writer, *sizes: int | str) -> str:
    return w.expand(w.constant(np.zeros([1] * len(sizes))), *sizes)


Lettered = tuple[str, str]
"""A tensor, with a letter for each of its axes: `b` for the batch, if it has one."""


def _contract(w: Writer, array: Array, x: str, y: str) -> str:
    a, b = array.args
    first, second, answer = array.attr.letters
    operands = (_lettered(w, a, x, first), _lettered(w, b, y, second))
    answer += "b" if array.batched else ""
    sizes = {**dict(zip(first, a.shape, strict=True)), **dict(zip(second, b.shape, strict=True))}
    if a.batched or b.batched:
        sizes["b"] = OPEN
    if array.attr.extent is None:
        return _product(w, array, operands, answer, sizes)
    total = w.node("ReduceSum", y, keepdims=0)
    finite = w.node("Equal", w.node("Sub", total, total), w.constant(0.0))
    return w.choice(
        finite,
        (*array.shape, _size(array)),
        lambda: _product(w, array, operands, answer, sizes),
        lambda: _within(w, array, operands, answer, sizes),
    )


def _lettered(w: Writer, array: Array, x: str, letters: str) -> Lettered:
    return (x, f"{letters}b") if array.batched else (w.reshape(x, (*array.shape, 1), array.shape), letters)


def _product(w: Writer, array: Array, operands: tuple[Lettered, Lettered], answer: str, sizes: dict[str, int]) -> str:
    """A matrix product if the order of the axes allows it, or else an `Einsum`. Axes of length 1 are dropped first."""
    (x, first), (y, second) = operands
    own = [[letter for letter in letters if sizes[letter] != 1] for letters in (first, second, answer)]
    x, y = (
        w.reshape(each, _sizes(letters, sizes), _sizes(long, sizes))
        for each, letters, long in ((x, first, own[0]), (y, second, own[1]))
    )
    made = _of_matrices(w, (x, own[0]), (y, own[1]), own[2], sizes) or _of_matrices(
        w, (y, own[1]), (x, own[0]), own[2], sizes
    )
    if made is None:
        equation = "{},{}->{}".format(*["".join(letters) for letters in own])
        made = w.node("Einsum", x, y, equation=equation)
    return w.reshape(made, _sizes(own[2], sizes), (*array.shape, _size(array)))


def _of_matrices(
    w: Writer, a: tuple[str, list[str]], b: tuple[str, list[str]], answer: list[str], sizes: dict[str, int]
) -> str | None:
    """A product of two matrices, either of which may be transposed; None if the order of the axes does not allow it.

    `Gemm` transposes by its attributes: some runtimes fuse a separate `Transpose` into a product that they lack.
    """
    (x, first), (y, second) = a, b
    summed = [letter for letter in first if letter in second and letter not in answer]
    left = [letter for letter in first if letter not in second]
    right = [letter for letter in second if letter not in first]
    if answer != left + right or first not in (left + summed, summed + left):
        return None
    if second not in (summed + right, right + summed):
        return None
    turned = {"transA": int(first != left + summed), "transB": int(second != summed + right)}
    x = w.reshape(x, _sizes(first, sizes), _joined((summed, left) if turned["transA"] else (left, summed), sizes))
    y = w.reshape(y, _sizes(second, sizes), _joined((right, summed) if turned["transB"] else (summed, right), sizes))
    made = w.node("Gemm", x, y, **turned) if any(turned.values()) else w.node("MatMul", x, y)
    return w.reshape(made, _joined((left, right), sizes), _sizes(answer, sizes))


def _within(w: Writer, array: Array, operands: tuple[Lettered, Lettered], answer: str, sizes: dict[str, int]) -> str:
    """A product without the elements beyond the extent, even if the other factor is inf or nan."""
    letters = list(sizes)

    def along(x: str, own: str) -> str:
        ordered = [letter for letter in letters if letter in own]
        x = w.transpose(x, [own.index(letter) for letter in ordered])
        return w.reshape(x, _sizes(ordered, sizes), [sizes[each] if each in own else 1 for each in letters])

    (x, first), (y, second) = operands
    reach = np.arange(array.args[0].shape[-1]) < array.attr.extent[..., None]
    mask = along(w.constant(reach, np.bool_), array.attr.letters[0])
    products = w.node("Where", mask, w.node("Mul", along(x, first), along(y, second)), w.constant(0.0))
    absent = [i for i, letter in enumerate(letters) if letter not in answer]
    summed = w.node("ReduceSum", products, w.integers(*absent), keepdims=0)
    kept = [letter for letter in letters if letter in answer]
    summed = w.transpose(summed, [kept.index(letter) for letter in answer])
    return w.reshape(summed, _sizes(answer, sizes), (*array.shape, _size(array)))


def _sizes(letters: Iterable[str], sizes: dict[str, int]) -> list[int]:
    return [sizes[letter] for letter in letters]


def _joined(groups: Iterable[list[str]], sizes: dict[str, int]) -> list[int]:
    """The sizes of axes that are each merged from a group of axes."""
    return [max(OPEN, math.prod(_sizes(group, sizes))) for group in groups]


def _pick(w: Writer, array: Array, x: str, index: str) -> str:
    table, chosen = array.args
    rows, count = table.shape
    first, zero = w.constant(0.0), w.constant(0, np.int64)
    known = w.node("And", w.node("GreaterOrEqual", index, first), w.node("Less", index, w.constant(float(count))))
    known = w.node("And", known, w.node("Equal", w.node("Floor", index), index))
    at = w.node("Where", known, w.node("Cast", w.node("Where", known, index, first), to=INTEGER), zero)
    if table.batched:
        at = w.node("Unsqueeze", at if chosen.batched else w.expand(at, rows, w.batch), w.integers(1))
        found = w.node("Squeeze", w.node("GatherElements", x, at, axis=1), w.integers(1))
    else:
        starts = w.constant(np.arange(rows)[:, None] * count, np.int64)
        found = w.node("Gather", w.reshape(x, (rows, count, 1), (rows * count,)), w.node("Add", at, starts), axis=0)
    return w.node("Where", known, found, w.constant(math.nan))


def _scatter(w: Writer, array: Array, index: str, x: str) -> str:
    rows, count = array.shape
    at = w.node("Where", w.node("IsNaN", index), w.constant(0.0), index)
    at = w.node("Min", w.node("Max", at, w.constant(0.0)), w.constant(count - 1.0))
    batch: str | int = w.batch if any(arg.batched for arg in array.args) else 1
    at, x = (w.expand(each, rows, batch) for each in (w.node("Cast", at, to=INTEGER), x))
    if not array.batched:
        made = w.node("ScatterElements", _zeros(w, rows, count), at, x, axis=1, reduction="add")
        return w.reshape(made, (rows, count), (rows, count, 1))
    at, x = (w.node("Unsqueeze", each, w.integers(1)) for each in (at, x))
    return w.node("ScatterElements", _zeros(w, rows, count, batch), at, x, axis=1)


def _place(w: Writer, array: Array, *parts: str) -> str:
    """Joins parts that do not overlap into layers, and adds up the layers."""
    depth = np.zeros(array.size, dtype=int)
    layers: dict[int, list[tuple[str, Index]]] = {}
    for arg, part, index in zip(array.args, parts, array.attr.indices, strict=True):
        layer = int(depth[index].max())
        depth[index] = layer + 1
        flat = _flat(w, arg, part)
        if array.batched and not arg.batched:
            flat = w.expand(flat, arg.size, w.batch)
        layers.setdefault(layer, []).append((flat, index.reshape(-1)))
    total, *others = [_joined_up(w, array, layers[layer]) for layer in sorted(layers)]
    for other in others:
        total = w.node("Add", total, other)
    return _shaped(w, array, total)


def _joined_up(w: Writer, array: Array, parts: list[tuple[str, Index]]) -> str:
    """Parts that do not overlap, each at its index, and zeros elsewhere."""
    parts = sorted(parts, key=lambda part: int(part[1][0]))
    flats = [flat for flat, _ in parts]
    at = np.concatenate([index for _, index in parts])
    if at.size < array.size:
        flats.append(_zeros(w, 1, _batch(w, array)))
    source = np.full(array.size, at.size)
    source[at] = np.arange(at.size)
    joined = w.node("Concat", *flats, axis=0) if len(flats) > 1 else flats[0]
    return joined if (source == np.arange(array.size)).all() else w.gather(joined, source)


WRITERS: dict[str, Callable[..., str]] = {
    "rows": _rows,
    "map": _map,
    "sum": _sum,
    "fold": _fold,
    "accumulate": _accumulate,
    "segments": _segments,
    "contract": _contract,
    "pick": _pick,
    "scatter": _scatter,
    "place": _place,
}
"""Emits each operation: a function of the writer, the array and its operands' names that returns the result's name."""
