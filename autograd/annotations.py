"""Types that annotations name. They are for readers and type checkers; nothing is computed with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, TypeAlias, overload

    import numpy as np
    import numpy.typing as npt

    from autograd.value import Value

    Quantity: TypeAlias = Any
    """A number in the arithmetic that evaluates a rule: a float, a Value, a term, an array. No type has the operators
    of all of these."""

    Structure: TypeAlias = Any
    """A number, or nested lists, tuples, dicts and arrays of numbers, whose type depends on what a caller passes."""

    Gradient: TypeAlias = float | Value
    """A float, or a Value that can be differentiated again."""

    Numbers: TypeAlias = npt.NDArray[Any]
    """An array of float64 or float32: its caller chose which, and need not check."""

    Rows: TypeAlias = npt.NDArray[np.intp]
    """Indices of examples in a batch."""

    Floats: TypeAlias = npt.NDArray[np.float64]

    class Unknown:
        """An argument without a type, such as that of a lambda: mypy takes the first overload for it."""

    class Derivative(Protocol):
        """A derivative for the first argument, in its structure: floats, or Values if an argument is a Value."""

        __name__: str

        @overload
        def __call__(self, x: Unknown, /, *args: Structure, **kwargs: Structure) -> Structure: ...
        @overload
        def __call__(self, x: Value, /, *args: Structure, **kwargs: Structure) -> Value: ...
        @overload
        def __call__(self, x: float, /, *args: float, **kwargs: float) -> float: ...
        @overload
        def __call__(self, x: list[float], /, *args: float | list[float], **kwargs: float) -> list[float]: ...
        @overload
        def __call__(self, x: Floats, /, *args: float | Floats, **kwargs: float) -> Floats: ...
        @overload
        def __call__(self, *args: Structure, **kwargs: Structure) -> Structure: ...

    class ValueAndDerivative(Protocol):
        """A function's result, and its derivative for the first argument: floats or Values, as for `Derivative`."""

        __name__: str

        @overload
        def __call__(self, x: Unknown, /, *args: Structure, **kwargs: Structure) -> tuple[Structure, Structure]: ...
        @overload
        def __call__(self, x: Value, /, *args: Structure, **kwargs: Structure) -> tuple[Value, Value]: ...
        @overload
        def __call__(self, x: float, /, *args: float, **kwargs: float) -> tuple[float, float]: ...
        @overload
        def __call__(
            self, x: list[float], /, *args: float | list[float], **kwargs: float
        ) -> tuple[float, list[float]]: ...
        @overload
        def __call__(self, x: Floats, /, *args: float | Floats, **kwargs: float) -> tuple[float, Floats]: ...
        @overload
        def __call__(self, *args: Structure, **kwargs: Structure) -> tuple[Structure, Structure]: ...

    Function: TypeAlias = Callable[..., Structure]
    """A user's function of numbers, and of structures of numbers."""
