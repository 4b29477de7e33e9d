"""A compiled program as JavaScript: loops over typed arrays, written from the array program, whatever it computes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from autograd.compiler import Program, ir
from autograd.compiler.build import Built
from autograd.compiler.indexing import Even, even
from autograd.compiler.ir import BATCH, Array, Index, walk
from viz import javascript

_PRIMITIVES = 'import * as primitives from "./primitives.js";\n'


def module(program: Program, *, backward: bool = True) -> str:
    """A module that exports `prepare(params, batch)`, as `engine.js` describes it.

    Numbers of one array stand row by row, the examples of a batch side by side.

    Args:
        program: a compiled graph.
        backward: whether the gradient of the first result is wanted too.

    Raises:
        ValueError: the gradient is wanted, and no result depends on a parameter.
    """
    built = program._built
    gradient = [built.gradient] if backward and built.gradient is not None else []
    if backward and not gradient:
        raise ValueError("there is nothing to learn: no result depends on a parameter")
    forward = walk(*built.results)
    order = walk(*built.results, *gradient)
    names = {array: f"a{i}" for i, array in enumerate(order)}
    writer = _Writer(names)
    done = set(forward)
    lines = [writer.declared(array, built) for array in order]
    there, back = (
        "\n".join(writer.computed(array) for array in arrays if array.op != "leaf")
        for arrays in (forward, [array for array in order if array not in done])
    )
    way_back = f"backward() {{\n{back}\nreturn {names[gradient[0]]};\n}},\n" if gradient else ""
    return (
        f"{_PRIMITIVES}export function prepare(params, batch) {{\n{''.join(lines)}"
        f"return {{\nforward(rows) {{\n{writer.transposed()}{there}\n"
        f"return [{', '.join(names[array] for array in built.results)}];\n}},\n{way_back}}};\n}}\n"
    )


class _Writer:
    """Writes arrays by their names."""

    def __init__(self, names: dict[Array, str]) -> None:
        self.names = names

    def declared(self, array: Array, built: Built) -> str:
        """The memory of an array, and its index if it has one that does not lie evenly."""
        name = self.names[array]
        if array.op == "leaf" and array.attr != ir.INPUTS:
            constants = f"Float64Array.from({json.dumps(list(built.grouping.constants))})"
            seed = "new Float64Array(batch).fill(1 / batch)" if array.batched else "Float64Array.of(1)"
            held = {ir.PARAMS: "params", ir.CONSTANTS: constants, ir.SEED: seed}[array.attr]
            return f"const {name} = {held};\n"
        indices: Sequence[Index] = ()
        if isinstance(array.attr, np.ndarray):
            indices = [array.attr]
        elif isinstance(array.attr, ir.Places):
            indices = array.attr.indices
        listed = "".join(
            f"const {name}_{i} = Int32Array.from({json.dumps(index.ravel().tolist())});\n"
            for i, index in enumerate(indices)
            if even(index) is None
        )
        return f"{listed}const {name} = new Float64Array({array.size}{' * batch' if array.batched else ''});\n"

    def transposed(self) -> str:
        """Puts the rows of a batch side by side."""
        return "".join(
            f"for (let i = 0; i < {array.size}; i++) for (let b = 0; b < batch; b++) "
            f"{name}[i * batch + b] = rows[b * {array.size} + i];\n"
            for array, name in self.names.items()
            if array.op == "leaf" and array.attr == ir.INPUTS
        )

    def computed(self, array: Array) -> str:
        """The loops that compute an array."""
        return _WRITTEN[array.op](self, array)

    def at(self, array: Array, i: str) -> str:
        """The number of an array at a position, for example `b`."""
        return f"{self.names[array]}[({i}) * batch + b]" if array.batched else f"{self.names[array]}[{i}]"

    def index(self, array: Array, number: int, index: Index, i: str) -> str:
        """What an index says at a position."""
        found = even(index)
        return f"{self.names[array]}_{number}[{i}]" if found is None else _evenly(found, i)


def _evenly(index: Even, i: str) -> str:
    """What an index that goes on evenly along each of its axes says at a position in C order."""
    terms, inner = [str(index.start)], 1
    for length, step in reversed(list(zip(index.shape, index.steps, strict=True))):
        if length > 1:
            terms.append(
                f"{step} * (Math.floor(({i}) / {inner}) % {length})" if inner > 1 else f"{step} * (({i}) % {length})"
            )
        inner *= length
    return " + ".join(terms)


def _examples(*arrays: Array) -> str:
    """A loop over the examples, if there is anything to say for each."""
    return "for (let b = 0; b < batch; b++) " if any(array.batched for array in arrays) else ""


def _each(count: int, body: str, i: str = "i") -> str:
    return f"for (let {i} = 0; {i} < {count}; {i}++) {body}"


def _rows(w: _Writer, a: Array) -> str:
    source = w.at(a.args[0], w.index(a, 0, a.attr, "i"))
    return _each(a.size, f"{_examples(a)}{w.at(a, 'i')} = {source};")


def _map(w: _Writer, a: Array) -> str:
    read = "".join(f"const x{k} = {w.at(arg, 'i')}; " for k, arg in enumerate(a.args))
    return _each(a.size, f"{_examples(a)}{{ {read}{w.at(a, 'i')} = Number({javascript.written(a.attr.term)}); }}")


def _sum(w: _Writer, a: Array) -> str:
    (x,) = a.args
    if a.attr == BATCH:
        return _each(a.size, f"{{ let s = 0; {_examples(x)}s += {w.at(x, 'i')}; {w.at(a, 'i')} = s; }}")
    count, inner = x.shape[a.attr], int(np.prod(x.shape[a.attr + 1 :]))
    place = f"(Math.floor(i / {inner}) * {count} + k) * {inner} + i % {inner}"
    summed = _each(count, f"s += {w.at(x, place)};", "k")
    return _each(a.size, f"{_examples(a)}{{ let s = 0; {summed} {w.at(a, 'i')} = s; }}")


_RUNNING = {
    "maximum": "Math.max({}, {})",
    "minimum": "Math.min({}, {})",
    "add": "({} + {})",
    "multiply": "({} * {})",
}


def _fold(w: _Writer, a: Array) -> str:
    (x,) = a.args
    count = x.shape[-1]
    body = _each(count, f"s = {_RUNNING[a.attr].format('s', w.at(x, f'i * {count} + k'))};", "k")
    return _each(a.size, f"{_examples(a)}{{ let s = {w.at(x, f'i * {count}')}; {body} {w.at(a, 'i')} = s; }}")


def _accumulate(w: _Writer, a: Array) -> str:
    (x,) = a.args
    count = x.shape[-1]
    number = w.at(x, f"i * {count} + k")
    following = _RUNNING[a.attr].format("s", number)
    body = _each(count, f"{{ s = k ? {following} : {number}; {w.at(a, f'i * {count} + k')} = s; }}", "k")
    return _each(a.size // count, f"{_examples(a)}{{ let s = 0; {body} }}")


def _segments(w: _Writer, a: Array) -> str:
    (x,) = a.args
    starts = json.dumps([*a.attr.ravel().tolist(), x.size])
    body = f"{{ let s = 0; for (let k = starts[i]; k < starts[i + 1]; k++) s += {w.at(x, 'k')}; {w.at(a, 'i')} = s; }}"
    return f"{{ const starts = {starts}; {_each(a.size, f'{_examples(a)}{body}')} }}"


def _contract(w: _Writer, a: Array) -> str:
    """Loops over the axes of the answer, then over those that it lacks, the examples innermost."""
    x, y = a.args
    first, second, answer = a.attr.letters
    sizes = {**dict(zip(first, x.shape, strict=True)), **dict(zip(second, y.shape, strict=True))}
    lacking = [letter for letter in dict.fromkeys(first + second) if letter not in answer]
    product = f"{w.at(x, _flat(first, sizes))} * {w.at(y, _flat(second, sizes))}"
    target = _flat(answer, sizes)
    loops = "".join(_each(sizes[letter], "", letter) for letter in lacking)
    reach = ""
    if a.attr.extent is not None:
        reach = f"if ({first[-1]} < extent[{_flat(first[:-1], sizes)}]) "
    if a.batched:
        cleared = f"{_examples(a)}{w.at(a, target)} = 0;"
        body = f"{cleared} {loops}{reach}{_examples(a)}{w.at(a, target)} += {product};"
    else:
        body = f"let s = 0; {loops}{reach}{_examples(x, y)}s += {product}; {w.at(a, target)} = s;"
    written = "".join(_each(sizes[letter], "", letter) for letter in answer) + f"{{ {body} }}"
    if a.attr.extent is None:
        return written
    return f"{{ const extent = {json.dumps(a.attr.extent.ravel().tolist())}; {written} }}"


def _flat(letters: Iterable[str], sizes: dict[str, int]) -> str:
    """A position in C order; axes of one number are left out."""
    found = ""
    for letter in letters:
        if sizes[letter] > 1:
            found = f"({found}) * {sizes[letter]} + {letter}" if found else letter
    return found or "0"


def _place(w: _Writer, a: Array) -> str:
    parts = [f"{w.names[a]}.fill(0);"]
    for number, (part, index) in enumerate(zip(a.args, a.attr.indices, strict=True)):
        target = w.at(a, w.index(a, number, index, "i"))
        parts.append(_each(part.size, f"{_examples(a)}{target} += {w.at(part, 'i')};"))
    return "\n".join(parts)


_WRITTEN: dict[str, Callable[[_Writer, Array], str]] = {
    "rows": _rows,
    "map": _map,
    "sum": _sum,
    "fold": _fold,
    "accumulate": _accumulate,
    "segments": _segments,
    "contract": _contract,
    "place": _place,
}
