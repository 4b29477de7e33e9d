"""The operations as methods of `Value`, in addition to its operators."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from autograd import ops
from autograd.ops import Operation
from autograd.scalars import as_float
from autograd.shown import as_code

if TYPE_CHECKING:
    from autograd.value import Number, Value


class Methods:
    """Each operation of `ops.py` without an operator, as a method of its first operand."""

    __slots__ = ()

    if TYPE_CHECKING:  # these are Value's own

        def _unary(self, operation: Operation) -> Value: ...

        def _binary(self, operation: Operation, other: Number) -> Value: ...

        @staticmethod
        def _of(operation: Operation, *operands: Any) -> Value: ...  # noqa: ANN401 - self is a Value

    # Powers and logarithms

    def exp(self) -> Value:
        """e to the power of this. `OverflowError` above about 709.78."""
        return self._unary(ops.EXP)

    def expm1(self) -> Value:
        """exp(this) - 1, accurate near 0. `OverflowError` above about 709.78."""
        return self._unary(ops.EXPM1)

    def exp2(self) -> Value:
        """2 to the power of this. `OverflowError` from 1024 up."""
        return self._unary(ops.EXP2)

    def log(self) -> Value:
        """Natural logarithm. `ValueError` unless above 0."""
        return self._unary(ops.LOG)

    def log1p(self) -> Value:
        """log(1 + this), accurate near 0. `ValueError` unless above -1."""
        return self._unary(ops.LOG1P)

    def logaddexp(self, other: Number) -> Value:
        """log(exp(this) + exp(other)), finite for all finite operands."""
        return self._binary(ops.LOGADDEXP, other)

    def log2(self) -> Value:
        """Logarithm to base 2. `ValueError` unless above 0."""
        return self._unary(ops.LOG2)

    def log10(self) -> Value:
        """Logarithm to base 10. `ValueError` unless above 0."""
        return self._unary(ops.LOG10)

    def sqrt(self) -> Value:
        """Square root. `ValueError` below 0; at 0 its derivative is infinite."""
        return self._unary(ops.SQRT)

    # Trigonometry, and its inverse

    def sin(self) -> Value:
        """Sine of this, in radians."""
        return self._unary(ops.SIN)

    def cos(self) -> Value:
        """Cosine of this, in radians."""
        return self._unary(ops.COS)

    def tan(self) -> Value:
        """Tangent of this, in radians."""
        return self._unary(ops.TAN)

    def asin(self) -> Value:
        """The angle whose sine is this. `ValueError` unless from -1 to 1; there its derivative is infinite."""
        return self._unary(ops.ASIN)

    def acos(self) -> Value:
        """The angle whose cosine is this. `ValueError` unless from -1 to 1; there its derivative is infinite."""
        return self._unary(ops.ACOS)

    def atan(self) -> Value:
        """The angle whose tangent is this."""
        return self._unary(ops.ATAN)

    def atan2(self, other: Number) -> Value:
        """The angle of the point (`other`, this), from -π to π; 0 at (0, 0)."""
        return self._binary(ops.ATAN2, other)

    def hypot(self, other: Number) -> Value:
        """√(this² + other²), even if the squares overflow. At (0, 0) its derivative is nan."""
        return self._binary(ops.HYPOT, other)

    # Hyperbolic functions, and their inverse

    def sinh(self) -> Value:
        """Hyperbolic sine. `OverflowError` beyond about ±710.47."""
        return self._unary(ops.SINH)

    def cosh(self) -> Value:
        """Hyperbolic cosine. `OverflowError` beyond about ±710.47."""
        return self._unary(ops.COSH)

    def tanh(self) -> Value:
        """Hyperbolic tangent: between -1 and 1, finite for every float."""
        return self._unary(ops.TANH)

    def asinh(self) -> Value:
        """Inverse hyperbolic sine."""
        return self._unary(ops.ASINH)

    def acosh(self) -> Value:
        """Inverse hyperbolic cosine. `ValueError` below 1; at 1 its derivative is infinite."""
        return self._unary(ops.ACOSH)

    def atanh(self) -> Value:
        """Inverse hyperbolic tangent. `ValueError` unless between -1 and 1."""
        return self._unary(ops.ATANH)

    # Activations

    def erf(self) -> Value:
        """The error function: 2/√π times the integral of exp(-t²) from 0 to this."""
        return self._unary(ops.ERF)

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-this)): between 0 and 1, finite for every float."""
        return self._unary(ops.SIGMOID)

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """This if it is above 0, else `slope` times this."""
        return self._unary(ops.leaky_relu(as_float(slope)))

    def softplus(self) -> Value:
        """log(1 + exp(this)), a smooth relu: finite for every float."""
        return self._unary(ops.SOFTPLUS)

    def gelu(self, approximate: str = "none") -> Value:
        """This times Φ(this), where Φ is the normal distribution function.

        Args:
            approximate: "none", or "tanh" for ½·this·(1 + tanh(√(2/π)·(this + 0.044715·this³))), as in PyTorch.

        Raises:
            ValueError: `approximate` is neither.
        """
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate must be 'none' or 'tanh', not {as_code(approximate)}")
        return self._unary(ops.GELU if approximate == "none" else ops.GELU_TANH)

    def silu(self) -> Value:
        """This times its sigmoid, also called swish."""
        return self._unary(ops.SILU)

    # Choices

    def maximum(self, other: Number) -> Value:
        """The larger of the two. On a tie each derivative is ½."""
        return self._binary(ops.MAXIMUM, other)

    def minimum(self, other: Number) -> Value:
        """The smaller of the two. On a tie each derivative is ½."""
        return self._binary(ops.MINIMUM, other)

    def clip(self, min: Number | None = None, max: Number | None = None) -> Value:
        """This, but at least `min` and at most `max`; either may be None, a number or a Value.

        The derivative is 1 between the bounds and on them, and 0 beyond.
        """
        return self._of(ops.CLIP, self, -math.inf if min is None else min, math.inf if max is None else max)

    def where(self, condition: Number, other: Number) -> Value:
        """This if the condition is not 0, else `other`; the gradient goes to the chosen one.

        A condition that is a Value stays in the graph, so that `refresh()` chooses again.
        """
        return self._of(ops.WHERE, condition, self, other)

    # numpy's names for the inverse functions, which it calls on arrays of Values

    arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
    arcsinh, arccosh, arctanh = asinh, acosh, atanh
