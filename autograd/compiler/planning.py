"""Plans memory: which arrays share a buffer, and which are views.

Buffers are allocated once for each batch size. After its last read, an array's buffer is reused for a later array.
Strided rows are a view of their source. A part of a `place` is computed directly at its destination if nothing has been
written there before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from autograd.compiler.indexing import even
from autograd.compiler.ir import CONSTANTS, SEED, Array, Index, walk
from autograd.terms import LEAVES

_CONSTANT = (CONSTANTS, SEED)
"""The leaves that are the same at each call."""


@dataclass(frozen=True)
class Buffer:
    """Memory for an array, or the numbers of a leaf."""

    name: str
    size: int
    batched: bool
    zeroed: bool = False
    """Whether it is allocated as zeros, since some of its elements may never be written."""
    given: bool = False
    """Whether it comes from outside."""


@dataclass(frozen=True, eq=False)
class Spot:
    """The location of an array: a buffer and an index into it."""

    buffer: Buffer
    at: Index | None = None
    """The elements of the buffer, in the array's shape; None: all of them, in C order."""


@dataclass
class Plan:
    """A schedule, and a spot for each array.

    Attributes:
        fixed: the arrays that depend only on constants and the seed, computed once for each batch size.
        forward: the arrays of the forward pass.
        backward: the arrays of the backward pass.
        spots: the location of each array.
        modes: whether each part of a `place` is computed `here`, at its destination, or `set` or `add`ed there.
        cleared: the `place`s that are set to zero at each call before their parts are added.
    """

    fixed: list[Array] = field(default_factory=list)
    forward: list[Array] = field(default_factory=list)
    backward: list[Array] = field(default_factory=list)
    spots: dict[Array, Spot] = field(default_factory=dict)
    modes: dict[Array, tuple[str, ...]] = field(default_factory=dict)
    cleared: set[Array] = field(default_factory=set)

    @property
    def buffers(self) -> list[Buffer]:
        """All buffers, in order of first use."""
        return list(dict.fromkeys(spot.buffer for spot in self.spots.values()))

    def viewed(self, array: Array) -> bool:
        """Whether an array is a leaf or a view, with nothing to compute."""
        return array.op == "leaf" or (_is_alias(array) and self.spots[array].buffer is self.spots[array.args[0]].buffer)


def plan(forward: Iterable[Array], backward: Iterable[Array], outside: Mapping[Array, str]) -> Plan:
    """Plans a program.

    Args:
        forward: the results of the forward pass.
        backward: the results of the backward pass.
        outside: arrays that are written to a buffer given from outside, with its name.
    """
    return _Planner(list(forward), list(backward), dict(outside)).run()


def _is_alias(array: Array) -> bool:
    """Whether an array may be a view: rows, or the identity."""
    return array.op == "rows" or (
        array.op == "map" and array.attr.term.head == "name" and array.batched == array.args[0].batched
    )


class _Planner:
    def __init__(self, forward: list[Array], backward: list[Array], outside: dict[Array, str]) -> None:
        self.plan = Plan()
        self.outside = outside
        self.kept = {*forward, *backward}
        order = walk(*forward, *backward)
        first = set(walk(*forward))
        self.fixed: set[Array] = set()
        for array in order:
            if array.args and all(
                arg in self.fixed or (arg.op == "leaf" and arg.attr in _CONSTANT) for arg in array.args
            ):
                self.fixed.add(array)
        for array in order:
            part = (
                self.plan.fixed if array in self.fixed else self.plan.forward if array in first else self.plan.backward
            )
            part.append(array)
        self.order = [*self.plan.fixed, *self.plan.forward, *self.plan.backward]
        self.uses = Counter(arg for array in self.order for arg in array.args)
        self.free: dict[tuple[int, bool], list[Buffer]] = {}
        self.count = 0

    def run(self) -> Plan:
        for array in self.order:
            if array.op == "leaf":
                self.plan.spots[array] = Spot(Buffer(array.attr, array.size, array.batched, given=True))
            elif array.op == "place":
                self._plan_place(array)
        last = self._last_reads()
        dying: dict[int, list[Array]] = {}
        for array, i in last.items():
            dying.setdefault(i, []).append(array)
        for i, array in enumerate(self.order):
            gone = [each for each in dying.get(i, []) if self._may_go(each)]
            in_place = [each for each in gone if _may_overwrite(array, each)]
            self._release(in_place)
            if array not in self.plan.spots:
                self.plan.spots[array] = self._spot(array)
            self._release([each for each in gone if each not in in_place])
        return self.plan

    def _spot(self, array: Array) -> Spot:
        if _is_alias(array):
            source = self.plan.spots[array.args[0]]
            index = array.attr if array.op == "rows" else np.arange(array.size).reshape(array.shape)
            at = index if source.at is None else source.at.reshape(-1)[index]
            if at.size == source.buffer.size and (at.reshape(-1) == np.arange(at.size)).all():
                return Spot(source.buffer)
            if even(at) is not None:
                return Spot(source.buffer, at)
        return Spot(self._buffer(array))

    def _buffer(self, array: Array, zeroed: bool = False) -> Buffer:
        waiting = self.free.get((array.size, array.batched), [])
        if waiting and not zeroed and array not in self.fixed:
            return waiting.pop()
        self.count += 1
        return Buffer(f"b{self.count}", array.size, array.batched, zeroed)

    # When a buffer is free again

    def _last_reads(self) -> dict[Array, int]:
        """The position of the last read of each array, directly or through a view."""
        last: dict[Array, int] = {}
        reads = [(i, each) for i, array in enumerate(self.order) for each in (array, *array.args)]
        for i, array in [*reads, *[(len(self.order), each) for each in self.kept]]:
            last[array] = i
            while _is_alias(array):
                (array,) = array.args
                last[array] = i
        return last

    def _may_go(self, array: Array) -> bool:
        spot = self.plan.spots.get(array)
        if spot is None or spot.at is not None or spot.buffer.zeroed or array in self.fixed:
            return False
        return array.op not in ("leaf", "place") and array not in self.kept and not self.plan.viewed(array)

    def _release(self, arrays: list[Array]) -> None:
        for array in arrays:
            buffer = self.plan.spots[array].buffer
            self.free.setdefault((buffer.size, buffer.batched), []).append(buffer)

    # Parts of a place

    def _plan_place(self, array: Array) -> None:
        """Allocates the buffer of a `place`, and assigns spots in it to the parts that can be computed there."""
        name = self.outside.get(array)
        buffer = Buffer(name, array.size, array.batched, given=True) if name else self._buffer(array, zeroed=True)
        self.plan.spots[array] = Spot(buffer)
        self.plan.modes[array] = modes = tuple(self._modes(array))
        if modes[0] == "add":
            self.plan.cleared.add(array)
        for part, index, mode in zip(array.args, array.attr.indices, modes, strict=True):
            if mode == "here":
                for each in _same_numbers(part):
                    self.plan.spots[each] = Spot(buffer, index.reshape(each.shape))

    def _modes(self, array: Array) -> list[str]:
        written = np.zeros(array.size, dtype=bool)
        before = [self._written(written, index) for index in array.attr.indices]
        if any(known not in ("none", "all") for known in before):
            return ["add"] * len(before)
        modes = []
        for part, index, known in zip(array.args, array.attr.indices, before, strict=True):
            here = known == "none" and even(index) is not None and self._may_stand_within(part, array)
            modes.append("add" if known == "all" else "here" if here else "set")
        return modes

    @staticmethod
    def _written(written: np.ndarray[tuple[int], np.dtype[np.bool_]], index: Index) -> str:
        before = written[index]
        written[index] = True
        return "all" if before.all() else "some" if before.any() else "none"

    def _may_stand_within(self, part: Array, whole: Array) -> bool:
        """Whether a part is computed, and only the `place` reads it."""
        same = _same_numbers(part)
        computed = same[-1]
        return (
            computed.op not in ("leaf", "rows", "place")
            and not _is_alias(computed)
            and computed.batched == whole.batched
            and computed not in self.fixed
            and not any(each in self.plan.spots or each in self.kept for each in same)
            and all(self.uses[each] == 1 for each in same)
        )


def _same_numbers(array: Array) -> list[Array]:
    """An array and the arrays of which it is a reshape."""
    found = [array]
    while found[-1].op == "rows":
        index, source = found[-1].attr, found[-1].args[0]
        if index.size != source.size or not (index.reshape(-1) == np.arange(index.size)).all():
            break
        found.append(source)
    return found


def _may_overwrite(array: Array, arg: Array) -> bool:
    """Whether an array can be computed in its argument's buffer, in one elementwise call."""
    return (
        array.op == "map"
        and arg in array.args
        and arg.shape == array.shape
        and arg.batched == array.batched
        and array.attr.term.head != "where"
        and all(each.head in LEAVES for each in array.attr.term.args)
    )
