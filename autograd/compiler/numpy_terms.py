"""Terms over numpy arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler import special
from autograd.primitives import PRIMITIVES
from autograd.terms import Term

_MODULES = {"np": np, "special": special}


def function(head: str) -> Callable[..., Any]:
    """The numpy function that computes a primitive."""
    module, name = PRIMITIVES[head].numpy.split(".")
    found: Callable[..., Any] = getattr(_MODULES[module], name)
    return found


def evaluated(term: Term, args: Sequence[npt.NDArray[Any]]) -> Any:
    """The numbers of a term whose arguments are arrays."""
    if term.head == "name":
        return args[int(term.args[0][1:])]
    if term.head == "number":
        return args[0].dtype.type(term.args[0])
    return function(term.head)(*[evaluated(arg, args) for arg in term.args])
