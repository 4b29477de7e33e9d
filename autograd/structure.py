"""Structured arguments: numbers and Values in nested lists, tuples, named tuples, dicts and arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.annotations import Structure

DEEPEST = 100
"""The deepest nesting of structures; a list that contains itself has no end."""


def too_deep() -> ValueError:
    """The error of a structure that is nested too deep."""
    return ValueError(f"lists are nested more than {DEEPEST} deep here, or one of them contains itself")


def flat(structure: Structure) -> Iterator[Structure]:
    """The leaves of a structure in order: a dict's in the order of its keys, an array's row by row."""
    pending = [iter((structure,))]
    while pending:
        for part in pending[-1]:
            if isinstance(part, dict):
                part = part.values()
            elif is_array(part):
                part = part.flat
            elif not isinstance(part, (list, tuple)):
                yield part
                continue
            if len(pending) > DEEPEST:
                raise too_deep()
            pending.append(iter(part))
            break
        else:
            pending.pop()


def mapped(
    function: Callable[[Structure], Structure], structure: Structure, arrays: bool = True, room: int = DEEPEST
) -> Structure:
    """The structure with the function applied to each leaf; without `arrays`, arrays are kept as they are."""
    if not is_structure(structure):
        return function(structure)
    if not room:
        raise too_deep()
    if isinstance(structure, list):
        return [mapped(function, part, arrays, room - 1) for part in structure]
    if isinstance(structure, tuple):
        parts = [mapped(function, part, arrays, room - 1) for part in structure]
        return type(structure)._make(parts) if hasattr(structure, "_make") else tuple(parts)
    if isinstance(structure, dict):
        return {key: mapped(function, part, arrays, room - 1) for key, part in structure.items()}
    if not arrays:
        return structure
    return _array(structure, [mapped(function, part, room=room - 1) for part in structure.flat])


def like(structure: Structure, parts: Iterable[Structure]) -> Structure:
    """The structure with its leaves replaced by `parts`, in order."""
    rest = iter(parts)
    return mapped(lambda _: next(rest), structure)


def is_structure(x: object) -> bool:
    """Whether x is a container of numbers."""
    return isinstance(x, (list, tuple, dict)) or is_array(x)


def is_array(x: object) -> bool:
    """Whether x is a numpy array with axes."""
    return hasattr(x, "dtype") and getattr(x, "ndim", 0) > 0 and hasattr(x, "flat")


def same(one: Structure, other: Structure, room: int = DEEPEST) -> bool:
    """Whether two structures differ in nothing but their leaves."""
    if not room:
        raise too_deep()
    if isinstance(one, dict) or isinstance(other, dict):
        keys = isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other)
        return keys and all(same(one[key], other[key], room - 1) for key in one)
    if is_array(one) or is_array(other):
        return is_array(one) and is_array(other) and one.shape == other.shape
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(partial(same, room=room - 1), one, other))
    return not (isinstance(one, (list, tuple)) or isinstance(other, (list, tuple)))


def _array(shaped: Structure, parts: list[Structure]) -> Structure:
    """An array of the shape of `shaped`: of floats, of arrays that become its last axes, or else of objects."""
    import numpy as np

    if parts and all(is_array(part) for part in parts):
        return np.stack(parts).reshape(shaped.shape + parts[0].shape)
    kind = float if all(type(part) is float for part in parts) else object
    filled = np.empty(len(parts), dtype=kind)
    for i, part in enumerate(parts):
        filled[i] = part
    return filled.reshape(shaped.shape)
