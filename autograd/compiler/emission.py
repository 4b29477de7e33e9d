"""From groups to numpy source: a few calls for each group, forwards and backwards.

The source is a function that allocates all arrays for one size of batch, and returns the functions that compute in
them. Every array has its rows first and the examples of the batch last; what is the same for all examples has a last
axis of one. So a run of rows is a view, and a matrix product needs no transposed copy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler import rules
from autograd.compiler.grouping import CONSTANTS, INPUTS, PARAMETERS, Group, Grouping, Index, Operand, Terms
from autograd.compiler.indexing import Even, even, segments
from autograd.terms import Term, as_constant

Write = Callable[["str | None"], str]
"""Writes the code that computes an array, into the one named or one of its own; returns the array's name."""

_UFUNCS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power", "neg": "negative"}
_UFUNCS |= {name: name for name in ("exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh", "sign", "isfinite")}
_UFUNCS |= {name: name for name in ("greater", "equal", "maximum", "minimum")} | {"abs": "absolute"}
_CONDITIONS = ("greater", "equal", "isfinite")


@dataclass
class Emitted:
    """Source, and what it refers to."""

    source: str
    indices: list[Index]
    forward_calls: int
    backward_calls: int
    calls: dict[int, list[str]]
    """For each group, the lines that compute it."""


@dataclass
class _Scratch:
    """Arrays for what is needed within one group only; they are used again for the next."""

    prefix: str
    made: list[str] = field(default_factory=list)
    free: dict[str, list[str]] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def take(self, shape: str, dtype: str) -> str:
        kind = f"{shape}, {dtype}"
        if self.free.get(kind):
            name = self.free[kind].pop()
        else:
            self.count += 1
            name = f"{self.prefix}{self.count}"
            self.made.append(f"{name} = np.empty({kind})")
        self.taken.append((kind, name))
        return name

    def keep(self) -> None:
        """What has been taken stays taken: it is needed beyond this group."""
        self.taken.clear()

    def release(self) -> None:
        for kind, name in self.taken:
            self.free.setdefault(kind, []).append(name)
        self.taken.clear()


def emit(grouping: Grouping) -> Emitted:
    """Writes the source for a grouping."""
    return _Emitter(grouping).run()


class _Emitter:
    def __init__(self, grouping: Grouping) -> None:
        self.grouping = grouping
        self.groups = grouping.groups
        self.setup: list[str] = []
        self.forward: list[str] = []
        self.late: list[str] = []
        self.backward: list[str] = []
        self.lines = self.forward
        self.indices: list[Index] = []
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.reads: dict[tuple[Any, ...], str] = {}
        self.per_call: dict[str, None] = {"inputs": None}
        self.names: dict[tuple[str, str], str] = {}
        self.terms: dict[Term, str] = {}
        self.scratch = {"setup": _Scratch("s"), "late": _Scratch("r")}
        self.section = "setup"
        self.modes: dict[Any, str] = {}
        self.gradients: dict[int, str] = {}
        self.sent: dict[Any, str] = {}
        self.calls: dict[int, list[str]] = {}

    def run(self) -> Emitted:
        for each in self.groups[CONSTANTS + 1 :]:
            self._begin(each)
            if each.rule is None:
                self._sum(each)
            else:
                self._operation(each)
            self._end(each)
        self._emit_backward()
        return Emitted(
            self._assembled(),
            self.indices,
            sum(line.startswith("np.") for line in self.forward),
            sum(line.startswith("np.") for line in self.backward),
            self.calls,
        )

    # Names, arrays and indices

    def _begin(self, each: Group) -> None:
        self.lines.append(f"# {_comment(each)}")
        self._mark = len(self.lines)
        self.terms.clear()
        self.sent.clear()

    def _end(self, each: Group) -> None:
        self.calls.setdefault(each.number, self.lines[self._mark :])
        self.scratch[self.section].release()

    def _index(self, index: Index) -> str:
        """An index array, as the source refers to it."""
        key = (index.shape, index.tobytes())
        if key not in self.numbers:
            self.numbers[key] = len(self.indices)
            self.indices.append(np.ascontiguousarray(index))
        return f"index[{self.numbers[key]}]"

    def _take_scratch(self, shape: tuple[int, ...], batched: bool, dtype: str = "dtype") -> str:
        return self.scratch[self.section].take(_shape(shape, batched), dtype)

    def _name(self, base: str, expression: str) -> str:
        """A name for an expression of arrays: made once, unless it depends on the inputs of the call."""
        if base in self.per_call:
            return expression
        key = (self.section, expression)
        if ("setup", expression) in self.names:
            return self.names["setup", expression]
        if key not in self.names:
            self.names[key] = name = f"{base}_{len(self.names)}"
            (self.setup if self.section == "setup" else self.late).append(f"{name} = {expression}")
        return self.names[key]

    def read(self, source: Group, index: Index, exact: bool = False) -> str:
        """The rows of a group's array: a view, or gathered; if not `exact`, one row may stand for many equal ones."""
        lies = even(index)
        if lies is not None and _is_whole(lies, source):
            return source.name
        key = (source.number, index.shape, index.tobytes(), exact)
        if key not in self.reads:
            self.reads[key] = self._gather(source, index) if lies is None else self._view(source, lies, exact)
        return self.reads[key]

    def _view(self, source: Group, lies: Even, exact: bool) -> str:
        expression = _view(source.name, lies, exact)
        if source.number != INPUTS:
            return self._name(source.name, expression)
        name = f"inputs_{len(self.per_call)}"
        self.per_call[name] = None
        self.forward.append(f"{name} = {expression}")
        return name

    def _gather(self, source: Group, index: Index) -> str:
        name = f"{source.name}_at{len(self.reads)}"
        if source.number == CONSTANTS:
            self.setup.append(f"{name} = constants[{self._index(index)}]")
        else:
            self.setup.append(f"{name} = np.empty({_shape(index.shape, source.batched)}, dtype)")
            self.forward.append(f'np.take({source.name}, {self._index(index)}, axis=0, out={name}, mode="clip")')
        return name

    # Expressions

    def expression(self, term: Term, names: dict[str, str], shape: tuple[int, bool], out: str | None = None) -> str:
        """Writes the code of a term; returns the name of what it computes."""
        if term.head == "name":
            return names[term.args[0]]
        if term.head == "number":
            return _literal(term.args[0])
        if term in self.terms:
            return self.terms[term]
        if term.head == "where":
            target = self._where(term, names, shape, out)
        else:
            args = [self.expression(argument, names, shape) for argument in term.args]
            dtype = "bool" if term.head in _CONDITIONS else "dtype"
            target = out if out is not None else self._take_scratch((shape[0],), shape[1], dtype)
            function = _UFUNCS[term.head]
            if term.head == "**" and as_constant(term.args[1]) == 2.0:
                function, args = "square", args[:1]
            self.lines.append(f"np.{function}({', '.join(args)}, out={target})")
        self.terms[term] = target
        return target

    def _where(self, term: Term, names: dict[str, str], shape: tuple[int, bool], out: str | None) -> str:
        condition, holds, fails = term.args
        decided = as_constant(condition)
        if decided is not None:
            return self.expression(holds if decided else fails, names, shape, out)
        mask = self.expression(condition, names, shape)
        there, elsewhere = self.expression(holds, names, shape), self.expression(fails, names, shape)
        target = out if out is not None else self._take_scratch((shape[0],), shape[1])
        self.lines.append(f"np.copyto({target}, {elsewhere})")
        self.lines.append(f"np.copyto({target}, {there}, where={mask})")
        return target

    # Forwards

    def _operation(self, each: Group) -> None:
        assert each.rule is not None
        self.setup.append(f"{each.name} = np.empty({_shape((each.rows,), each.batched)}, dtype)")
        made = self.expression(rules.forward(each.rule), self._operands(each), (each.rows, each.batched), each.name)
        if made != each.name:
            self.lines.append(f"np.copyto({each.name}, {made})")

    def _operands(self, each: Group) -> dict[str, str]:
        return {f"x{i}": self.read(operand.source, operand.index) for i, operand in enumerate(each.operands)}

    def _sum(self, each: Group) -> None:
        """A sum: the terms that have to be computed, and then those that are there already."""
        self.setup.append(f"{each.name} = np.empty({_shape((each.rows,), each.batched)}, dtype)")
        ordered = sorted(each.terms, key=lambda terms: (_is_there(terms), terms.batched != each.batched, -terms.sign))
        total = self._first(each, ordered)
        for terms in ordered[total:]:
            made = self._summed(each, terms, None)
            function = "add" if terms.sign > 0 else "subtract"
            self.lines.append(f"np.{function}({each.name}, {made}, out={each.name})")

    def _first(self, each: Group, ordered: list[Terms]) -> int:
        """Writes the sum's first terms into its array; returns how many kinds of terms that took."""
        first = ordered[0]
        if _is_there(first) and len(ordered) > 1 and first.sign > 0:
            a, b = (self._summed(each, terms, None) for terms in ordered[:2])
            function = "add" if ordered[1].sign > 0 else "subtract"
            self.lines.append(f"np.{function}({a}, {b}, out={each.name})")
            return 2
        fits = first.batched == each.batched
        made = self._summed(each, first, each.name if fits else None)
        if first.sign < 0:
            self.lines.append(f"np.negative({made}, out={each.name})")
        elif made != each.name:
            self.lines.append(f"np.copyto({each.name}, {made})")
        return 1

    def _summed(self, each: Group, terms: Terms, out: str | None) -> str:
        """The sum of one kind of terms, without its sign."""
        if terms.grid is not None:
            return self._matrix_product(each, terms, out)
        if _is_there(terms):
            factor = terms.factors[0]
            return self.read(factor.source, factor.index[:, 0])
        index = terms.factors[0].index
        single = index.ndim == 2 and index.shape[1] == 1
        values = [self.read(factor.source, _flat(factor.index), exact=True) for factor in terms.factors]
        if len(values) == 2:
            target = (single and out) or self._take_scratch(_flat(index).shape, terms.batched)
            self.lines.append(f"np.multiply({values[0]}, {values[1]}, out={target})")
            if single:
                return target
            values = [target]
        target = out or self._take_scratch((each.rows,), terms.batched)
        if terms.starts is not None:
            self.lines.append(f"np.add.reduceat({values[0]}, {self._index(terms.starts)}, axis=0, out={target})")
        elif each.rows == 1:
            self.lines.append(f"np.add.reduce({values[0]}, axis=0, keepdims=True, out={target})")
        else:
            self.lines.append(f"np.add.reduce({values[0]}, axis=1, out={target})")
        return target

    def _matrix_product(self, each: Group, terms: Terms, out: str | None) -> str:
        matrix, vectors = self._matrix(terms), self._vectors(terms)
        target = out or self._take_scratch((each.rows,), terms.batched)
        self.lines.append(f"np.matmul({matrix}, {vectors}, out={self._as_grid(target, terms)})")
        return target

    def _matrix(self, terms: Terms) -> str:
        factor = terms.factors[0]
        name = self.read(factor.source, _matrix_index(terms), exact=True)
        return self._name(name, f"{name}[..., 0]")

    def _vectors(self, terms: Terms) -> str:
        return self.read(terms.factors[1].source, _vectors_index(terms), exact=True)

    def _as_grid(self, name: str, terms: Terms) -> str:
        """An array of (rows, batch) as (vectors, rows of the matrix, batch)."""
        assert terms.grid is not None
        rows, vectors = terms.grid
        if vectors == 1:
            return name
        return self._name(name, f"{name}.reshape({vectors}, {rows}, -1)")

    # Backwards

    def _emit_backward(self) -> None:
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
        if plain and not others and lies is not None and _is_whole(lies, source) and source.number != PARAMETERS:
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
            self.late.append(f"{name} = np.zeros({_shape((source.rows,), source.batched)}, dtype)")

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
        value = None if other is None else self.read(other.source, _flat(other.index), exact=True)
        if index.shape[1] == 1:
            single = self._scaled(lambda out: self._own(each, terms, out), value, (each.rows,), terms.batched)
            return single, index[:, 0]
        index = _flat(index)
        spread = partial(self._spread, each, terms, index.shape)
        return self._scaled(spread, value, index.shape, terms.batched), index

    def _spread(self, each: Group, terms: Terms, shape: tuple[int, ...], out: str | None) -> str:
        """A sum's gradient, the same for all terms of a row: a view, which is copied where it is wanted elsewhere."""
        name = self._own(each, terms)
        row = f"{name}[:, None]" if len(shape) == 2 else name
        return self._name(name, f"np.broadcast_to({row}, {_shape(shape, terms.batched)})")

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

        return (of_matrix, _matrix_index(terms)) if f == 0 else (of_vectors, _vectors_index(terms))

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
        view = target if _is_whole(lies, source) else self._name(target, _view(target, lies, exact=True))
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
            self.late.append(f"{own} = np.empty({_shape((source.rows,), source.batched)}, dtype)")
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

    # The whole

    def _assembled(self) -> str:
        """The function that prepares for a batch."""
        views = [name for name in self.per_call if name != "inputs"]
        guarded = "".join(f"{each.name}, " for each in self.groups if each.rule is not None and each.rule.domain)
        roots = ", ".join(f"{root.name}[{row}]" for root, row in self.grouping.roots)
        wanted = "".join(f"{self._wanted(each, row)}, " for each, row in self.grouping.wanted)
        lines = [
            "def prepare(np, rows, params, grads, constants, index, batch, dtype):",
            *_indented([*self.scratch["setup"].made, *self.setup], 1),
            *_indented([f"{name} = None" for name in self.per_call], 1),
            "",
            "    def forward(X):",
            f"        nonlocal {', '.join(['inputs', *views])}",
            "        inputs = X.T",
            *_indented(self.forward, 2),
            f"        return ({roots},)",
            "",
            "    def guarded():",
            "        # what is computed by operations that are undefined somewhere",
            f"        return ({guarded})",
            "",
            "    def prepare_backward():",
            *_indented([*self.scratch["late"].made, *self.late], 2),
            "",
            "        def backward():",
            *_indented(self.backward, 3),
            f"            return ({wanted})",
            "",
            "        return backward",
            "",
            "    return forward, guarded, prepare_backward",
            "",
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _wanted(self, each: Group, row: int) -> str:
        return f"{self.gradients[each.number]}[{row}]" if each.number in self.gradients else "np.zeros(batch)"


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
            index = factor.index
            if terms.grid is not None:
                index = _matrix_index(terms) if f == 0 else _vectors_index(terms)
            else:
                index = _flat(index)
            shares.append(((each.number, t, f), factor.source, index, terms.batched == each.batched))
    return shares


def _matrix_index(terms: Terms) -> Index:
    assert terms.grid is not None
    return terms.factors[0].index[: terms.grid[0]]


def _vectors_index(terms: Terms) -> Index:
    assert terms.grid is not None
    rows, vectors = terms.grid
    index = terms.factors[1].index[::rows]
    return index[0] if vectors == 1 else index


def _flat(index: Index) -> Index:
    """The index of a sum of one term in each row, or of one row, as a list."""
    return index.reshape(-1) if 1 in index.shape else index


def _is_matrix(terms: Terms, f: int) -> bool:
    """Whether factor f is the matrix of a matrix product, whose gradient comes as the sum over the batch."""
    return terms.grid is not None and f == 0


def _is_there(terms: Terms) -> bool:
    """Whether the terms are rows of a group, with nothing to compute."""
    return len(terms.factors) == 1 and terms.starts is None and terms.factors[0].index.shape[1] == 1


def _is_whole(lies: Even, source: Group) -> bool:
    return lies.shape == (source.rows,) and lies.start == 0 and (source.rows == 1 or lies.steps == (1,))


def _view(name: str, lies: Even, exact: bool) -> str:
    """A slice where one will do, else a view by strides."""
    if len(lies.shape) == 1:
        size, step = lies.shape[0], lies.steps[0]
        if size == 1 or (step == 0 and not exact):
            return f"{name}[{lies.start}:{lies.start + 1}]"
        if step > 0:
            stride = f":{step}" if step > 1 else ""
            return f"{name}[{lies.start}:{lies.start + step * (size - 1) + 1}{stride}]"
    return f"rows({name}, {lies.start}, {lies.shape}, {lies.steps})"


def _shape(shape: tuple[int, ...], batched: bool) -> str:
    return f"({', '.join(map(str, shape))}, {'batch' if batched else 1})"


def _literal(x: float) -> str:
    if math.isfinite(x):
        return repr(x)
    return "np.nan" if x != x else f"{'-' if x < 0 else ''}np.inf"


def _comment(each: Group) -> str:
    """What a group is, for a comment: names come from users, so only plain characters of them."""
    what = f"{each.rows:,} × {'sum' if each.rule is None else each.rule.name}"
    products = sum(terms.count for terms in each.terms if len(terms.factors) == 2)
    if products:
        what += f" of {products:,} products"
    place = "".join(c if c.isprintable() else "?" for c in each.place)[:60]
    return f"{place}: {what}" if place else what


def _indented(lines: list[str], depth: int) -> list[str]:
    return ["    " * depth + line for line in lines]
