"""Derivatives of functions, to any order.

`grad`, `value_and_grad`, `jacobian`, `hessian`, `jvp`, `vjp` and `hvp` take a function of numbers and return
derivatives. Derivatives at Values are Values themselves, and can be differentiated in turn. No `.grad` is touched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar, cast, overload

from autograd.arguments import a_function, iterated
from autograd.calls import Argnum, Call, chosen_by
from autograd.differentiable import tangents
from autograd.scalars import as_float
from autograd.shown import shown
from autograd.structure import flat, like, same
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.annotations import Derivative, Function, Gradient, Structure, ValueAndDerivative
    from autograd.jitted.function import Jitted

T = TypeVar("T", bound=Callable[..., object])


def _of_programs(transform: T) -> T:
    """Makes a transform keep jitted functions jitted (see `autograd.jit`)."""

    @functools.wraps(transform)
    def transformed(f: Function, *args: object, **kwargs: object) -> object:
        a_function(f, f"the first argument of {transform.__name__}", "grad(lambda x: x**2)")
        through = getattr(f, "_through", None)
        return transform(f, *args, **kwargs) if through is None else through(transform, *args, **kwargs)

    return cast(T, transformed)


@overload
def value_and_grad(f: Jitted, argnum: Argnum = ..., *, argnums: Argnum | None = ..., has_aux: bool = ...) -> Jitted: ...
@overload
def value_and_grad(f: Function) -> ValueAndDerivative: ...
@overload
def value_and_grad(
    f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ..., has_aux: Literal[True]
) -> Callable[..., tuple[tuple[Structure, Structure], Structure]]: ...
@overload
def value_and_grad(
    f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ..., has_aux: bool = ...
) -> Callable[..., tuple[Structure, Structure]]: ...
@_of_programs
def value_and_grad(
    f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., tuple[Structure, Structure]]:
    """A function that returns the results of both `f` and `grad(f)`, from a single forward and backward pass.

    With `has_aux`, it returns `((value, aux), derivative)`.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """
    chosen = chosen_by(argnum, argnums)

    @functools.wraps(f)
    def evaluated(*args: Structure, **kwargs: Structure) -> tuple[Structure, Structure]:
        call = Call(f, args, kwargs, chosen, has_aux=has_aux)
        root = call.one_root()
        return call.beside(call.given_back(root)), call.adjoints(root)

    return evaluated


@overload
def grad(f: Jitted, argnum: Argnum = ..., *, argnums: Argnum | None = ..., has_aux: bool = ...) -> Jitted: ...
@overload
def grad(f: Function) -> Derivative: ...
@overload
def grad(
    f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ..., has_aux: Literal[True]
) -> Callable[..., tuple[Structure, Structure]]: ...
@overload
def grad(
    f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ..., has_aux: bool = ...
) -> Callable[..., Structure]: ...
@_of_programs
def grad(
    f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., Structure]:
    """The derivative of a function that returns one number.

    Inside `f`, all numbers among its arguments are Values, even those that it is not differentiated by. An int can
    still be used as one, as in `range(n)`. Arrays that it is not differentiated by are passed unchanged.

    Args:
        f: a function of numbers, and of (nested) lists, tuples, named tuples, dicts or arrays of numbers, written with
            the operators and methods of `Value` or the functions of `autograd`.
        argnum: the position of the argument to differentiate by; a tuple of positions gives a tuple of derivatives.
        argnums: another name for `argnum`.
        has_aux: `f` returns a pair, of which only the first is differentiated; the result is `(derivative, aux)`.

    Returns:
        A function of the same arguments. Its result has the structure of the argument: a number, a list, a dict, an
        array. Its numbers are floats, or Values if an argument is a Value, so that `grad(grad(f))` works, and so does
        `grad(f)` inside a function that is being differentiated. To train a weight through a derivative of `f`, pass
        Values: the result of `grad(f)(Value(0.5))` depends on the weights that `f` uses.

    Raises:
        TypeError: `f` does not return a single number; or the graph contains a node made by hand without local
            derivatives (or, if the result is a Value, any node made by hand).
        IndexError: there is no argument at that position.

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
    def derivative(*args: Structure, **kwargs: Structure) -> Structure:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return derivative


@overload
def elementwise_grad(f: Jitted, argnum: Argnum = ..., *, argnums: Argnum | None = ...) -> Jitted: ...
@overload
def elementwise_grad(f: Function) -> Derivative: ...
@overload
def elementwise_grad(f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ...) -> Function: ...
@_of_programs
def elementwise_grad(f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Function:
    """The derivatives of an elementwise function, all at once.

    It is the gradient of the sum of all results of `f`. If each result depends on one number of the argument only, it
    holds the derivative of each.

    Example:
        >>> from autograd import elementwise_grad
        >>> elementwise_grad(lambda xs: [x**2 for x in xs])([1.0, 2.0, 3.0])
        [2.0, 4.0, 6.0]
    """
    chosen = chosen_by(argnum, argnums)

    @functools.wraps(f)
    def derivatives(*args: Structure, **kwargs: Structure) -> Structure:
        call = Call(f, args, kwargs, chosen)
        return call.pulled_back(call.roots, [1.0] * len(call.roots))

    return derivatives


@overload
def jacobian(f: Jitted, argnum: Argnum = ..., *, argnums: Argnum | None = ...) -> Jitted: ...
@overload
def jacobian(f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ...) -> Function: ...
@_of_programs
def jacobian(f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Function:
    """The derivatives of all numbers that a function returns: for each of them, the result of `grad`.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """
    chosen = chosen_by(argnum, argnums)

    @functools.wraps(f)
    def derivatives(*args: Structure, **kwargs: Structure) -> Structure:
        call = Call(f, args, kwargs, chosen)
        return like(call.result, map(call.adjoints, call.roots))

    return derivatives


@overload
def hessian(f: Jitted, argnum: Argnum = ..., *, argnums: Argnum | None = ...) -> Jitted: ...
@overload
def hessian(f: Function, argnum: Argnum = ..., *, argnums: Argnum | None = ...) -> Function: ...
@_of_programs
def hessian(f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Function:
    """The second derivatives of a function that returns one number: the Jacobian of its gradient.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda v: v[0] ** 2 * v[1])([2.0, 3.0])
        [[6.0, 4.0], [4.0, 0.0]]
    """
    chosen = chosen_by(argnum, argnums)
    return jacobian(grad(f, chosen), chosen)


def jvp(f: Function, args: Sequence[Structure], directions: Sequence[Structure]) -> tuple[Structure, Structure]:
    """The result of `f(*args)` and its directional derivative: the Jacobian times a vector, in forward mode.

    Args:
        f: a function of numbers, or of structures of numbers; it may return structures too.
        args: its arguments.
        directions: the tangent of each argument, in the argument's structure.

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


@overload
def vjp(
    f: Function, *args: Structure, has_aux: Literal[False] = ...
) -> tuple[Structure, Callable[[Structure], tuple[Structure, ...]]]: ...
@overload
def vjp(
    f: Function, *args: Structure, has_aux: Literal[True]
) -> tuple[Structure, Callable[[Structure], tuple[Structure, ...]], Structure]: ...
def vjp(f: Function, *args: Structure, has_aux: bool = False) -> tuple[Structure, ...]:
    """The result of `f(*args)`, and a function from cotangents to gradients: a vector times the Jacobian.

    Args:
        f: a function of numbers, or of structures of numbers; it may return structures too.
        args: its arguments.
        has_aux: `f` returns a pair, of which only the first is differentiated; the second is returned as a third.

    Returns:
        The result, and a function of a cotangent in the result's structure. It returns a tuple with the gradient for
        each argument, in the argument's structure, and may be called several times.

    Example:
        >>> from autograd import vjp
        >>> result, back = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
        >>> result, back([1.0, 10.0])
        ([6.0, 5.0], (13.0, 12.0))
    """
    call = Call(f, args, {}, tuple(range(len(args))), has_aux=has_aux)

    def back(gradient: Structure) -> tuple[Structure, ...]:
        found: tuple[Structure, ...] = call.pulled_back(
            call.roots, _in_shape("a gradient", gradient, "the result", call.result)
        )
        return found

    result = call.beside(call.returned())
    return (result[0], back, result[1]) if has_aux else (result, back)


def hvp(f: Function, args: Sequence[Structure], directions: Sequence[Structure]) -> Structure:
    """The Hessian of a function that returns one number, times a vector: the gradient's change in a direction.

    It costs a few evaluations of the function, while the Hessian costs some for each number of the arguments.

    Args:
        f: a function of numbers, or of structures of numbers, that returns one number.
        args: its arguments.
        directions: the tangent of each argument, in the argument's structure.

    Returns:
        The product, in the structure of the argument; for several arguments, a tuple.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda v: v[0] ** 2 * v[1], ([2.0, 3.0],), ([1.0, 10.0],))
        [46.0, 4.0]
    """
    args = tuple(iterated(args, "args"))
    chosen = 0 if len(args) == 1 else tuple(range(len(args)))
    return jvp(grad(f, chosen), args, directions)[1]


def _in_shape(what: str, given: Structure, of: str, shaped: Structure) -> list[Gradient]:
    """The leaves of a structure, which must be like another."""
    if not same(given, shaped):
        raise ValueError(f"{what} must have the shape of {of}, {shown(shaped)}, not that of {shown(given)}")
    return [x if isinstance(x, Value) else as_float(x) for x in flat(given)]
