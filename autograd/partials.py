"""One partial derivative of an operation as a term, for any number of operands."""

from __future__ import annotations

from autograd.nary import Nary
from autograd.ops import Operation
from autograd.terms import Term, slope_term, traced


def partial_term(rule: Operation, i: int, count: int) -> Term | None:
    """The partial derivative for operand i of `count`, over `y` and `x0`, `x1`, …; None if it is not an expression.

    For an n-ary operation only this partial is computed, so the time does not depend on the number of operands.
    """
    if isinstance(rule, Nary):
        return slope_term(rule, i, count)
    try:
        return traced(rule.at(count))[1][i]
    except TypeError:  # a user's rule may be more than an expression; then only its numbers are known
        return None
