"""Takes arguments apart: numbers that differ between rows, objects that select the structure, and held Values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, NamedTuple

import numpy as np

from autograd.calls import Whole
from autograd.scalars import is_scalar
from autograd.structure import is_array, too_deep
from autograd.value import Value


class Shape(NamedTuple):
    """An argument without its numbers: equal for arguments that can share a program.

    `kind` is `number`, `whole`, `static` or `held`, or the type of a structure, whose `parts` are the Shapes in it.
    """

    kind: Any
    parts: Any = ()


_NUMBER, _WHOLE = Shape("number"), Shape("whole")


def taken_apart(args: Sequence[Any], numbers: list[Any], rows: bool) -> tuple[Shape, ...]:
    """The Shapes of arguments; appends their numbers to `numbers`.

    Args:
        args: the arguments.
        numbers: receives the numbers or, with `rows`, arrays (rows, numbers).
        rows: whether arrays with one number per row replace the numbers.
    """
    try:
        return tuple([_shape(arg, numbers, rows) for arg in args])
    except RecursionError:
        raise too_deep() from None


def _shape(x: Any, numbers: list[Any], rows: bool) -> Shape:
    if type(x) is float or type(x) is int:
        numbers.append(x)
        return _NUMBER if type(x) is float else _WHOLE
    if isinstance(x, Static):
        return Shape("static", x)
    if isinstance(x, tuple) or type(x) is dict or isinstance(x, list):
        if rows and isinstance(x, list) and (array := _as_array(x)) is not None:
            return _columns(array, numbers, list)
        if isinstance(x, dict):
            return Shape((dict, tuple(x)), tuple([_shape(part, numbers, rows) for part in x.values()]))
        return Shape(type(x), tuple([_shape(part, numbers, rows) for part in x]))
    if isinstance(x, Value) or hasattr(x, "parameters"):
        return Shape("held", _ById(x))
    if is_array(x) and x.dtype.kind in "biuf":
        if rows:
            return _columns(x, numbers, np.ndarray)
        numbers += x.reshape(-1).tolist()
        return Shape((np.ndarray, x.shape, x.dtype.kind in "biu"))
    if is_scalar(x) and not isinstance(x, bool):
        numbers.append(x)
        return _WHOLE if hasattr(type(x), "__index__") else _NUMBER
    return Shape("static", Static(x))


def _as_array(x: list[Any]) -> Any:
    try:
        array = np.asarray(x)
    except ValueError:
        return None
    return array if array.dtype.kind in "iuf" and array.ndim else None


def _columns(x: Any, numbers: list[Any], kind: Any) -> Shape:
    """An array of rows: of numbers, or of arrays or lists of numbers."""
    if not len(x):
        raise ValueError("an array with one entry for each row needs at least one row")
    whole = x.dtype.kind in "biu"
    numbers.append(x.reshape(len(x), -1))
    if x.ndim == 1:
        return _WHOLE if whole else _NUMBER
    return Shape((kind, x.shape[1:], whole))


class _ById:
    """A held object, compared by identity."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


class Static:
    """An object that selects the structure: equal objects of one type share programs."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        try:
            hash(it)
        except TypeError:
            raise TypeError(
                f"an argument of a jitted function must be a number, a Value, a module, a list, tuple, dict or array "
                f"of these, or hashable; not {type(it).__name__}"
            ) from None
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and type(other.it) is type(self.it) and bool(other.it == self.it)

    def __hash__(self) -> int:
        return hash(self.it)


def put_together(shapes: Sequence[Shape], number: Callable[[bool], Any]) -> list[Any]:
    """Arguments with these Shapes, with a call of `number(whole)` for each number in order."""
    return [_filled(shape, number) for shape in shapes]


def _filled(shape: Shape, number: Callable[[bool], Any]) -> Any:
    kind = shape.kind
    if kind in ("number", "whole"):
        return number(kind == "whole")
    if kind in ("static", "held"):
        return shape.parts.it
    if isinstance(kind, tuple):
        if kind[0] is dict:
            return {key: _filled(part, number) for key, part in zip(kind[1], shape.parts, strict=True)}
        return _nested(kind, number)
    parts = [_filled(part, number) for part in shape.parts]
    return kind._make(parts) if hasattr(kind, "_make") else kind(parts)


def _nested(kind: Any, number: Callable[[bool], Any]) -> Any:
    as_list, size, whole = kind[0] is list, kind[1], kind[2]
    if as_list:
        return [number(whole) if len(size) == 1 else _nested((list, size[1:], whole), number) for _ in range(size[0])]
    filled = np.empty(size, dtype=object)
    filled.reshape(-1)[:] = [number(whole) for _ in range(filled.size)]
    return filled


def leaf(number: Any, whole: bool) -> Value:
    """A number as the function receives it; an int can still be used as one, as in `range(n)`."""
    return Whole(number) if whole else Value(number)


def held(shapes: Sequence[Shape]) -> list[Any]:
    """The Values, modules, functions and other objects among arguments, which may contain state that changes."""
    found: list[Any] = []
    for shape in shapes:
        if shape.kind == "static" and isinstance(shape.parts.it, MethodType):  # made anew whenever it is asked for
            found += [shape.parts.it.__func__, shape.parts.it.__self__]
        elif shape.kind == "held" or (shape.kind == "static" and _is_itself_alone(shape.parts.it)):
            found.append(shape.parts.it)
        elif shape.kind != "static" and not _is_array(shape):
            found += held(shape.parts)
    return found


def _is_itself_alone(x: Any) -> bool:
    """Whether an object equals only itself. Objects that compare by contents are assumed not to change them."""
    return x is not None and vars(object)["__eq__"] is getattr(type(x), "__eq__", None)


def plain(shapes: Sequence[Shape]) -> bool:
    """Whether all arguments but those held are numbers, strings and the like."""
    return all(map(_plain, shapes))


def _plain(shape: Shape) -> bool:
    if shape.kind == "static":
        it = shape.parts.it
        return isinstance(it, (bool, int, float, str, bytes, type(None), MethodType)) or _is_itself_alone(it)
    return shape.kind == "held" or _is_array(shape) or plain(shape.parts)


def _is_array(shape: Shape) -> bool:
    """Whether the Shape is that of an array, or of rows in lists, which contain only numbers."""
    return isinstance(shape.kind, tuple) and shape.kind[0] is not dict
