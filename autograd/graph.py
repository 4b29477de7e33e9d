"""The graph below a Value: its nodes in order, and their names in messages."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from autograd.ops import Operation
from autograd.scalars import as_float
from autograd.shown import as_code, printable, shown

if TYPE_CHECKING:
    from autograd.value import Value


def named(v: Value) -> str:
    """A Value's number, with its label if it has one: `a = -1.0`."""
    return f"{printable(v.label)} = {v.data!r}" if v.label else repr(v.data)


def describe(node: Value) -> str:
    """An operation with its operands' labels and numbers, only the first if there are many: `log(a = -1.0)`."""
    rule = node._rule
    name = rule.name if isinstance(rule, Operation) else printable(node._op) or "node"
    attributes = rule.attributes if isinstance(rule, Operation) else {}
    constants = [f"{key}={as_code(number)}" for key, number in attributes.items()]
    operands = node._prev
    more = [f"… {len(operands) - 3} more"] if len(operands) > 4 else []
    return f"{name}({', '.join([*map(named, operands[:3] if more else operands), *more, *constants])})"


def topological(*roots: Value, known: Iterable[Value] = ()) -> list[Value]:
    """The nodes that the roots are computed from, including the roots but no leaves, operands before results.

    `backward()` visits them in reverse. Nodes in `known`, and nodes reached only through them, are left out.
    """
    order: list[Value] = []
    met = set(known)
    for root in roots:
        if root._prev:
            _descend(root, met, order)
    return order


def _descend(root: Value, met: set[Value], order: list[Value]) -> None:
    """Adds the nodes below a node, and then the node itself, without recursion.

    The stack holds nodes to be visited; a node before a None is to be added, since its operands have been.
    """
    stack: list[Value | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            order.append(cast("Value", stack.pop()))
        elif node not in met:
            met.add(node)
            if operands := node._prev:
                stack += (node, None)
                stack += operands[::-1]


def every_node(*roots: Value) -> list[Value]:
    """The nodes that the roots are computed from, including leaves and the roots, operands before results.

    The order depends on the graph alone: the same graph gives the same list in every process.
    """
    nodes: dict[Value, None] = {}
    for node in topological(*roots):
        for operand in node._prev:
            nodes[operand] = None
        nodes[node] = None
    nodes.update(dict.fromkeys(roots))
    return list(nodes)


def gradient(v: Value) -> float:
    """A Value's gradient as a float: that of a gradient that is a Value is its number, and None is 0.

    PyTorch's programs set None before a backward pass.

    Raises:
        TypeError: something else was assigned to it.
    """
    return v.grad if type(v.grad) is float else assigned(v, v.grad)


def assigned(v: Value, grad: object) -> float:
    """`gradient` for an object that is, or was, the Value's `grad`."""
    if grad is None:
        return 0.0
    try:
        return as_float(getattr(grad, "_data", grad))
    except TypeError:
        name = printable(v.label) or f"the Value {v.data!r}"
        raise TypeError(f"the gradient of {name} must be a number, not {shown(grad)}: set it to 0.0") from None


def check_gradient(operand: Value, gradient: float, node: Value, above: float) -> None:
    """Raises if the gradient that `node` propagated to its operand is not finite; `above` is the gradient of `node`."""
    if not math.isfinite(gradient):
        name = printable(operand.label) or repr(operand)
        raise FloatingPointError(f"the gradient of {name} is {gradient} after {describe(node)} with gradient {above}")
