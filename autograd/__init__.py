"""glassgrad: a scalar autograd engine made of glass."""

from typing import TYPE_CHECKING, Any

from autograd.custom import operation
from autograd.functions import dot, logsumexp, maximum, mean, minimum, softmax, sum
from autograd.gradcheck import gradcheck
from autograd.modes import detect_anomaly, enable_grad, no_grad
from autograd.transforms import grad, hessian, jacobian, jvp, value_and_grad
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.compiler import Program, compile

__all__ = [
    "Program",
    "Value",
    "compile",
    "detect_anomaly",
    "dot",
    "enable_grad",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "jvp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "operation",
    "softmax",
    "sum",
    "value_and_grad",
]


def __getattr__(name: str) -> Any:
    # The compiler needs numpy, and importing autograd must not.
    if name in ("Program", "compile"):
        from autograd import compiler

        return getattr(compiler, name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")
