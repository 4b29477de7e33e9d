"""Derivatives of functions, to any order.

`grad`, `value_and_grad`, `jacobian`, `hessian` and `jvp` take a function of numbers and return derivatives. They apply
the partials of `ops.py`, the ones that `backward()` uses, to Values instead of floats: a derivative is then a graph as
well, which can be differentiated in turn. Nothing here touches `.grad`, except `backward(create_graph=True)`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from typing import Any

from autograd import modes, ops
from autograd.arithmetic import Arithmetic, quiet
from autograd.atomic import assign
from autograd.choices import partial
from autograd.graph import check_gradient, describe, topological
from autograd.ops import Operation
from autograd.primitives import Primitive
from autograd.structure import flat, like, mapped
from autograd.value import Value, apply

# An arithmetic of Values


def _recorded(name: str) -> Callable[..., Any]:
    """The operation of that name, recorded in the graph where one of its operands is a Value."""

    def record(*operands: Any) -> Any:
        return _record(ops.find(name), *operands)

    return record


def _record(operation: Operation, *operands: Any) -> Any:
    operation = ops.quietly(operation)
    if not any(isinstance(operand, Value) for operand in operands):
        return operation.forward(quiet, *operands)
    return apply(operation, *[x if isinstance(x, Value) else Value(x) for x in operands])


def _power(a: Any, b: Any) -> Any:
    return _record(ops.POW, a, b) if isinstance(b, Value) else _record(ops.power(float(b)), a)


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


def _of_values(primitive: Primitive) -> Callable[..., Any]:
    """A primitive over numbers and Values: the operation of its name, recorded."""
    if primitive.head == "**":
        return _power
    return _recorded(primitive.operation)


values = Arithmetic(_of_values)
"""Values: derivatives that can be differentiated again."""

# The chain rule, in either direction, over gradients that are floats or Values

Local = Callable[[Value], Callable[[int], Any]]
"""`local(node)(i)`: the derivative of a node with respect to its operand number i."""


def stored(node: Value) -> Callable[[int], Any]:
    """The local derivatives that the forward pass left: floats."""
    locals_ = node._local_grads
    if not locals_:
        raise TypeError(
            f"{describe(node)} was made by hand, and only its _backward knows its derivatives: call backward() on the "
            "result instead, or declare the operation with autograd.operation"
        )
    return locals_.__getitem__


def differentiable(node: Value) -> Callable[[int], Any]:
    """The same, computed again as Values; or floats, where the rule says that they are constant."""
    rule = node._rule
    if not isinstance(rule, Operation):
        raise TypeError(
            f"{describe(node)} was made by hand and has no rule that could be differentiated again: "
            "declare the operation with autograd.operation"
        )
    operands, known = node._prev, node._local_grads

    def local(i: int) -> Any:
        slope = _slope(rule, i, node, operands)
        now, then = _number(slope), known[i]
        if now != then and (now == now or then == then):
            raise RuntimeError(
                f"{describe(node)} was computed before its operands' data were changed (its derivative was {then!r} "
                f"and would now be {now!r}): call refresh() on the result first"
            )
        return slope

    return local


def _slope(rule: Operation, i: int, y: Value, operands: Sequence[Value]) -> Any:
    """A local derivative as a Value or a number: as one node, where it chooses between cases."""
    choice = partial(rule, i) if rule.partials else None
    if choice is None:
        return rule.slope(i, values, y, operands)
    named = {"y": y} | {f"x{k}": operand for k, operand in enumerate(operands)}
    return apply(choice, *[named[name] for name in choice.reads])


def _times(slope: Any, grad: Any) -> Any:
    """Their product, without a node where the slope is the constant 0 or 1."""
    if isinstance(slope, Value):
        return slope * grad
    if slope == 1.0:
        return grad
    if slope == 0.0 and math.isfinite(_number(grad)):
        return 0.0
    return slope * grad


def _plus(one: Any, other: Any) -> Any:
    if type(other) is float and other == 0.0:
        return one
    return other if type(one) is float and one == 0.0 else one + other


def _reverse(root: Value, seed: Any, order: list[Value], wanted: set[Value], local: Local) -> dict[Value, Any]:
    """The gradients of the wanted nodes, from `root` whose own is `seed`, going through `order` from its end."""
    checking = modes.checking()
    gradient: dict[Value, Any] = {root: seed}
    with modes.ordinary():
        for node in reversed(order):
            above = gradient.get(node, 0.0)
            operands, slope = node._prev, local(node)
            for i in node._order():
                operand = operands[i]
                if operand not in wanted:
                    continue
                gradient[operand] = _plus(gradient.get(operand, 0.0), _times(slope(i), above))
                if checking:
                    check_gradient(operand, _number(gradient[operand]), node, _number(above))
    return gradient


def adjoints(root: Value, wrt: Sequence[Value], seed: Any, local: Local) -> list[Any]:
    """The derivatives of `root`, times `seed`, with respect to each of `wrt`.

    Only nodes between the two are visited. Those in `wrt` count as independent: nothing passes through one to another.
    """
    order = []
    between = set(wrt)
    for node in topological(root, known=wrt):
        if any(operand in between for operand in node._prev):
            between.add(node)
            order.append(node)
    gradient = _reverse(root, seed, order, between, local)
    return [gradient.get(v, 0.0) for v in wrt]


def tangents(roots: Sequence[Value], directions: dict[Value, Any], local: Local) -> list[Any]:
    """How fast each root changes when the Values in `directions` change that fast: the chain rule forwards."""
    known = dict(directions)
    with modes.ordinary():
        for node in topological(*roots, known=directions):
            speed: Any = 0.0
            slope = local(node)
            for i, operand in enumerate(node._prev):
                if operand in known:
                    speed = _plus(speed, _times(slope(i), known[operand]))
            known[node] = speed
    return [known.get(root, 0.0) for root in roots]


def backward_with_graph(root: Value) -> None:
    """`root.backward(create_graph=True)`: gradients that are Values. Nothing is set if it raises."""
    order = topological(root)
    everything = {root}
    for node in order:
        everything.update(node._prev)
    gradient = _reverse(root, Value(1.0), order, everything, differentiable)
    with modes.ordinary():
        sums = []
        for node, found in gradient.items():
            grad = found if isinstance(found, Value) else Value(found)
            earlier = not node._prev and (isinstance(node.grad, Value) or node.grad)
            sums.append(node.grad + grad if earlier else grad)
    assign(gradient, "grad", sums)


def _independent(x: Any) -> Value:
    """A Value equal to x; one that depends on x where x is a Value, but that nothing else depends on."""
    return x - 0.0 if isinstance(x, Value) else Value(x)


_outer: ContextVar[frozenset[Value]] = ContextVar("outer", default=frozenset())
"""The arguments of the transforms that are at work around this place."""


class _Call:
    """A call of a function with some of its arguments replaced by Values of their own."""

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnum: Any, graph: bool = False
    ) -> None:
        chosen = _positions(argnum, len(args))
        replaced = list(args)
        outer = _outer.get()
        recording = modes.recording()
        with nullcontext() if recording else modes.enable_grad():
            for n in chosen:
                replaced[n] = mapped(_independent, args[n])
            picked = tuple(replaced[n] for n in chosen)
            self.wanted = picked if isinstance(argnum, tuple) else picked[0]
            self.wrt = list(flat(picked))
            token = _outer.set(outer.union(self.wrt))
            try:
                self.result = f(*replaced, **kwargs)
            finally:
                _outer.reset(token)
        self.roots = [_as_value(y) for y in flat(self.result)]
        self.recording = recording
        self.graph = graph or any(isinstance(x, Value) for x in flat(args)) or self._reaches(outer)
        self.local = differentiable if self.graph else stored

    def _reaches(self, outer: frozenset[Value]) -> bool:
        """Whether the result depends on what a transform around this one differentiates."""
        if not outer:
            return False
        nodes = topological(*self.roots, known=self.wrt)
        return not outer.isdisjoint(self.roots) or any(not outer.isdisjoint(node._prev) for node in nodes)

    def adjoints(self, root: Value) -> Any:
        """The derivatives of one result, in the shape of the arguments."""
        found = adjoints(root, self.wrt, Value(1.0) if self.graph else 1.0, self.local)
        return like(self.wanted, map(self.given_back, found))

    def given_back(self, x: Any) -> Any:
        """A number as the caller wants it: a Value where Values came in, else a float."""
        if not self.graph:
            return _number(x)
        x = x if isinstance(x, Value) else Value(x)
        return x if self.recording else x.detach()

    def one_root(self) -> Value:
        """The result, of a function that must return one number."""
        if isinstance(self.result, (list, tuple)):
            raise TypeError(
                f"grad needs a function that returns one number, not a {type(self.result).__name__} of "
                f"{len(self.result)}: use jacobian"
            )
        return self.roots[0]


def _positions(argnum: Any, count: int) -> tuple[int, ...]:
    chosen = argnum if isinstance(argnum, tuple) else (argnum,)
    for n in chosen:
        if not isinstance(n, int):
            raise TypeError(f"argnum is the position of an argument or a tuple of positions, not {argnum!r}")
        if not -count <= n < count:
            raise IndexError(f"argnum is {n}, but the function was called with {count} positional arguments")
    return tuple(n % count for n in chosen)


def _as_value(y: Any) -> Value:
    try:
        return y if isinstance(y, Value) else Value(y)
    except TypeError:
        raise TypeError(
            f"the function must return numbers that were computed from its arguments, not {type(y).__name__}"
        ) from None


# The transforms


def value_and_grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., tuple[Any, Any]]:
    """The function that returns both what `f` returns and what `grad(f, argnum)` does, for the price of one pass.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """

    @functools.wraps(f)
    def evaluated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = _Call(f, args, kwargs, argnum)
        root = call.one_root()
        return call.given_back(root), call.adjoints(root)

    return evaluated


def grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The derivative of a function that returns one number.

    Args:
        f: a function of numbers, and of lists or tuples of numbers however nested, written with the operators and
            methods of `Value`.
        argnum: which positional argument to differentiate by; for a tuple of positions, a tuple of derivatives comes
            back.

    Returns:
        A function of the same arguments. What it returns has the shape of the argument: a number, or lists of
        numbers. They are floats, or Values where an argument is a Value, so that `grad(grad(f))` works, and so does
        `grad(f)` within a function that is itself being differentiated. To train a weight that `f` uses through a
        derivative of `f`, pass Values: `grad(f)(Value(0.5))` remembers how it depends on the weight.

    Raises:
        TypeError: `f` returns no single number, or went through a node made by hand without local derivatives (or
            through any node made by hand, where Values come back).
        IndexError: there is no argument of that position.

    Example:
        >>> from autograd import grad
        >>> grad(lambda x: x**3)(2.0)
        12.0
        >>> grad(grad(lambda x: x**3))(2.0)
        12.0
        >>> grad(lambda w, x: w[0] * x + w[1], argnum=(0, 1))([2.0, 3.0], 5.0)
        ([5.0, 1.0], 2.0)
    """
    both = value_and_grad(f, argnum)

    @functools.wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return derivative


def jacobian(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The derivatives of every number that a function returns: for each of them, what `grad` would give.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """

    @functools.wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        call = _Call(f, args, kwargs, argnum)
        return like(call.result, map(call.adjoints, call.roots))

    return derivatives


def hessian(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The second derivatives of a function that returns one number: the Jacobian of its gradient.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda v: v[0] ** 2 * v[1])([2.0, 3.0])
        [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacobian(grad(f, argnum), argnum)


def jvp(f: Callable[..., Any], args: Sequence[Any], directions: Sequence[Any]) -> tuple[Any, Any]:
    """What `f(*args)` returns, and how fast it changes when the arguments move in a direction.

    That is the Jacobian times a vector, by the chain rule forwards.

    Args:
        f: a function of numbers, or of lists of numbers; it may return lists too.
        args: its arguments.
        directions: for each argument, how fast it changes, in the shape of the argument.

    Raises:
        ValueError: the directions have another shape than the arguments.

    Example:
        >>> from autograd import jvp
        >>> jvp(lambda x, y: [x * y, x + y], (2.0, 3.0), (1.0, 10.0))
        ([6.0, 5.0], [23.0, 11.0])
    """
    args, directions = tuple(args), tuple(directions)
    speeds = list(flat(directions))
    if mapped(lambda _: None, args) != mapped(lambda _: None, directions):
        raise ValueError(f"directions must have the shape of the arguments {args!r}, not that of {directions!r}")
    call = _Call(f, args, {}, tuple(range(len(args))), graph=any(isinstance(v, Value) for v in speeds))
    found = tangents(call.roots, dict(zip(call.wrt, speeds, strict=True)), call.local)
    return (
        like(call.result, map(call.given_back, call.roots)),
        like(call.result, map(call.given_back, found)),
    )
