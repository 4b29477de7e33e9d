"""Mini-batches and accuracy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, overload

from autograd import Value
from autograd.arguments import a_generator, a_whole_number, iterated, sized
from autograd.shown import as_code, many, shown
from autograd.structure import mapped

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from autograd.annotations import Structure
    from nn.module import Seed

A = TypeVar("A")
B = TypeVar("B")
Batched = TypeVar("Batched", bound="npt.NDArray[np.generic]")
OtherBatched = TypeVar("OtherBatched", bound="npt.NDArray[np.generic]")


@overload
def minibatches(one: Sequence[A], /, *, size: int, rng: Seed = None) -> Iterator[tuple[list[A]]]: ...
@overload
def minibatches(
    one: Sequence[A], other: Sequence[B], /, *, size: int, rng: Seed = None
) -> Iterator[tuple[list[A], list[B]]]: ...
@overload
def minibatches(one: Batched, /, *, size: int, rng: Seed = None) -> Iterator[tuple[Batched]]: ...
@overload
def minibatches(
    one: Batched, other: OtherBatched, /, *, size: int, rng: Seed = None
) -> Iterator[tuple[Batched, OtherBatched]]: ...
@overload
def minibatches(*sequences: Structure, size: int, rng: Seed = None) -> Iterator[tuple[Structure, ...]]: ...
def minibatches(*sequences: Structure, size: int, rng: Seed = None) -> Iterator[tuple[Structure, ...]]:
    """Iterates over all examples once, a batch at a time; the last batch may be smaller.

    Args:
        *sequences: of equal length, such as images and labels: lists, or numpy arrays with a row for each example.
        size: the number of examples in a batch, at least 1.
        rng: a generator or a seed to shuffle with; None keeps the order.

    Yields:
        For each batch, the selected part of each sequence: a list of a list, an array of an array.

    Raises:
        ValueError: the lengths differ, or the size is below 1.

    Example:
        >>> [batch for batch, in minibatches([1, 2, 3], size=2)]
        [[1, 2], [3]]
    """
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__getitem__") or isinstance(sequence, Mapping):
            raise TypeError(f"sequence {i} must be a list or an array of examples, not {shown(sequence)}")
    lengths = [sized(sequence, f"sequence {i}", "examples") for i, sequence in enumerate(sequences)]
    if len(set(lengths)) != 1:
        raise ValueError(f"all sequences must have the same length; these have {lengths}")
    size = a_whole_number(size, "the size of a batch", least=1)
    order = list(range(lengths[0]))
    if rng is not None:
        a_generator(rng, "rng").shuffle(order)
    starts = range(0, len(order), size)
    return (tuple(_take(sequence, order[start : start + size]) for sequence in sequences) for start in starts)


def _take(sequence: Structure, rows: list[int]) -> Structure:
    return sequence[rows] if hasattr(sequence, "ndim") else [sequence[i] for i in rows]


def accuracy(outputs: Structure, labels: Structure) -> float:
    """The fraction of examples, from 0 to 1, whose largest output is at the label's index.

    Args:
        outputs: the outputs of each example, numbers or Values: lists, an array (examples, outputs), or an iterator
            such as `(model(x) for x in images)`, of which each graph is freed before the next is built.
        labels: the index of the right output of each example.

    Raises:
        ValueError: the number of labels is not that of the examples, or is 0; an example has fewer than two outputs;
            a label is not an index of an output.

    Example:
        >>> accuracy([[0.1, 0.9], [0.8, 0.3]], [1, 1])
        0.5
    """
    if not hasattr(outputs, "__len__"):
        # A loop variable would keep each graph alive while the next is built.
        outputs = list(map(_numbers, iterated(outputs, "the outputs", "outputs")))
    if sized(outputs, "the outputs", "outputs") != sized(labels, "the labels") or not len(labels):
        counts = f"{many(len(outputs), 'output')} and {many(len(labels), 'label')}"
        raise ValueError(f"each output needs a label, and there must be some: there are {counts}")
    right = 0
    for row, label in zip(outputs, labels, strict=True):
        if not hasattr(row, "__len__") or len(row) < 2:
            raise ValueError(
                "accuracy needs at least two outputs for each example: with one, compare it with a threshold"
            )
        if getattr(label, "ndim", 0) or label not in range(len(row)):
            raise ValueError(f"a label must be the position of one of {len(row)} outputs, from 0, not {as_code(label)}")
        right += int(max(range(len(row)), key=row.__getitem__) == label)
    return right / len(labels)


def _numbers(row: Structure) -> Structure:
    return mapped(lambda y: y.data if isinstance(y, Value) else y, row)
