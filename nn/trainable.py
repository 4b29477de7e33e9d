"""The numbers that optimisers change: Values, or the vector of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol, TypeAlias

    from autograd import Value
    from autograd.annotations import Numbers, Structure

    class Trainable(Protocol):
        """A compiled program or a jitted function: its parameters and their gradients are a vector each."""

        @property
        def params(self) -> Numbers: ...

        @property
        def grads(self) -> Numbers: ...

        def value_and_grad(self, *args: Structure, **kwargs: Structure) -> object: ...

    Parameters: TypeAlias = Iterable[Value] | Iterable[tuple[str, Value]] | Trainable
