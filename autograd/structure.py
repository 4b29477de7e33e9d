"""Structured arguments: numbers and Values in nested lists, tuples, named tuples, dicts and arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def flat(structure: Any) -> Iterator[Any]:
    """The leaves of a structure in order: a dict's in the order of its keys, an array's row by row."""
    if isinstance(structure, dict):
        structure = structure.values()
    elif is_array(structure):
        structure = structure.flat
    elif not isinstance(structure, (list, tuple)):
        yield structure
        return
    for part in structure:
        yield from flat(part)


def mapped(function: Callable[[Any], Any], structure: Any, arrays: bool = True) -> Any:
    """The structure with the function applied to each leaf; without `arrays`, arrays are kept as they are."""
    if isinstance(structure, list):
        return [mapped(function, part, arrays) for part in structure]
    if isinstance(structure, tuple):
        parts = [mapped(function, part, arrays) for part in structure]
        return type(structure)._make(parts) if hasattr(structure, "_make") else tuple(parts)
    if isinstance(structure, dict):
        return {key: mapped(function, part, arrays) for key, part in structure.items()}
    if is_array(structure):
        if not arrays:
            return structure
        return _array(structure, [mapped(function, part) for part in structure.flat])
    return function(structure)


def like(structure: Any, parts: Iterable[Any]) -> Any:
    """The structure with its leaves replaced by `parts`, in order."""
    rest = iter(parts)
    return mapped(lambda _: next(rest), structure)


def is_structure(x: Any) -> bool:
    """Whether x is a container of numbers."""
    return isinstance(x, (list, tuple, dict)) or is_array(x)


def is_array(x: Any) -> bool:
    """Whether x is a numpy array with axes."""
    return hasattr(x, "dtype") and getattr(x, "ndim", 0) > 0 and hasattr(x, "flat")


def same(one: Any, other: Any) -> bool:
    """Whether two structures differ in nothing but their leaves."""
    if isinstance(one, dict) or isinstance(other, dict):
        keys = isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other)
        return keys and all(same(one[key], other[key]) for key in one)
    if is_array(one) or is_array(other):
        return is_array(one) and is_array(other) and one.shape == other.shape
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return not (isinstance(one, (list, tuple)) or isinstance(other, (list, tuple)))


def _array(shaped: Any, parts: list[Any]) -> Any:
    """An array of the shape of `shaped`: of floats, of arrays that become its last axes, or else of objects."""
    import numpy as np

    if parts and all(is_array(part) for part in parts):
        return np.stack(parts).reshape(shaped.shape + parts[0].shape)
    kind = float if all(type(part) is float for part in parts) else object
    filled = np.empty(len(parts), dtype=kind)
    for i, part in enumerate(parts):
        filled[i] = part
    return filled.reshape(shaped.shape)
