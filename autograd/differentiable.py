"""Differentiable derivatives: rules evaluated in an arithmetic of Values, and the chain rule over them.

The partials are those of `ops.py`, which `backward()` uses too, applied to Values instead of floats: a derivative is
then itself a graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from autograd import modes, ops
from autograd.arithmetic import Arithmetic, quiet
from autograd.atomic import assign
from autograd.choices import partial
from autograd.floats import NOTHING
from autograd.graph import check_gradient, describe, gradient as gradient_of, topological
from autograd.ops import Operation
from autograd.primitives import Primitive
from autograd.sweep import Local, sweep
from autograd.value import Value, apply, operand

if TYPE_CHECKING:
    from autograd.annotations import Gradient

# An arithmetic of Values


def _recorded(name: str) -> Callable[..., Gradient]:
    """The operation with a name, recorded in the graph if one of its operands is a Value."""

    def record(*operands: Gradient) -> Gradient:
        return _record(ops.find(name), *operands)

    return record


def _record(operation: Operation, *operands: Gradient) -> Gradient:
    operation = ops.quietly(operation)
    if not any(isinstance(operand, Value) for operand in operands):
        found: float = operation.forward(quiet, *operands)
        return found
    return apply(operation, *[x if isinstance(x, Value) else Value(x) for x in operands])


def _power(a: Gradient, b: Gradient) -> Gradient:
    return _record(ops.POW, a, b) if isinstance(b, Value) else _record(ops.power(float(b)), a)


def as_number(x: Gradient) -> float:
    """A number, or a Value's number."""
    return x._data if isinstance(x, Value) else float(x)


def _of_values(primitive: Primitive) -> Callable[..., Gradient]:
    """A primitive over numbers and Values: the operation with its name, recorded."""
    if primitive.head == "**":
        return _power
    return _recorded(primitive.operation)


values = Arithmetic(_of_values)
"""Values: derivatives that can be differentiated again."""

# The chain rule, in both directions, over gradients that are floats or Values


def differentiable(node: Value) -> Callable[[int], Gradient]:
    """The local derivatives, computed again as Values, or as floats if they are constant by the rule."""
    rule = node._rule
    if not isinstance(rule, Operation):
        raise TypeError(
            f"{describe(node)} was made by hand and has no rule that could be differentiated again: "
            "declare the operation with autograd.operation"
        )
    operands, known = node._prev, node._local_grads

    def local(i: int) -> Gradient:
        slope = _slope(rule, i, node, operands)
        now, then = as_number(slope), known[i]
        if now != then and (now == now or then == then):
            raise RuntimeError(
                f"{describe(node)} was computed before its operands' data were changed (its derivative was {then!r} "
                f"and would now be {now!r}): call refresh() on the result first"
            )
        return slope

    return local


def _slope(rule: Operation, i: int, y: Value, operands: Sequence[Value]) -> Gradient:
    """A local derivative as a Value or a number; it is one node if it chooses between cases."""
    choice = partial(rule, i) if rule.partials else None
    if choice is None:
        slope = rule.slope(i, values, y, operands)
        return NOTHING if type(slope) is float and slope == 0.0 else slope
    named = {"y": y} | {f"x{k}": operand for k, operand in enumerate(operands)}
    return apply(choice, *[named[name] for name in choice.reads])


def _times(slope: Gradient, grad: Gradient) -> Gradient:
    """Their product, without a node if the slope is the constant 0 or 1."""
    if isinstance(slope, Value):
        return slope * grad
    if slope == 1.0:
        return grad
    return 0.0 if slope == 0.0 and math.isfinite(as_number(grad)) else slope * grad


def _plus(one: Gradient, other: Gradient) -> Gradient:
    if type(other) is float and other == 0.0:
        return one
    return other if type(one) is float and one == 0.0 else one + other


def _reverse(
    seeds: dict[Value, Gradient], order: list[Value], wanted: set[Value], local: Local[Gradient]
) -> dict[Value, Gradient]:
    """The gradients of the wanted nodes, as floats or Values, given those in `seeds`."""
    check = _check if modes.checking() else None
    with modes.ordinary():
        return sweep(order, dict(seeds), local, wanted=wanted, plus=_plus, times=_times, check=check)


def _check(operand: Value, gradient: Gradient, node: Value, above: Gradient) -> None:
    check_gradient(operand, as_number(gradient), node, as_number(above))


def adjoints(
    roots: Sequence[Value], seeds: Sequence[Gradient], wrt: Sequence[Value], local: Local[Gradient]
) -> list[Gradient]:
    """The derivatives of the roots, weighted by the seeds and added up, with respect to each of `wrt`.

    Only nodes between the two are visited. Those in `wrt` count as independent: no gradient passes from one to another.
    """
    order = []
    between = set(wrt)
    for node in topological(*roots, known=wrt):
        if any(operand in between for operand in node._prev):
            between.add(node)
            order.append(node)
    given: dict[Value, Gradient] = {}
    for root, seed in zip(roots, seeds, strict=True):
        given[root] = _plus(given.get(root, 0.0), seed)
    gradient = _reverse(given, order, between, local)
    return [gradient.get(v, 0.0) for v in wrt]


def tangents(roots: Sequence[Value], directions: dict[Value, Gradient], local: Local[Gradient]) -> list[Gradient]:
    """The tangent of each root, given those of the Values in `directions`: the chain rule in forward mode."""
    known = dict(directions)
    with modes.ordinary():
        for node in topological(*roots, known=directions):
            local_slope = local(node)
            for i, operand in enumerate(node._prev):
                if operand in known and (slope := local_slope(i)) is not NOTHING:
                    known[node] = _plus(known.get(node, 0.0), _times(slope, known[operand]))
    return [known.get(root, 0.0) for root in roots]


def backward_with_graph(root: Value, gradient: Gradient) -> None:
    """`root.backward(gradient, create_graph=True)`: sets gradients that are Values; sets nothing if it raises."""
    order = topological(root)
    everything = {root}
    for node in order:
        everything.update(node._prev)
    found = _reverse({root: operand(gradient)}, order, everything, differentiable)
    with modes.ordinary():
        sums = []
        for node, added in found.items():
            grad = operand(added)
            if not node._prev:
                earlier = node.grad if isinstance(node.grad, Value) else gradient_of(node)
                if isinstance(earlier, Value) or earlier != 0.0:
                    grad = earlier + grad
            sums.append(grad)
    assign(found, "grad", sums)
