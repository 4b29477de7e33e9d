"""The primitive functions of rules, with their spelling in each backend: a table with one line for each.

The rules of `ops.py` are expressions of these functions and nothing else. A backend that can write every line of this
table can therefore write every operation, including those that users declare. The arithmetics of floats
(`arithmetic.py`), terms (`terms.py`) and Values (`differentiable.py`) are made from the table, and so is the code of
kernels, compiled programs and pages. A new function is a new line here; rules that use it can be differentiated again
if `ops.py` has an operation of its name.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd import floats
from autograd.floats import quietly

if TYPE_CHECKING:
    from autograd.annotations import Quantity
    from autograd.arithmetic import Arithmetic


class Primitive:
    """A function of numbers, with its spelling in each backend.

    A spelling is a name to call (`np.tanh`) or a template with `{}` for each operand (`({} + {})`). If it is empty, the
    backend lacks the function, and `definition` replaces it.

    Args:
        head: the head of its terms: `+`, `neg`, `tanh`.
        name: its name in rules, as in `m.tanh`; empty for operators, which rules write as such.
        strict: its value on floats, with the exceptions of Python's floats.
        quiet: its value on floats, following IEEE 754 to inf and nan.
        numpy: its spelling over arrays; it takes `out=`. `special.` is `autograd.compiler.special`.
        javascript: its spelling over numbers. A name without a dot is exported by `primitives.js`.
        jax: its spelling in JAX; `jnp` is `jax.numpy`.
        onnx: the name of an ONNX operator. It is also empty if runtimes are known to be wrong in the tails.
        python: a template on floats, for operators and functions that are written inline; empty: a call.
        definition: `definition(m, *operands)`, the function in terms of other primitives, perhaps less accurate.
        condition: whether its result is a condition, for `where`.
        operation: the operation in `ops.py` that records it.
    """

    __slots__ = (
        "condition", "definition", "head", "javascript", "jax", "name", "numpy", "onnx", "operation", "python",
        "quiet", "strict",
    )  # fmt: skip

    def __init__(
        self,
        head: str,
        name: str,
        strict: Callable[..., Quantity],
        quiet: Callable[..., Quantity] | None = None,
        *,
        numpy: str,
        javascript: str,
        jax: str,
        onnx: str,
        python: str = "",
        definition: Callable[..., Quantity] | None = None,
        condition: bool = False,
        operation: str = "",
    ) -> None:
        self.head, self.name = head, name
        self.strict, self.quiet = strict, quiet or strict
        self.numpy, self.javascript, self.jax, self.onnx, self.python = numpy, javascript, jax, onnx, python
        self.definition, self.condition, self.operation = definition, condition, operation or name

    def __repr__(self) -> str:
        return f"<primitive {self.head}>"


def _operator(symbol: str, function: Callable[..., Quantity], called: str, onnx: str) -> Primitive:
    infix = f"({{}} {symbol} {{}})"
    return Primitive(symbol, "", function, operation=onnx.lower(),
        numpy=f"np.{called}", javascript=infix, jax=infix, onnx=onnx, python=infix)  # fmt: skip


def _function(
    name: str,
    strict: Callable[..., Quantity],
    quiet: Callable[..., Quantity] | None = None,
    **spelled: Any,  # noqa: ANN401 - as for Primitive
) -> Primitive:
    """A function that has the same name in all backends, except those given."""
    usual = {"numpy": f"np.{name}", "javascript": f"Math.{name}", "jax": f"jnp.{name}", "onnx": name.capitalize()}
    return Primitive(spelled.pop("head", name), name, strict, quiet, **(usual | spelled))


def _arc(name: str, *floats: Callable[..., Quantity]) -> Primitive:
    return _function(name, *floats, numpy=f"np.arc{name[1:]}", jax=f"jnp.arc{name[1:]}", definition=_written_out(name))


def _written_out(name: str) -> Callable[..., Quantity]:
    """The function's definition in `definitions.py`, which is loaded when a backend needs it."""

    def define(m: Arithmetic, *operands: Quantity) -> Quantity:
        from autograd import definitions

        return getattr(definitions, name)(m, *operands)

    return define


_LOG_2, _LOG_10 = math.log(2.0), math.log(10.0)
_ZERO = {0.0: -math.inf}

PRIMITIVES: dict[str, Primitive] = {primitive.head: primitive for primitive in (
    _operator("+", operator.add, "add", "Add"),
    _operator("-", operator.sub, "subtract", "Sub"),
    _operator("*", operator.mul, "multiply", "Mul"),
    Primitive("neg", "", operator.neg, operation="neg",
        numpy="np.negative", javascript="(- {})", jax="(- {})", onnx="Neg", python="(-{})"),
    _function("divide", operator.truediv, floats.quiet_divide, head="/", operation="div",
        javascript="({} / {})", onnx="Div"),
    _function("power", floats.power, floats.quiet_power, head="**", operation="pow",
        javascript="power", onnx="Pow"),
    _function("remainder", operator.mod, floats.quiet_remainder,
        javascript="remainder", onnx="", definition=lambda m, a, b: a - b * m.floor(m.divide(a, b))),
    _function("floor", floats.floor),

    _function("exp", math.exp, quietly(math.exp)),
    _function("expm1", math.expm1, quietly(math.expm1),
        onnx="", definition=_written_out("expm1")),
    _function("exp2", math.exp2, quietly(math.exp2),
        javascript="Math.pow(2, {})", onnx="", definition=lambda m, a: m.power(2.0, a)),
    _function("exp_product", floats.exp_product, floats.quiet_exp_product,
        numpy="special.exp_product", javascript="expProduct", jax="", onnx="", definition=_written_out("exp_product")),
    _function("log", math.log, quietly(math.log, _ZERO)),
    _function("log1p", math.log1p, quietly(math.log1p, {-1.0: -math.inf}),
        onnx="", definition=_written_out("log1p")),
    _function("log2", math.log2, quietly(math.log2, _ZERO),
        onnx="", definition=lambda m, a: m.divide(m.log(a), _LOG_2)),
    _function("log10", math.log10, quietly(math.log10, _ZERO),
        onnx="", definition=lambda m, a: m.divide(m.log(a), _LOG_10)),
    _function("sqrt", math.sqrt, quietly(math.sqrt)),
    _function("hypot", floats.hypot,
        onnx="", definition=_written_out("hypot")),

    _function("sin", math.sin, quietly(math.sin)),
    _function("cos", math.cos, quietly(math.cos), definition=_written_out("cos")),
    _function("tan", math.tan, quietly(math.tan), definition=_written_out("tan")),
    _arc("asin", math.asin, quietly(math.asin)),
    _arc("acos", math.acos, quietly(math.acos)),
    _arc("atan", math.atan),
    _function("atan2", math.atan2,
        numpy="np.arctan2", jax="jnp.arctan2", onnx="", definition=_written_out("atan2")),
    _function("sinh", math.sinh, quietly(math.sinh), definition=_written_out("sinh")),
    _function("cosh", math.cosh, quietly(math.cosh, even=True), definition=_written_out("cosh")),
    _function("tanh", math.tanh),
    _arc("asinh", math.asinh),
    _arc("acosh", math.acosh, quietly(math.acosh)),
    _arc("atanh", math.atanh, quietly(math.atanh, {1.0: math.inf, -1.0: -math.inf})),

    _function("sigmoid", floats.sigmoid,
        numpy="special.sigmoid", javascript="sigmoid", jax="", onnx="", definition=_written_out("sigmoid")),
    _function("erf", math.erf,
        numpy="special.erf", javascript="erf", jax="jax.scipy.special.erf",
        onnx="", definition=_written_out("erf")),
    _function("ndtr", floats.ndtr,
        numpy="special.ndtr", javascript="ndtr", jax="jax.scipy.special.ndtr",
        onnx="", definition=_written_out("ndtr")),

    _function("abs", operator.abs, numpy="np.absolute"),
    _function("sign", floats.sign),
    _function("maximum", floats.larger,
        python="({0} if {0} > {1} or {0} != {0} else {1})", javascript="Math.max", onnx="Max"),
    _function("minimum", floats.smaller,
        python="({0} if {0} < {1} or {0} != {0} else {1})", javascript="Math.min", onnx="Min"),
    _function("isfinite", math.isfinite, condition=True,
        javascript="Number.isFinite", onnx="", definition=lambda m, a: m.equal(a - a, 0.0)),
    _function("greater", operator.gt, condition=True, python="({} > {})", javascript="({} > {})"),
    _function("equal", operator.eq, condition=True, python="({} == {})", javascript="({} === {})"),
    _function("not_equal", operator.ne, condition=True, python="({} != {})", javascript="({} !== {})",
        onnx="", definition=lambda m, a, b: m.equal(m.where(m.equal(a, b), 1.0, 0.0), 0.0)),
    _function("where", floats.where, python="({1} if {0} else {2})", javascript="({} ? {} : {})"),
)}  # fmt: skip
"""Every primitive, by the head of its terms."""
