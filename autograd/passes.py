"""Fast passes over a graph: evaluating its nodes again, and the backward pass on floats.

Besides `value.py` this is the only file that knows how a node stores its operands. The backward pass is an optimised
form of simpler code elsewhere. It is equal, to the bit, to

    for node in every_node(root): node.grad = zero                   # graph.py
    root.grad = gradient
    for node in reversed(topological(root)):                         # graph.py
        if node.grad is not zero: node._backward()                   # the chain rule at one node, value.py

after which the leaves' earlier gradients are added to the new ones. A node whose gradient is still the initial zero has
received nothing: the derivatives of all its users are 0 by their rules. The pass also equals the sweep that computes
all other gradients,

    sweep(topological(root), {root: gradient}, stored)               # sweep.py

`tests/test_passes.py` checks it against both.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from autograd import modes, ops
from autograd.graph import assigned, check_gradient, describe, topological
from autograd.nary import DOT, SUM
from autograd.ops import Operation

if TYPE_CHECKING:
    from autograd.annotations import Gradient
    from autograd.kernels import Kernel
    from autograd.value import Value


# Forward


def evaluate(node: Value, rule: Operation, kernel: Kernel | None = None) -> None:
    """Computes a node's data and local derivatives from its operands' data, by the rule's kernel or the given one.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: an operand is out of the operation's domain.
    """
    a, b = node._a, node._b
    if rule is DOT:
        node._da, node._db = tuple([x._data for x in b]), tuple([w._data for w in a])
        add_up(node)
        return
    if rule is SUM:
        total, *terms = [operand._data for operand in a]
        for term in terms:  # not `sum`, which rounds differently since Python 3.12
            total += term
        node._data = total
        return
    kernel = kernel or rule.evaluate
    try:
        if b is not None:
            node._data, node._da, node._db = kernel(a._data, b._data)
        elif type(a) is not tuple:
            node._data, node._da = kernel(a._data)
        else:
            node._data, *slopes = kernel(*[operand._data for operand in a])
            node._da = tuple(slopes)
    except (ArithmeticError, ValueError) as error:
        raise explained(error, node) from None


def add_up(node: Value) -> None:
    """Computes a dot's data from its operands' data: those of the xs are in `_da`, those of the ws in `_db`."""
    ws = node._db
    products = zip(ws, node._da)  # noqa: B905 - the bias comes after the ws, without an x
    if len(ws) > len(node._da):
        total = ws[-1]
    else:
        w, x = next(products)
        total = w * x
    for w, x in products:
        total += w * x
    node._data = total


def dot(ws: tuple[Value, ...], x_data: tuple[float, ...]) -> float:
    """The same result without a node: `ws` are the weights and, after them, the bias; `x_data` the data of the xs."""
    pairs = zip(ws, x_data)  # noqa: B905 - as above
    if len(ws) > len(x_data):
        total = ws[-1]._data
    else:
        w, x = next(pairs)
        total = w._data * x
    for w, x in pairs:
        total += w._data * x
    return total


def explained(error: Exception, node: Value) -> Exception:
    """An error of Python's floats, with the operation, its operands and its domain."""
    kinds = (ZeroDivisionError, OverflowError, ValueError)
    kind = next((kind for kind in kinds if isinstance(error, kind)), OverflowError)
    reason = node._rule.reason(kind) if isinstance(node._rule, Operation) else ""
    return kind(f"{describe(node)}: {reason or error}")


def check(node: Value) -> None:
    """Raises within `detect_anomaly()` if the number is inf or nan."""
    if modes.checking() and not isfinite(node._data):
        raise FloatingPointError(f"{describe(node)} is {node._data}, the first result that is not finite")


_below: WeakKeyDictionary[Value, list[Value]] = WeakKeyDictionary()
"""The nodes below a root that is evaluated repeatedly, in order; without the root, which would keep itself alive."""


def evaluate_again(root: Value) -> None:
    """Evaluates the nodes below a root, and the root, again. After any error all are unchanged.

    Raises:
        TypeError: a node was made by hand.
        ValueError, ZeroDivisionError, OverflowError, FloatingPointError: as at the first evaluation.
    """
    if root._a is None:
        return
    if root not in _below:
        _below[root] = topological(root)[:-1]
    order = [*_below[root], root]
    add, mul, dot = ops.ADD, ops.MUL, DOT
    # The data of the tuples that dots share; all their operands are evaluated before the first such dot.
    data: dict[int, tuple[float, ...]] = {}
    # As columns: a list of tuples would give the garbage collector as much work as the graph.
    numbers = [node._data for node in order]
    slopes = [node._da for node in order], [node._db for node in order]
    try:
        for node in order:
            rule = node._rule
            if rule is mul:
                node._db = x = node._a._data
                node._da = y = node._b._data
                node._data = x * y
            elif rule is add:
                node._data = node._a._data + node._b._data
            elif rule is dot:
                if (xs := data.get(id(node._b))) is None:
                    xs = data[id(node._b)] = tuple([x._data for x in node._b])
                if (ws := data.get(id(node._a))) is None:
                    ws = data[id(node._a)] = tuple([w._data for w in node._a])
                node._da, node._db = xs, ws
                add_up(node)
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
    """Sets the gradients of `root`, to `gradient`, and of all nodes below it; adds to those of leaves.

    Raises:
        FloatingPointError: within `detect_anomaly()`, a gradient is not finite. After any error leaves have their
            earlier gradients, and inner nodes have 0.
        TypeError: something that is no number was assigned to a leaf's gradient.
    """
    held: list[tuple[Value, Gradient]] = []
    order: list[Value] = []
    try:
        zero = float("0")
        _meet(root, order, held, zero)
        root.grad = gradient
        if modes.unusual and modes.checking():
            _send_checked(order, zero)
        else:
            _send(order, zero)
        for leaf, grad in held:
            if grad.__class__ is not float and not hasattr(grad, "_data"):  # a Value keeps its graph
                grad = assigned(leaf, grad)
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
"""The types of a leaf's `grad` that need not be kept if it is 0 or None. A Value that is 0 has a graph to keep.

They are compared with `__class__`, since an interrupt could come at a call, such as `type(old)`, before `old` is kept.
"""


def _meet(root: Value, order: list[Value], held: list[tuple[Value, Gradient]], zero: float) -> None:
    """Fills `order` as `topological` does, sets all gradients to 0, and saves the leaves' gradients in `held`.

    A gradient that *is* this pass's zero, an object of its own, marks a visited node. The walk descends along first
    operands while they are new, and visits second operands on the way up. `path` holds the nodes above, `rest` the
    remaining operands of nodes with more than two.
    """
    path: list[Value] = []
    rest: dict[int, Iterator[Value]] = {}
    whole: set[int] = set()
    mul = ops.MUL
    node = root
    if root._a is None:
        held.append((root, root.grad))
        return
    root.grad = zero
    while True:
        a: Any = node._a
        if type(a) is not tuple:
            while (old := a.grad) is not zero:
                a.grad = zero
                if (below := a._a) is None:
                    if old.__class__ not in _NOTHING or old:
                        held.append((a, old))
                    break
                path.append(node)
                node, a = a, below
                if type(a) is tuple:
                    break
        if type(a) is not tuple:
            b = node._b
        elif (inner := _next_below(node, zero, rest, whole, held)) is not None:
            path.append(node)
            node = inner
            continue
        else:
            b = None
        while True:
            if b is not None and (old := b.grad) is not zero:
                b.grad = zero
                if (x := b._a) is None:
                    if old.__class__ not in _NOTHING or old:
                        held.append((b, old))
                else:
                    if b._rule is mul:  # usually of two leaves, a weight and an input; `old` is zero for a visited one
                        if (old := x.grad) is not zero and x._a is None:
                            x.grad = zero
                            if old.__class__ not in _NOTHING or old:
                                held.append((x, old))
                            old = zero
                        if old is zero:
                            y = b._b
                            if (old := y.grad) is not zero and y._a is None:
                                y.grad = zero
                                if old.__class__ not in _NOTHING or old:
                                    held.append((y, old))
                                old = zero
                            if old is zero:
                                order.append(b)
                                b = None
                    if b is not None:
                        path.append(node)
                        node = b
                        break
            order.append(node)
            if not path:
                return
            node = path.pop()
            if rest and id(node) in rest:
                break  # it has more operands to visit
            b = node._b


def _next_below(
    node: Value, zero: float, rest: dict[int, Iterator[Value]], whole: set[int], held: list[tuple[Value, Gradient]]
) -> Value | None:
    """The next operand of an n-ary node to descend to; marks it, and the leaves before it, as visited.

    The neurons of a layer share their xs, so most dots of a network have few new operands: a tuple that has been
    visited completely is skipped. `rest` holds the operands still to visit.
    """
    ws, xs = node._a, node._b
    if id(ws) in whole and id(xs) in whole:
        return None
    for operand in (operands := rest.pop(id(node), None) or _not_whole(ws, xs, whole)):
        if (old := operand.grad) is not zero:
            operand.grad = zero
            if operand._a is not None:
                rest[id(node)] = operands
                return operand
            if old.__class__ not in _NOTHING or old:
                held.append((operand, old))
    whole.add(id(ws))
    whole.add(id(xs))
    return None


def _not_whole(ws: tuple[Value, ...], xs: tuple[Value, ...] | None, whole: set[int]) -> Iterator[Value]:
    """The operands of an n-ary node, without the tuples that have been visited completely."""
    if xs is None:
        return iter(ws)
    count = len(xs)
    first, last = ((), ()) if id(ws) in whole else (ws[:count], ws[count:])
    return chain(first, () if id(xs) in whole else xs, last)


def _send(order: list[Value], zero: float) -> None:
    """Applies the chain rule at each node that received a gradient, last first."""
    add, dot = ops.ADD, DOT
    for node in reversed(order):
        grad, b, rule = node.grad, node._b, node._rule
        if grad is zero:
            continue
        if rule is add:
            node._a.grad += grad
            b.grad += grad
        elif rule is dot:
            x_data, w_data = node._da, node._db
            if grad == 0.0 and isfinite(sum(x_data)) and isfinite(sum(w_data)):
                continue  # every contribution is 0, as in a neuron whose relu is off
            # From the last product to the first, as in the graph that a dot stands for.
            ws, w_numbers, bias = reversed(node._a), reversed(w_data), None
            if len(node._a) > len(b):
                bias = next(ws)
                next(w_numbers)
                if bias is node._a[0] or bias is b[0]:
                    node._backward()  # in exact order: the bias comes before the first product
                    continue
            for w, x, dw, dx in zip(ws, reversed(b), reversed(x_data), w_numbers):  # noqa: B905 - as above
                w.grad += dw * grad
                x.grad += dx * grad
            if bias is not None:
                bias.grad += grad
        elif b is not None:
            node._a.grad += node._da * grad
            b.grad += node._db * grad
        elif type(node._a) is tuple:
            node._backward()
        else:
            node._a.grad += node._da * grad


def _send_checked(order: list[Value], zero: float) -> None:
    """The same, but raises at the first gradient that is not finite."""
    for node in reversed(order):
        if node.grad is zero:
            continue
        node._backward()
        for operand in node._prev:
            check_gradient(operand, operand.grad, node, node.grad)
