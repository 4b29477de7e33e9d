"""Recognises sums of products that share their factors as matrix products.

In a layer, each row of weights is paired with each vector of inputs, in one sum per pair. In attention, each head has
its own product; under a causal mask only some rows and vectors are paired, and only their first elements. All of these
are one contraction, `hmk,hvk->hmv`: h blocks of m rows and v vectors, with k products in each sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograd.compiler.ir import Index

_DENSE = 0.5
"""The minimum fraction of pairs of rows and vectors that must be needed; the other pairs are wasted work."""


@dataclass
class Product:
    """Sums of products as one contraction.

    `left`, (h, m, k), and `right`, (h, v, k), are the indices of the factors' elements. A row of the left factor ends
    at `extent`, (h, m). `at`, (sums,), is the index of each sum in the result of shape (h, m, v).
    """

    left: Index
    right: Index
    extent: Index | None
    at: Index
    swapped: bool = False
    """Whether the left factor is the second factor of the terms."""

    @property
    def order(self) -> str | None:
        """The order of axes in which the elements of the result are the sums in order, if there is one."""
        h, m, v = self.shape
        places = np.arange(h * m * v).reshape(h, m, v)
        for letters, axes in (("hmv", (0, 1, 2)), ("hvm", (0, 2, 1)), ("mhv", (1, 0, 2)), ("vhm", (2, 0, 1))):
            if self.at.size == places.size and (places.transpose(axes).reshape(-1) == self.at).all():
                return letters
        return None

    @property
    def shape(self) -> tuple[int, int, int]:
        """The numbers of blocks, rows and vectors."""
        return (*self.left.shape[:2], self.right.shape[1])


def product(first: Index, second: Index, starts: Index | None) -> Product | None:
    """The contraction that computes sums of products, if there is one worth computing.

    Args:
        first: the indices of the first factors, (sums, products); or (all products,) if the sums differ in length.
        second: the indices of the second factors, in the same shape.
        starts: the start of each sum's products, if the sums differ in length.
    """
    if starts is None:
        if first.shape[1] < 2:
            return None
        found = _shared(list(first), list(second))
        if found is None:
            # the same products in another order
            order = np.arange(len(second))[:, None], np.argsort(second, axis=1, kind="stable")
            found = _shared(list(first[order]), list(second[order]))
        return found
    left, right = np.split(first, starts[1:]), np.split(second, starts[1:])
    found = _shared(left, right)
    if found is None and (found := _shared(right, left)) is not None:
        found.swapped = True
    return found


def _shared(left: Sequence[Index], right: Sequence[Index]) -> Product | None:
    """The contraction of sums whose factors are at `left` and `right`, with one index for each sum."""
    rows, vectors = _Longest(left), _Longest(right)
    k = int(vectors.lengths.max())
    whole = rows.lengths[rows.number] == [len(index) for index in left]
    if not whole.all() or (vectors.lengths != k).any():
        return None
    blocks = _blocks(rows.number, vectors.number, len(rows.longest), len(vectors.longest))
    if blocks is None:
        return None
    row_at, vector_at, (h, m, v) = blocks
    at = row_at[rows.number] * v + vector_at[vectors.number] % v
    if m * v == 1 or len(at) < _DENSE * h * m * v or len(np.unique(at)) < len(at):
        return None
    extent: Index | None = None
    if (rows.lengths < k).any():
        ends = np.empty(h * m, dtype=np.intp)
        ends[row_at] = rows.lengths
        extent = ends.reshape(h, m)
    return Product(rows.table(row_at, k).reshape(h, m, k), vectors.table(vector_at, k).reshape(h, v, k), extent, at)


class _Longest:
    """Assigns each list to the longest list of which it is a prefix."""

    def __init__(self, lists: Sequence[Index]) -> None:
        starts: dict[int, list[int]] = {}
        numbers: dict[bytes, int] = {}
        self.longest: list[Index] = []
        self.number = np.empty(len(lists), dtype=np.intp)
        """The number of each list's longest list."""
        for i in sorted(range(len(lists)), key=lambda i: -len(lists[i])):
            index = lists[i]
            known = numbers.get(index.tobytes())
            if known is None:
                same = [n for n in starts.get(int(index[0]), []) if (self.longest[n][: len(index)] == index).all()]
                known = same[0] if same else len(self.longest)
                numbers[index.tobytes()] = known
                if not same:
                    self.longest.append(index)
                    starts.setdefault(int(index[0]), []).append(known)
            self.number[i] = known
        self._renumber()
        self.lengths = np.array([len(index) for index in self.longest], dtype=np.intp)

    def _renumber(self) -> None:
        """Renumbers the longest lists in order of first occurrence."""
        _, first = np.unique(self.number, return_index=True)
        order = np.argsort(first)
        self.number = np.argsort(order)[self.number]
        self.longest = [self.longest[n] for n in order]

    def table(self, at: Index, k: int) -> Index:
        """The longest lists as rows of a table, each at its place, padded with its first entry."""
        table = np.empty((len(self.longest), k), dtype=np.intp)
        for n, index in enumerate(self.longest):
            table[at[n]] = index[0]
            table[at[n], : len(index)] = index
        return table


def _blocks(rows: Index, vectors: Index, m: int, v: int) -> tuple[Index, Index, tuple[int, int, int]] | None:
    """Splits the pairs of rows and vectors into blocks of equal size; None if that is impossible.

    Returns the place of each row and of each vector, counted through all blocks, and the shape (blocks, rows, vectors).
    """
    if len(rows) == m * v:
        return np.arange(m), np.arange(v), (1, m, v)
    row_block, vector_block = np.arange(m), np.full(v, m)
    while True:  # each takes the least block among its partners', until nothing changes
        before = row_block.copy()
        np.minimum.at(vector_block, vectors, row_block[rows])
        np.minimum.at(row_block, rows, vector_block[vectors])
        if (before == row_block).all():
            break
    names, row_block = np.unique(row_block, return_inverse=True)
    vector_block = np.searchsorted(names, vector_block)
    h = len(names)
    if m % h or v % h or (np.bincount(row_block) != m // h).any() or (np.bincount(vector_block) != v // h).any():
        return None
    row_at, vector_at = np.empty(m, dtype=np.intp), np.empty(v, dtype=np.intp)
    row_at[np.argsort(row_block, kind="stable")] = np.arange(m)
    vector_at[np.argsort(vector_block, kind="stable")] = np.arange(v)
    return row_at, vector_at, (h, m // h, v // h)
