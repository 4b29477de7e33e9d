"""Lowers groups of alike scalars to an array program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograd.compiler import ir
from autograd.compiler.elementwise import MINUS_ONE, ONE, X0, X1, Constants, argument, elementwise, names_in, number
from autograd.compiler.grouping import CONSTANTS, Group, Grouping, Operand, Terms
from autograd.compiler.ir import MANY, Array, Builder, Index
from autograd.compiler.products import Product
from autograd.picking import Pick
from autograd.terms import Term, simplified, substituted

_AT_ONCE = 16
"""The maximum number of summands that one map adds up."""
_LEAVES = (ir.PARAMS, ir.INPUTS, ir.CONSTANTS)


@dataclass
class Lowered:
    """The arrays of the groups, by group number."""

    arrays: list[Array]
    builder: Builder


def lower(grouping: Grouping) -> Lowered:
    """Writes groups as an array program.

    Raises:
        TypeError: the rule of an operation cannot be traced.
    """
    lowered = Lowered([], Builder())
    constants = np.array(grouping.constants)
    for group in grouping.groups:
        lowered.builder.note = title(group)
        if group.number < len(_LEAVES):
            made = lowered.builder.leaf(_LEAVES[group.number], group.rows, group.batched)
        else:
            made = _Lowering(group, lowered, constants).run()
            if group.batched and not made.batched:  # its gradient is asked for per example
                made = lowered.builder.map(X0, (made,), (ONE,), batched=True)
        lowered.arrays.append(made)
    return lowered


def title(group: Group) -> str:
    """A comment for a group: its place, size and operation, in printable characters, since names come from users."""
    what = f"{group.rows:,} × {plain(group.what)[:30]}"
    place = plain(group.place)[:60]
    return f"{place}: {what}" if place else what


def plain(text: str) -> str:
    """Replaces characters that could end a line or a comment."""
    return "".join(c if c.isprintable() else "?" for c in text)


@dataclass
class _Part:
    """A summand: a term over its own arguments, and the derivative for each."""

    sign: int
    term: Term
    args: tuple[Array, ...]
    partials: tuple[Term | None, ...]


@dataclass
class _Lowering:
    """Lowers one group."""

    group: Group
    lowered: Lowered
    constants: np.ndarray[tuple[int], np.dtype[np.float64]]

    @property
    def b(self) -> Builder:
        return self.lowered.builder

    def run(self) -> Array:
        group = self.group
        if group.rule is None:
            return self._sum()
        if group.terms:
            return self._fold()
        if isinstance(group.rule, Pick):
            return self._pick()
        operands = [self._operand(operand, operand.index) for operand in group.operands]
        constants: Constants = tuple([each if isinstance(each, Term) else None for each in operands])
        args = tuple([each for each in operands if isinstance(each, Array)])
        meaning = elementwise(group.rule, constants)
        if not args:
            return self._of_constants(meaning.term)
        return self.b.map(meaning.term, args, meaning.partials)

    def _of_constants(self, term: Term) -> Array:
        """An operation on constants only, which is the same in all rows."""
        zeros = self.b.rows(self.lowered.arrays[CONSTANTS], np.zeros(self.group.rows, dtype=np.intp))
        return self.b.map(term, (zeros,), (None,))

    def _operand(self, operand: Operand, index: Index) -> Array | Term:
        """The operand's array, or its number if it is the same constant in all rows."""
        if operand.source.number == CONSTANTS:
            known = self.constants[index.reshape(-1)]
            if (known.view(np.int64) == known.view(np.int64)[0]).all():
                return number(float(known[0]))
        return self.b.rows(self.lowered.arrays[operand.source.number], index)

    def _array(self, operand: Operand, index: Index) -> Array:
        return self.b.rows(self.lowered.arrays[operand.source.number], index)

    # Sums

    def _sum(self) -> Array:
        """The sum of products, reductions and single terms, in the order in which they were written."""
        parts: list[_Part] = []
        for terms in self.group.terms:
            if terms.product is not None:
                parts.append(self._whole(terms.sign, self._contraction(terms, terms.product)))
            elif terms.starts is not None or terms.factors[0].index.shape[1] >= (3 if not parts else MANY):
                parts.append(self._whole(terms.sign, self._reduction(terms)))
            else:
                parts += [self._single(terms, j) for j in range(terms.factors[0].index.shape[1])]
        return self._added(parts)

    def _whole(self, sign: int, array: Array) -> _Part:
        return _Part(sign, X0, (array,), (ONE,))

    def _single(self, terms: Terms, j: int) -> _Part:
        """Term j of each row, an operand or a product of two."""
        operands = [self._operand(factor, factor.index[:, j]) for factor in terms.factors]
        args = tuple([each for each in operands if isinstance(each, Array)])
        names = iter(range(len(args)))
        factors = [each if isinstance(each, Term) else argument(next(names)) for each in operands]
        if len(factors) == 1:
            return _Part(terms.sign, factors[0], args, (ONE,) * len(args))
        slopes = [factors[1 - i] for i, each in enumerate(operands) if isinstance(each, Array)]
        return _Part(terms.sign, Term("*", tuple(factors)), args, tuple(slopes))

    def _reduction(self, terms: Terms) -> Array:
        """Sums many alike terms in one reduction."""
        factors = tuple([self._array(factor, factor.index) for factor in terms.factors])
        value = factors[0] if len(factors) == 1 else self.b.map(Term("*", (X0, X1)), factors, (X1, X0))
        return self.b.sum(value, 1) if terms.starts is None else self.b.segments(value, terms.starts)

    def _added(self, parts: list[_Part]) -> Array:
        """Adds the summands from the left, a few in each map."""
        if len(parts) > 1 and parts[0].sign < 0 < parts[1].sign:
            parts[:2] = parts[1::-1]  # -a + b is b - a
        total: Array | None = None
        while parts or total is None:
            taken = _AT_ONCE - (total is not None)
            now = [*([] if total is None else [self._whole(1, total)]), *parts[:taken]]
            del parts[:taken]
            total = self._chain(now)
        return total

    def _chain(self, parts: list[_Part]) -> Array:
        term: Term | None = None
        args: list[Array] = []
        partials: list[Term | None] = []
        for part in parts:
            own = _shifted(part.term, len(args))
            for partial in part.partials:
                slope = None if partial is None else _shifted(partial, len(args))
                partials.append(slope if slope is None or part.sign > 0 else _negated(slope))
            args += part.args
            if term is None:
                term = own if part.sign > 0 else Term("neg", (own,))
            else:
                term = Term("+" if part.sign > 0 else "-", (term, own))
        assert term is not None
        if not args:
            return self._of_constants(term)
        return self.b.map(term, tuple(args), tuple(partials))

    # Products of matrices

    def _contraction(self, terms: Terms, found: Product) -> Array:
        first, second = terms.factors[::-1] if found.swapped else terms.factors
        left, right = self._left(first, found), self._array(second, found.right)
        answer = found.order
        made = self.b.contract(left, right, f"hmk,hvk->{answer or 'hmv'}", found.extent)
        return self.b.rows(made, np.arange(made.size) if answer else found.at)

    def _left(self, operand: Operand, found: Product) -> Array:
        """The left factor, padded with zeros where its rows are shorter."""
        if found.extent is None:
            return self._array(operand, found.left)
        valid = np.flatnonzero(np.arange(found.left.shape[2]) < found.extent[:, :, None])
        given = self._array(operand, found.left.reshape(-1)[valid])
        return self.b.place([(given, valid)], found.left.shape, given.batched)

    # Choices

    def _pick(self) -> Array:
        """Gathers the element at an index from each row."""
        index, *entries = self.group.operands
        size = (self.group.rows, len(entries))
        at = np.arange(size[0] * size[1], dtype=np.intp).reshape(size)
        if len({entry.source.number for entry in entries}) == 1:
            columns = np.stack([entry.index for entry in entries], axis=1)
            table = self.b.rows(self.lowered.arrays[entries[0].source.number], columns)
        else:
            parts = [(self._array(entry, entry.index), at[:, k]) for k, entry in enumerate(entries)]
            table = self.b.place(parts, size, any(part.batched for part, _ in parts))
        return self.b.pick(table, self._array(index, index.index))

    # Comparisons

    def _fold(self) -> Array:
        """The maximum or minimum of each row, from the left: the first terms in one fold, the others one by one."""
        rule = self.group.rule
        assert rule is not None
        first, *others = self.group.terms
        (operand,) = first.factors
        index = _filled(first)
        if index.shape[1] == 2:
            total = self._compared(self._array(operand, index[:, 0]), self._array(operand, index[:, 1]))
        else:
            total = self.b.fold(rule.name, self._array(operand, index))
        for terms in others:
            (operand,) = terms.factors
            for column in _filled(terms).T:
                total = self._compared(total, self._operand(operand, column))
        return total

    def _compared(self, a: Array, b: Array | Term) -> Array:
        rule = self.group.rule
        assert rule is not None
        constant = b if isinstance(b, Term) else None
        meaning = elementwise(rule, (None, constant))
        return self.b.map(meaning.term, (a, b) if isinstance(b, Array) else (a,), meaning.partials)


def _filled(terms: Terms) -> Index:
    """The index of terms as a rectangle; shorter rows are padded with their first term."""
    index = terms.factors[0].index
    if terms.starts is None:
        return index
    counts = np.diff(np.append(terms.starts, index.size))
    column = np.arange(counts.max())
    return index[terms.starts[:, None] + np.where(column < counts[:, None], column, 0)]


def _shifted(term: Term, by: int) -> Term:
    """Renumbers the arguments of a term."""
    return substituted(term, {name: argument(int(name[1:]) + by) for name in names_in(term)}) if by else term


def _negated(slope: Term) -> Term:
    return MINUS_ONE if slope == ONE else simplified(Term("neg", (slope,)))
