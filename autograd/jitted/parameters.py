"""The Values that a function finds besides its arguments' numbers, as one vector."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.value import Value


class Parameters:
    """Values and a vector of their numbers, both of which may change; optimisers change the vector.

    Attributes:
        values: the leaves.
        vector: (values,), their numbers.
        grads: (values,), the gradient of the last `value_and_grad`.
    """

    def __init__(self, values: list[Value], dtype: np.dtype[Any]) -> None:
        self.values = values
        self.vector = self._numbers(dtype)
        self.grads: npt.NDArray[Any] = np.zeros(len(values), dtype)
        self._last = self.vector.copy()

    def _numbers(self, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        with np.errstate(over="ignore"):  # numbers too large for float32 become inf
            return np.array([v._data for v in self.values], dtype=np.float64).astype(dtype, copy=False)

    def exchange(self) -> None:
        """Makes both agree: writes an optimiser's changes to the Values, or else reads numbers assigned to them."""
        if np.array_equal(self.vector, self._last, equal_nan=True):
            self.vector[...] = self._numbers(self.vector.dtype)
        else:
            self.write()
        self._last[...] = self.vector

    def write(self) -> None:
        """Writes the vector into the Values."""
        for value, number in zip(self.values, self.vector.tolist(), strict=True):
            value._data = number
