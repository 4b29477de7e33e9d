"""Derivatives checked against finite differences: what to run after writing one's own.

A derivative is compared with the slope between two points close by, (f(x+h) - f(x-h)) / 2h. The error of that slope is
about h² from the curve's bend and about 1e-16/h from rounding, so h is about the cube root of 1e-16, times the scale on
which f changes. That may be 1, or x itself where x is small: both are tried. At a kink, such as that of relu at 0, any
derivative between the slopes on its two sides is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd import ops
from autograd.arithmetic import strict
from autograd.graph import describe, topological
from autograd.modes import no_grad
from autograd.ops import Operation
from autograd.structure import flat, like
from autograd.value import Value

_STEP = 2.0**-17
"""About the cube root of the distance between 1.0 and the next float."""

Forward = Callable[..., float]


def gradcheck(
    f: Callable[..., Any] | Value,
    args: Sequence[Any] = (),
    *,
    forwards: Mapping[str, Forward] | None = None,
    atol: float = 1e-6,
    rtol: float = 1e-5,
) -> bool:
    """Whether derivatives agree with finite differences: True, or an error that says which does not.

    Two forms: `gradcheck(f, args)` checks the derivatives of a function by each of its arguments; `gradcheck(loss)`
    checks the local derivatives of each node of a graph by themselves, and so finds the first node whose rule is wrong.

    Args:
        f: a function of numbers or lists of numbers, or the root of a graph.
        args: the arguments to check it at, away from its kinks.
        forwards: for nodes made by hand, how each kind computes its data from those of its operands:
            `{"cube": lambda a: a**3}`. Kinds whose `_op` is a symbol known here, such as `tanh`, need none.
        atol: the absolute difference allowed.
        rtol: the difference allowed, relative to the finite difference.

    Raises:
        ValueError: a derivative is wrong. The message has the argument or node, both numbers, and their difference. Or
            the function is not defined on both sides of an argument.
        TypeError: there is nothing to check; or a node made by hand is of a kind that is not known here, nor in
            `forwards`.

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
    if isinstance(f, Value):
        for node in topological(f):
            if node._rule is not ops.STOP:  # its derivative is 0 on purpose
                _check_node(node, forwards or {}, atol, rtol)
        return True
    if not callable(f) or not isinstance(args, (list, tuple)) or not args:
        raise TypeError("gradcheck needs a function and a list of its arguments, gradcheck(f, [1.0, 2.0]), or a Value")
    _check_function(f, tuple(args), atol, rtol)
    return True


def _check_function(f: Callable[..., Any], args: tuple[Any, ...], atol: float, rtol: float) -> None:
    numbers = [float(x.data if isinstance(x, Value) else x) for x in flat(args)]
    rows = _derivatives(f, args, numbers)
    for i, x in enumerate(numbers):

        def at(moved: float, i: int = i) -> list[float]:
            return _results(f, args, [*numbers[:i], moved, *numbers[i + 1 :]])

        slopes = _slopes_around(at, x, f"{_path(args, i)} = {x!r}")
        for k, row in enumerate(rows):
            which = f"{_path(args, i)} = {x!r}" + (f" (result {k})" if len(rows) > 1 else "")
            around = [(between[k], left[k], right[k]) for between, left, right in slopes]
            _compare(f"the derivative for {which}", row[i], around, atol, rtol)


def _derivatives(f: Callable[..., Any], args: tuple[Any, ...], numbers: list[float]) -> list[list[float]]:
    """For each result its derivatives by all numbers, as `backward()` gives them."""
    leaves = [Value(x) for x in numbers]
    rows = []
    for root in flat(f(*like(args, leaves))):
        for leaf in leaves:
            leaf.grad = 0.0
        if isinstance(root, Value):
            root.backward()
        rows.append([float(leaf.grad) for leaf in leaves])
    return rows


def _results(f: Callable[..., Any], args: tuple[Any, ...], numbers: list[float]) -> list[float]:
    with no_grad():
        found = f(*like(args, map(Value, numbers)))
    return [y.data if isinstance(y, Value) else float(y) for y in flat(found)]


def _path(args: tuple[Any, ...], i: int) -> str:
    """The name of number i of all arguments: `argument 1[0]`."""
    paths: list[str] = []

    def walk(part: Any, name: str) -> None:
        if isinstance(part, (list, tuple)):
            for k, inner in enumerate(part):
                walk(inner, f"{name}[{k}]")
        else:
            paths.append(name)

    for k, argument in enumerate(args):
        walk(argument, f"argument {k}")
    return paths[i]


def _check_node(node: Value, forwards: Mapping[str, Forward], atol: float, rtol: float) -> None:
    forward = _forward_of(node, forwards)
    data = [operand.data for operand in node._prev]
    again = forward(*data)
    if not math.isclose(again, node.data, rel_tol=rtol, abs_tol=atol):
        raise ValueError(
            f"{describe(node)} is {node.data!r}, but computed again it is {again!r}: its forward rule is wrong, or its "
            "operands' data were changed since (then call refresh() first)"
        )
    for operand, slope in _sent(node).items():
        places = [i for i, each in enumerate(node._prev) if each is operand]

        def at(moved: float, places: list[int] = places) -> list[float]:
            return [forward(*[moved if i in places else x for i, x in enumerate(data)])]

        which = f"the derivative of {describe(node)} for operand {' and '.join(map(str, places))}"
        slopes = _slopes_around(at, operand.data, which)
        _compare(which, slope, [(between[0], left[0], right[0]) for between, left, right in slopes], atol, rtol)


def _sent(node: Value) -> dict[Value, float]:
    """What a node adds to the gradient of each operand when its own is 1; all gradients are put back."""
    kept = {v: v.grad for v in (node, *node._prev)}
    try:
        for v in kept:
            v.grad = 0.0
        node.grad = 1.0
        node._backward()
        return {operand: float(operand.grad) for operand in node._prev}
    finally:
        for v, grad in kept.items():
            v.grad = grad


def _forward_of(node: Value, forwards: Mapping[str, Forward]) -> Forward:
    rule = node._rule
    if isinstance(rule, Operation):
        return _forward_of_rule(rule)
    if node._op in forwards:
        return forwards[node._op]
    for known in ops.OPERATIONS.values():
        if isinstance(known, Operation) and node._op in (known.symbol, known.name) and known.arity == len(node._prev):
            return _forward_of_rule(known)
    raise TypeError(
        f"{describe(node)} was made by hand, and how it is computed is not known here: "
        f"pass gradcheck(loss, forwards={{{node._op!r}: ...}}) with the function"
    )


def _forward_of_rule(rule: Operation) -> Forward:
    return lambda *data: float(rule.forward(strict, *data))


def _slopes_around(
    at: Callable[[float], list[float]], x: float, which: str
) -> list[tuple[list[float], list[float], list[float]]]:
    """The slopes of all results near x, between two points and on either side of x, for each step that can be taken."""
    found = []
    here = at(x)
    for scale in dict.fromkeys((max(1.0, abs(x)), abs(x) or 1.0, _STEP * max(1.0, abs(x)))):
        low, high = x - _STEP * scale, x + _STEP * scale
        try:
            below, above = at(low), at(high)
        except (ArithmeticError, ValueError):
            continue
        found.append((_slopes(low, below, high, above), _slopes(low, below, x, here), _slopes(x, here, high, above)))
    if not found:
        raise ValueError(f"{which} cannot be checked: the function is not defined on both sides close by")
    return found


def _slopes(a: float, at_a: list[float], b: float, at_b: list[float]) -> list[float]:
    return [(q - p) / (b - a) for p, q in zip(at_a, at_b, strict=True)]


def _compare(which: str, found: float, slopes: list[tuple[float, float, float]], atol: float, rtol: float) -> None:
    """Raises unless a derivative is near one of the slopes, or between those on the two sides of a step."""
    for between, left, right in slopes:
        allowed = atol + rtol * abs(between)
        if abs(found - between) <= allowed or min(left, right) - allowed <= found <= max(left, right) + allowed:
            return
    expected = slopes[0][0]
    error = abs(found - expected)
    raise ValueError(f"{which} is {found!r}, but finite differences give {expected!r}: they differ by {error:.2g}")
