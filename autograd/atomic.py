"""Changes that happen as a whole: what may be interrupted is computed aside, then put in place in one call.

Python looks for signals between its own instructions, not inside a call of C. So an interrupt, such as Ctrl-C, comes
before the call or after it, and no other thread sees half of what it does.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any


def assign(
    objects: Iterable[object], attribute: str, values: Iterable[Any], then: Iterable[Callable[[], object]] = ()
) -> None:
    """Sets an attribute of each object to its value, and makes some calls, all at once.

    The calls must be of C, such as `partial(setattr, object, name, value)`.

    Example:
        >>> from types import SimpleNamespace
        >>> a, b = SimpleNamespace(x=1), SimpleNamespace(x=2)
        >>> assign([a, b], "x", [3, 4])
        >>> a.x, b.x
        (3, 4)
    """
    deque(chain(map(setattr, objects, repeat(attribute), values), map(operator.call, then)), maxlen=0)


def run(calls: Iterable[Callable[[], object]]) -> None:
    """Makes several calls, all at once; of C, as there."""
    assign((), "", (), calls)
