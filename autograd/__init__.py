"""glassgrad: a scalar autograd engine made of glass."""

from autograd.custom import operation
from autograd.functions import dot, logsumexp, maximum, mean, minimum, softmax, sum
from autograd.modes import detect_anomaly, enable_grad, no_grad
from autograd.transforms import grad, hessian, jacobian, jvp, value_and_grad
from autograd.value import Value

__all__ = [
    "Value",
    "detect_anomaly",
    "dot",
    "enable_grad",
    "grad",
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
