"""The arithmetics in which one declaration of an operation is evaluated.

Each rule in `ops.py` is written once, against a parameter `m` that supplies the functions Python's operators lack.
What `m` is decides what the rule computes:

- `strict`: floats, raising what `math` raises: the value of an operation as the user sees it;
- `quiet`: floats, following IEEE 754 to inf and nan: local derivatives, which may be infinite where the value is not;
- `terms.symbolic`: terms, which remember how they were computed: the rule itself, to be read out, or written as Python
  or numpy;
- `differentiable.values`: Values: derivatives that can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.primitives import PRIMITIVES, Primitive


class Arithmetic:
    """The functions that a rule may use, beside `+`, `-`, `*` and unary `-`: those of the table in `primitives.py`.

    `/` and `**` raise at their singularities on floats, and comparisons of Values are not elementwise: rules say
    `m.divide`, `m.power`, `m.greater` and `m.equal` instead.

    Args:
        compute: for each primitive, the function that computes it here.
    """

    def __init__(self, compute: Callable[[Primitive], Callable[..., Any]]) -> None:
        self.__dict__.update({each.name: compute(each) for each in PRIMITIVES.values() if each.name})

    def __getattr__(self, name: str) -> Any:
        functions = ", ".join(each.name for each in PRIMITIVES.values() if each.name)
        raise AttributeError(f"rules have no function {name!r}; they have {functions}")


strict = Arithmetic(lambda primitive: primitive.strict)
quiet = Arithmetic(lambda primitive: primitive.quiet)
