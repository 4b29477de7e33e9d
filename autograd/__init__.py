"""glassgrad: a scalar autograd engine made of glass."""

from autograd.modes import detect_anomaly, no_grad
from autograd.value import Value

__all__ = ["Value", "detect_anomaly", "no_grad"]
