"""The two passes over a graph, fast: evaluating its nodes again, and the backward pass on floats.

Beside `value.py` this is the only file that knows how a node keeps its operands. The backward pass is a second form of
what stands elsewhere in plain words: it is equal, to the bit, to

    for node in every_node(root): node.grad = 0.0                    # graph.py
    root.grad = gradient
    for node in reversed(topological(root)): node._backward()        # graph.py; the chain rule at one node, value.py

after which what leaves held before is added to what they got. `tests/test_passes.py` holds it to that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from autograd import modes, ops
from autograd.graph import check_gradient, describe
from autograd.nary import Nary
from autograd.ops import Operation

if TYPE_CHECKING:
    from autograd.kernels import Kernel
    from autograd.value import Value


# Forward


def evaluate(node: Value, rule: Operation, kernel: Kernel | None = None) -> None:
    """Computes a node's data and local derivatives from its operands' data, by the rule's kernel or another.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: an operand is out of the operation's domain.
    """
    a, b = node._a, node._b
    try:
        if isinstance(rule, Nary):
            node._data, node._da = rule.added_up([operand._data for operand in a])
            return
        kernel = kernel or rule.evaluate
        if b is not None:
            node._data, node._da, node._db = kernel(a._data, b._data)
        elif type(a) is not tuple:
            node._data, node._da = kernel(a._data)
        else:
            node._data, *slopes = kernel(*[operand._data for operand in a])
            node._da = tuple(slopes)
    except (ArithmeticError, ValueError) as error:
        raise explained(error, node) from None


def explained(error: Exception, node: Value) -> Exception:
    """The error of Python's floats, with the operation and its operands, and where it is defined."""
    kinds = (ZeroDivisionError, OverflowError, ValueError)
    kind = next((kind for kind in kinds if isinstance(error, kind)), OverflowError)
    reason = node._rule.reason(kind) if isinstance(node._rule, Operation) else ""
    return kind(f"{describe(node)}: {reason or error}")


def check(node: Value) -> None:
    """Raises within `detect_anomaly()` if the number is inf or nan."""
    if modes.checking() and not math.isfinite(node._data):
        raise FloatingPointError(f"{describe(node)} is {node._data}, the first result that is not finite")


def evaluate_again(order: list[Value]) -> None:
    """Evaluates the nodes, operands before results. After any error all are as they were.

    Raises:
        TypeError: a node was made by hand.
        ValueError, ZeroDivisionError, OverflowError, FloatingPointError: as at the first evaluation.
    """
    add, mul = ops.ADD, ops.MUL
    # As columns: a list of tuples would be as much work for the garbage collector as the graph.
    numbers = [node._data for node in order]
    slopes = [node._da for node in order], [node._db for node in order]
    try:
        for node in order:
            rule = node._rule
            if rule is mul:
                node._db = x = node._a._data
                node._da = y = node._b._data  # type: ignore[union-attr]
                node._data = x * y
            elif rule is add:
                node._data = node._a._data + node._b._data  # type: ignore[union-attr]
            elif isinstance(rule, Operation):
                evaluate(node, rule)
            else:
                raise TypeError(f"{describe(node)} was made by hand: only its maker knows how to compute it")
            if modes.unusual:
                check(node)
    except BaseException:
        for node, number, da, db in zip(order, numbers, *slopes, strict=True):
            node._data, node._da, node._db = number, da, db
        raise


# Backward


def backward(root: Value, gradient: float) -> None:
    """Sets the gradients of all nodes below `root`, whose own is `gradient`; adds to those of leaves.

    Raises:
        FloatingPointError: within `detect_anomaly()`, a gradient is not finite. After any error leaves hold what they
            held before, and inner nodes 0.
    """
    held: list[tuple[Value, Any]] = []
    order: list[Value] = []
    try:
        _meet(root, order, held)
        root.grad = gradient
        if modes.unusual and modes.checking():
            _send_checked(order)
        else:
            _send(order)
        for leaf, grad in held:
            leaf.grad = grad + leaf.grad
    except BaseException:
        for node in order:
            node.grad = 0.0
            for operand in node._prev:
                operand.grad = 0.0
        for leaf, grad in held:
            leaf.grad = grad
        raise


_NOTHING = (float, int, type(None))
"""What a leaf may hold that is no gradient, where it is 0 or None. A Value that is 0 says what it depends on."""


def _meet(root: Value, order: list[Value], held: list[tuple[Value, Any]]) -> None:
    """Fills `order` as `topological` does, sets all gradients to 0, and puts what leaves held into `held`.

    A gradient that *is* this pass's zero, an object of its own, marks a node that has been met. `node` is where the
    walk is, and `path` the nodes above it that still have operands to go to.
    """
    zero = float("0")
    path: list[Value] = []
    rest: dict[int, Iterator[Value]] = {}
    node = root
    if root._a is None:
        held.append((root, root.grad))
        return
    root.grad = zero
    while True:
        a, b = node._a, node._b
        if b is not None:
            if (old := a.grad) is not zero:
                a.grad = zero
                if a._a is not None:
                    path.append(node)
                    node = a
                    continue
                if old or type(old) not in _NOTHING:
                    held.append((a, old))
            if (old := b.grad) is not zero:
                b.grad = zero
                if b._a is None:
                    if old or type(old) not in _NOTHING:
                        held.append((b, old))
                elif b._b is not None and b._a.grad is zero and b._b.grad is zero:
                    order.append(b)  # such as the product of a weight and an input that have been met already
                else:
                    path.append(node)
                    node = b
                    continue
        else:
            operands = rest.setdefault(id(node), iter(a)) if type(a) is tuple else (a,)
            inner = _next_unmet(operands, zero, held)
            if inner is not None:
                path.append(node)
                node = inner
                continue
        order.append(node)
        if not path:
            return
        node = path.pop()


def _next_unmet(operands: Iterable[Value], zero: float, held: list[tuple[Value, Any]]) -> Value | None:
    """The next operand that the walk has to go down to; it and the leaves before it count as met from then on."""
    for operand in operands:
        if (old := operand.grad) is not zero:
            operand.grad = zero
            if operand._a is not None:
                return operand
            if old or type(old) not in _NOTHING:
                held.append((operand, old))
    return None


def _send(order: list[Value]) -> None:
    """Applies the chain rule at each node, the last first."""
    add = ops.ADD
    for node in reversed(order):
        grad, b = node.grad, node._b
        if node._rule is add:
            node._a.grad += grad
            b.grad += grad  # type: ignore[union-attr]
        elif b is not None:
            node._a.grad += node._da * grad
            b.grad += node._db * grad
        elif type(node._a) is tuple:
            node._backward()
        else:
            node._a.grad += node._da * grad


def _send_checked(order: list[Value]) -> None:
    """The same, raising at the first gradient that is not finite."""
    for node in reversed(order):
        node._backward()
        for operand in node._prev:
            check_gradient(operand, operand.grad, node, node.grad)
