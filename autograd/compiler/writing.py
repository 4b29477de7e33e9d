"""Writing numpy: names for arrays, indices, views and expressions, for one group after the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.compiler.grouping import CONSTANTS, INPUTS, Group, Grouping, Index
from autograd.compiler.indexing import Even, even
from autograd.primitives import PRIMITIVES
from autograd.terms import CONDITIONS, Term, as_constant

Write = Callable[["str | None"], str]
"""Writes the code that computes an array, into the one named or one of its own; returns the array's name."""


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


class Writer:
    """Lines of source in the making, and what they refer to."""

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

    # Names, arrays and indices

    def _begin(self, each: Group) -> None:
        self.lines.append(f"# {comment(each)}")
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
        return self.scratch[self.section].take(shape_of(shape, batched), dtype)

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
        if lies is not None and is_whole(lies, source):
            return source.name
        key = (source.number, index.shape, index.tobytes(), exact)
        if key not in self.reads:
            self.reads[key] = self._gather(source, index) if lies is None else self._view(source, lies, exact)
        return self.reads[key]

    def _view(self, source: Group, lies: Even, exact: bool) -> str:
        expression = view_of(source.name, lies, exact)
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
            self.setup.append(f"{name} = np.empty({shape_of(index.shape, source.batched)}, dtype)")
            self.forward.append(f'np.take({source.name}, {self._index(index)}, axis=0, out={name}, mode="clip")')
        return name

    # Expressions

    def expression(self, term: Term, names: dict[str, str], shape: tuple[int, bool], out: str | None = None) -> str:
        """Writes the code of a term; returns the name of what it computes."""
        if term.head == "name":
            return names[term.args[0]]
        if term.head == "number":
            return literal(term.args[0])
        if term in self.terms:
            return self.terms[term]
        if term.head == "where":
            target = self._where(term, names, shape, out)
        else:
            args = [self.expression(argument, names, shape) for argument in term.args]
            dtype = "bool" if term.head in CONDITIONS else "dtype"
            target = out if out is not None else self._take_scratch((shape[0],), shape[1], dtype)
            function = PRIMITIVES[term.head].numpy
            if term.head == "**" and as_constant(term.args[1]) == 2.0:
                function, args = "np.square", args[:1]
            self.lines.append(f"{function}({', '.join(args)}, out={target})")
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


def is_whole(lies: Even, source: Group) -> bool:
    return lies.shape == (source.rows,) and lies.start == 0 and (source.rows == 1 or lies.steps == (1,))


def view_of(name: str, lies: Even, exact: bool) -> str:
    """A slice where one will do, else a view by strides."""
    if len(lies.shape) == 1:
        size, step = lies.shape[0], lies.steps[0]
        if size == 1 or (step == 0 and not exact):
            return f"{name}[{lies.start}:{lies.start + 1}]"
        if step > 0:
            stride = f":{step}" if step > 1 else ""
            return f"{name}[{lies.start}:{lies.start + step * (size - 1) + 1}{stride}]"
    return f"rows({name}, {lies.start}, {lies.shape}, {lies.steps})"


def shape_of(shape: tuple[int, ...], batched: bool) -> str:
    return f"({', '.join(map(str, shape))}, {'batch' if batched else 1})"


def literal(x: float) -> str:
    if math.isfinite(x):
        return repr(x)
    return "np.nan" if x != x else f"{'-' if x < 0 else ''}np.inf"


def comment(each: Group) -> str:
    """What a group is, for a comment: names come from users, so only plain characters of them."""
    what = f"{each.rows:,} × {'sum' if each.rule is None else each.rule.name}"
    products = sum(terms.count for terms in each.terms if len(terms.factors) == 2)
    if products:
        what += f" of {products:,} products"
    place = "".join(c if c.isprintable() else "?" for c in each.place)[:60]
    return f"{place}: {what}" if place else what
