"""The graph below a Value: its nodes in order, the backward pass over them, and how messages name them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from autograd.ops import Operation
from autograd.shown import as_code, printable

if TYPE_CHECKING:
    from autograd.value import Value


def named(v: Value) -> str:
    """A Value's number, with its label where it has one: `a = -1.0`."""
    return f"{printable(v.label)} = {v._data!r}" if v.label else repr(v._data)


def describe(node: Value) -> str:
    """An operation with its operands' labels and numbers, the first few of many: `log(a = -1.0)`."""
    rule = node._rule
    name = rule.name if isinstance(rule, Operation) else printable(node._op) or "node"
    attributes = rule.attributes if isinstance(rule, Operation) else {}
    constants = [f"{key}={as_code(number)}" for key, number in attributes.items()]
    operands = node._prev
    more = [f"… {len(operands) - 3} more"] if len(operands) > 4 else []
    return f"{name}({', '.join([*map(named, operands[:3] if more else operands), *more, *constants])})"


def topological(*roots: Value, known: Iterable[Value] = ()) -> list[Value]:
    """The nodes that the roots are computed from, themselves included, operands before results; leaves left out.

    It is the order of `backward()`, which goes through it from the end. Nodes in `known`, and what is reached through
    them alone, are left out too.
    """
    order: list[Value] = []
    met = set(known)
    for root in roots:
        if root._a is not None and root not in met:
            met.add(root)
            _descend(root, met, order)
    return order


def _descend(root: Value, met: set[Value], order: list[Value]) -> None:
    path = [(root, iter(root._prev))]
    while path:
        node, operands = path[-1]
        for operand in operands:
            if operand not in met:
                met.add(operand)
                if operand._a is not None:
                    path.append((operand, iter(operand._prev)))
                    break
        else:
            order.append(node)
            path.pop()


def every_node(*roots: Value) -> list[Value]:
    """The nodes that the roots are computed from, leaves and the roots themselves included, operands before results.

    The order depends on the graph alone: the same graph gives the same list in every process.
    """
    nodes: dict[Value, None] = {}
    for node in topological(*roots):
        nodes.update(dict.fromkeys(node._prev))
        nodes[node] = None
    nodes.update(dict.fromkeys(roots))
    return list(nodes)


def meet(root: Value, zero: float, earlier: dict[Value, Any], order: list[Value]) -> None:
    """Fills `order` as `topological` does, by a faster walk that sets every gradient it meets to `zero`.

    What leaves held before goes into `earlier`. The walk goes down the first operands as far as there is something new,
    and comes up again by way of the second ones.
    """
    path: list[Value] = []
    rest: dict[Value, Iterator[Value]] = {}
    if root._a is None:
        earlier[root] = root.grad or 0.0
        return
    root.grad = zero
    node = root
    while True:
        a = node._a
        if node._b is None and type(a) is tuple:
            inner = _next_unmet(rest.setdefault(node, iter(a)), zero, earlier)
            if inner is not None:
                path.append(node)
                node = inner
                continue
            del rest[node]
        elif (held := a.grad) is not zero:
            a.grad = zero
            if a._a is not None:
                path.append(node)
                node = a
                continue
            if held:
                earlier[a] = held
        while not (rest and node in rest):  # else it goes on with the next of its many operands
            b = node._b
            if b is not None and (held := b.grad) is not zero:
                b.grad = zero
                if b._b is not None and b._a.grad is zero and b._b.grad is zero:
                    order.append(b)  # such as the product of a weight and an input that have been met already
                elif b._a is not None:
                    path.append(node)
                    node = b
                    break
                elif held:
                    earlier[b] = held
            order.append(node)
            if not path:
                return
            node = path.pop()


def _next_unmet(operands: Iterator[Value], zero: float, earlier: dict[Value, Any]) -> Value | None:
    """The next of many operands that is to be gone down to; it and the leaves before it count as met from then on."""
    for operand in operands:
        if (held := operand.grad) is not zero:
            operand.grad = zero
            if operand._a is not None:
                return operand
            if held:
                earlier[operand] = held
    return None


def send(order: list[Value]) -> None:
    """Applies the chain rule at each node, the last first."""
    for node in reversed(order):
        a, b, grad = node._a, node._b, node.grad
        if b is not None:
            a.grad += node._da * grad
            b.grad += node._db * grad
        elif type(a) is tuple:
            node._backward()
        else:
            a.grad += node._da * grad


def send_checked(order: list[Value]) -> None:
    """The same, raising at the first gradient that is not finite."""
    for node in reversed(order):
        node._backward()
        for operand in node._prev:
            check_gradient(operand, operand.grad, node, node.grad)


def clear(order: list[Value]) -> None:
    """Sets the gradient of each node and of its operands to 0."""
    for node in order:
        node.grad = 0.0
        for operand in node._prev:
            operand.grad = 0.0


def check_gradient(operand: Value, gradient: float, node: Value, above: float) -> None:
    """Raises if the gradient that `node` sent to its operand is not finite; `above` is the gradient of `node`."""
    if not math.isfinite(gradient):
        name = printable(operand.label) or repr(operand)
        raise FloatingPointError(f"the gradient of {name} is {gradient} after {describe(node)} with gradient {above}")
