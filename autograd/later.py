"""What is built upon a module and yet reached from it, so that imports point downwards only.

A Value is pickled, expanded, shown and differentiated again by modules that import `value.py`. It asks for them here,
by what they do; which module does it is said in `autograd/__init__.py`, which is above them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_providers: dict[str, Callable[[], Any]] = {}


def provide(what: str, get: Callable[[], Any]) -> None:
    """Says how to come by something: `get` is called whenever it is asked for."""
    _providers[what] = get


def later(what: str) -> Any:
    """What was provided by that name."""
    return _providers[what]()
