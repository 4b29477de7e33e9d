"""Selects rows of an array: a view if they are strided; sorts repeated rows, so that they can be added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir import Index


@dataclass(frozen=True)
class Even:
    """Strided rows: `start + i·steps[0] + j·steps[1]`."""

    start: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def even(index: Index) -> Even | None:
    """The strides of the rows; None if they have none."""
    start = int(index.flat[0])
    steps = []
    expected: Any = start
    for axis, size in enumerate(index.shape):
        first = tuple(1 if i == axis else 0 for i in range(index.ndim))
        step = int(index[first]) - start if size > 1 else 0
        steps.append(step)
        shape = [1] * index.ndim
        shape[axis] = size
        expected = expected + step * np.arange(size).reshape(shape)
    return Even(start, index.shape, tuple(steps)) if (index == expected).all() else None


def rows(array: npt.NDArray[Any], start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> npt.NDArray[Any]:
    """The view of the rows `start + i·steps[0] + j·steps[1]` of an array: (*shape, *the shape of a row)."""
    stride = array.strides[0]
    strides = tuple(step * stride for step in steps) + array.strides[1:]
    return np.lib.stride_tricks.as_strided(array[start:], shape + array.shape[1:], strides)


@dataclass(frozen=True)
class Segments:
    """Repeated rows, sorted so that equal ones are adjacent."""

    order: Index
    starts: Index
    rows: Index
    """The row of each segment, without repeats."""


def segments(index: Index) -> Segments:
    """Sorts repeated rows, so that `np.add.reduceat` can add up equal ones."""
    flat = index.reshape(-1)
    order = np.argsort(flat, kind="stable")
    distinct, starts = np.unique(flat[order], return_index=True)
    return Segments(order, starts.astype(np.intp), distinct.astype(np.intp))
