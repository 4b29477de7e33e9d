"""Groups alike scalars into arrays.

Two scalars are alike if the same operation computes them, at the same depth, from alike operands. Alike scalars form a
group, which becomes one array. Chains of `+` and `-` are first read as one long sum (see `sums.py`), since a matrix
product is a set of sums of products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.handmade import refuse_handmade
from autograd.compiler.ir import MANY, Index
from autograd.compiler.places import name_places
from autograd.compiler.products import Product, product
from autograd.compiler.sums import FOLDS, Added, Chains
from autograd.graph import topological
from autograd.ops import Operation
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Hashable

MOST = 50_000
"""The number of groups that a program may have. As many take a gigabyte while they are compiled."""
PARAMETERS, INPUTS, CONSTANTS = range(3)
"""The groups of leaves."""

_FEW = 3
"""Up to this many different lengths, sums of each length form their own group; beyond, one group holds all lengths."""
_ROW = (1 << 32) - 1
"""The mask of the row in a place, which is the group's number times 2³² plus the row."""

Kind = tuple[int, int, int]
"""The key of alike terms: their sign and the groups of their two factors, the second -1 if there is only one."""


class TooManyGroupsError(ValueError):
    """A graph whose operations are hardly alike."""

    def __init__(self) -> None:
        super().__init__(
            f"this graph has more than {MOST:,} operations that cannot be grouped, such as the links of a long chain: "
            f"a program would be no faster than the graph itself"
        )


@dataclass(eq=False)
class Operand:
    """The location of a group's operand: rows of another group."""

    source: Group
    index: Index
    """(rows,) or, in a sum or comparison, (rows, terms of each): rows of the source; if ragged (all terms,)."""


@dataclass(eq=False)
class Terms:
    """Alike terms in the rows of a group: operands, or products of two."""

    sign: int
    factors: tuple[Operand, ...]
    """One operand, or two to be multiplied."""
    starts: Index | None = None
    """The start of each row's terms, if the rows have different numbers of terms."""
    product: Product | None = None
    """The matrix product that computes their sums."""

    @property
    def count(self) -> int:
        """The number of terms in all rows."""
        return self.factors[0].index.size


@dataclass(eq=False)
class Group:
    """Scalars that are computed together: the rows of one array."""

    number: int
    nodes: list[Value]
    rule: Operation | None = None
    """The operation on its operands, or the comparison of its terms; None for leaves and for sums."""
    operands: list[Operand] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    """The terms of a sum or a comparison, in order."""
    batched: bool = False
    """Whether its numbers differ from example to example."""
    place: str = ""

    @property
    def rows(self) -> int:
        """The number of scalars in the group."""
        return len(self.nodes)

    @property
    def what(self) -> str:
        """The name of its operation."""
        return "sum" if self.rule is None else self.rule.name

    def slots(self) -> list[Operand]:
        """All operands, those of terms included."""
        return [*self.operands, *[factor for terms in self.terms for factor in terms.factors]]


@dataclass(eq=False)
class Grouping:
    """A graph as groups, operands before results."""

    groups: list[Group]
    roots: list[tuple[Group, int]]
    """The group and row of each root."""
    wanted: list[tuple[Group, int]]
    """The group and row of each node whose gradient is asked for."""
    scalars: int
    """The number of scalar operations."""

    @property
    def constants(self) -> list[float]:
        """The numbers of the leaves that are neither parameters nor inputs."""
        return [node.data for node in self.groups[CONSTANTS].nodes]


def group(
    roots: Sequence[Value], inputs: Sequence[Value], params: Sequence[Value], wanted: Iterable[Value] = ()
) -> Grouping:
    """Groups the scalars of a graph.

    Args:
        roots: the results to compute.
        inputs: leaves whose numbers differ between examples.
        params: leaves that are parameters.
        wanted: nodes whose gradient is asked for, per example.

    Raises:
        TypeError: a node made by hand has no rule to compile.
        TooManyGroupsError: there are more than 50,000 groups.
    """
    return _Grouper(topological(*roots), roots, inputs, params, list(wanted)).run()


def alike(nodes: Sequence[Value]) -> dict[Value, tuple[int, int]]:
    """Finds the alike scalars of a graph, for a picture that draws each group as one box.

    Args:
        nodes: the nodes of a graph, operands first.

    Returns:
        The depth and the group number of each node but leaves. Nodes that a sum absorbs have the sum's group. Nodes
            made by hand are alike if their operation has the same text.
    """
    used = {id(operand) for node in nodes for operand in node._prev}
    roots = [node for node in nodes if id(node) not in used]
    return _Grouper([node for node in nodes if node._prev], roots, [], [], [], by_hand=True).alike()


@dataclass
class _Slot:
    """Alike terms of one node: the rows of their first and second factors."""

    kind: Kind
    left: list[int]
    right: list[int]


class _Grouper:
    """Groups the nodes of a graph.

    Args:
        order: the nodes but leaves, operands first.
        roots, inputs, params, wanted: as for `group`.
        by_hand: whether to group nodes made by hand rather than refuse them.
    """

    def __init__(
        self,
        order: list[Value],
        roots: Sequence[Value],
        inputs: Sequence[Value],
        params: Sequence[Value],
        wanted: list[Value],
        by_hand: bool = False,
    ) -> None:
        self.order, self.roots, self.wanted, self.by_hand = order, roots, wanted, by_hand
        self.chains = Chains(self.order, [*roots, *wanted])
        self.groups = [Group(PARAMETERS, list(params)), Group(INPUTS, list(inputs), batched=True), Group(CONSTANTS, [])]
        self.where = {id(v): (leaf.number << 32) + i for leaf in self.groups for i, v in enumerate(leaf.nodes)}
        self.constants: dict[str, int] = {}
        self.slots: dict[int, list[_Slot]] = {}
        self.each_by_itself = set(map(id, wanted))

    def run(self) -> Grouping:
        levels = self._levels()
        for above, level in enumerate(levels, 1):
            if len(self.groups) + len(levels) - above >= MOST:
                raise TooManyGroupsError
            new = self._grouped(level)
            for each in new:
                self._fill(each)
                each.batched = any(slot.source.batched for slot in each.slots()) or (
                    bool(self.each_by_itself) and any(id(node) in self.each_by_itself for node in each.nodes)
                )
            self._place_all(new)
        if len(self.groups) > MOST:
            raise TooManyGroupsError
        found = [self._found(root) for root in self.roots]
        name_places(self.groups)
        wanted = [self._found(node) for node in self.wanted if id(node) in self.where]
        scalars = sum([node._rule.size(len(node._prev)) for node in self.order if isinstance(node._rule, Operation)])
        return Grouping(self.groups, found, wanted, scalars)

    def alike(self) -> dict[Value, tuple[int, int]]:
        """The depth and group number of each node."""
        found: dict[Value, tuple[int, int]] = {}
        for depth, level in enumerate(self._levels(), 1):
            self._place_all(self._grouped(level))
            found.update({node: (depth, self._place(node) >> 32) for node, _ in level})
        for node in reversed(self.order):
            found.update({operand: found[node] for operand in node._prev if self.chains.absorbed(operand)})
        return found

    def _found(self, node: Value) -> tuple[Group, int]:
        place = self._place(node)
        return self.groups[place >> 32], place & _ROW

    def _place(self, node: Value) -> int:
        """The place of a node. A leaf that is neither parameter nor input is a constant; equal constants share one."""
        known = self.where.get(id(node))
        if known is None:
            constants = self.groups[CONSTANTS].nodes
            row = self.constants.setdefault(node.data.hex(), len(constants))
            if row == len(constants):
                constants.append(node)
            known = self.where[id(node)] = (CONSTANTS << 32) + row
        return known

    def _levels(self) -> list[list[tuple[Value, Added | None]]]:
        """The nodes by depth, counted in groups from the leaves."""
        depth: dict[int, int] = {}
        levels: list[list[tuple[Value, Added | None]]] = []
        for node in self.order:
            if self.chains.absorbed(node):
                continue
            terms = self.chains.terms(node)
            if terms is None and (compared := self.chains.compared(node)) is not None:
                terms = Added([1] * len(compared), compared, [None] * len(compared))
            operands = node._prev if terms is None else chain(terms.firsts, terms.seconds)
            level = max(map(depth.get, map(id, operands), repeat(0)), default=0)
            depth[id(node)] = level + 1
            if level == len(levels):
                levels.append([])
            levels[level].append((node, terms))
        return levels

    def _grouped(self, level: list[tuple[Value, Added | None]]) -> list[Group]:
        """Adds the groups of the nodes of one depth, still without operands."""
        self.slots = {}
        alike: dict[Any, list[Value]] = {}
        for node, terms in level:
            if terms is None:
                key = self._key(node)
            else:
                self.slots[id(node)] = slots = self._sorted(terms, node._rule in FOLDS)
                key = (node._rule if node._rule in FOLDS else None, tuple([(s.kind, len(s.left)) for s in slots]))
            alike.setdefault(key, []).append(node)
        first = len(self.groups)
        for nodes in _merged(alike, self.slots, self.chains):
            self.groups.append(Group(len(self.groups), nodes))
        return self.groups[first:]

    def _place_all(self, groups: list[Group]) -> None:
        """Notes the place of each node of new groups."""
        for new in groups:
            self.where.update({id(node): (new.number << 32) + i for i, node in enumerate(new.nodes)})

    def _key(self, node: Value) -> tuple[Any, ...]:
        rule = node._rule
        if isinstance(rule, Operation):
            operation: Hashable = (rule.name, *rule.attributes.values()) if rule.attributes else rule
        elif self.by_hand:
            operation = node._op
        else:
            refuse_handmade(node)
        return (operation, *[self._place(operand) >> 32 for operand in node._prev])

    def _sorted(self, terms: Added, compared: bool) -> list[_Slot]:
        """A node's terms by kind. Many of one kind are gathered; few keep their positions."""
        products = self._products(terms)
        if products is not None:
            return [products]
        located = list(map(self._located, terms.signs, terms.firsts, terms.seconds))
        counts = Counter([kind for kind, _, _ in located])
        together: dict[Kind, _Slot] = {}
        slots: list[_Slot] = []
        for kind, left, right in located:
            slot = together.get(kind) if counts[kind] >= MANY and not compared else slots[-1] if slots else None
            if slot is None or slot.kind != kind:
                slot = together[kind] = _Slot(kind, [], [])
                slots.append(slot)
            slot.left.append(left)
            slot.right.append(right)
        return slots

    def _products(self, terms: Added) -> _Slot | None:
        """The fast path for terms that are all products of one kind, as in a matrix product; else None."""
        left: Any = list(map(self.where.get, map(id, terms.firsts)))
        right: Any = list(map(self.where.get, map(id, terms.seconds)))
        if None in left or None in right or min(terms.signs) < max(terms.signs):
            return None
        a, b = left[0] >> 32, right[0] >> 32
        if not min(left) >> 32 == max(left) >> 32 == a or not min(right) >> 32 == max(right) >> 32 == b:
            return None
        if a > b:  # the order of factors makes no difference
            a, b, left, right = b, a, right, left
        return _Slot((terms.signs[0], a, b), [place & _ROW for place in left], [place & _ROW for place in right])

    def _located(self, sign: int, v: Value, w: Value | None) -> tuple[Kind, int, int]:
        """A term's kind, and the rows of its factors."""
        a = self._place(v)
        if w is None:
            return (sign, a >> 32, -1), a & _ROW, 0
        b = self._place(w)
        if a >> 32 > b >> 32:
            a, b = b, a
        return (sign, a >> 32, b >> 32), a & _ROW, b & _ROW

    def _fill(self, new: Group) -> None:
        node = new.nodes[0]
        if id(node) in self.slots:
            new.rule = node._rule if node._rule in FOLDS else None
            self._fill_terms(new)
            return
        rule = node._rule
        if isinstance(rule, Operation):  # not so for a node made by hand
            new.rule = rule.at(len(node._prev))
        for i in range(len(node._prev)):
            places = [self._place(each._prev[i]) for each in new.nodes]
            new.operands.append(self._operand(places[0] >> 32, [place & _ROW for place in places]))

    def _operand(self, source: int, rows: list[int]) -> Operand:
        return Operand(self.groups[source], np.array(rows, dtype=np.intp))

    def _fill_terms(self, new: Group) -> None:
        rows = [self.slots[id(node)] for node in new.nodes]
        for column in zip(*rows, strict=True):
            sign, a, b = column[0].kind
            left = self._operand(a, [row for slot in column for row in slot.left])
            right = None if b < 0 else self._operand(b, [row for slot in column for row in slot.right])
            counts = [len(slot.left) for slot in column]
            starts = None
            if min(counts) < max(counts):
                starts = np.cumsum([0, *counts[:-1]], dtype=np.intp)
            else:
                for each in filter(None, (left, right)):
                    each.index = each.index.reshape(len(counts), counts[0])
            new.terms.append(Terms(sign, (left,) if right is None else (left, right), starts))
            if right is not None:
                new.terms[-1].product = product(left.index, right.index, starts)
        _arrange(new)


def _arrange(new: Group) -> None:
    """Orders the rows of sums like the elements of their largest matrix product."""
    products = [terms.product for terms in new.terms if terms.product is not None]
    largest = max(products, key=lambda each: each.left.size, default=None)
    if largest is None or any(terms.starts is not None for terms in new.terms):
        return
    if len(largest.at) < np.prod(largest.shape) or largest.order is not None:
        return
    order = np.argsort(largest.at)
    new.nodes = [new.nodes[i] for i in order]
    for slot in new.slots():
        slot.index = slot.index[order]
    for each in products:
        each.at = each.at[order]


def _merged(alike: dict[Any, list[Value]], slots: dict[int, list[_Slot]], chains: Chains) -> list[list[Value]]:
    """The nodes of each group. Sums of the same kinds of terms are merged if they have many different lengths.

    So are comparisons without a gradient, as in a softmax.
    """
    lengths: dict[Hashable, int] = {}
    loose: dict[Hashable, Hashable] = {}
    for key, nodes in alike.items():
        if id(nodes[0]) in slots and (key[0] is None or all(map(chains.stopped, nodes))):
            loose[key] = (key[0], tuple([kind for kind, _ in key[1]]))
            lengths[loose[key]] = lengths.get(loose[key], 0) + 1
    merged: dict[Hashable, list[Value]] = {}
    for key, nodes in alike.items():
        several = key in loose and lengths[loose[key]] > _FEW
        merged.setdefault(("merged", loose[key]) if several else key, []).extend(nodes)
    return list(merged.values())
