"""glassgrad: a scalar autograd engine made of glass."""

from typing import TYPE_CHECKING, Any

from autograd.custom import operation
from autograd.functions import dot, logsumexp, maximum, mean, minimum, softmax, sum
from autograd.gradcheck import gradcheck
from autograd.modes import detect_anomaly, enable_grad, no_grad
from autograd.transforms import grad, hessian, jacobian, jvp, value_and_grad
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.backprop import Backprop, Forward
    from autograd.compiler import Program, compile
    from autograd.questions import misconceptions, nudge, why_zero
    from autograd.walk import tour
    from autograd.words.formula import formula
    from autograd.words.names import label
    from autograd.words.paths import derivation, explain
    from autograd.words.tree import tree

__all__ = [
    "Backprop",
    "Forward",
    "Program",
    "Value",
    "compile",
    "derivation",
    "detect_anomaly",
    "dot",
    "enable_grad",
    "explain",
    "formula",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "jvp",
    "label",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "misconceptions",
    "no_grad",
    "nudge",
    "operation",
    "softmax",
    "sum",
    "tour",
    "tree",
    "value_and_grad",
    "why_zero",
]


_LATER = {
    # What needs numpy, and what only a reader at a prompt needs: importing autograd is to be cheap.
    "Program": "compiler",
    "compile": "compiler",
    "Backprop": "backprop",
    "Forward": "backprop",
    "derivation": "words.paths",
    "explain": "words.paths",
    "formula": "words.formula",
    "label": "words.names",
    "misconceptions": "questions",
    "nudge": "questions",
    "tour": "walk",
    "tree": "words.tree",
    "why_zero": "questions",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"autograd.{_LATER[name]}"), name)
