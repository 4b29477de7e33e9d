"""Operations as terms over arrays: the function of a `map`, and its derivatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from autograd.compiler.ir import Elementwise
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES
from autograd.terms import Term, as_constant, folded, simplified, substituted, subterms, traced

Constants = tuple[Term | None, ...]
"""For each operand, its number as a term if it is a constant, else None. Terms tell the two zeros apart."""


ONE, MINUS_ONE = Term("number", (1.0,)), Term("number", (-1.0,))


def argument(i: int) -> Term:
    """Argument number i of a map."""
    return Term("name", (f"x{i}",))


X0, X1 = argument(0), argument(1)


def number(x: float) -> Term:
    """A constant."""
    return Term("number", (x,))


@lru_cache(maxsize=4096)
def elementwise(rule: Operation, constants: Constants) -> Elementwise:
    """An operation as a function of its operands, without those that are constants.

    Raises:
        TypeError: the rule cannot be traced.
    """
    if rule.branchless is not rule.partials:
        rule = Operation(rule.name, rule.symbol, rule.forward, rule.branchless)
    try:
        answer, slopes = traced(rule)
    except TypeError as error:
        raise TypeError(f"operation {rule.name!r} cannot be compiled: {error}") from None
    names = {"y": Term("name", ("y",))}
    for i, constant in enumerate(constants):
        known = sum(each is None for each in constants[:i])
        names[f"x{i}"] = argument(known) if constant is None else constant
    partials = [derivative(substituted(slope, names)) for slope, c in zip(slopes, constants, strict=True) if c is None]
    return Elementwise(simplified(substituted(answer, names)), tuple(partials))


def derivative(slope: Term) -> Term | None:
    """Simplifies a derivative; None if it is 0 everywhere."""
    simple = simplified(slope)
    return None if as_constant(simple) == 0.0 else simple


def names_in(term: Term) -> list[str]:
    """The names in a term, in order."""
    return sorted(each.args[0] for each in subterms(term) if each.head == "name")


def expanded(term: Term, lacks: Callable[[str], bool]) -> Term:
    """Replaces the primitives that a backend lacks by their definitions.

    Raises:
        TypeError: a missing primitive has no definition.
    """

    def inner(each: Term, args: tuple[Term, ...]) -> Term:
        if not lacks(each.head):
            return Term(each.head, args)
        if PRIMITIVES[each.head].definition is None:
            raise TypeError(f"{each.head} cannot be computed by this backend")
        written = expanded(_defined(each.head, len(args)), lacks)
        return substituted(written, {f"x{i}": arg for i, arg in enumerate(args)})

    other: Term = folded(term, lambda each: each, inner)
    return other


@lru_cache(maxsize=256)
def _defined(head: str, arity: int) -> Term:
    """A primitive's definition as a term over `x0`, `x1`, …."""
    definition = PRIMITIVES[head].definition
    assert definition is not None
    rule = Operation(f"definition of {head}", head, definition, (lambda m, y, *operands: 0.0,) * arity)
    return traced(rule)[0]
