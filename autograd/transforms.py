"""Derivatives of functions, to any order.

`grad`, `value_and_grad`, `jacobian`, `hessian`, `jvp`, `vjp` and `hvp` take a function of numbers and return
derivatives. These are graphs where Values come in, and can be differentiated in turn. Nothing here touches `.grad`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from autograd.arguments import a_function, iterated
from autograd.calls import Argnum, Call, chosen_by
from autograd.differentiable import tangents
from autograd.scalars import as_float
from autograd.shown import shown
from autograd.structure import flat, like, same
from autograd.value import Value

T = TypeVar("T", bound=Callable[..., Any])


def _of_programs(transform: T) -> T:
    """A transform that makes, of a function that runs as programs (see `autograd.jit`), one that does so too."""

    @functools.wraps(transform)
    def transformed(f: Any, *args: Any, **kwargs: Any) -> Any:
        a_function(f, f"what {transform.__name__} differentiates", "grad(lambda x: x**2)")
        through = getattr(f, "_through", None)
        return transform(f, *args, **kwargs) if through is None else through(transform, *args, **kwargs)

    return cast(T, transformed)


@_of_programs
def value_and_grad(
    f: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """The function that returns both what `f` returns and what `grad(f)` does, for the price of one pass.

    With `has_aux` that is `((value, aux), derivative)`.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """
    chosen = chosen_by(argnum, argnums)

    @functools.wraps(f)
    def evaluated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = Call(f, args, kwargs, chosen, has_aux=has_aux)
        root = call.one_root()
        return call.beside(call.given_back(root)), call.adjoints(root)

    return evaluated


@_of_programs
def grad(
    f: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., Any]:
    """The derivative of a function that returns one number.

    Within `f` all numbers that it is called with are Values, whether it is differentiated by them or not. A whole
    number also counts, as in `range(n)`. Arrays that it is not differentiated by stay as they are.

    Args:
        f: a function of numbers, and of lists, tuples, named tuples, dicts or arrays of numbers however nested, written
            with the operators and methods of `Value` or the functions of `autograd`.
        argnum: which positional argument to differentiate by; for a tuple of positions, a tuple of derivatives comes
            back.
        argnums: the same.
        has_aux: `f` returns a pair, of which the second is handed on: `(derivative, aux)` comes back.

    Returns:
        A function of the same arguments. What it returns has the shape and kind of the argument: a number, a list, a
        dict, an array. The numbers are floats, or Values where an argument is a Value, so that `grad(grad(f))` works,
        and so does `grad(f)` within a function that is itself being differentiated. To train a weight that `f` uses
        through a derivative of `f`, pass Values: `grad(f)(Value(0.5))` remembers how it depends on the weight.

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
        >>> grad(lambda w: w["a"] * w["b"])({"a": 2.0, "b": 3.0})
        {'a': 3.0, 'b': 2.0}
    """
    both = value_and_grad(f, argnum, argnums=argnums, has_aux=has_aux)

    @functools.wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return derivative


@_of_programs
def elementwise_grad(f: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Callable[..., Any]:
    """The derivative of a function that works number by number, for each of many numbers at once.

    It is the gradient of the sum of all that `f` returns; so where each number that is returned depends on one number
    of the argument, it has the derivative of each.

    Example:
        >>> from autograd import elementwise_grad
        >>> elementwise_grad(lambda xs: [x**2 for x in xs])([1.0, 2.0, 3.0])
        [2.0, 4.0, 6.0]
    """
    chosen = chosen_by(argnum, argnums)

    @functools.wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, args, kwargs, chosen)
        return call.pulled_back(call.roots, [1.0] * len(call.roots))

    return derivatives


@_of_programs
def jacobian(f: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Callable[..., Any]:
    """The derivatives of every number that a function returns: for each of them, what `grad` would give.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """
    chosen = chosen_by(argnum, argnums)

    @functools.wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, args, kwargs, chosen)
        return like(call.result, map(call.adjoints, call.roots))

    return derivatives


@_of_programs
def hessian(f: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Callable[..., Any]:
    """The second derivatives of a function that returns one number: the Jacobian of its gradient.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda v: v[0] ** 2 * v[1])([2.0, 3.0])
        [[6.0, 4.0], [4.0, 0.0]]
    """
    chosen = chosen_by(argnum, argnums)
    return jacobian(grad(f, chosen), chosen)


def jvp(f: Callable[..., Any], args: Sequence[Any], directions: Sequence[Any]) -> tuple[Any, Any]:
    """What `f(*args)` returns, and how fast it changes when the arguments move in a direction.

    That is the Jacobian times a vector, by the chain rule forwards.

    Args:
        f: a function of numbers, or of structures of numbers; it may return structures too.
        args: its arguments.
        directions: for each argument, how fast it changes, in the shape of the argument.

    Raises:
        ValueError: the directions have another shape than the arguments.

    Example:
        >>> from autograd import jvp
        >>> jvp(lambda x, y: [x * y, x + y], (2.0, 3.0), (1.0, 10.0))
        ([6.0, 5.0], [23.0, 11.0])
    """
    args, directions = tuple(iterated(args, "args")), tuple(iterated(directions, "directions"))
    speeds = _in_shape("directions", directions, "the arguments", args)
    call = Call(f, args, {}, tuple(range(len(args))), graph=any(isinstance(v, Value) for v in speeds))
    found = tangents(call.roots, dict(zip(call.wrt, speeds, strict=True)), call.local)
    return call.returned(), like(call.result, map(call.given_back, found))


def vjp(f: Callable[..., Any], *args: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """What `f(*args)` returns, and the function that takes a gradient of it back to the arguments.

    That is a vector times the Jacobian, by the chain rule backwards.

    Args:
        f: a function of numbers, or of structures of numbers; it may return structures too.
        args: its arguments.
        has_aux: `f` returns a pair, of which the second is handed on, as a third.

    Returns:
        The result, and a function of a gradient in the shape of the result, which returns a tuple: for each argument,
        the gradient in the shape of the argument. It may be called several times.

    Example:
        >>> from autograd import vjp
        >>> result, back = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
        >>> result, back([1.0, 10.0])
        ([6.0, 5.0], (13.0, 12.0))
    """
    call = Call(f, args, {}, tuple(range(len(args))), has_aux=has_aux)

    def back(gradient: Any) -> Any:
        return call.pulled_back(call.roots, _in_shape("a gradient", gradient, "the result", call.result))

    result = call.beside(call.returned())
    return (result[0], back, result[1]) if has_aux else (result, back)


def hvp(f: Callable[..., Any], args: Sequence[Any], directions: Sequence[Any]) -> Any:
    """The Hessian of a function that returns one number, times a vector: how fast the gradient changes on the way.

    It costs a few evaluations of the function, where the Hessian costs one for each number of the arguments.

    Args:
        f: a function of numbers, or of structures of numbers, that returns one number.
        args: its arguments.
        directions: for each argument, how fast it changes, in the shape of the argument.

    Returns:
        For one argument, a product in its shape; for several, a tuple of such.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda v: v[0] ** 2 * v[1], ([2.0, 3.0],), ([1.0, 10.0],))
        [46.0, 4.0]
    """
    args = tuple(iterated(args, "args"))
    chosen = 0 if len(args) == 1 else tuple(range(len(args)))
    return jvp(grad(f, chosen), args, directions)[1]


def _in_shape(what: str, given: Any, of: str, shaped: Any) -> list[Any]:
    """The numbers of a structure that must be like another."""
    if not same(given, shaped):
        raise ValueError(f"{what} must have the shape of {of}, {shown(shaped)}, not that of {shown(given)}")
    return [x if isinstance(x, Value) else as_float(x) for x in flat(given)]
