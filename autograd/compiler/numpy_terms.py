"""Evaluates terms over numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler import special
from autograd.primitives import PRIMITIVES
from autograd.terms import Term, as_constant, folded

if TYPE_CHECKING:
    from autograd.annotations import Numbers

_MODULES = {"np": np, "special": special}


def spelling(term: Term) -> tuple[str, tuple[Term, ...]]:
    """The numpy function that computes a term, and its operands."""
    if term.head == "**":
        exponent = as_constant(term.args[1])
        if exponent == 2.0:
            return "np.square", term.args[:1]
        if exponent == 0.5:  # np.power would take the square root, which is nan at -inf
            return "np.float_power", term.args
    return PRIMITIVES[term.head].numpy, term.args


def evaluated(term: Term, args: Sequence[Numbers]) -> Numbers:
    """Evaluates a term over arrays."""
    dtype = args[0].dtype

    def inner(each: Term, found: tuple[Numbers, ...]) -> Numbers:
        full, operands = spelling(each)
        module, name = full.split(".")
        made: Numbers = getattr(_MODULES[module], name)(*found[: len(operands)])
        return made if made.dtype == bool else made.astype(dtype, copy=False)

    return folded(
        term, lambda each: args[int(each.args[0][1:])] if each.head == "name" else dtype.type(each.args[0]), inner
    )
