"""Rules of operations as JavaScript, written from their declarations."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from autograd.ops import Operation
from autograd.primitives import PRIMITIVES, Primitive
from autograd.terms import CONDITIONS, Term, simplified, traced

_OWN = "primitives"
"""The page's module with the functions that JavaScript lacks."""


def program(operations: Iterable[Operation | None]) -> str:
    """A JavaScript function of the module `primitives`: the functions of each operation, and of each head of a term.

    Args:
        operations: the table of rules; None where only Python knows how to compute.

    Raises:
        TypeError: the rules of an operation cannot be written out.
    """
    rules = ",\n".join("null" if operation is None else functions(operation) for operation in operations)
    heads = ",\n".join(f"{json.dumps(head)}: {_function(each)}" for head, each in PRIMITIVES.items())
    return f"({_OWN}) => ({{\nrules: [\n{rules}\n],\nheads: {{\n{heads}\n}} }})"


def functions(operation: Operation) -> str:
    """The answer as a function of the operands, and each partial derivative as one of the answer and the operands.

    Example:
        >>> from autograd import ops
        >>> print(functions(ops.TAN))
        [(x0) => Math.tan(x0), [(y, x0) => (1.0 + (y * y))]]
    """
    answer, partials = traced(operation)
    operands = ", ".join(f"x{i}" for i in range(operation.arity))
    value = written(simplified(answer))
    if answer.head in CONDITIONS:
        value = f"Number({value})"
    slopes = [f"(y, {operands}) => {written(simplified(partial))}" for partial in partials]
    return f"[({operands}) => {value}, [{', '.join(slopes)}]]"


def written(term: Term) -> str:
    """A term as a JavaScript expression."""
    if term.head == "name":
        return str(term.args[0])
    if term.head == "number":
        return _number(term.args[0])
    return _applied(PRIMITIVES[term.head], list(map(written, term.args)))


def heads(terms: Iterable[Term]) -> set[tuple[str, int]]:
    """The heads in terms, with how many arguments each has."""
    found: set[tuple[str, int]] = set()
    pending = list(terms)
    while pending:
        term = pending.pop()
        if term.head not in ("name", "number"):
            found.add((term.head, len(term.args)))
            pending.extend(term.args)
    return found


def _number(x: float) -> str:
    if math.isnan(x):
        return "NaN"
    return repr(x) if math.isfinite(x) else "Infinity" if x > 0 else "(-Infinity)"


def _applied(primitive: Primitive, operands: list[str]) -> str:
    spelled = primitive.javascript
    if "{}" in spelled:
        return spelled.format(*operands)
    return f"{_name(primitive)}({', '.join(operands)})"


def _name(primitive: Primitive) -> str:
    return primitive.javascript if "." in primitive.javascript else f"{_OWN}.{primitive.javascript}"


def _function(primitive: Primitive) -> str:
    """A primitive by itself."""
    operands = [f"a{i}" for i in range(primitive.javascript.count("{}"))]
    return f"({', '.join(operands)}) => {_applied(primitive, operands)}" if operands else _name(primitive)
