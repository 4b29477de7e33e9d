"""Writes an operation as text or LaTeX, from the templates in its declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce

from autograd import ops
from autograd.nary import Nary
from autograd.ops import Operation
from autograd.shown import printable
from autograd.templates import ATOM, LOOSEST, SIGN, as_call, latex_name
from autograd.value import Handmade, Value


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as text, with the binding strength of its outermost operation."""

    text: str
    binding: int = ATOM

    def within(self, needed: int, latex: bool = False) -> str:
        """The text, in parentheses if it binds less tightly than `needed`."""
        if self.binding >= needed:
            return self.text
        return rf"\left({self.text}\right)" if latex else f"({self.text})"


def literal(text: str) -> Written:
    """A number as an expression. A negative number binds like a sign."""
    return Written(text, SIGN if text.startswith("-") else ATOM)


def labelled(text: str, latex: bool = False) -> Written:
    """A name as an expression. A label that reads like an operation, such as `a - b`, gets parentheses in one."""
    return Written(latex_name(text) if latex else text, LOOSEST if set(text) & _OPERATORS else ATOM)


_OPERATORS = frozenset("+-*/%^|<>=·")


def write(rule: Operation | str, operands: list[Written], latex: bool = False) -> Written:
    """Writes an operation, given its operands as text. A rule that is only a name is written as a call.

    A sum of any length is written with `+` and `*`.

    Example:
        >>> total = write(ops.ADD, [Written("a"), Written("b")])
        >>> write(ops.MUL, [total, Written("c")]).text
        '(a + b) * c'
    """
    if isinstance(rule, str):
        rule = declared(rule, len(operands)) or rule
    if isinstance(rule, Nary):
        written: Written = rule.spelled(operands, _written(ops.ADD, latex), _written(ops.MUL, latex))
        return written
    name, template = (rule, None) if isinstance(rule, str) else (rule.name, rule.latex if latex else rule.text)
    template = template or as_call(name, len(operands), latex)
    texts = [operand.within(needed, latex) for operand, needed in zip(operands, template.needs, strict=True)]
    return Written(template.filled(texts), template.binding)


def brief(rule: Operation | str, operands: list[Written], first: int = 2, last: int = 1) -> Written:
    """Like `write`, but omits the middle of a long sum.

    Example:
        >>> from autograd.nary import DOT
        >>> brief(DOT, [Written(f"{name}{i}") for name in "wx" for i in range(9)]).text
        'w0 * x0 + w1 * x1 + … + w8 * x8'
    """
    if not isinstance(rule, Nary):
        return write(rule, operands)
    terms = list(rule.terms(operands, _written(ops.MUL)))
    if len(terms) > first + last + 1:
        terms = [*terms[:first], Written("…"), *terms[len(terms) - last :]]
    total: Written = reduce(_written(ops.ADD), terms)
    return total


def _written(rule: Operation, latex: bool = False) -> Callable[[Written, Written], Written]:
    return lambda a, b: write(rule, [a, b], latex)


def rule_of(node: Value) -> Operation | str:
    """The operation of a node, or the name of a node made by hand."""
    rule = node._rule
    if isinstance(rule, Handmade):
        return printable(rule.symbol) or "node"
    return rule if rule is not None else "leaf"


@lru_cache(maxsize=256)
def declared(symbol: str, arity: int) -> Operation | None:
    """The declared operation with that symbol or name, so that a `+` made by hand is written like any other."""
    for operation in list(ops.OPERATIONS.values()):
        if not isinstance(operation, Operation) or operation.arity != arity:
            continue
        if symbol in (operation.symbol, operation.name):
            return operation
    return None
