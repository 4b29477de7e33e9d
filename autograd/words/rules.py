"""A local derivative with its rule, in symbols and in numbers: `∂f/∂d = e = -2.0`."""

from __future__ import annotations

from autograd.ops import Operation
from autograd.shown import constant, number, printable
from autograd.terms import Term, evaluated, simplified, traced
from autograd.value import Value
from autograd.words.names import Names
<<<<<<< HEAD
from autograd.words.notation import Written, brief, literal, write
from autograd.words.text import constant, number, printable
=======
from autograd.words.notation import Written, literal, write
from autograd.words.text import ordinal
>>>>>>> f8e91d8 (Tell steps within the terminal's width, keep cursors apart, say what is stale; words for mistakes)


def derivative(node: Value, i: int, names: Names) -> str:
    """The derivative of a node for its operand i, as of the forward pass: its rule, then the rule in numbers.

    Where a rule distinguishes cases, only the one that holds is written. For a node made by hand there are numbers
    alone. Where the operand is used twice by the node, it is the part through this one use.

    Example:
        >>> x = Value(0.5, label="x")
        >>> y = x.tanh()
        >>> y.label = "y"
        >>> print(derivative(y, 0, Names(y)))
        ∂y/∂x = 1 - y * y = 1 - 0.462117 * 0.462117 = 0.786448
    """
    found = " = ".join(expressions(node, i, names))
    if sum(operand is node._prev[i] for operand in node._prev) > 1:
        return f"through the {role(node, i)}: {found}"
    return f"∂{names.atom(node)}/∂{names.atom(node._prev[i])} = {found}"


def role(node: Value, i: int) -> str:
    """What operand i is called in a sentence: `first factor`, `exponent`, `third operand`."""
    rule = node._rule
    named = rule.roles if isinstance(rule, Operation) else ()
    return named[i] if i < len(named) else f"{ordinal(i)} operand"


def expressions(node: Value, i: int, names: Names) -> list[str]:
    """The rule in symbols, in numbers, and the number that it gives; fewer where two of them would be the same."""
    local = node._local_grads[i]
    result = number(local)
    rule = rule_that_holds(node, i)
    if rule is None or rule.head == "number":
        return [result]
    symbols = _text(rule, {key: names.written(operand) for key, operand in _operands(node).items()})
    if _differ(evaluated(rule, _data(node)), local):
        return [symbols, f"{result} (as of the forward pass)"]
    figures = _text(rule, {key: literal(number(data)) for key, data in _data(node).items()})
    return [symbols, result] if rule.head == "name" else [symbols, figures, result]


def rule_that_holds(node: Value, i: int) -> Term | None:
    """The partial derivative for operand i as a term over `y` and `x0`, `x1`, …; None where there is no rule to read.

    Cases are resolved by the present numbers.
    """
    rule = node._rule
    if not isinstance(rule, Operation):
        return None
    try:
        partial = traced(rule.at(len(node._prev)))[1][i]
    except TypeError:  # a user's own rule may do more than can be read: then there are numbers alone
        return None
    return simplified(_resolved(partial, _data(node)))


def symbols(node: Value, i: int, names: Names) -> Written | None:
    """The rule that holds for operand i, in names; None where there is none to read."""
    rule = rule_that_holds(node, i)
    if rule is None:
        return None
    return _written(rule, {key: names.written(operand) for key, operand in _operands(node).items()})


def equation(node: Value, names: Names) -> str:
    """How a node was computed, in names and in numbers: `d = e + c = -6.0 + 10.0 = 4.0`."""
    rule = node._rule
    if rule is None:
        return f"{names(node)} = {number(node.data)}"
    how: Operation | str = rule if isinstance(rule, Operation) else printable(rule.symbol) or "node"
    in_names = brief(how, [names.written(operand) for operand in node._prev]).text
    in_numbers = brief(how, [literal(number(operand.data)) for operand in node._prev]).text
    return " = ".join(dict.fromkeys([names(node), in_names, in_numbers, number(node.data)]))


def _operands(node: Value) -> dict[str, Value]:
    return {"y": node} | {f"x{i}": operand for i, operand in enumerate(node._prev)}


def _data(node: Value) -> dict[str, float]:
    return {key: operand.data for key, operand in _operands(node).items()}


def _resolved(term: Term, data: dict[str, float]) -> Term:
    """The term with each case decided."""
    if term.head in ("name", "number"):
        return term
    if term.head == "where":
        condition, holds, fails = term.args
        return _resolved(holds if evaluated(condition, data) else fails, data)
    return Term(term.head, tuple([_resolved(argument, data) for argument in term.args]))


def _differ(x: float, y: float) -> bool:
    return x != y and not (x != x and y != y)


def _text(term: Term, names: dict[str, Written]) -> str:
    return _written(term, names).text


def _written(term: Term, names: dict[str, Written]) -> Written:
    if term.head == "name":
        return names[term.args[0]]
    if term.head == "number":
        return literal(constant(term.args[0]))
    return write(term.head, [_written(argument, names) for argument in term.args])
