"""The arithmetics in which one declaration of an operation is evaluated.

Each rule in `ops.py` is written once, with a parameter `m` that supplies the functions beyond Python's operators. The
choice of `m` decides what the rule computes:

- `strict`: floats, with the exceptions of `math`: the value of an operation for the user;
- `quiet`: floats, following IEEE 754 to inf and nan: local derivatives, which may be infinite even if the value is not;
- `terms.symbolic`: terms, which record the computation: the rule itself, to be put into words, or written as Python or
  numpy;
- `differentiable.values`: Values: derivatives that can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from autograd.primitives import PRIMITIVES, Primitive

if TYPE_CHECKING:
    from autograd.annotations import Quantity


class Arithmetic:
    """The functions that a rule may use besides `+`, `-`, `*` and unary `-`: those of the table in `primitives.py`.

    `/` and `**` raise at their singularities on floats, and comparisons of Values return bools that no graph records.
    Rules use `m.divide`, `m.power`, `m.greater` and `m.equal` instead.

    Args:
        compute: maps each primitive to the function that computes it in this arithmetic.
    """

    def __init__(self, compute: Callable[[Primitive], Callable[..., Quantity]]) -> None:
        self.__dict__.update({each.name: compute(each) for each in PRIMITIVES.values() if each.name})

    def __getattr__(self, name: str) -> Callable[..., Quantity]:
        functions = ", ".join(each.name for each in PRIMITIVES.values() if each.name)
        raise AttributeError(f"rules have no function {name!r}; they have {functions}")


strict = Arithmetic(lambda primitive: primitive.strict)
quiet = Arithmetic(lambda primitive: primitive.quiet)
