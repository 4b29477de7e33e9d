"""Arguments of functions: numbers, Values, and lists and tuples of these, however nested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def flat(structure: Any) -> Iterator[Any]:
    """What is in the lists and tuples, one after the other."""
    if isinstance(structure, (list, tuple)):
        for part in structure:
            yield from flat(part)
    else:
        yield structure


def mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    """The same lists and tuples, with the function applied to what is in them."""
    if isinstance(structure, list):
        return [mapped(function, part) for part in structure]
    if isinstance(structure, tuple):
        return tuple(mapped(function, part) for part in structure)
    return function(structure)


def like(structure: Any, parts: Iterable[Any]) -> Any:
    """The same lists and tuples, filled from `parts`."""
    rest = iter(parts)
    return mapped(lambda _: next(rest), structure)
