"""Atomic changes: new values are computed first, and then assigned in one call.

Python handles signals between bytecode instructions, never inside a call of a C function. An interrupt such as Ctrl-C
therefore happens before or after that call, and no other thread sees half of its effect.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain, repeat


def assign(
    objects: Iterable[object], attribute: str, values: Iterable[object], then: Iterable[Callable[[], object]] = ()
) -> None:
    """Sets an attribute of each object, and makes some calls, atomically.

    The calls must be implemented in C, such as `partial(setattr, object, name, value)`.

    Example:
        >>> from types import SimpleNamespace
        >>> a, b = SimpleNamespace(x=1), SimpleNamespace(x=2)
        >>> assign([a, b], "x", [3, 4])
        >>> a.x, b.x
        (3, 4)
    """
    deque(chain(map(setattr, objects, repeat(attribute), values), map(operator.call, then)), maxlen=0)


def run(calls: Iterable[Callable[[], object]]) -> None:
    """Makes several calls, implemented in C, atomically."""
    deque(map(operator.call, calls), maxlen=0)
