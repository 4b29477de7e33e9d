"""Operations outside their domain: finds the example, and raises the error of the scalar operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.grouping import CONSTANTS, Group
from autograd.compiler.ir import INPUTS, Array
from autograd.compiler.numpy_terms import evaluated
from autograd.compiler.reference import evaluate
from autograd.graph import named
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES
from autograd.terms import LEAVES, subterms, traced
from autograd.value import Value, apply

if TYPE_CHECKING:
    from autograd.annotations import Numbers

_CHUNK = 1024
"""The number of examples that are checked together."""


@dataclass(frozen=True, eq=False)
class Fallible:
    """A group of operations with a limited domain, and their array."""

    group: Group
    array: Array


def check(fallible: Sequence[Fallible], roots: Sequence[Array], leaves: Mapping[str, Numbers], batch: int) -> None:
    """Raises the error of the scalar operation for the first example outside a domain.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: the message names the operation, its operands and the example.
    """
    for start in range(0, batch, _CHUNK):
        some = leaves[INPUTS][:, start : start + _CHUNK]
        numbers = evaluate([*roots, *[part.array for part in fallible]], {**leaves, INPUTS: some}, some.shape[1])
        for example, row, part in _suspects(fallible, numbers):
            _raise_if_undefined(part, row, example, numbers, start)


def _suspects(fallible: Sequence[Fallible], numbers: Mapping[Array, Numbers]) -> Iterator[tuple[int, int, Fallible]]:
    """The operations with a result, or intermediate result, that is not finite; example by example."""
    found = []
    for position, part in enumerate(fallible):
        args = [numbers[arg] for arg in part.array.args]
        strange = np.zeros(numbers[part.array].shape, dtype=bool)
        if part.array.op == "pick":
            strange |= np.isnan(numbers[part.array])
        for term in subterms(part.array.attr.term) if part.array.op == "map" else ():
            if term.head not in LEAVES:
                strange |= ~np.isfinite(evaluated(term, args))
        rows, examples = np.nonzero(strange)
        found += [(example, position, row) for row, example in zip(rows.tolist(), examples.tolist(), strict=True)]
    for example, position, row in sorted(found):
        yield example, row, fallible[position]


def _raise_if_undefined(part: Fallible, row: int, example: int, numbers: Mapping[Array, Numbers], start: int) -> None:
    rule, node = part.group.rule, part.group.nodes[row]
    assert rule is not None
    operands = [
        Value(number, label=operand.label)
        for number, operand in zip(_operands(part, row, example, numbers), node._prev, strict=True)
    ]
    which = f" (example {start + example} of the batch)"
    try:
        apply(rule, *operands)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise type(error)(f"{error}{which}") from None
    y = numbers[part.array][row, example]
    if not np.isfinite(y) and _may_overflow(rule) and all(np.isfinite(operand.data) for operand in operands):
        what = f"{rule.name}({', '.join(map(named, operands))})"
        raise OverflowError(f"{what} is {y} in {y.dtype}: it is out of range for this type{which}")


@lru_cache(maxsize=256)
def _may_overflow(rule: Operation) -> bool:
    """Whether the operation on floats raises for a result that is too large, like `exp`, rather than return inf."""
    for term in subterms(traced(rule)[0]):
        if term.head not in LEAVES:
            try:
                PRIMITIVES[term.head].strict(*[1e200, 2.0, 2.0][: len(term.args)])
            except OverflowError:
                return True
            except ValueError:
                continue
    return False


def _operands(part: Fallible, row: int, example: int, numbers: Mapping[Array, Numbers]) -> list[float]:
    """The numbers of an operation's operands, including constants."""
    if part.array.op == "pick":
        table, index = (numbers[arg] for arg in part.array.args)
        picked = table[row, :, example % table.shape[-1]].tolist()
        return [float(index[row, example % index.shape[-1]]), *picked]
    args = iter(part.array.args)
    found = []
    for operand in part.group.operands:
        constant = operand.source.number == CONSTANTS
        if constant and (operand.index == operand.index[0]).all():
            found.append(operand.source.nodes[operand.index[row]].data)
        else:
            array = numbers[next(args)]
            found.append(float(array[row, example % array.shape[1]]))
    return found
