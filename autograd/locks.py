"""Locks that a forked process does not inherit, and a cached property without one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Lock:
    """A reentrant lock: `with lock.held:`.

    A forked process has none of its parent's other threads, which could release their locks, so it replaces each lock
    by a new one. The data that those threads were changing is as after an interrupt.
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
    """A property that is computed on first access, like `functools.cached_property`.

    Before Python 3.12 that one holds a lock meanwhile, which a forked process may never get. Here two threads may
    compute the same twice.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __get__(self, owner: object, kind: type | None = None) -> T:
        if owner is None:
            return self  # type: ignore[return-value]  # accessed on the class, as by help()
        found = owner.__dict__[self._compute.__name__] = self._compute(owner)
        return found
