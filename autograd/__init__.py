"""glassgrad: a scalar autograd engine made of glass."""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

# Not later: importing the module of that name would hide the function.
from autograd.gradcheck import gradcheck as gradcheck
from autograd.later import provide
from autograd.modes import (
    detect_anomaly as detect_anomaly,
    enable_grad as enable_grad,
    no_grad as no_grad,
    record_lines as record_lines,
)
from autograd.value import Value as Value

if TYPE_CHECKING:  # each `as` says that the name is public
    from autograd.backprop import Backprop as Backprop, Forward as Forward
    from autograd.compiler import Program as Program, compile as compile
    from autograd.custom import operation as operation
    from autograd.elementary import (
        abs as abs,
        acos as acos,
        acosh as acosh,
        asin as asin,
        asinh as asinh,
        atan as atan,
        atan2 as atan2,
        atanh as atanh,
        clip as clip,
        cos as cos,
        cosh as cosh,
        erf as erf,
        exp as exp,
        exp2 as exp2,
        expm1 as expm1,
        gelu as gelu,
        hypot as hypot,
        leaky_relu as leaky_relu,
        log as log,
        log1p as log1p,
        log2 as log2,
        log10 as log10,
        logaddexp as logaddexp,
        relu as relu,
        sigmoid as sigmoid,
        silu as silu,
        sin as sin,
        sinh as sinh,
        softplus as softplus,
        sqrt as sqrt,
        tan as tan,
        tanh as tanh,
        where as where,
    )
    from autograd.functions import (
        dot as dot,
        logsumexp as logsumexp,
        maximum as maximum,
        mean as mean,
        minimum as minimum,
        softmax as softmax,
        sum as sum,
    )
    from autograd.jitted import Jitted as Jitted, jit as jit
    from autograd.learn.quiz import quiz as quiz
    from autograd.learn.worksheet import worksheet as worksheet
    from autograd.picking import pick as pick
    from autograd.questions import misconceptions as misconceptions, nudge as nudge, why_zero as why_zero
    from autograd.transforms import (
        elementwise_grad as elementwise_grad,
        grad as grad,
        hessian as hessian,
        hvp as hvp,
        jacobian as jacobian,
        jvp as jvp,
        value_and_grad as value_and_grad,
        vjp as vjp,
    )
    from autograd.version import __version__ as __version__
    from autograd.walk import tour as tour
    from autograd.words.formula import formula as formula
    from autograd.words.names import label as label
    from autograd.words.paths import derivation as derivation, explain as explain
    from autograd.words.tree import tree as tree

_LATER = {
    name: module
    for module, names in {
        "backprop": "Backprop Forward",
        "compiler": "Program compile",
        "custom": "operation",
        "elementary": "abs acos acosh asin asinh atan atan2 atanh clip cos cosh erf exp exp2 expm1 gelu hypot "
        "leaky_relu log log10 log1p log2 logaddexp relu sigmoid silu sin sinh softplus sqrt tan tanh where",
        "functions": "dot logsumexp maximum mean minimum softmax sum",
        "jitted": "Jitted jit",
        "learn.quiz": "quiz",
        "learn.worksheet": "worksheet",
        "picking": "pick",
        "questions": "misconceptions nudge why_zero",
        "transforms": "elementwise_grad grad hessian hvp jacobian jvp value_and_grad vjp",
        "version": "__version__",
        "walk": "tour",
        "words.formula": "formula",
        "words.names": "label",
        "words.paths": "derivation explain",
        "words.tree": "tree",
    }.items()
    for name in names.split()
}
"""The module of each name that is loaded on first use, which keeps `import autograd` fast and free of numpy."""

# Without abs, sum and compile: `from autograd import *` must not hide the builtins of these names.
__all__ = sorted(
    {"Value", "detect_anomaly", "enable_grad", "gradcheck", "no_grad", "record_lines", *_LATER}
    - {"__version__", "abs", "compile", "sum"}
)


if not TYPE_CHECKING:  # or else any name would be one of this package

    def __getattr__(name: str) -> object:
        if name in _LATER:
            found = _from(_LATER[name], name)
            globals()[name] = found
            return found
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def _from(module: str, name: str) -> object:
    return getattr(import_module(f"autograd.{module}"), name)


for _what, _module, _name in (
    ("backward pass that can be differentiated", "differentiable", "backward_with_graph"),
    ("display", "words.display", "bundle"),
    ("expansion", "expansion", "expanded"),
    ("kernel", "kernels", "kernel"),
    ("line", "lines", "remember"),
    ("pickling", "pickling", "reduce"),
    ("refusal of a closure", "pickling", "refuse_closure"),
    ("stale", "stale", "stale_at_a_glance"),
):
    provide(_what, partial(_from, _module, _name))


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
