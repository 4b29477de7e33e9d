"""An operation on floats, as one Python function: its answer and all local derivatives at once.

The function is written from the declaration, when the operation is first used. So an operation is one call, instead of
one for each lambda in the table and one more for each function of the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from autograd.arithmetic import Arithmetic, quiet, strict
from autograd.floats import NOTHING
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES
from autograd.terms import CONDITIONS, Term, as_constant, simplified, traced

Kernel = Callable[..., tuple[float, ...]]
"""`kernel(x0, x1, …)`: the answer, and its derivative for each operand."""


@lru_cache(maxsize=4096)
def kernel(operation: Operation) -> Kernel:
    """The function for an operation, its answer computed in `strict`, or as it says, and its derivatives in `quiet`.

    Rules that cannot be written out, since they do more with their operands than an expression does, are called.
    """
    m = quiet if operation.quiet else strict
    try:
        text = source(operation)
    except TypeError:
        return _called(operation, m)
    namespace: dict[str, Any] = {"m": m, "quiet": quiet, "inf": math.inf, "nan": math.nan, "nothing": NOTHING}
    exec(compile(text, f"<kernel of {operation.name}>", "exec"), namespace)
    written: Kernel = namespace["kernel"]
    return written


def source(operation: Operation) -> str:
    """What is compiled for an operation.

    Raises:
        TypeError: its rules cannot be written out.

    Example:
        >>> from autograd import ops
        >>> print(source(ops.TAN))
        def kernel(x0, m_tan=m.tan):
            y = m_tan(x0)
            return y, (1.0 + (y * y))
    """
    answer, partials = traced(operation)
    functions: dict[str, str] = {}
    value = _written(simplified(answer), "m", functions)
    slopes = [_slope(simplified(partial), functions) for partial in partials]
    # As defaults of parameters the functions are local names, which are found faster than others.
    parameters = [f"x{i}" for i in range(operation.arity)] + [f"{name}={full}" for name, full in functions.items()]
    if answer.head in CONDITIONS:
        value = f"float({value})"
    return f"def kernel({', '.join(parameters)}):\n    y = {value}\n    return y, {', '.join(slopes)}"


def _slope(partial: Term, functions: dict[str, str]) -> str:
    """A partial derivative as Python; where it is 0 everywhere, as what lets nothing pass."""
    return "nothing" if as_constant(partial) == 0.0 else _written(partial, "quiet", functions)


def _written(term: Term, m: str, functions: dict[str, str]) -> str:
    """A term as Python; the functions that it calls are added to `functions`."""
    if term.head == "name":
        return str(term.args[0])
    if term.head == "number":
        return repr(term.args[0])
    args = [_written(argument, m, functions) for argument in term.args]
    primitive = PRIMITIVES[term.head]
    once = all(primitive.python.count(f"{{{i}}}") < 2 for i in range(len(args)))
    if primitive.python and (once or all(argument.head in ("name", "number") for argument in term.args)):
        return primitive.python.format(*args)
    functions[f"{m}_{primitive.name}"] = f"{m}.{primitive.name}"
    return f"{m}_{primitive.name}({', '.join(args)})"


def _called(operation: Operation, m: Arithmetic) -> Kernel:
    def kernel(*data: float) -> tuple[float, ...]:
        y = _a_float("forward", operation.forward(m, *data), operation)
        slopes = [partial(quiet, y, *data) for partial in operation.partials]
        return (y, *[_a_float(f"partial {i}", slope, operation) for i, slope in enumerate(slopes)])

    return kernel


def _a_float(which: str, answer: object, operation: Operation) -> float:
    if isinstance(answer, (float, int)):
        return float(answer)
    raise TypeError(f"{which} of operation {operation.name!r} gave {answer!r}, which is no float")
