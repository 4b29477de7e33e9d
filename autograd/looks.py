"""Records where Python looked at the number of a Value: comparisons, truth tests, and reads of `.data`.

A graph does not show decisions that Python made by its numbers, and a program compiled from it repeats them. A Value
therefore remembers the places in the code that looked at it, for the warnings of `autograd.compile`. A place is
identified by the running instruction. A look costs a fraction of a microsecond, or a few microseconds the first time at
a computed node, whose leaves must be found. Building a graph has no extra cost.
"""

from __future__ import annotations

import os
from collections import deque
from types import CodeType, FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.value import Value

OURS = tuple(
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), name) + os.sep
    for name in ("autograd", "nn", "viz")
)
"""The folders whose code is not the user's."""
_PLACES = 10_000
"""The maximum number of places that are known at a time; the oldest are dropped."""
_MARKS = 16
"""The maximum number of places that a Value remembers."""
_NEAR = 8
"""The maximum number of nodes that are visited to find the leaves of a node that was looked at."""


class Place:
    """An instruction that looked at Values.

    Attributes:
        code: the code object that contains it.
        at: the offset in the code.
        ours: whether it is code of this project, which decides nothing by the number.
        numbers: the last number objects that it got, with the identities of their Values; a constant that is one of
            these objects was copied.
        below: the same place for leaves, when it looked at a node computed from them.
        alone: the names tuple of a Value without other names that was looked at from here.
    """

    __slots__ = ("alone", "at", "below", "code", "numbers", "ours")

    def __init__(self, code: CodeType, at: int, of: Place | None = None) -> None:
        self.code, self.at = code, at
        self.ours = code.co_filename.startswith(OURS)
        self.numbers: deque[tuple[int, float]] = deque(maxlen=1024) if of is None else of.numbers
        self.alone = ("", "", self)
        self.below = self if of is not None else Place(code, at, self)


_known: dict[tuple[int, int], Place] = {}
_last = Place(compile("", OURS[0], "exec"), -1)
"""The place of the last look, since most looks are in loops."""


def look(v: Value, frame: FrameType) -> None:
    """Records that the code of a frame looked at a Value."""
    place = _last
    if place.code is not frame.f_code or place.at != frame.f_lasti:
        place = _place(frame.f_code, frame.f_lasti)
    if place.ours:
        return
    place.numbers.append((id(v), v._data))
    if v._names is not place.alone and _marked(v, place) and v._rule is not None:
        _mark_leaves(v, place.below)


def _place(code: CodeType, at: int) -> Place:
    global _last
    key = (id(code), at)
    place = _known.get(key)
    if place is None:
        while len(_known) >= _PLACES:
            _known.pop(next(iter(_known)), None)
        place = _known[key] = Place(code, at)  # keeps the code alive, so that its id is not reused
    _last = place
    return place


def _marked(v: Value, place: Place) -> bool:
    """Marks a Value; returns whether it was not marked before."""
    names = v._names
    if names is None:
        v._names = place.alone
        return True
    if place in names or len(names) >= _MARKS + 2:
        return False
    v._names = (*names, place)
    return True


def _mark_leaves(v: Value, place: Place) -> None:
    """Marks the nearest leaves below a node, depth first."""
    alone = place.alone
    pending, left = [v], _NEAR
    while pending and left:
        left -= 1
        for operand in pending.pop()._prev:
            if operand._rule is not None:
                pending.append(operand)
            elif operand._names is None:
                operand._names = alone
            elif place not in operand._names:
                _marked(operand, place)


def places(v: Value) -> tuple[Place, ...]:
    """The places that looked at a Value, or at a node computed from it."""
    names = v._names
    return () if names is None else names[2:]
