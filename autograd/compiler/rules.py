"""The rules of an operation as terms, simplified, to be written out as numpy."""

from __future__ import annotations

from functools import lru_cache

from autograd.ops import Operation
from autograd.terms import Term, as_constant, simplified, traced


@lru_cache(maxsize=4096)
def forward(rule: Operation) -> Term:
    """The answer as a term over `x0`, `x1`, ….

    Raises:
        TypeError: the rule cannot be traced.
    """
    return simplified(_traced(rule)[0])


@lru_cache(maxsize=4096)
def partials(rule: Operation) -> tuple[Term | None, ...]:
    """For each operand the derivative as a term over `y`, `x0`, …; None where it is 0 everywhere."""
    slopes = map(simplified, _traced(rule)[1])
    return tuple([None if as_constant(slope) == 0.0 else slope for slope in slopes])


def _traced(rule: Operation) -> tuple[Term, tuple[Term, ...]]:
    try:
        return traced(rule)
    except TypeError as error:
        raise TypeError(f"operation {rule.name!r} cannot be compiled: {error}") from None
