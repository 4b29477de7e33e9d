"""Checks the arguments of the functions that explain a graph, and words their errors."""

from __future__ import annotations

import operator
from typing import Any

from autograd.graph import every_node
from autograd.shown import number, printable, shown
from autograd.value import Value


def a_value(v: Any, function: str) -> Value:
    """The argument, if it is a Value.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(v, Value):
        return v
    hint = ""
    if isinstance(v, (int, float)):
        hint = f": a plain number remembers nothing of how it was computed; Value({v!r}) does"
    elif isinstance(v, (list, tuple)):
        hint = ": pass one of its elements"
    elif isinstance(v, str):
        hint = ": pass the Value itself, without quotes"
    elif v is None:
        hint = ": did a function forget to return its result?"
    raise TypeError(f"{function} needs a Value, not {shown(v)}{hint}")


def a_whole_number(n: Any, what: str) -> int:
    """The argument, if it is a whole number.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(n, bool) or not hasattr(type(n), "__index__"):
        raise TypeError(f"{what} must be a whole number, not {shown(n)}")
    return operator.index(n)


def a_depth(depth: Any) -> int:
    """The argument as a depth, counted in operations.

    Raises:
        TypeError: it is not a whole number.
        ValueError: it is negative.
    """
    found = a_whole_number(depth, "depth counts operations and")
    if found < 0:
        raise ValueError(f"depth counts operations and cannot be negative: {found}")
    return found


def a_pair(loss: Any, a: Any, function: str) -> tuple[Value, Value]:
    """The arguments, if `loss` depends on `a`.

    Raises:
        TypeError: one of them is not a Value.
        ValueError: `loss` does not depend on `a`.
    """
    loss, a = a_value(loss, f"{function}(loss, a)"), a_value(a, f"{function}(loss, a)")
    if not depends(loss, a):
        if depends(a, loss):
            swapped = f"{function}({called(a)}, {called(loss)})" if a.label and loss.label else "the result comes first"
            raise ValueError(
                f"{called(loss)} does not depend on {called(a)}; it is the other way round: {called(a)} depends on "
                f"{called(loss)}. Did you mean {swapped}?"
            )
        raise ValueError(
            f"{called(loss)} does not depend on {called(a)}: it was not computed from it, so a change there changes "
            "nothing here"
        )
    return loss, a


def depends(loss: Value, a: Value) -> bool:
    """Whether `a` is the loss itself or one of the nodes it was computed from."""
    return any(node is a for node in every_node(loss))


def called(v: Value) -> str:
    """The name of a Value in a message without its graph: its label, else its number."""
    return printable(v.label) if v.label else f"Value({number(v.data)})"
