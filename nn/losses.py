"""Losses: how far the outputs are from what they should be, as one Value to differentiate.

Targets may be numbers, or Values where a graph is traced for the compiler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value


def squared_error(outputs: Any, targets: Any) -> Value:
    """The sum of (output - target)² over all positions.

    Args:
        outputs: a Value, or a sequence of Values.
        targets: as many numbers.

    Raises:
        ValueError: there are not as many targets as outputs, or there are none.

    Example:
        >>> squared_error([Value(0.5), Value(2.0)], [0, 1]).data
        1.25
    """
    return _total([(output - target) ** 2 for output, target in _pairs(outputs, targets)])


def mse(outputs: Any, targets: Any) -> Value:
    """The mean squared error: `squared_error` divided by the number of positions.

    Args:
        outputs: a Value, a sequence of Values, or a sequence of such sequences, one for each example.
        targets: numbers in the same arrangement.

    Raises:
        ValueError: there are not as many targets as outputs, or there are none.
    """
    flat_outputs, flat_targets = _flat(outputs), _flat(targets)
    return squared_error(flat_outputs, flat_targets) / len(flat_outputs)


def hinge(scores: Any, labels: Any) -> Value:
    """The mean of max(0, 1 - label · score): 0 once each score is on its label's side by at least 1.

    Args:
        scores: a Value, or a sequence of Values.
        labels: as many numbers, each -1 or 1.

    Raises:
        ValueError: a label is neither -1 nor 1, there are not as many labels as scores, or there are none.

    Source: C. Cortes and V. Vapnik, "Support-Vector Networks", 1995.
    """
    terms = []
    for score, label in _pairs(scores, labels):
        number = label.data if isinstance(label, Value) else label
        if number not in (-1, 1):
            raise ValueError(f"hinge labels are -1 or 1, not {number!r}")
        terms.append((1 - label * score).relu())
    return _total(terms) / len(terms)


def _total(terms: list[Value]) -> Value:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _pairs(outputs: Any, targets: Any) -> list[tuple[Value, Any]]:
    given, wanted = _row(outputs), _row(targets)
    if len(given) != len(wanted):
        raise ValueError(f"{len(given)} outputs need as many targets, not {len(wanted)}")
    if not given:
        raise ValueError("a loss needs at least one output")
    return list(zip(given, wanted, strict=True))


def _row(x: Any) -> Sequence[Any]:
    return x if hasattr(x, "__len__") else [x]


def _flat(x: Any) -> list[Any]:
    return [each for row in _row(x) for each in _row(row)]
