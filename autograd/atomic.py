"""Changes that happen as a whole: what may be interrupted is computed aside, then put in place in one call.

Python looks for signals between its own instructions, not inside a call of C. So an interrupt, such as Ctrl-C, comes
before the call or after it, and no other thread sees half of what it does.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any


def assign(objects: Iterable[object], attribute: str, values: Iterable[Any]) -> None:
    """Sets an attribute of each object to its value, all at once.

    Example:
        >>> from types import SimpleNamespace
        >>> a, b = SimpleNamespace(x=1), SimpleNamespace(x=2)
        >>> assign([a, b], "x", [3, 4])
        >>> a.x, b.x
        (3, 4)
    """
    deque(map(setattr, objects, repeat(attribute), values), maxlen=0)


def run(calls: Iterable[Callable[[], object]]) -> None:
    """Makes several calls, all at once. They must be of C, such as `partial(setattr, object, name, value)`."""
    deque(map(operator.call, calls), maxlen=0)
