"""The way back: the gradient of each group, sent on to its operands by the chain rule."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.compiler import rules
from autograd.compiler.forwards import Forwards, flat, matrix_index, vectors_index
from autograd.compiler.grouping import CONSTANTS, PARAMETERS, Group, Index, Operand, Terms
from autograd.compiler.indexing import even, segments
from autograd.compiler.writing import Write, is_whole, shape_of, view_of
from autograd.terms import Term, as_constant


class Backwards(Forwards):
    """Writes what each group sends, and where the shares of a gradient come together."""

    def emit_backward(self) -> None:
        self.section, self.lines = "late", self.backward
        self.late.append("d_params = grads[:, None]")
        self.gradients[PARAMETERS] = "d_params"
        reached = self._plan()
        self._seed(reached)
        for each in reversed(self.groups[CONSTANTS + 1 :]):
            if each.number in reached:
                self._begin(each)
                self._send(each)
                if len(self.lines) == self._mark:
                    self.lines.pop()
                self.scratch["late"].release()

    def _seed(self, reached: set[int]) -> None:
        root, row = self.grouping.roots[0]
        if root.number not in reached:
            return
        if root.number not in self.gradients:
            self._make_gradient(root)
        self.late.append(f"{self.gradients[root.number]}[{row}] = {'1.0 / batch' if root.batched else '1.0'}")

    def _plan(self) -> set[int]:
        """Decides for each share of a gradient whether it is the first for its rows; returns which groups get any."""
        roots = self.grouping.roots
        reached: set[int] = {roots[0][0].number} if len(roots) == 1 and roots[0][0].differentiated else set()
        incoming: dict[int, list[tuple[Any, Index, bool]]] = {}
        for each in reversed(self.groups[CONSTANTS + 1 :]):
            if each.number not in reached:
                continue
            for key, source, index, plain in _shares(each):
                reached.add(source.number)
                incoming.setdefault(source.number, []).append((key, index, plain and source.batched == each.batched))
        for number, shares in incoming.items():
            self._plan_group(self.groups[number], shares)
        return reached

    def _plan_group(self, source: Group, shares: list[tuple[Any, Index, bool]]) -> None:
        (key, index, plain), *others = shares
        lies = even(index)
        if plain and not others and lies is not None and is_whole(lies, source) and source.number != PARAMETERS:
            self.modes[key] = "alias"
            return
        written = np.zeros(source.rows, dtype=bool)
        mixed = False
        for key, index, _ in shares:
            before = written[index]
            self.modes[key] = "add" if before.all() else "set"
            mixed |= bool(before.any() and not before.all())
            written[index] = True
        self._make_gradient(source)
        if mixed:
            self.modes.update((key, "add") for key, _, _ in shares)
            self.backward.append(f"{self.gradients[source.number]}.fill(0.0)")

    def _make_gradient(self, source: Group) -> None:
        if source.number != PARAMETERS:
            self.gradients[source.number] = name = f"d_{source.name}"
            self.late.append(f"{name} = np.zeros({shape_of((source.rows,), source.batched)}, dtype)")

    def _send(self, each: Group) -> None:
        """Sends a group's gradient on to what the group is computed from."""
        if each.rule is not None:
            names = {**self._operands(each), "y": each.name}
            for i, operand in enumerate(each.operands):
                slope = rules.partials(each.rule)[i]
                if (each.number, i) in self.modes and slope is not None:
                    write = self._times(each, slope, names)
                    self._deliver((each.number, i), operand, operand.index, write, each.batched)
        for t, terms in enumerate(each.terms):
            for f, factor in enumerate(terms.factors):
                key = (each.number, t, f)
                if key in self.modes:
                    write, index = self._share(each, terms, f)
                    self._deliver(key, factor, index, write, terms.batched and not _is_matrix(terms, f))

    def _times(self, each: Group, slope: Term, names: dict[str, str]) -> Write:
        """The gradient of an operation's operand: the operation's own, times the local derivative."""
        own, shape = self.gradients[each.number], (each.rows, each.batched)

        def write(out: str | None) -> str:
            constant = as_constant(slope)
            if constant == 1.0:
                return own
            if slope.head == "where" and [as_constant(arg) for arg in slope.args[1:]] == [1.0, 0.0]:
                factor = self.expression(slope.args[0], names, shape)
            else:
                factor = self.expression(slope, names, shape)
            target = out or self._take_scratch((each.rows,), each.batched)
            self.lines.append(f"np.multiply({own}, {factor}, out={target})")
            return target

        return write

    def _own(self, each: Group, terms: Terms, out: str | None = None) -> str:
        """A sum's gradient as its terms get it: with their sign, and for all examples if they are the same for all."""
        name = self.gradients[each.number]
        calls = []
        if each.batched and not terms.batched:
            calls.append("np.add.reduce({}, axis=1, keepdims=True")
        if terms.sign < 0:
            calls.append("np.negative({}")
        for i, call in enumerate(calls):
            last = out if i == len(calls) - 1 else None
            name = self._once(call.format(name), each.rows, terms.batched, last)
        return name

    def _once(self, call: str, count: int, batched: bool, out: str | None) -> str:
        """The array that a call makes, which several shares may need."""
        if call in self.sent:
            return self.sent[call]
        target = out or self._take_scratch((count,), batched)
        self.lines.append(f"{call}, out={target})")
        if out is None:  # what is written where it belongs may be added to, and is of no use afterwards
            self.sent[call] = target
        return target

    def _share(self, each: Group, terms: Terms, f: int) -> tuple[Write, Index]:
        """How the gradient of a factor is computed, and which rows it is for."""
        if terms.grid is not None:
            return self._matrix_share(each, terms, f)
        index = terms.factors[f].index
        other = terms.factors[1 - f] if len(terms.factors) == 2 else None
        if terms.starts is not None:
            return self._ragged_share(each, terms, other), index
        value = None if other is None else self.read(other.source, flat(other.index), exact=True)
        if index.shape[1] == 1:
            single = self._scaled(lambda out: self._own(each, terms, out), value, (each.rows,), terms.batched)
            return single, index[:, 0]
        index = flat(index)
        spread = partial(self._spread, each, terms, index.shape)
        return self._scaled(spread, value, index.shape, terms.batched), index

    def _spread(self, each: Group, terms: Terms, shape: tuple[int, ...], out: str | None) -> str:
        """A sum's gradient, the same for all terms of a row: a view, which is copied where it is wanted elsewhere."""
        name = self._own(each, terms)
        row = f"{name}[:, None]" if len(shape) == 2 else name
        return self._name(name, f"np.broadcast_to({row}, {shape_of(shape, terms.batched)})")

    def _scaled(self, own: Write, value: str | None, shape: tuple[int, ...], batched: bool) -> Write:
        def write(out: str | None) -> str:
            if value is None:
                return own(out)
            name = own(None)
            target = out or self._take_scratch(shape, batched)
            self.lines.append(f"np.multiply({name}, {value}, out={target})")
            return target

        return write

    def _ragged_share(self, each: Group, terms: Terms, other: Operand | None) -> Write:
        assert terms.starts is not None
        counts = np.diff(np.append(terms.starts, terms.count))
        row_of = np.repeat(np.arange(each.rows, dtype=np.intp), counts)

        def write(out: str | None) -> str:
            name = self._own(each, terms)
            target = out or self._take_scratch((terms.count,), terms.batched)
            self.lines.append(f'np.take({name}, {self._index(row_of)}, axis=0, out={target}, mode="clip")')
            if other is not None:
                value = self.read(other.source, other.index, exact=True)
                self.lines.append(f"np.multiply({target}, {value}, out={target})")
            return target

        return write

    def _matrix_share(self, each: Group, terms: Terms, f: int) -> tuple[Write, Index]:
        assert terms.grid is not None
        m, v = terms.grid
        matrix, vectors = self._matrix(terms), self._vectors(terms)
        k = terms.factors[0].index.shape[1]

        def of_matrix(out: str | None) -> str:
            own = self._as_grid(self._own(each, terms), terms)
            target = out or self._take_scratch((m, k), False)
            flat = self._name(target, f"{target}[..., 0]")
            if v == 1:
                self.lines.append(f"np.matmul({own}, {vectors}.T, out={flat})")
            else:
                parts = self.scratch["late"].take(f"({v}, {m}, {k})", "dtype")
                self.lines.append(f"np.matmul({own}, {vectors}.transpose(0, 2, 1), out={parts})")
                self.lines.append(f"np.add.reduce({parts}, axis=0, out={flat})")
            return target

        def of_vectors(out: str | None) -> str:
            own = self._as_grid(self._own(each, terms), terms)
            target = out or self._take_scratch((k,) if v == 1 else (v, k), terms.batched)
            self.lines.append(f"np.matmul({self._name(matrix, f'{matrix}.T')}, {own}, out={target})")
            return target

        return (of_matrix, matrix_index(terms)) if f == 0 else (of_vectors, vectors_index(terms))

    # Where gradients go

    def _deliver(self, key: Any, operand: Operand, index: Index, write: Write, batched: bool) -> None:
        """Puts a share of a gradient where it belongs: adding up what is for the same row."""
        source = operand.source
        if self.modes[key] == "alias":
            self._share_array(source, write)
            return
        if batched and not source.batched:
            write = self._reduced(write, "axis=-1, keepdims=True", index.shape, False)
        write, index = self._without_repeats(write, index, source.batched)
        target, first = self.gradients[source.number], self.modes[key] == "set"
        lies = even(index)
        if lies is None:
            self._scatter(target, write(None), index, source.batched, first)
            return
        view = target if is_whole(lies, source) else self._name(target, view_of(target, lies, exact=True))
        made = write(view if first else None)
        if not first:
            self.lines.append(f"np.add({view}, {made}, out={view})")
        elif made != view:
            self.lines.append(f"np.copyto({view}, {made})")

    def _share_array(self, source: Group, write: Write) -> None:
        """A gradient that comes from one place, for all rows in order: what is computed there is the gradient."""
        own = f"d_{source.name}"
        made = write(own)
        if made == own:
            self.late.append(f"{own} = np.empty({shape_of((source.rows,), source.batched)}, dtype)")
        else:
            self.scratch["late"].keep()
        self.gradients[source.number] = made

    def _scatter(self, target: str, made: str, index: Index, batched: bool, first: bool) -> None:
        at = self._index(index)
        if not first:
            total = self._take_scratch(index.shape, batched)
            self.lines.append(f'np.take({target}, {at}, axis=0, out={total}, mode="clip")')
            self.lines.append(f"np.add({total}, {made}, out={total})")
            made = total
        self.lines.append(f"{target}[{at}] = {made}")

    def _reduced(self, write: Write, how: str, shape: tuple[int, ...], batched: bool) -> Write:
        def reduced(out: str | None) -> str:
            made = write(None)
            target = out or self._take_scratch(shape, batched)
            self.lines.append(f"np.add.reduce({made}, {how}, out={target})")
            return target

        return reduced

    def _without_repeats(self, write: Write, index: Index, batched: bool) -> tuple[Write, Index]:
        if index.ndim == 2 and index.shape[1] > 1 and (index == index[:, :1]).all():
            write, index = self._reduced(write, "axis=1", index.shape[:1], batched), index[:, 0]
        if index.ndim == 2 and index.shape[0] > 1 and (index == index[0]).all():
            write, index = self._reduced(write, "axis=0", index.shape[1:], batched), index[0]
        if index.ndim == 1 and index.size > 1 and (index == index[0]).all():
            return self._reduced(write, "axis=0, keepdims=True", (1,), batched), index[:1]
        found = segments(index)
        if len(found.rows) == index.size:
            return write, index
        return self._segmented(write, index, batched), found.rows

    def _segmented(self, write: Write, index: Index, batched: bool) -> Write:
        found = segments(index)

        def segmented(out: str | None) -> str:
            made = write(None)
            if index.ndim == 2:
                whole = self._take_scratch(index.shape, batched)
                if made != whole:
                    self.lines.append(f"np.copyto({whole}, {made})")
                made = self._name(whole, f"{whole}.reshape({index.size}, -1)")
            in_order = self._take_scratch((index.size,), batched)
            self.lines.append(f'np.take({made}, {self._index(found.order)}, axis=0, out={in_order}, mode="clip")')
            target = out or self._take_scratch((len(found.rows),), batched)
            self.lines.append(f"np.add.reduceat({in_order}, {self._index(found.starts)}, axis=0, out={target})")
            return target

        return segmented


def _shares(each: Group) -> list[tuple[Any, Group, Index, bool]]:
    """The shares of a gradient that a group sends: a key, to whom, to which rows, and if it may be the same array."""
    shares: list[tuple[Any, Group, Index, bool]] = []
    if each.rule is not None:
        slopes = rules.partials(each.rule)
        for i, operand in enumerate(each.operands):
            if operand.source.differentiated and slopes[i] is not None:
                shares.append(((each.number, i), operand.source, operand.index, True))
    for t, terms in enumerate(each.terms):
        for f, factor in enumerate(terms.factors):
            if not factor.source.differentiated:
                continue
            if terms.grid is None:
                index = flat(factor.index)
            else:
                index = matrix_index(terms) if f == 0 else vectors_index(terms)
            shares.append(((each.number, t, f), factor.source, index, terms.batched == each.batched))
    return shares


def _is_matrix(terms: Terms, f: int) -> bool:
    """Whether factor f is the matrix of a matrix product, whose gradient comes as the sum over the batch."""
    return terms.grid is not None and f == 0
