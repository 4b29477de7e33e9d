"""The reverse sweep: propagates gradients through a graph by the chain rule, results before operands.

All gradients are computed here, with two exceptions: `backward()`, a fast version on floats in `passes.py`; and the
stepwise backward pass (`backprop.py`), which calls `_backward` at one node after the other.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from autograd.floats import NOTHING
from autograd.graph import describe

if TYPE_CHECKING:
    from autograd.value import Value

G = TypeVar("G")

Local: TypeAlias = Callable[["Value"], Callable[[int], G]]
"""`local(node)(i)` is the derivative of a node with respect to its operand number i."""


def stored(node: Value) -> Callable[[int], float]:
    """The local derivatives that the forward pass stored, as floats.

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
    gradients: dict[Value, G],
    local: Local[G],
    *,
    wanted: Container[Value] | None = None,
    plus: Callable[[G, G], G] = operator.add,
    times: Callable[[G, G], G] = operator.mul,
    check: Callable[[Value, G, Value, G], None] | None = None,
) -> dict[Value, G]:
    """Propagates gradients from the nodes of `order`, in reverse, to their operands.

    An operand receives nothing if the derivatives of all its users are 0 by their rules. Its gradient is then 0, and it
    propagates nothing.

    Args:
        order: nodes in topological order.
        gradients: the gradients of the results; all others are added to it.
        local: returns the local derivatives.
        wanted: the operands that receive gradients; by default all.
        plus: adds a share to an operand's gradient.
        times: multiplies a local derivative by a gradient.
        check: called with an operand and its gradient so far, and the node that sent a share with its gradient.

    Returns:
        `gradients`.
    """
    zero, reached = cast("G", 0.0), set(gradients)
    for node in reversed(order):
        operands, local_slope = node._prev, local(node)
        for i in node._order():
            operand = operands[i]
            if wanted is not None and operand not in wanted:
                continue
            before = gradients.setdefault(operand, zero)
            if node in reached and (slope := local_slope(i)) is not NOTHING:
                reached.add(operand)
                gradients[operand] = plus(before, times(slope, gradients[node]))
                if check is not None:
                    check(operand, gradients[operand], node, gradients[node])
    return gradients
