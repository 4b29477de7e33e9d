"""Losses: the distance between outputs and targets, as one Value to differentiate.

Targets are numbers, or Values if the graph is to be compiled with targets as inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import autograd
from autograd import Value, logsumexp, ops, pick
from autograd.arguments import a_number
from autograd.scalars import as_float
from autograd.shown import as_code, many
from autograd.value import apply, operand

if TYPE_CHECKING:
    from autograd.annotations import Structure


def squared_error(outputs: Structure, targets: Structure) -> Value:
    """The sum of (output - target)² over all positions.

    Args:
        outputs: a Value, or a sequence of Values.
        targets: as many numbers.

    Raises:
        ValueError: the number of targets is not that of the outputs, or is 0.

    Example:
        >>> squared_error([Value(0.5), Value(2.0)], [0, 1]).data
        1.25
    """
    return _total([(operand(output) - operand(target)) ** 2 for output, target in _pairs(outputs, targets)])


def mse(outputs: Structure, targets: Structure) -> Value:
    """The mean squared error: `squared_error` divided by the number of positions.

    Args:
        outputs: a Value, a sequence of Values, or a sequence of such sequences, one for each example.
        targets: numbers, nested like the outputs.

    Raises:
        ValueError: targets are not nested like the outputs, or there are no outputs.
    """
    terms = [(operand(output) - operand(target)) ** 2 for output, target in _positions(outputs, targets)]
    return _total(terms) / len(terms)


def hinge(scores: Structure, labels: Structure) -> Value:
    """The mean of max(0, 1 - label · score): 0 if each score has its label's sign and is at least 1 in size.

    Args:
        scores: a Value, or a sequence of Values.
        labels: as many numbers, each -1 or 1, or Values that stand for such numbers.

    Raises:
        ValueError: a label is a number other than -1 and 1, or the number of labels is not that of the scores, or is 0.

    Source: C. Cortes and V. Vapnik, "Support-Vector Networks", 1995.
    """
    terms = []
    for score, label in _pairs(scores, labels):
        if not isinstance(label, Value) and label not in (-1, 1):
            raise ValueError(f"hinge labels must be -1 or 1, not {as_code(label)}")
        terms.append((1 - operand(label) * operand(score)).relu())
    return _total(terms) / len(terms)


def binary_cross_entropy(probabilities: Structure, targets: Structure) -> Value:
    """The mean of -(t·log p + (1 - t)·log(1 - p)), the surprise at each target t of a model that gave it probability p.

    Logarithms are clamped at -100, as in PyTorch, so that a probability of 0 or 1 is not an error. If the probabilities
    are sigmoids, `binary_cross_entropy_with_logits` of the sigmoids' arguments is more accurate.

    Args:
        probabilities: a Value from 0 to 1, a sequence of Values, or a sequence of such sequences.
        targets: numbers from 0 (no) to 1 (yes), nested like the probabilities, or Values that stand for such numbers.

    Raises:
        ValueError: targets are not nested like the probabilities, or there are none, or one is not from 0 to 1.
    """
    terms = []
    for p, target in _positions(probabilities, targets):
        _check_share("a probability", p)
        terms.append(apply(ops.BINARY_CROSS_ENTROPY, operand(p), operand(_share_of_yes(target))))
    return _total(terms) / len(terms)


def binary_cross_entropy_with_logits(logits: Structure, targets: Structure, pos_weight: float | Value = 1.0) -> Value:
    """`binary_cross_entropy` of sigmoid(logits), accurate in both tails.

    log σ(x) is computed as -softplus(-x), which neither cancels nor overflows.

    Args:
        logits: a Value, a sequence of Values, or a sequence of such sequences.
        targets: numbers from 0 (no) to 1 (yes), nested like the logits, or Values that stand for such numbers.
        pos_weight: the weight of a yes relative to a no.

    Raises:
        ValueError: targets are not nested like the logits, or there are none, or a target is not from 0 to 1.

    Example:
        >>> binary_cross_entropy_with_logits(Value(40.0), 1).data
        4.248354255291589e-18
    """
    terms = []
    if not isinstance(pos_weight, Value):
        pos_weight = a_number(pos_weight, "pos_weight", least=0.0)
    for x, target in _positions(logits, targets):
        x, yes = operand(x), _share_of_yes(target)
        if isinstance(yes, Value) or 0.0 < yes < 1.0:
            terms.append((-x).softplus() * (yes * pos_weight) + x.softplus() * (1.0 - yes))
        else:
            terms.append((-x).softplus() * pos_weight if yes and pos_weight != 1.0 else (-x if yes else x).softplus())
    return _total(terms) / len(terms)


def _positions(outputs: Structure, targets: Structure) -> list[tuple[Structure, Structure]]:
    return [pair for row, target in _pairs(outputs, targets) for pair in _pairs(row, target)]


def _share_of_yes(target: Structure) -> Structure:
    if isinstance(target, Value):
        return target
    _check_share("a target", target)
    return as_float(target)


def _check_share(what: str, x: Structure) -> None:
    number = x.data if isinstance(x, Value) else as_float(x)
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"{what} must be from 0 to 1, not {number!r}")


def cross_entropy(scores: Structure, labels: Structure) -> Value:
    """The mean of -log softmax(scores)[label]: the network's surprise at the right answers.

    softmax itself is not computed: log(exp(s₁) + exp(s₂) + …) - s_label is equal, and finite for all finite scores.

    Args:
        scores: the scores of one example before softmax, at least one; or a sequence of such sequences.
        labels: the index of the right score, an int or a Value; or a row of probabilities, one for each score, which
            add up to 1. For several examples, a sequence of these.

    Raises:
        ValueError: the number of labels is not that of the examples, or is 0; an index is out of range; the number of
            probabilities is not that of the scores; one is below 0, or they do not add up to 1.

    Source: C. Bishop, "Pattern Recognition and Machine Learning", 2006, equation 4.108.

    Example:
        >>> cross_entropy([Value(1000.0), Value(0.0)], 1).data
        1000.0
    """
    several = any(map(_several, _row(scores)))
    terms = [_surprise(row, label) for row, label in (_pairs(scores, labels) if several else [(scores, labels)])]
    return _total(terms) / len(terms) if several else terms[0]


def _surprise(scores: Structure, label: Structure) -> Value:
    """-log softmax(scores)[label], or its mean weighted by targets."""
    row = _row(scores)
    if _several(label):
        pairs = _pairs(row, label)
        _check_shares([target for _, target in pairs if not isinstance(target, Value)], len(pairs))
        total = logsumexp(row)
        return _total([(total - score) * target for score, target in pairs])
    if isinstance(label, Value):
        chosen: Value = pick(row, label)
        surprise: Value = logsumexp(row) - chosen
        return surprise
    if label not in range(len(row)):
        raise ValueError(f"the label must be the position of one of {len(row)} scores, from 0, not {as_code(label)}")
    known: Value = logsumexp(row) - row[int(label)]
    return known


def _check_shares(targets: list[Structure], count: int) -> None:
    """Refuses numbers that are not probabilities of all answers. Values are not known yet, and pass."""
    numbers = [as_float(target) for target in targets]
    if not all(number >= 0.0 for number in numbers) or (len(numbers) == count and abs(sum(numbers) - 1.0) > 1e-3):
        some = ", ".join(f"{number:g}" for number in numbers[:5]) + (", …" if count > 5 else "")
        raise ValueError(f"targets must be probabilities that add up to 1, not [{some}]")


def _total(terms: list[Value]) -> Value:
    total: Value = autograd.sum(terms)
    return total


def _pairs(outputs: Structure, targets: Structure) -> list[tuple[Value, Structure]]:
    given, wanted = _row(outputs), _row(targets)
    if len(given) != len(wanted):
        raise ValueError(
            f"each output needs a target: there are {many(len(given), 'output')} and {many(len(wanted), 'target')}"
        )
    if not len(given):
        raise ValueError("a loss needs at least one output")
    return list(zip(given, wanted, strict=True))


def _row(x: Structure) -> Sequence[Structure]:
    return x if _several(x) else [x]


def _several(x: Structure) -> bool:
    """Whether x is a sequence, and not one number, such as an array without dimensions."""
    return hasattr(x, "__len__") and getattr(x, "ndim", 1) > 0
