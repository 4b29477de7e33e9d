"""glassgrad: a scalar autograd engine made of glass."""

from autograd.modes import detect_anomaly, enable_grad, no_grad
from autograd.transforms import grad, hessian, jacobian, jvp, value_and_grad
from autograd.value import Value

__all__ = [
    "Value",
    "detect_anomaly",
    "enable_grad",
    "grad",
    "hessian",
    "jacobian",
    "jvp",
    "no_grad",
    "value_and_grad",
]
