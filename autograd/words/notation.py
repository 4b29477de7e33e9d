"""Writes an operation as text or LaTeX, from the templates in its declaration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce

from autograd import ops
from autograd.nary import Nary
from autograd.ops import ATOM, SIGN, SUM, Operation
from autograd.shown import printable
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
    if isinstance(rule, str):
        return _call(rule, operands, latex)
    if isinstance(rule, Nary):
        written: Written = rule.spelled(operands, _written(ops.ADD, latex), _written(ops.MUL, latex))
        return written
    template = rule.latex if latex else rule.text
    if not template:
        return _call(rule.name, operands, latex)
    needed = [_needed(rule, i, operand, latex) for i, operand in enumerate(operands)]
    texts = [operand.within(least, latex) for operand, least in zip(operands, needed, strict=True)]
    binding = rule.binding
    if template.startswith("{} ") and operands[0].binding >= needed[0]:
        binding = min(binding, operands[0].binding)  # a / b * c is a quotient too: x * (a / b * c)
    return Written(template.format(*texts), binding)


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


def _call(name: str, operands: list[Written], latex: bool) -> Written:
    separator = ", "
    arguments = separator.join(operand.text for operand in operands)
    if latex:
        return Written(rf"{latex_name(name)}\left({arguments}\right)")
    return Written(f"{name}({arguments})")


@lru_cache(maxsize=256)
def declared(symbol: str, arity: int) -> Operation | None:
    """The declared operation with that symbol or name, so that a `+` made by hand is written like any other."""
    for operation in list(ops.OPERATIONS.values()):
        if not isinstance(operation, Operation) or operation.arity != arity:
            continue
        if symbol in (operation.symbol, operation.name):
            return operation
    return None


def _needed(rule: Operation, i: int, operand: Written, latex: bool) -> int:
    """The binding strength that operand i needs to go without parentheses."""
    if latex and _enclosed(rule.latex, i):
        return SUM
    if latex and rule.needs[i] == ATOM and "^" in operand.text:
        return ATOM + 1
    if i and rule.binding == SUM and operand.text.startswith("-"):
        return SUM + 1
    return rule.needs[i]


def _enclosed(template: str, i: int) -> bool:
    """Whether a LaTeX template puts operand i in its own braces, as a fraction or an exponent does."""
    marked = template.format(*(f"<{k}>" for k in range(8)))
    return f"{{<{i}>}}" in marked and f"{{<{i}>}}^" not in marked


def latex_name(name: str) -> str:
    r"""A name in LaTeX: `x1` gets a subscript, longer names are upright, special characters are escaped.

    Example:
        >>> print(latex_name("x1"), latex_name("w[0]"), latex_name("50%"))
        x_{1} \mathrm{w[0]} \mathrm{50\%}
    """
    if len(name) == 1 and name.isalpha():
        return name
    if re.fullmatch(r"[A-Za-z]\d+", name):
        return f"{name[0]}_{{{name[1:]}}}"
    return rf"\mathrm{{{''.join(_LATEX.get(c, c) for c in name)}}}"


_LATEX = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\backslash{}",
    "^": r"\hat{}",
    "~": r"\sim{}",
    " ": r"\ ",
}
