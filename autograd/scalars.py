"""Which objects count as real numbers, and the error message for those that do not."""

from __future__ import annotations

import numbers
from typing import SupportsFloat, TypeGuard

from autograd.shown import shown


def is_scalar(x: object) -> TypeGuard[SupportsFloat]:
    """Whether x is one real number of any type."""
    if isinstance(x, (float, int)):
        return True
    if isinstance(x, (str, bytes, complex)) or getattr(x, "ndim", 0) != 0:
        return False
    if isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real):
        return False
    if getattr(getattr(x, "dtype", None), "kind", "f") not in "biuf":
        return False
    return hasattr(type(x), "__float__") or hasattr(type(x), "__index__")


def as_float(x: object) -> float:
    """The number as a float.

    Raises:
        TypeError: x is not a real scalar.
        ValueError: x is a signaling nan.
        OverflowError: x is an integer too large for a float.
    """
    if type(x) is not int and not is_scalar(x):
        raise TypeError(refusal(x))
    try:
        return float(x)
    except ValueError as error:  # a signaling nan
        raise ValueError(f"{shown(x)} cannot be converted to a float: {error}") from None
    except OverflowError:
        raise OverflowError(f"this {type(x).__name__} is too large for a float: the largest is about 1.8e308") from None


def refusal(x: object) -> str:
    """Why x cannot be a Value's number, and what to do."""
    if isinstance(x, (str, bytes)):
        hint = "convert it first: Value(float(text))"
    elif hasattr(x, "__len__") or getattr(x, "ndim", 0) != 0:
        hint = "make a Value of each element: [Value(x) for x in xs]"
    else:
        hint = "pass an int, a float or another real scalar"
    return f"a Value holds one real number, not {shown(x)}; {hint}"
