"""Scalars that are alike, found and put together.

Two scalars are alike if the same operation makes them, at the same depth, from operands that are alike. The alike ones
form a group: one array, computed by one call. Chains of `+` and `-` are taken as one long sum first, and the products
in it as its terms, for a sum of products is what a matrix product computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import ops
from autograd.compiler.rules import partials
from autograd.graph import describe, topological
from autograd.nary import DOT, SUM
from autograd.ops import Operation
from autograd.value import Value

Index = npt.NDArray[np.intp]

PARAMETERS, INPUTS, CONSTANTS = range(3)
"""The groups of leaves."""

_SUMS = (ops.ADD, ops.SUB, SUM, DOT)
_TERMS = (*_SUMS, ops.NEG, ops.MUL)
_FEW = 3
"""Sums of so many lengths are groups of their own; more go into one group of sums of any length."""


@dataclass(eq=False)
class Operand:
    """Where a group's operand lies: rows of another group."""

    source: Group
    index: Index
    """(rows,) or, in a sum, (rows, terms of each): rows of the source; in a ragged sum (all terms,)."""


@dataclass(eq=False)
class Terms:
    """The terms of one kind in the sums of a group: operands, or products of two, added or subtracted."""

    sign: int
    factors: tuple[Operand, ...]
    """One operand, or two to be multiplied."""
    starts: Index | None = None
    """For sums of different lengths, where the terms of each row start."""
    grid: tuple[int, int] | None = None
    """(m, v) if the rows are all pairs of v vectors (outer) and m rows of a matrix (inner), which is factor 0."""

    @property
    def batched(self) -> bool:
        """Whether the terms differ from example to example."""
        return any(factor.source.batched for factor in self.factors)

    @property
    def count(self) -> int:
        """How many terms there are in all rows."""
        return self.factors[0].index.size


@dataclass(eq=False)
class Group:
    """Scalars that are computed together: the rows of one array."""

    number: int
    name: str
    """An identifier, unique in the program."""
    nodes: list[Value]
    rule: Operation | None = None
    """None for leaves and for sums."""
    operands: list[Operand] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    batched: bool = False
    """Whether its numbers differ from example to example."""
    differentiated: bool = False
    """Whether a gradient is wanted for it, or for something that it is computed from."""
    scalars: int = 0
    """How many scalar operations it stands for, those inside long sums included."""
    place: str = ""

    @property
    def rows(self) -> int:
        """How many scalars it holds."""
        return len(self.nodes)

    def slots(self) -> Iterator[Operand]:
        """All its operands."""
        yield from self.operands
        for terms in self.terms:
            yield from terms.factors


@dataclass(eq=False)
class Grouping:
    """A graph as groups, in an order in which they can be computed."""

    groups: list[Group]
    roots: list[tuple[Group, int]]
    """Where each root is: a group and a row."""
    wanted: list[tuple[Group, int]]
    constants: list[float]
    scalars: int
    """How many scalar operations there are."""


Term = tuple[int, Value, Value | None]
"""A sign and one operand, or two that are multiplied."""


def group(
    roots: Sequence[Value], inputs: Sequence[Value], params: Sequence[Value], wanted: Iterable[Value] = ()
) -> Grouping:
    """Puts the scalars of a graph into groups.

    Args:
        roots: what is to be computed.
        inputs: leaves whose numbers come with each example.
        params: leaves whose numbers are parameters.
        wanted: nodes whose gradient is wanted, for each example by itself.

    Raises:
        TypeError: a node made by hand has no rule to compile.
    """
    return _Grouper(roots, inputs, params, list(wanted)).run()


class _Grouper:
    def __init__(
        self, roots: Sequence[Value], inputs: Sequence[Value], params: Sequence[Value], wanted: list[Value]
    ) -> None:
        self.roots, self.wanted = roots, wanted
        self.order = topological(*roots)
        leaves = [
            Group(PARAMETERS, "params", list(params), differentiated=True),
            Group(INPUTS, "inputs", list(inputs), batched=True, differentiated=any(v in set(inputs) for v in wanted)),
            Group(CONSTANTS, "constants", []),
        ]
        self.groups = leaves
        self.found: dict[Value, tuple[Group, int]] = {
            node: (leaf, i) for leaf in leaves for i, node in enumerate(leaf.nodes)
        }
        self.constants: dict[str, int] = {}

    def run(self) -> Grouping:
        inside = _absorbed(self.order, {*self.roots, *self.wanted})
        terms = {node: _flattened(node, inside) for node in self.order if node not in inside and node._rule in _SUMS}
        for level in self._levels(inside, terms):
            self._add_level(level, terms)
        for root in self.roots:
            self._find(root)
        _name_places(self.groups)
        return Grouping(
            self.groups,
            [self.found[root] for root in self.roots],
            [self.found[node] for node in self.wanted if node in self.found],
            [node.data for node in self.groups[CONSTANTS].nodes],
            sum(node._rule.size(len(node._prev)) for node in self.order if isinstance(node._rule, Operation)),
        )

    def _find(self, node: Value) -> tuple[Group, int]:
        """The place of a node; leaves that are neither parameter nor input are constants, equal ones one."""
        known = self.found.get(node)
        if known is None:
            constants = self.groups[CONSTANTS]
            row = self.constants.setdefault(node.data.hex(), len(constants.nodes))
            if row == len(constants.nodes):
                constants.nodes.append(node)
            known = self.found[node] = (constants, row)
        return known

    def _levels(self, inside: set[Value], terms: dict[Value, list[Term]]) -> list[list[Value]]:
        """The nodes by depth: how many groups lie between them and the leaves."""
        depth: dict[Value, int] = {}
        levels: list[list[Value]] = []
        for node in self.order:
            if node in inside:
                continue
            operands = _operands_of(terms[node]) if node in terms else node._prev
            depth[node] = level = max([depth.get(operand, 0) for operand in operands], default=0) + 1
            if level > len(levels):
                levels.append([])
            levels[level - 1].append(node)
        return levels

    def _add_level(self, level: list[Value], terms: dict[Value, list[Term]]) -> None:
        """Makes groups of the alike among nodes of one depth."""
        alike: dict[Any, list[Value]] = {}
        for node in level:
            key = self._sum_key(terms[node]) if node in terms else self._key(node)
            alike.setdefault(key, []).append(node)
        added = []
        for key, nodes in _merged(alike).items():
            name = f"sum{len(self.groups)}" if nodes[0] in terms else f"{nodes[0]._rule.name}{len(self.groups)}"  # type: ignore[union-attr]
            new = Group(len(self.groups), name, nodes)
            self.groups.append(new)
            added.append((new, key))
        for new, _ in added:
            if new.nodes[0] in terms:
                self._fill_sum(new, terms)
            else:
                self._fill(new)
            new.batched = any(slot.source.batched for slot in new.slots()) or any(v in self.wanted for v in new.nodes)
            for i, node in enumerate(new.nodes):
                self.found[node] = (new, i)

    def _key(self, node: Value) -> Any:
        rule = node._rule
        if not isinstance(rule, Operation):
            raise TypeError(
                f"{describe(node)} was made by hand and has no rule to compile: declare it with autograd.operation"
            )
        operation = (rule.name, *rule.attributes.values()) if rule.attributes else rule
        return (operation, *[self._find(operand)[0].number for operand in node._prev])

    def _sum_key(self, terms: list[Term]) -> Any:
        counts: dict[Any, int] = {}
        for term in terms:
            kind = self._kind(term)
            counts[kind] = counts.get(kind, 0) + 1
        return ("sum", frozenset(counts), tuple(sorted(counts.items())))

    def _kind(self, term: Term) -> tuple[int, int, int]:
        """What makes terms alike: their sign, and the groups of the operands whatever their order."""
        sign, a, b = term
        first = self._find(a)[0].number
        if b is None:
            return (sign, first, -1)
        second = self._find(b)[0].number
        return (sign, first, second) if first <= second else (sign, second, first)

    def _fill(self, new: Group) -> None:
        rule = new.nodes[0]._rule
        assert isinstance(rule, Operation)
        new.rule, new.scalars = rule, new.rows
        slopes = partials(rule)
        for i in range(len(new.nodes[0]._prev)):
            found = [self._find(node._prev[i]) for node in new.nodes]
            source = found[0][0]
            new.operands.append(Operand(source, np.array([row for _, row in found], dtype=np.intp)))
            new.differentiated |= source.differentiated and slopes[i] is not None
        new.differentiated |= any(node in self.wanted for node in new.nodes)

    def _fill_sum(self, new: Group, terms: dict[Value, list[Term]]) -> None:
        kinds: dict[tuple[int, int, int], tuple[list[int], list[int], list[int]]] = {}
        for node in new.nodes:
            seen = set()
            for term in terms[node]:
                kind = self._kind(term)
                left, right, starts = kinds.setdefault(kind, ([], [], []))
                if kind not in seen:
                    seen.add(kind)
                    starts.append(len(left))
                first, row = self._find(term[1])
                if term[2] is None:
                    left.append(row)
                    continue
                second, other = self._find(term[2])
                if first.number > second.number:
                    row, other = other, row
                left.append(row)
                right.append(other)
        for (sign, a, b), (left, right, starts) in kinds.items():
            factors = [Operand(self.groups[a], np.array(left, dtype=np.intp))]
            if right:
                factors.append(Operand(self.groups[b], np.array(right, dtype=np.intp)))
            new.terms.append(_shaped(Terms(sign, tuple(factors)), np.array(starts, dtype=np.intp)))
        new.scalars = sum(terms_.count * len(terms_.factors) for terms_ in new.terms) - new.rows
        new.differentiated = any(slot.source.differentiated for slot in new.slots()) or any(
            node in self.wanted for node in new.nodes
        )
        _arrange(new)


def _absorbed(order: list[Value], kept: set[Value]) -> set[Value]:
    """The nodes that are part of a longer sum: used once, by it, as a part of the sum or a product in it."""
    uses: dict[Value, int] = {}
    consumer: dict[Value, Value] = {}
    for node in order:
        for operand in node._prev:
            uses[operand] = uses.get(operand, 0) + 1
            consumer[operand] = node
    inside: set[Value] = set()
    for node in reversed(order):
        if node._rule in _TERMS and uses.get(node) == 1 and node not in kept:
            user = consumer[node]
            factor = user._rule is DOT and any(node is operand for operand in user._prev[: len(user._prev) // 2 * 2])
            if (user._rule in _SUMS and not factor) or (user._rule is ops.NEG and user in inside):
                inside.add(node)
    return inside


def _flattened(node: Value, inside: set[Value]) -> list[Term]:
    """The terms of a long sum, from the left."""
    terms: list[Term] = []
    pending: list[Term] = [(1, node, None)]
    while pending:
        sign, part, factor = pending.pop()
        if factor is not None or (part is not node and part not in inside):
            terms.append((sign, part, factor))
        elif part._rule is ops.MUL:
            a, b = part._prev
            terms.append((sign, a, b))
        elif part._rule is ops.NEG:
            pending.append((-sign, part._prev[0], None))
        elif part._rule is SUM:
            pending.extend((sign, operand, None) for operand in reversed(part._prev))
        elif part._rule is DOT:
            operands, n = part._prev, len(part._prev) // 2
            pending.extend((sign, operands[i], operands[n + i]) for i in reversed(range(n)))
            pending.extend((sign, bias, None) for bias in operands[2 * n :])
        else:
            a, b = part._prev
            pending.append((sign if part._rule is ops.ADD else -sign, b, None))
            pending.append((sign, a, None))
    return terms


def _operands_of(terms: list[Term]) -> Iterator[Value]:
    for _, a, b in terms:
        yield a
        if b is not None:
            yield b


def _merged(alike: dict[Any, list[Value]]) -> dict[Any, list[Value]]:
    """Sums of the same kinds of terms but many different lengths, put together."""
    lengths: dict[Any, list[Any]] = {}
    for key in alike:
        if isinstance(key[0], str) and key[0] == "sum":
            lengths.setdefault(key[1], []).append(key)
    merged: dict[Any, list[Value]] = {}
    for key, nodes in alike.items():
        several = isinstance(key[0], str) and key[0] == "sum" and len(lengths[key[1]]) > _FEW
        merged.setdefault(key[:2] if several else key, []).extend(nodes)
    return merged


def _shaped(terms: Terms, starts: Index) -> Terms:
    """The same with an index of (rows, terms of each) where all rows have equally many."""
    rows, count = len(starts), terms.count
    if count % rows == 0 and (starts == np.arange(rows) * (count // rows)).all():
        for factor in terms.factors:
            factor.index = factor.index.reshape(rows, count // rows)
    else:
        terms.starts = starts
    return terms


def _arrange(new: Group) -> None:
    """Looks for matrix products, and orders the rows so that the largest of them is one."""
    for terms in sorted(new.terms, key=lambda terms: -terms.count):
        if terms.starts is not None or len(terms.factors) != 2:
            continue
        ragged = any(other.starts is not None for other in new.terms)
        found = _grid(terms, may_reorder=not ragged and all(other.grid is None for other in new.terms))
        if found is None:
            continue
        matrix, columns, order, terms.grid = found
        terms.factors = (terms.factors[matrix], terms.factors[1 - matrix])
        for factor in terms.factors:
            if columns is not None:
                factor.index = np.take_along_axis(factor.index, columns, axis=1)
        if order is not None:
            new.nodes = [new.nodes[i] for i in order]
            for slot in new.slots():
                slot.index = slot.index[order]


Grid = tuple[int, "Index | None", "Index | None", tuple[int, int]]


def _grid(terms: Terms, may_reorder: bool) -> Grid | None:
    """Whether the rows of a sum of products are all pairs of a matrix's rows and some vectors.

    The matrix is a factor that is the same for all examples. Returns which factor it is, how to order the products in
    each row and the rows (None: as they are), and how many rows the matrix has and how many vectors there are.
    """
    for matrix in (0, 1):
        if terms.factors[matrix].source.batched:
            continue
        left, right = terms.factors[matrix].index, terms.factors[1 - matrix].index
        columns = None
        for attempt in range(2):
            if attempt:
                columns = np.argsort(right, axis=1, kind="stable")
                left, right = np.take_along_axis(left, columns, axis=1), np.take_along_axis(right, columns, axis=1)
            rows, vectors = _distinct(left), _distinct(right)
            m, v = int(rows.max()) + 1, int(vectors.max()) + 1
            if m * v != len(rows):
                continue
            pairs = vectors * m + rows
            if (pairs == np.arange(m * v)).all():
                return matrix, columns, None, (m, v)
            order = np.argsort(pairs, kind="stable")
            if may_reorder and (pairs[order] == np.arange(m * v)).all():
                return matrix, columns, order, (m, v)
    return None


def _distinct(index: Index) -> Index:
    """For each row, the number of its content, counted in the order in which they first come."""
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in index], dtype=np.intp)


def _name_places(groups: list[Group]) -> None:
    """Where in a network each group was computed, from what its nodes or the group that uses it say."""
    users: dict[int, list[Group]] = {}
    for each in groups:
        for slot in each.slots():
            users.setdefault(slot.source.number, []).append(each)
    for each in reversed(groups[CONSTANTS + 1 :]):
        each.place = common({node.place for node in each.nodes})
        used = {user.number: user for user in users.get(each.number, [])}
        if not each.place and len(used) == 1:
            (user,) = used.values()
            each.place = user.place if user.rows == each.rows else ""


def common(names: Iterable[str]) -> str:
    """One name for many that differ in numbers: `layers[0].neurons[·]`; empty if they differ otherwise.

    Example:
        >>> common(["layers[0].neurons[3]", "layers[0].neurons[12]"])
        'layers[0].neurons[·]'
    """
    parts = [_split(name) for name in names]
    if not parts or any(len(part) != len(parts[0]) for part in parts):
        return ""
    merged = []
    for column in zip(*parts, strict=True):
        if len(set(column)) == 1:
            merged.append(column[0])
        elif all(piece.isdigit() for piece in column):
            merged.append("·")
        else:
            return ""
    return "".join(merged)


def _split(name: str) -> list[str]:
    pieces = [""]
    for character in name:
        if pieces[-1] and character.isdigit() != pieces[-1][-1].isdigit():
            pieces.append("")
        pieces[-1] += character
    return pieces
