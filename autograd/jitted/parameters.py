"""The Values that a function finds besides its arguments' numbers, as one vector.

A model has thousands of them, and few programs look at any between two steps of training. While nobody does, their
numbers are in the vector alone: the Values are lent, as instances of a subclass whose `_data` first gives back all of
them. So an exchange usually costs nothing, and a Value that is read always has its present number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.locks import Lock, once
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.annotations import Numbers

_lock = Lock()
"""One for all, since a Value may be a parameter of several functions."""
_put = Value.__dict__["_data"].__set__


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
        self.grads: Numbers = np.zeros(len(values), dtype)
        self._last = self.vector.copy()
        """The vector when it last agreed with the numbers in the Values themselves."""
        self._lent, self._whole = False, True
        """Whether the Values are lent, and whether all of them are, or none; not so after an interrupt."""

    @once
    def _kind(self) -> type[Value]:
        return _lent_to(self)

    def _numbers(self, dtype: np.dtype[Any]) -> Numbers:
        with np.errstate(over="ignore"):  # numbers too large for float32 become inf
            return np.array([v._data for v in self.values], dtype=np.float64).astype(dtype, copy=False)

    def exchange(self) -> None:
        """Makes both agree: writes an optimiser's changes to the Values, or else reads numbers assigned to them."""
        if not self.values:
            return
        with _lock.held:
            if self._lent:
                if self._whole:
                    return
                self.give_back()
            if not self._changed():
                self.vector[...] = self._numbers(self.vector.dtype)
                self._last[...] = self.vector
            if not self._lend():
                self._write()

    def lent(self) -> bool:
        """Whether all Values are lent; a read of one of them, or a comparison with another object, ends it."""
        return self._lent and self._whole

    def _changed(self) -> bool:
        return self.vector.tobytes() != self._last.tobytes()

    def _write(self) -> None:
        if self._changed():
            for value, number in zip(self.values, self.vector.tolist(), strict=True):
                value._data = number
            self._last[...] = self.vector

    def _lend(self) -> bool:
        """Lends the Values, unless some are of another class."""
        if set(map(type, self.values)) != {Value}:
            for value in self.values:
                _ = value._data  # gives back what is lent elsewhere
            if set(map(type, self.values)) != {Value}:
                return False
        kind = self._kind
        self._lent, self._whole = True, False
        for value in self.values:
            value.__class__ = kind
        self._whole = True
        return True

    def give_back(self) -> None:
        """Gives the Values their numbers back."""
        with _lock.held:
            complete, kind = self._lent and self._whole, self._kind
            self._whole = False
            if self._changed():
                for value, number in zip(self.values, self.vector.tolist(), strict=True):
                    if type(value) is kind:
                        _put(value, number)
                        value.__class__ = Value
            else:
                for value in self.values:
                    if type(value) is kind:
                        value.__class__ = Value
            if complete:
                self._last[...] = self.vector
            self._lent, self._whole = False, True


def _lent_to(parameters: Parameters) -> type[Value]:
    """The class of Values while their numbers are in a vector."""

    def read(self: Value) -> float:
        parameters.give_back()
        return self._data

    def assign(self: Value, number: float) -> None:
        parameters.give_back()
        self._data = number

    def equal(self: Value, other: object) -> Any:
        parameters.give_back()
        return self == other

    def copied(self: Value) -> Value:
        parameters.give_back()
        return self.__copy__()

    def reduced(self: Value, protocol: Any) -> Any:
        parameters.give_back()
        return self.__reduce_ex__(protocol)

    space = {"__slots__": (), "__module__": Value.__module__, "__doc__": Value.__doc__, "_data": property(read, assign)}
    return type("Value", (Value,), {**space, "__eq__": equal, "__copy__": copied, "__reduce_ex__": reduced})
