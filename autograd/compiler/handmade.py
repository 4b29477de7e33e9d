"""The error for nodes made by hand, which cannot be compiled, with what to write instead."""

from __future__ import annotations

from typing import NoReturn

from autograd import ops
from autograd.graph import describe
from autograd.ops import Operation
from autograd.value import Value


def refuse_handmade(node: Value) -> NoReturn:
    """Raises the error for a node without a rule, and names the operation that it resembles.

    A number and local derivatives, as in `Value(math.log(c), (p,), (1 / c,))`, record one computation. They do not say
    how to compute it for another operand: if c was clamped, or chosen by an `if`, the result would differ.

    Raises:
        TypeError: always.
    """
    looks_like = _looks_like(node)
    hint = "declare it with autograd.operation"
    if looks_like is not None:
        name = node._prev[0].label or "p"
        hint = (
            f"write {name}.{looks_like}(), or {name}.maximum(least).{looks_like}() where the operand was clamped first"
        )
    raise TypeError(f"{describe(node)} was made by hand and has no rule to compile: {hint}")


def _looks_like(node: Value) -> str | None:
    """The operation that has the node's number and local derivative at its operand."""
    if len(node._prev) != 1 or len(node._local_grads) != 1:
        return None
    here = (node.data, *node._local_grads)
    for name, operation in ops.OPERATIONS.items():
        if isinstance(operation, Operation) and operation.arity == 1 and hasattr(Value, name):
            try:
                answer = operation.evaluate(node._prev[0].data)
            except (ArithmeticError, ValueError):
                continue
            if all(abs(x - y) <= 1e-12 * abs(y) for x, y in zip(here, answer, strict=True)):
                return name
    return None
