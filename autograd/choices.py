"""Partial derivatives as operations of their own.

A derivative that can be differentiated again is a graph. If a partial of `ops.py` is plain arithmetic, its graph
consists of the operations in its rule. If it chooses between cases, as for `relu` or for `a**b` at 0, it is one
operation: each evaluation of the node chooses again by the current data, and does not compute the other case, which
could be inf or nan. It is also one operation if the operation declares its second derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from autograd.ops import Operation, Rule
from autograd.terms import Term, computed, differentiated, simplified, substituted, subterms, traced


class Partial(Operation):
    """The derivative of an operation for one of its operands, as an operation on the values that its rule reads.

    Args:
        of: the operation.
        i: the operand's number.
        term: the rule.
        reads: the names in it, in order: `y` for the result, `x0`, `x1`, … for the operands.
    """

    __slots__ = ("i", "of", "reads")

    def __init__(self, of: Operation, i: int, term: Term, reads: tuple[str, ...]) -> None:
        second, several = of.second, of.arity > 1
        slopes = [_slope(term, name, reads) for name in reads]
        if second is not None:
            slopes[1 - i if several else i] = lambda m, _, *operands: second(m, *operands)
        super().__init__(
            f"{of.name}_slope{i if several else ''}",
            f"{of.symbol}′{chr(ord('₁') + i) if several else ''}",
            _rule(lambda: term, reads),
            tuple(slopes),
            words=f"differentiated once more: {of.words}",
            attributes=of.attributes,
            quiet=True,
        )
        self.of, self.i, self.reads = of, i, reads

    def __reduce__(self) -> tuple[Callable[[Operation, int], Partial | None], tuple[Operation, int]]:  # type: ignore[override]
        return partial, (self.of, self.i)


@lru_cache(maxsize=4096)
def partial(operation: Operation, i: int) -> Partial | None:
    """The derivative for operand i as an operation; None if arithmetic on Values suffices, or the rule has no term."""
    try:
        answer, terms = traced(operation)
    except TypeError:  # the rule is more than an expression
        return None
    term = terms[i]
    operands = {f"x{k}": Term("name", (f"x{k}",)) for k in range(operation.arity)}
    if operation.second is not None:
        term = substituted(term, {"y": answer, **operands})
    term = simplified(term)
    inside = subterms(term)
    if operation.second is None and not any(part.head == "where" for part in inside):
        return None
    names = ("y", *operands)
    return Partial(operation, i, term, tuple([name for name in names if Term("name", (name,)) in inside]))


def _rule(term: Callable[[], Term], reads: tuple[str, ...]) -> Rule:
    return lambda m, *operands: computed(term(), m, dict(zip(reads, operands, strict=True)))


def _slope(term: Term, name: str, reads: tuple[str, ...]) -> Rule:
    rule = _rule(lru_cache(maxsize=1)(lambda: differentiated(term, name)), reads)
    return lambda m, _, *operands: rule(m, *operands)
