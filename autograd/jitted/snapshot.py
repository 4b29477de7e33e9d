"""The objects that were read from a function's surroundings, and whether reading again gives the same ones.

A jitted function compares all of it at each call, and hundreds of lists may lead to the parameters of a model. Usually
nothing has changed, which iterators in C find out, without a step of Python for each object. Only if an object is not
the same one does Python compare them one by one, and name what has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Set as AbstractSet
from functools import partial
from itertools import chain
from operator import attrgetter, call, ge, is_, itemgetter
from typing import Any

from autograd.value import Value

PLAIN = (bool, int, float, complex, str, bytes, type(None))
"""The types of which an equal object is as good as the same one."""

Read = Callable[[], Any]

_GONE = (LookupError, AttributeError, TypeError, ValueError, RuntimeError)
"""The errors of reading what no longer exists."""
_space_of = attrgetter("__dict__")
_without: Callable[[Any, Any], bool] = type({}.keys()).isdisjoint


class Snapshot:
    """Objects as they were read, by name."""

    def __init__(self) -> None:
        self._read: list[tuple[str, Read, Any]] = []
        """All of it, with a function that reads it again."""
        self._parts: dict[tuple[Any, int], tuple[Any, list[str]]] = {}
        """Holders of some kind, and the keys of their parts."""
        self._live: list[Collection[Any]] = []
        self._lists: list[list[Value]] = []
        self._spaces: dict[int, tuple[Mapping[str, Any], set[str]]] = {}
        self._others: list[tuple[str, Read, Any]] = []

    def item(self, name: str, x: Any, key: str, found: Any) -> None:
        """An entry of a mapping, such as a global."""
        self._part(name, itemgetter, x, key, partial(itemgetter(key), x), found)

    def attribute(self, name: str, x: Any, key: str, found: Any) -> None:
        """An attribute of a function or a cell, or in a slot."""
        self._part(name, attrgetter, x, key, partial(attrgetter(key), x), found)

    def own(self, name: str, x: Any, key: str, found: Any) -> None:
        """An entry of an object's `__dict__`, which may itself be replaced."""
        self._part(name, _space_of, x, key, lambda: x.__dict__[key], found)

    def _part(self, name: str, kind: Any, x: Any, key: str, read: Read, found: Any) -> None:
        self._read.append((name, read, found))
        self._parts.setdefault((kind, id(x)), (x, []))[1].append(key)

    def contents(self, name: str, live: Collection[Any]) -> None:
        """The elements of a list, or of something else that is iterated over in C, in order."""
        self._read.append((name, partial(list, live), list(live)))
        if type(live) is list and all(isinstance(x, Value) and not x._prev for x in live):
            self._lists.append(live)
        else:
            self._live.append(live)

    def names(self, name: str, space: Mapping[str, Any], names: AbstractSet[str]) -> None:
        """Which of some names a namespace has."""
        self._read.append((name, lambda: sorted(names & space.keys()), sorted(names & space.keys())))
        self._spaces.setdefault(id(space), (space, set()))[1].update(names)

    def other(self, name: str, read: Read, found: Any) -> None:
        """A fact that only Python code can read, not an iterator in C."""
        self._read.append((name, read, found))
        self._others.append(self._read[-1])

    def seal(self) -> None:
        """Prepares the comparison, after everything has been read."""
        fixed = [part for part in self._parts.items() if part[0][0] is not _space_of]
        moving = [part for part in self._parts.items() if part[0][0] is _space_of]
        self._holders = [x for _, (x, _) in fixed]
        self._instances = [x for _, (x, _) in moving]
        self._getters = [kind(*keys, keys[-1]) for (kind, _), (_, keys) in fixed]
        self._getters += [itemgetter(*keys, keys[-1]) for _, (_, keys) in moving]
        self._views = [space.keys() for space, _ in self._spaces.values()]
        self._there = [names & space.keys() for space, names in self._spaces.values()]
        self._missing = [frozenset(names - space.keys()) for space, names in self._spaces.values()]
        self._take()

    def _take(self) -> None:
        """The objects of now, for comparisons by identity."""
        self._sizes = list(map(len, self._live))
        self._known = list(self._now())
        self._rows = list(map(list, self._lists))
        self._hash = self._hashed()

    def _hashed(self) -> int:
        """A hash of the identities of all Values in lists."""
        return hash(tuple(map(tuple, self._lists)))

    def _same_values(self, lent: Callable[[], bool]) -> bool:
        """Whether the lists have the same Values.

        A comparison of lists calls `==` for objects that are not identical only, and a Value that is lent ends the loan
        if it is asked. So if it lasts, all are identical.
        """
        return (lent() and self._rows == self._lists and lent()) or self._hashed() == self._hash

    def _now(self) -> Iterator[Any]:
        holders = chain(self._holders, map(_space_of, self._instances))
        return chain(chain.from_iterable(map(call, self._getters, holders)), chain.from_iterable(self._live))

    def changed(self, lent: Callable[[], bool]) -> str | None:
        """The name of something that has changed.

        Args:
            lent: whether all Values that were seen are lent.
        """
        try:
            same = (
                list(map(len, self._live)) == self._sizes
                and all(map(is_, self._now(), self._known))
                and self._same_values(lent)
                and all(map(_without, self._views, self._missing))
                and all(map(ge, self._views, self._there))
                and all(unchanged(read(), found) for _, read, found in self._others)
            )
        except _GONE:
            same = False
        return None if same else self._compared()

    def _compared(self) -> str | None:
        """The same, one object after the other; an equal object is as good as the one that was read before."""
        for name, read, found in self._read:
            try:
                if not unchanged(read(), found):
                    return name
            except _GONE:
                return name
        self._take()
        return None


def unchanged(now: Any, known: Any) -> bool:
    """Whether an object is the one that was read before, or a plain one that cannot be told from it."""
    if now is known:
        return True
    if type(now) is list and type(known) is list:
        return len(now) == len(known) and all(map(unchanged, now, known))
    if type(now) is not type(known) or not isinstance(now, PLAIN):
        return False
    return repr(now) == repr(known) if isinstance(now, (float, complex)) else bool(now == known)
