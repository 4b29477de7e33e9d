"""Late binding: lets a low module call a high one without importing it, so that imports only point downwards.

Modules that import `value.py` pickle, expand, display and differentiate Values. `value.py` asks for them here by what
they do; `autograd/__init__.py`, above them all, says which module does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_providers: dict[str, Callable[[], Any]] = {}


def provide(what: str, get: Callable[[], Any]) -> None:
    """Registers a function under a name; `get` is called when it is asked for."""
    _providers[what] = get


def later(what: str) -> Any:  # noqa: ANN401 - a function of any signature
    """The function registered under a name."""
    return _providers[what]()
