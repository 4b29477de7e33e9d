"""Gradient clipping."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from autograd import Value
from autograd.arguments import a_number, values
from autograd.atomic import run
from autograd.graph import gradient

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.annotations import Quantity, Structure
    from nn.trainable import Parameters


def clip_grad_norm_(
    params: Parameters, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scales all gradients by one factor so that their norm is at most `max_norm`, like PyTorch's.

    Each gradient is multiplied by max_norm / (norm + 1e-6) if that is below 1, as in PyTorch.

    Args:
        params: Values, or a compiled program.
        max_norm: the largest norm allowed, at least 0.
        norm_type: the p of the p-norm, above 0; `inf` for the largest absolute value.
        error_if_nonfinite: whether to raise if the norm is inf or nan; otherwise the gradients become 0 or nan.

    Returns:
        The norm before clipping.

    Raises:
        ValueError: `max_norm` is below 0, or `norm_type` is not above 0.
        FloatingPointError: the norm is not finite and `error_if_nonfinite` is set. Nothing has changed.
    """
    max_norm = a_number(max_norm, "max_norm", least=0.0, finite=False)
    norm_type = a_number(norm_type, "norm_type", above=0.0, finite=False)
    held = _Gradients(params)
    norm = _norm(held.numbers(), norm_type)
    if error_if_nonfinite and not math.isfinite(norm):
        raise FloatingPointError(f"the norm of the gradients is {norm}: one of them is not finite")
    scale = max_norm / (norm + 1e-6)
    if not scale >= 1.0:
        held.change(lambda grad: grad * scale)
    return norm


def clip_grad_value_(params: Parameters, clip_value: float) -> None:
    """Clips each gradient to between `-clip_value` and `clip_value`, like PyTorch's.

    Args:
        params: Values, or a compiled program.
        clip_value: at least 0.

    Raises:
        ValueError: `clip_value` is below 0.
    """
    clip_value = a_number(clip_value, "clip_value", least=0.0, finite=False)

    def cut(grad: Quantity) -> Quantity:
        if isinstance(grad, float):
            return min(max(grad, -clip_value), clip_value)
        return grad.clip(-clip_value, clip_value)  # of a Value, or of an array

    _Gradients(params).change(cut)


class _Gradients:
    """The gradients of Values, or the gradient vector of a program."""

    def __init__(self, params: Structure) -> None:
        self.program = params if hasattr(params, "value_and_grad") else None
        one = isinstance(params, Value)
        self.values = [] if self.program is not None else [params] if one else values(params, "the parameters")

    def numbers(self) -> list[float]:
        if self.program is not None:
            return [float(grad) for grad in self.program.grads]
        return list(map(gradient, self.values))

    def change(self, function: Callable[[Quantity], Quantity]) -> None:
        if self.program is not None:
            self.program.grads[...] = function(self.program.grads)
        else:
            grads = [v.grad if isinstance(v.grad, Value) else gradient(v) for v in self.values]
            run([partial(setattr, v, "grad", new) for v, new in zip(self.values, map(function, grads), strict=True)])


def _norm(numbers: list[float], p: float) -> float:
    """The p-norm. Dividing by the largest number first avoids overflow."""
    if any(x != x for x in numbers):
        return math.nan
    largest = max(map(abs, numbers), default=0.0)
    if p == math.inf or largest in (0.0, math.inf):
        return largest
    if p == 2.0:
        return math.hypot(*numbers)
    return float(largest * math.fsum((abs(x) / largest) ** p for x in numbers) ** (1.0 / p))
