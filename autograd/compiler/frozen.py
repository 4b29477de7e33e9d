"""Warns, at compilation, of decisions and numbers that Python made outside the graph and that the program repeats."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from autograd.compiler.uses import Evidence, Use, use_of
from autograd.graph import topological
from autograd.lines import Where
from autograd.looks import Place, places
from autograd.value import Value

_TOLD = 3
"""The maximum number of lines that a warning names."""


def warn_of_frozen(
    roots: Sequence[Value],
    inputs: Sequence[Value],
    params: Sequence[Value],
    constants: Sequence[Value],
    stacklevel: int,
) -> None:
    """Warns of decisions that depend on numbers that change, and of constants that were computed from them."""
    varying = _varying(roots, inputs, params)
    seen = _seen(varying, inputs)
    decided = [place for place, found in seen.items() if found.use is Use.DECIDED]
    copied = _copied(seen, set(map(id, varying)), constants)
    if decided:
        message = "Python made decisions by numbers of this graph; those that built it are the same for every example"
        warnings.warn(f"{message}: {_lines(decided)}. {_REMEDY}", stacklevel=stacklevel + 1)
    if copied:
        message = (
            "numbers were read from the graph while building it, and the program uses the same ones for every example"
        )
        warnings.warn(f"{message}: {_lines(copied)}. {_REMEDY}", stacklevel=stacklevel + 1)
    elif (copy := _copy_of(inputs, constants)) is not None:
        warnings.warn(
            f"the constant {copy.number!r} equals input {copy.input} as it was when the graph was built: if it was "
            f"read from the input's data, the program uses the same number for every example. {_REMEDY}",
            stacklevel=stacklevel + 1,
        )


_REMEDY = "Use autograd.jit to compile the function itself, with its decisions"


def _varying(roots: Sequence[Value], inputs: Sequence[Value], params: Sequence[Value]) -> list[Value]:
    """The nodes whose numbers differ between examples or steps."""
    found = [*inputs, *params]
    met = set(map(id, found))
    for node in topological(*roots):
        if any(id(operand) in met for operand in node._prev):
            met.add(id(node))
            found.append(node)
    return found


def _seen(varying: Sequence[Value], inputs: Sequence[Value]) -> dict[Place, Evidence]:
    """The places that looked at varying nodes, or at numbers computed from an input outside the graph."""
    looked = [place for v in varying for place in places(v) if place is not place.below]
    looked += [place for v in inputs for place in places(v)]
    distinct = {(id(place.code), place.at): place for place in looked}
    return {place: use_of(place) for place in distinct.values()}


def _copied(seen: dict[Place, Evidence], varying: set[int], constants: Sequence[Value]) -> list[Place]:
    """The places whose numbers became constants: the same objects, or results that may be computed from them.

    A constant that is a literal in the function needs no other explanation.
    """
    copied = []
    for place, (use, literals) in seen.items():
        unexplained = [constant._data for constant in constants if abs(constant._data) not in literals]
        numbers = {id(number) for of, number in list(place.numbers) if of in varying}
        if (use is Use.KEPT and any(id(x) in numbers for x in unexplained)) or (use is Use.COMPUTED and unexplained):
            copied.append(place)
    return copied


class _Copy(NamedTuple):
    number: float
    input: int


def _copy_of(inputs: Sequence[Value], constants: Sequence[Value]) -> _Copy | None:
    """A constant equal to an input's number, if that number is too unusual for a coincidence."""
    telling = {v._data: i for i, v in enumerate(inputs) if not (v._data * 2).is_integer() and math.isfinite(v._data)}
    for constant in constants:
        if constant._data in telling:
            return _Copy(constant._data, telling[constant._data])
    return None


def _lines(found: Sequence[Place]) -> str:
    lines = list(dict.fromkeys(str(_where(place)) for place in found))
    more = [f"{len(lines) - _TOLD} more"] if len(lines) > _TOLD else []
    return "; ".join([*lines[:_TOLD], *more])


def _where(place: Place) -> Where:
    lines = [position[0] for position in place.code.co_positions()]
    return Where(place.code.co_filename, lines[place.at // 2] or place.code.co_firstlineno)
