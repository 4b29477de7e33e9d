"""The checks of arguments that need a graph: whether one Value depends on another."""

from __future__ import annotations

from autograd.arguments import a_value
from autograd.graph import every_node
from autograd.shown import number, printable
from autograd.value import Value


def a_pair(loss: object, a: object, function: str) -> tuple[Value, Value]:
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
