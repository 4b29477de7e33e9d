"""A local derivative with its rule, in symbols and in numbers: `∂f/∂d = e = -2.0`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from autograd.ops import Operation
from autograd.partials import partial_term
from autograd.shown import constant, number, printable
from autograd.terms import LEAVES, Term, evaluated, folded, length, simplified
from autograd.value import Value
from autograd.words.names import Names
from autograd.words.notation import Written, brief, labelled, literal, write
from autograd.words.text import ordinal

Found = TypeVar("Found")

LONGEST = 100
"""The maximum number of operations in a rule that is written out; for a longer one only the number is shown."""

MANY = 1000
"""The search for an operand's second use stops after this many operands."""


def derivative(node: Value, i: int, names: Names) -> str:
    """The derivative of a node with respect to its operand i, as of the forward pass: the rule in symbols and numbers.

    If a rule distinguishes cases, only the one that holds is written. A node made by hand has numbers only. If the node
    uses the operand twice, the derivative is that of this one use.

    Example:
        >>> x = Value(0.5, label="x")
        >>> y = x.tanh()
        >>> y.label = "y"
        >>> print(derivative(y, 0, Names(y)))
        ∂y/∂x = 1 - y * y = 1 - 0.462117 * 0.462117 = 0.786448
    """
    found = " = ".join(expressions(node, i, names))
    if used_again(node, i):
        return f"through the {role(node, i)}: {found}"
    return f"∂{names.atom(node)}/∂{names.atom(node._prev[i])} = {found}"


def used_again(node: Value, i: int) -> bool:
    """Whether the node uses its operand i at another position as well."""
    operand = node._prev[i]
    return any(each is operand and k != i for k, each in enumerate(node._prev[:MANY]))


def role(node: Value, i: int) -> str:
    """The noun for operand i in a sentence: `first factor`, `exponent`, `third operand`."""
    rule = node._rule
    named = rule.roles if isinstance(rule, Operation) else ()
    return named[i] if i < len(named) else f"{ordinal(i)} operand"


def expressions(node: Value, i: int, names: Names) -> list[str]:
    """The rule in symbols, in numbers, and its result, without repetitions."""
    local = node._local_grads[i]
    result = number(local)
    rule = rule_that_holds(node, i)
    if rule is None or rule.head == "number":
        return [result]
    symbols = _text(rule, _Lookup(lambda key: names.written(_operand(node, key))))
    if _differ(evaluated(rule, _data(node)), local):
        return [symbols, f"{result} (as of the forward pass)"]
    figures = _text(rule, _Lookup(lambda key: literal(number(_operand(node, key).data))))
    return [symbols, result] if rule.head == "name" else [symbols, figures, result]


def rule_that_holds(node: Value, i: int) -> Term | None:
    """The partial derivative for operand i as a term over `y`, `x0`, `x1`, …; None if the node has no readable rule.

    A rule of more than 100 operations is not readable. Cases are resolved by the current numbers.
    """
    rule = node._rule
    if not isinstance(rule, Operation):
        return None
    partial = partial_term(rule, i, len(node._prev))
    if partial is None:
        return None
    found = simplified(_resolved(partial, _data(node)))
    return found if length(found) <= LONGEST else None


def symbols(node: Value, i: int, names: Names, latex: bool = False) -> Written | None:
    """The rule that holds for operand i, in names; None if the node has no readable rule."""
    rule = rule_that_holds(node, i)
    if rule is None:
        return None
    return _written(rule, _Lookup(lambda key: _name(_operand(node, key), names, latex)), latex)


def _name(node: Value, names: Names, latex: bool) -> Written:
    return labelled(names(node), latex=True) if latex and (node.label or node._prev) else names.written(node)


def equation(node: Value, names: Names) -> str:
    """The computation of a node in names and numbers: `d = e + c = -6.0 + 10.0 = 4.0`."""
    rule = node._rule
    if rule is None:
        return f"{names(node)} = {number(node.data)}"
    how: Operation | str = rule if isinstance(rule, Operation) else printable(rule.symbol) or "node"
    in_names = brief(how, [names.written(operand) for operand in node._prev]).text
    in_numbers = brief(how, [literal(number(operand.data)) for operand in node._prev]).text
    return " = ".join(dict.fromkeys([names(node), in_names, in_numbers, number(node.data)]))


class _Lookup(dict[str, Found]):
    """Substitutes for a term's names, looked up on demand, since an operation may have a million operands."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: str) -> Found:
        return self._find(key)


def _operand(node: Value, key: str) -> Value:
    return node if key == "y" else node._prev[int(key[1:])]


def _data(node: Value) -> dict[str, float]:
    return _Lookup(lambda key: _operand(node, key).data)


def _resolved(term: Term, data: dict[str, float]) -> Term:
    """The term with each case decided. If two cases have the same value here, the shorter one is taken.

    tanh's slope, for example, is 1 - y * y, with another form for large operands, where that loses digits.
    """
    known: dict[int, Term] = {}

    def of(each: Term) -> Term:
        if id(each) not in known:
            known[id(each)] = resolve(each)
        return known[id(each)]

    def resolve(each: Term) -> Term:
        if each.head in LEAVES:
            return each
        if each.head == "where":
            condition, holds, fails = each.args
            taken, other = (holds, fails) if evaluated(condition, data) else (fails, holds)
            if _size(other) < _size(taken) and not _differ(evaluated(other, data), evaluated(taken, data)):
                taken = other
            return of(taken)
        return Term(each.head, tuple(map(of, each.args)))

    return of(term)


def _size(term: Term) -> int:
    """The number of names, numbers and operations in a term."""
    size: int = folded(term, lambda _: 1, lambda _, args: 1 + sum(args))
    return size


def _differ(x: float, y: float) -> bool:
    """Whether two numbers differ by more than a reader sees."""
    return x != y and not (x != x and y != y) and not abs(x - y) <= 1e-9 * min(abs(x), abs(y)) < math.inf


def _text(term: Term, names: dict[str, Written]) -> str:
    return _written(term, names).text


def _written(term: Term, names: dict[str, Written], latex: bool = False) -> Written:
    if term.head == "name":
        return names[term.args[0]]
    if term.head == "number":
        return literal(constant(term.args[0]))
    return write(term.head, [_written(argument, names, latex) for argument in term.args], latex)
