"""Rules of operations as JavaScript, generated from their declarations."""

from __future__ import annotations

import json
from collections.abc import Iterable

from autograd.javascript import applied, called, written
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES, Primitive
from autograd.terms import Term, simplified, traced

_OWN = "primitives."
"""The prefix of functions in the page's module of functions that JavaScript lacks."""


def program(operations: Iterable[Operation | None]) -> str:
    """A JavaScript function of the module `primitives`: the functions of each operation, and of each head of a term.

    Args:
        operations: the table of rules; None for those that only Python can compute.

    Raises:
        TypeError: the rules of an operation cannot be written out.
    """
    rules = ",\n".join("null" if operation is None else functions(operation) for operation in operations)
    heads = ",\n".join(f"{json.dumps(head)}: {_function(each)}" for head, each in PRIMITIVES.items())
    return f"(primitives) => ({{\nrules: [\n{rules}\n],\nheads: {{\n{heads}\n}} }})"


def functions(operation: Operation) -> str:
    """The result as a function of the operands, and each partial derivative as one of the result and the operands.

    Example:
        >>> from autograd import ops
        >>> print(functions(ops.TAN))
        [(x0) => Math.tan(x0), [(y, x0) => (1 + (y * y))]]
    """
    answer, partials = traced(operation)
    operands = ", ".join(f"x{i}" for i in range(operation.arity))
    slopes = [f"(y, {operands}) => {written(simplified(partial), _OWN)}" for partial in partials]
    return f"[({operands}) => {written(simplified(answer), _OWN)}, [{', '.join(slopes)}]]"


def heads(terms: Iterable[Term]) -> set[tuple[str, int]]:
    """The heads in terms, with the number of arguments of each."""
    found: set[tuple[str, int]] = set()
    pending = list(terms)
    while pending:
        term = pending.pop()
        if term.head not in ("name", "number"):
            found.add((term.head, len(term.args)))
            pending.extend(term.args)
    return found


def _function(primitive: Primitive) -> str:
    """A primitive as a function of numbers. A condition may be a number, which is true unless it is 0: nan is true."""
    if primitive.head == "where":
        return "(a0, a1, a2) => (Number(a0) !== 0 ? a1 : a2)"
    operands = [f"a{i}" for i in range(primitive.javascript.count("{}"))]
    return f"({', '.join(operands)}) => {applied(primitive, operands)}" if operands else called(primitive, _OWN)
