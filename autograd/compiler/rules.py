"""The rules of an operation as terms, simplified, to be written out as numpy."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from autograd import arithmetic
from autograd.arithmetic import Arithmetic, Symbolic, Term, quiet
from autograd.ops import Operation


class _Expanded(Symbolic):
    """Terms in which the sigmoid, which numpy lacks, is written out by its definition."""

    def sigmoid(self, a: Any) -> Any:
        return Arithmetic.sigmoid(self, a)


_expanded = _Expanded()


@lru_cache(maxsize=4096)
def forward(rule: Operation) -> Term:
    """The answer as a term over `x0`, `x1`, ….

    Raises:
        TypeError: the rule cannot be traced.
    """
    return _simplified(_traced(rule, lambda names: rule.forward(_expanded, *names)))


@lru_cache(maxsize=4096)
def partials(rule: Operation) -> tuple[Term | None, ...]:
    """For each operand the derivative as a term over `y`, `x0`, …; None where it is 0 everywhere."""
    y = arithmetic.name("y")
    found = []
    for partial in rule.partials:
        term = _simplified(_traced(rule, lambda names, partial=partial: partial(_expanded, y, *names)))  # type: ignore[misc]
        found.append(None if number(term) == 0.0 else term)
    return tuple(found)


def number(term: Term) -> float | None:
    """The constant that a term is, or None."""
    return float(term.args[0]) if term.head == "number" else None


def _traced(rule: Operation, trace: Callable[[list[Term]], Any]) -> Term:
    names = [arithmetic.name(f"x{i}") for i in range(rule.arity)]
    try:
        found = trace(names)
    except Exception as error:
        raise TypeError(
            f"operation {rule.name!r} cannot be compiled: its rule uses what terms do not have ({error}); "
            "write it with + - * and the functions of m"
        ) from error
    return found if isinstance(found, Term) else Term("number", (float(found),))


def _simplified(term: Term) -> Term:
    """The same without products with one and powers of one, and with constants computed."""
    if term.head in ("name", "number"):
        return term
    args = tuple(_simplified(argument) for argument in term.args)
    constants = [number(argument) for argument in args]
    if None not in constants:
        return Term("number", (float(_evaluate(term.head, constants)),))
    if term.head == "*" and 1.0 in constants:
        return args[1 - constants.index(1.0)]
    if term.head == "**" and constants[1] == 1.0:
        return args[0]
    return Term(term.head, args)


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "neg": lambda a: -a,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {"/": quiet.divide, "**": quiet.power}


def _evaluate(head: str, args: list[Any]) -> Any:
    function = _OPERATORS.get(head) or _FUNCTIONS.get(head) or getattr(quiet, head)
    return function(*args)
