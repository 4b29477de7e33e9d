"""One partial derivative of an operation as a term, whatever the number of its operands."""

from __future__ import annotations

from autograd.nary import Nary
from autograd.ops import Operation
from autograd.terms import Term, traced


def partial_term(rule: Operation, i: int, count: int) -> Term | None:
    """The partial derivative for operand i of `count`, over `y` and `x0`, `x1`, …; None where it is no expression.

    Of an operation on any number of operands only this one is asked for: it takes no longer for a million of them.
    """
    if isinstance(rule, Nary):
        slope = rule.slope(i, None, None, range(count))
        return Term("number", (slope,)) if isinstance(slope, float) else Term("name", (f"x{slope}",))
    try:
        return traced(rule.at(count))[1][i]
    except TypeError:  # a user's own rule may do more than can be read: then there are numbers alone
        return None
