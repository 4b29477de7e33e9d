"""The reverse sweep: gradients passed on through a graph, results before operands, by the chain rule.

Everything that asks for gradients goes through here, but for two: `backward()`, which does the same on floats, fast, in
`passes.py`; and the backward pass one step at a time (`backprop.py`), which is `_backward` at one node after the other.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Any

from autograd.floats import NOTHING
from autograd.graph import describe

if TYPE_CHECKING:
    from autograd.value import Value

Local = Callable[["Value"], Callable[[int], Any]]
"""`local(node)(i)`: the derivative of a node with respect to its operand number i."""


def stored(node: Value) -> Callable[[int], Any]:
    """The local derivatives that the forward pass left: floats.

    Raises:
        TypeError: a node was made by hand, and only its `_backward` knows its derivatives.
    """
    locals_ = node._local_grads
    if not locals_ and node._prev:
        raise TypeError(
            f"{describe(node)} was made by hand, and only its _backward knows its derivatives: call backward() on the "
            "result instead, or declare the operation with autograd.operation"
        )
    return locals_.__getitem__


def sweep(
    order: Sequence[Value],
    gradients: dict[Value, Any],
    local: Local,
    *,
    wanted: Container[Value] | None = None,
    plus: Callable[[Any, Any], Any] = operator.add,
    times: Callable[[Any, Any], Any] = operator.mul,
    check: Callable[[Value, Any, Value, Any], None] | None = None,
) -> dict[Value, Any]:
    """Passes gradients on to all that the nodes of `order` were computed from, going through it from its end.

    What gets nothing, since all that uses it has a derivative that is 0 by its rule, has the gradient 0, and sends
    nothing.

    Args:
        order: nodes in topological order.
        gradients: those of the results; what is found is added to it.
        local: gives the local derivatives.
        wanted: the operands that get their shares; all of them, unless given.
        plus: adds a share to what an operand has.
        times: multiplies a local derivative with a gradient.
        check: called with an operand and its gradient so far, and the node and its gradient that it comes from.

    Returns:
        `gradients`.
    """
    reached = set(gradients)
    for node in reversed(order):
        operands, local_slope = node._prev, local(node)
        for i in node._order():
            operand = operands[i]
            if wanted is not None and operand not in wanted:
                continue
            before = gradients.setdefault(operand, 0.0)
            if node in reached and (slope := local_slope(i)) is not NOTHING:
                reached.add(operand)
                gradients[operand] = plus(before, times(slope, gradients[node]))
                if check is not None:
                    check(operand, gradients[operand], node, gradients[node])
    return gradients
