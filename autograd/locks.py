"""Locks that do not outlive the process they are held in, and what needs none."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Lock:
    """A lock, which a thread that holds it may take again: `with lock.held:`.

    A process that is forked off has none of its parent's other threads, and so nobody to release what they held: there
    each lock is a new one. What they were about is as after an interrupt.
    """

    __slots__ = ("__weakref__", "held")

    def __init__(self) -> None:
        self.held = threading.RLock()
        _all.add(self)


_all: WeakSet[Lock] = WeakSet()


def _begin_anew() -> None:
    for lock in _all:
        lock.held = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


class once(Generic[T]):
    """A property that is computed when it is first asked for, as by `functools.cached_property`.

    That one holds a lock meanwhile, before Python 3.12, which a process that is forked off may never get. Here two
    threads may compute the same twice.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> T:
        if owner is None:
            return self  # type: ignore[return-value]  # asked of the class, as by help()
        found = owner.__dict__[self._compute.__name__] = self._compute(owner)
        return found
