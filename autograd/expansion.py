"""Writes out the sums of any length in a graph, for `Value.expanded()`."""

from __future__ import annotations

from autograd import ops
from autograd.graph import topological
from autograd.nary import DOT, Nary
from autograd.ops import Operation
from autograd.value import Value, made


def expanded(root: Value) -> Value:
    """The graph below `root`, with each `sum` and `dot` written with `+` and `*`."""
    new: dict[int, Value] = {}
    for node in topological(root):
        if node._closure is not None:
            continue  # it speaks of its own operands
        operands = tuple([new.get(id(operand), operand) for operand in node._prev])
        if isinstance(node._rule, Nary):
            copy = _spelled(node, node._rule, operands)
        else:
            copy = made(node._rule, operands, node.data, node._local_grads)
        copy.data, copy.grad = node.data, node.grad
        copy._name_like(node)
        new[id(node)] = copy
    return new.get(id(root), root)


def _spelled(node: Value, rule: Nary, operands: tuple[Value, ...]) -> Value:
    """A node's products and partial sums, with the numbers of its forward pass and their gradients."""
    n, slopes = len(operands) // 2, node._local_grads
    then = (
        zip(slopes[:n], slopes[n : 2 * n], strict=True) if rule is DOT else iter(())
    )  # the factors of the forward pass

    def times(w: Value, x: Value) -> Value:
        x_then, w_then = next(then, (x.data, w.data))
        return part(ops.MUL, w, x, w_then * x_then, (x_then, w_then))

    def plus(a: Value, b: Value) -> Value:
        return part(ops.ADD, a, b, a.data + b.data, (1.0, 1.0))

    def part(operation: Operation, a: Value, b: Value, data: float, slopes: tuple[float, float]) -> Value:
        new = made(operation, (a, b), data, slopes)
        new.grad = node.grad
        if node.place:
            new.place = node.place
        return new

    whole: Value = rule.spelled(operands, plus, times)
    return whole
