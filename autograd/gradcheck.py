"""Checks derivatives against finite differences.

A derivative is right if it differs from the function's slope by no more than rounding and curvature can explain
(`slopes.py`). The rounding error of a function is estimated from its graph: each node contributes its own rounding
error times the derivative with respect to it. Source: S. Linnainmaa, "Taylor expansion of the accumulated rounding
error", BIT 16, 1976, the paper for which reverse mode was invented.

At a kink, such as that of relu at 0, any derivative between the slopes on its two sides is right.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from autograd import ops
from autograd.arguments import a_mapping, a_number
from autograd.arithmetic import strict
from autograd.graph import describe, topological
from autograd.modes import no_grad
from autograd.ops import Operation
from autograd.slopes import UNIT, Around, Verdict, judge
from autograd.structure import flat, like
from autograd.sweep import sweep
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.annotations import Function, Structure

OnFloats = Callable[..., float]

MOST = 4096
"""The number of operands of a node that is checked: for each of them the whole node is computed again."""


def gradcheck(
    f: Function | Value,
    args: Sequence[Structure] = (),
    *,
    forwards: Mapping[str, OnFloats] | None = None,
    atol: float = 0.0,
    rtol: float = 1e-5,
) -> bool:
    """Checks derivatives against finite differences: returns True, or raises an error that names the wrong one.

    There are two forms. `gradcheck(f, args)` checks the derivatives of a function with respect to each argument.
    `gradcheck(loss)` checks the local derivatives of each node of a graph, and finds the first node with a wrong rule.

    Args:
        f: a function of numbers or lists of numbers, or the root of a graph.
        args: the arguments at which to check, away from kinks.
        forwards: for nodes made by hand, the function that computes their data from their operands' data, by `_op`:
            `{"cube": lambda a: a**3}`. If `_op` is the symbol of a declared operation, such as `tanh`, none is needed.
        atol: an absolute tolerance, beyond what rounding explains.
        rtol: a tolerance relative to the slope.

    Raises:
        ValueError: a derivative is wrong; the message has the argument or node, both numbers and their difference. Or
            it cannot be checked: the function is not defined on both sides of an argument, rounding hides the slope, or
            a node has more than 4,096 operands.
        TypeError: there is nothing to check, or the `_op` of a node made by hand is unknown and not in `forwards`.

    Example:
        >>> from autograd import Value, gradcheck
        >>> gradcheck(lambda x, y: x.tanh() * y, [0.5, 2.0])
        True
        >>> a = Value(2.0, label="a")
        >>> cube = Value(8.0, (a,), "cube")
        >>> def backward():
        ...     a.grad += 2 * a.data**2 * cube.grad  # should be 3
        >>> cube._backward = backward
        >>> gradcheck(cube * 5, forwards={"cube": lambda a: a**3})
        Traceback (most recent call last):
        ...
        ValueError: the derivative of cube(a = 2.0) for operand 0 is 8.0, but finite differences give 12.0...
    """
    atol, rtol = a_number(atol, "atol", least=0.0), a_number(rtol, "rtol", least=0.0)
    if forwards is not None:
        a_mapping(forwards, "forwards", "a dict of functions by their operation")
    if isinstance(f, Value):
        for node in topological(f):
            if node._rule not in (ops.STOP, ops.SHIFT):  # their derivative is 0 on purpose
                _check_node(node, forwards or {}, atol, rtol)
        return True
    if not callable(f) or not isinstance(args, (list, tuple)) or not args:
        raise TypeError("gradcheck needs a function and a list of its arguments, gradcheck(f, [1.0, 2.0]), or a Value")
    _check_function(f, tuple(args), atol, rtol)
    return True


def _check_function(f: Function, args: tuple[Structure, ...], atol: float, rtol: float) -> None:
    numbers = [x.data if isinstance(x, Value) else a_number(x, "an argument") for x in flat(args)]
    rows = _derivatives(f, args, numbers)
    for i, (x, path) in enumerate(zip(numbers, _paths(args), strict=True)):

        def at(moved: float, i: int = i) -> list[float]:
            return _results(f, args, [*numbers[:i], moved, *numbers[i + 1 :]])

        around = Around(at, x)
        for k, row in enumerate(rows):
            which = f"the derivative for {path} = {x!r}" + (f" (result {k})" if len(rows) > 1 else "")
            verdict, slope = judge(around, k, row.slopes[i], noise=row.noise, blur=row.blurs[i], atol=atol, rtol=rtol)
            _refuse(which, row.slopes[i], verdict, slope)


class _Row:
    """The derivatives of one result for all arguments by `backward()`, and the rounding errors of both."""

    def __init__(self, root: Structure, leaves: list[Value]) -> None:
        for leaf in leaves:
            leaf.grad = 0.0
        self.noise, self.blurs = 0.0, [0.0] * len(leaves)
        if isinstance(root, Value):
            root.backward()
            self.noise = sum(abs(UNIT * node.grad * node.data) for node in topological(root))
            sizes = _sizes(root)
            self.blurs = [32.0 * UNIT * sizes.get(leaf, 0.0) for leaf in leaves]
        self.slopes = [float(leaf.grad) for leaf in leaves]


def _sizes(root: Value) -> dict[Value, float]:
    """For each node, the sum over all paths from the root of the products' absolute values, to which rounding is
    proportional.
    """
    return sweep(topological(root), {root: 1.0}, _size)


def _size(node: Value) -> Callable[[int], float]:
    if slopes := node._local_grads:
        return lambda i: abs(slopes[i])
    sent, operands = _sent(node), node._prev
    return lambda i: abs(sent.pop(operands[i], 0.0))  # of an operand that comes several times, all of it at once


def _derivatives(f: Function, args: tuple[Structure, ...], numbers: list[float]) -> list[_Row]:
    leaves = [Value(x) for x in numbers]
    return [_Row(root, leaves) for root in flat(f(*like(args, leaves)))]


def _results(f: Function, args: tuple[Structure, ...], numbers: list[float]) -> list[float]:
    with no_grad():
        found = f(*like(args, map(Value, numbers)))
    return [
        y.data if isinstance(y, Value) else a_number(y, "the result of the function", finite=False) for y in flat(found)
    ]


def _paths(args: tuple[Structure, ...]) -> list[str]:
    """The names of the numbers of all arguments, such as `argument 1[0]`."""
    paths: list[str] = []

    def walk(part: Structure, name: str) -> None:
        if isinstance(part, (list, tuple)):
            for k, inner in enumerate(part):
                walk(inner, f"{name}[{k}]")
        else:
            paths.append(name)

    for k, argument in enumerate(args):
        walk(argument, f"argument {k}")
    return paths


def _check_node(node: Value, forwards: Mapping[str, OnFloats], atol: float, rtol: float) -> None:
    forward = _forward_of(node, forwards)
    if len(node._prev) > MOST:
        raise ValueError(
            f"{node._op} has {len(node._prev):,} operands; gradcheck nudges each separately, and takes up to {MOST:,}"
        )
    data = [operand.data for operand in node._prev]
    again = forward(*data)
    if not math.isclose(again, node.data, rel_tol=rtol, abs_tol=atol):
        raise ValueError(
            f"{describe(node)} is {node.data!r}, but computed again it is {again!r}: its forward rule is wrong, or its "
            "operands' data were changed since (then call refresh() first)"
        )
    places: dict[Value, list[int]] = {}
    for i, operand in enumerate(node._prev):
        places.setdefault(operand, []).append(i)
    noise = _noise_inside(node, data)
    for operand, slope in _sent(node).items():

        def at(moved: float, moves: list[int] = places[operand]) -> list[float]:
            there = data.copy()
            for i in moves:
                there[i] = moved
            return [forward(*there)]

        which = f"the derivative of {describe(node)} for operand {' and '.join(map(str, places[operand]))}"
        blur = 32.0 * UNIT * sum(abs(node._local_grads[i]) for i in places[operand]) if node._local_grads else 0.0
        verdict, found = judge(Around(at, operand.data), 0, slope, noise=noise, blur=blur, atol=atol, rtol=rtol)
        _refuse(which, slope, verdict, found)


def _noise_inside(node: Value, data: list[float]) -> float:
    """The rounding error of a rule that consists of several operations, such as `m.exp(a) - 1`."""
    if not isinstance(node._rule, Operation):
        return 0.0
    from autograd.differentiable import values

    try:
        root = node._rule.forward(values, *map(Value, data))
    except (ArithmeticError, ValueError, TypeError):  # a rule that does more with its operands than an expression does
        return 0.0
    return _Row(root, []).noise


def _sent(node: Value) -> dict[Value, float]:
    """The gradient that a node adds to each operand if its own is 1. All gradients are restored."""
    kept = {v: v.grad for v in (node, *node._prev)}
    # One call of C, which no interrupt can come between.
    put_back: Callable[[], object] = partial(deque, map(setattr, kept, repeat("grad"), kept.values()), 0)
    try:
        for v in kept:
            v.grad = 0.0
        node.grad = 1.0
        node._backward()
        return {operand: float(operand.grad) for operand in node._prev}
    finally:
        put_back()


def _forward_of(node: Value, forwards: Mapping[str, OnFloats]) -> OnFloats:
    rule = node._rule
    if isinstance(rule, Operation):
        return _forward_of_rule(rule)
    if node._op in forwards:
        return forwards[node._op]
    for known in ops.OPERATIONS.values():
        if isinstance(known, Operation) and node._op in (known.symbol, known.name) and known.arity == len(node._prev):
            return _forward_of_rule(known)
    raise TypeError(
        f"{describe(node)} was made by hand, so its forward function is unknown: "
        f"pass the function, gradcheck(loss, forwards={{{node._op!r}: ...}})"
    )


def _forward_of_rule(rule: Operation) -> OnFloats:
    return lambda *data: float(rule.forward(strict, *data))


def _refuse(which: str, claimed: float, verdict: Verdict, slope: float) -> None:
    """Raises if a derivative is wrong."""
    if verdict is Verdict.WRONG:
        error, known = abs(claimed - slope), float(f"{slope:.9g}")
        raise ValueError(f"{which} is {claimed!r}, but finite differences give {known!r}: they differ by {error:.2g}")
    if verdict is not Verdict.RIGHT:
        raise ValueError(f"{which} cannot be checked: {verdict.value}")
