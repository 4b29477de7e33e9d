"""glassgrad: a scalar autograd engine made of glass."""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd.gradcheck import gradcheck  # not later: importing the module would hide the function of its name
from autograd.later import provide
from autograd.modes import detect_anomaly, enable_grad, no_grad
from autograd.value import Value

if TYPE_CHECKING:
    __version__: str
    from autograd.backprop import Backprop, Forward
    from autograd.compiler import Program
    from autograd.compiler import compile as compile
    from autograd.custom import operation
    from autograd.elementary import abs as abs
    from autograd.elementary import (
        acos,
        acosh,
        asin,
        asinh,
        atan,
        atanh,
        clip,
        cos,
        cosh,
        erf,
        exp,
        exp2,
        expm1,
        gelu,
        leaky_relu,
        log,
        log1p,
        log2,
        log10,
        relu,
        sigmoid,
        silu,
        sin,
        sinh,
        softplus,
        sqrt,
        tan,
        tanh,
        where,
    )
    from autograd.functions import dot, logsumexp, maximum, mean, minimum, softmax
    from autograd.functions import sum as sum
    from autograd.jitted import Jitted, jit
    from autograd.learn.quiz import quiz
    from autograd.learn.worksheet import worksheet
    from autograd.picking import pick
    from autograd.questions import misconceptions, nudge, why_zero
    from autograd.transforms import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
    from autograd.walk import tour
    from autograd.words.formula import formula
    from autograd.words.names import label
    from autograd.words.paths import derivation, explain
    from autograd.words.tree import tree

# Without abs, sum and compile: `from autograd import *` is not to hide the builtins of these names.
__all__ = [
    "Backprop",
    "Forward",
    "Jitted",
    "Program",
    "Value",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "clip",
    "cos",
    "cosh",
    "derivation",
    "detect_anomaly",
    "dot",
    "elementwise_grad",
    "enable_grad",
    "erf",
    "exp",
    "exp2",
    "explain",
    "expm1",
    "formula",
    "gelu",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "jacobian",
    "jit",
    "jvp",
    "label",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "misconceptions",
    "no_grad",
    "nudge",
    "operation",
    "pick",
    "quiz",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "tour",
    "tree",
    "value_and_grad",
    "vjp",
    "where",
    "why_zero",
    "worksheet",
]


_LATER = {
    "backprop": ("Backprop", "Forward"),
    "compiler": ("Program", "compile"),
    "custom": ("operation",),
    "elementary": (
        "abs",
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atanh",
        "clip",
        "cos",
        "cosh",
        "erf",
        "exp",
        "exp2",
        "expm1",
        "gelu",
        "leaky_relu",
        "log",
        "log10",
        "log1p",
        "log2",
        "relu",
        "sigmoid",
        "silu",
        "sin",
        "sinh",
        "softplus",
        "sqrt",
        "tan",
        "tanh",
        "where",
    ),
    "jitted": ("Jitted", "jit"),
    "functions": ("dot", "logsumexp", "maximum", "mean", "minimum", "softmax", "sum"),
    "picking": ("pick",),
    "learn.quiz": ("quiz",),
    "learn.worksheet": ("worksheet",),
    "questions": ("misconceptions", "nudge", "why_zero"),
    "transforms": ("elementwise_grad", "grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"),
    "walk": ("tour",),
    "words.formula": ("formula",),
    "words.names": ("label",),
    "words.paths": ("derivation", "explain"),
    "words.tree": ("tree",),
    "version": ("__version__",),
}
"""What is loaded when it is first asked for, by module: importing autograd is to be cheap, and to need no numpy."""


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            found = _from(module, name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def _from(module: str, name: str) -> Any:
    return getattr(import_module(f"autograd.{module}"), name)


for _what, _module, _name in (
    ("backward pass that can be differentiated", "differentiable", "backward_with_graph"),
    ("display", "words.display", "bundle"),
    ("expansion", "expansion", "expanded"),
    ("kernel", "kernels", "kernel"),
    ("pickling", "pickling", "reduce"),
    ("refusal of a closure", "pickling", "refuse_closure"),
    ("stale", "stale", "stale_at_a_glance"),
):
    provide(_what, partial(_from, _module, _name))


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for names in _LATER.values() for name in names)})
