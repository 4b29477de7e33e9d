"""Checks of arguments, one for each kind, with messages that say which argument is wrong and why.

Each check takes an argument and its name in messages, such as "the learning rate", and returns the argument converted
to the required type. It raises `TypeError` for another kind of object, and `ValueError` for one out of bounds.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar

from autograd.scalars import as_float, is_scalar
from autograd.shown import as_code, shown
from autograd.value import Value

if TYPE_CHECKING:
    import random

    import numpy as np
    import numpy.typing as npt

T = TypeVar("T")


def a_value(v: object, function: str) -> Value:
    """A Value."""
    if isinstance(v, Value):
        return v
    hint = ""
    if isinstance(v, (int, float)):
        hint = f": a plain number does not remember how it was computed; Value({as_code(v)}) does"
    elif isinstance(v, (list, tuple)):
        hint = ": pass one of its elements"
    elif isinstance(v, str):
        hint = ": pass the Value itself, without quotes"
    elif v is None:
        hint = ": did a function forget to return its result?"
    raise TypeError(f"{function} needs a Value, not {shown(v)}{hint}")


def values(given: Iterable[Value], what: str) -> list[Value]:
    """A list of Values."""
    found = list(iterated(given, what, "Values"))
    for i, value in enumerate(found):
        if not isinstance(value, Value):
            raise TypeError(f"{what} must be Values: number {i} is {shown(value)}")
    return found


def iterated(given: Iterable[T], what: str, of: str = "numbers") -> Iterator[T]:
    """An iterator over a list, a tuple, an array or an iterator."""
    if not isinstance(given, (str, bytes, bytearray, Value)):
        try:
            return iter(given)
        except TypeError:
            pass
    raise TypeError(f"{what} must be a list of {of}, not {shown(given)}")


def sized(given: Sized, what: str, of: str = "numbers") -> int:
    """The length of a list or an array."""
    try:
        return len(given)
    except TypeError:
        raise TypeError(f"{what} must be a list of {of}, not {shown(given)}") from None


def a_number(
    x: object,
    what: str,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    most: float = math.inf,
    below: float = math.inf,
    finite: bool = True,
) -> float:
    """A real number within bounds; nan is outside any bounds."""
    if not is_scalar(x):
        raise TypeError(f"{what} must be a number, not {shown(x)}")
    found = as_float(x)
    beyond = found < least or found > most or -math.inf < above >= found or math.inf > below <= found
    unknown = found != found and (least, above, most, below) != (-math.inf, -math.inf, math.inf, math.inf)
    if beyond or unknown or (finite and not math.isfinite(found)):
        bounds = [f"at least {least:g}"] * (least > -math.inf) + [f"above {above:g}"] * (above > -math.inf)
        bounds += [f"at most {most:g}"] * (most < math.inf) + [f"below {below:g}"] * (below < math.inf)
        bounds += ["finite"] * (finite and most == below == math.inf)
        raise ValueError(f"{what} must be {' and '.join(bounds)}, not {as_code(x)}")
    return found


def a_whole_number(n: SupportsIndex, what: str, *, least: int | None = None, most: int | None = None) -> int:
    """An integer within bounds; a bool is not one."""
    try:
        found = None if isinstance(n, bool) else operator.index(n)
    except TypeError:
        found = None
    if found is None:
        raise TypeError(f"{what} must be a whole number, not {shown(n)}")
    if least is not None and found < least:
        raise ValueError(f"{what} must be at least {least}, not {as_code(n)}")
    if most is not None and found > most:
        raise ValueError(f"{what} must be at most {most:,}, not {as_code(n)}")
    return found


def a_depth(depth: SupportsIndex) -> int:
    """A number of operations to descend."""
    return a_whole_number(depth, "depth", least=0)


def a_function(f: object, what: str, example: str = "") -> Callable[..., Any]:
    """A callable."""
    if not callable(f):
        raise TypeError(f"{what} must be a function, not {shown(f)}{f': {example}' if example else ''}")
    found: Callable[..., Any] = f
    return found


def a_text(text: object, what: str) -> str:
    """A string."""
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a string, not {shown(text)}")
    return text


def a_choice(name: object, what: str, choices: Collection[str]) -> str:
    """One of a few names."""
    if isinstance(name, str) and name in choices:
        return name
    from difflib import get_close_matches  # here, since it is slow to import and rarely needed

    near = get_close_matches(name.lower(), choices, 1, 0.7) if isinstance(name, str) else []
    meant = f", did you mean {near[0]!r}?" if near else ";"
    raise ValueError(f"unknown {what} {as_code(name)}{meant} choose from {', '.join(choices)}")


def a_mapping(given: object, what: str, of: str) -> Mapping[Any, Any]:
    """A dict or another mapping."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{what} must be {of}, not {shown(given)}")
    return given


def a_format(spec: str, what: str = "numbers") -> str:
    """A format specification for floats."""
    a_text(spec, what)
    try:
        fits = len(spec) < 20 and not re.search("[0-9]{3}", spec) and format(1.0, spec)
    except ValueError:
        fits = ""
    if not fits:
        raise ValueError(f"{what}={as_code(spec)} is not a format specification for floats such as '.4g'")
    return spec


def a_generator(seed: object, what: str = "the seed") -> random.Random:
    """A random number generator: the argument itself, or a new one for a seed."""
    import random  # here, since it is slow to import and rarely needed

    if isinstance(seed, random.Random):
        return seed
    if seed is not None and not isinstance(seed, (int, float, str, bytes, bytearray)):
        raise TypeError(f"{what} must be a number, a string or a random.Random, not {shown(seed)}")
    try:
        return random.Random(seed)
    except UnicodeError:
        raise ValueError(f"{what} cannot be {as_code(seed)}") from None


def a_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """One of the two number types of programs."""
    import numpy as np

    try:
        found: np.dtype[Any] | None = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError, RecursionError):
        found = None
    if found is None or dtype is None or found not in (np.dtype("float64"), np.dtype("float32")):
        raise ValueError(f"dtype must be float64 or float32, not {found or as_code(dtype)}")
    return found
