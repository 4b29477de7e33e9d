"""An operation on floats as one Python function, which returns the result and all local derivatives.

The function is generated from the declaration when the operation is first used. An operation is then one call, instead
of one for each lambda in the table and one more for each function of the arithmetic.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from autograd.arithmetic import Arithmetic, quiet, strict
from autograd.floats import NOTHING
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES
from autograd.terms import CONDITIONS, LEAVES, Term, as_constant, simplified, subterms, traced

Kernel = Callable[..., tuple[float, ...]]
"""`kernel(x0, x1, …)` returns the result, and its derivative for each operand."""


@lru_cache(maxsize=4096)
def kernel(operation: Operation) -> Kernel:
    """The kernel of an operation: the result in `strict`, or `quiet` if it says so, and the derivatives in `quiet`.

    Rules that are more than expressions cannot be written out; the kernel calls them.
    """
    m = quiet if operation.quiet else strict
    try:
        text = source(operation)
    except (TypeError, RecursionError):
        return _called(operation, m)
    namespace: dict[str, Any] = {"m": m, "quiet": quiet, "inf": math.inf, "nan": math.nan, "nothing": NOTHING}
    exec(compile(text, f"<kernel of {operation.name}>", "exec"), namespace)
    written: Kernel = namespace["kernel"]
    return written


def source(operation: Operation) -> str:
    """The source of an operation's kernel.

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
    strictly, quietly = _Writing("m", functions), _Writing("quiet", functions)
    before, (value,) = strictly.written([simplified(answer)])
    between, slopes = quietly.written([simplified(partial) for partial in partials])
    # Parameter defaults make the functions local names, which are looked up fastest.
    parameters = [f"x{i}" for i in range(operation.arity)] + [f"{name}={full}" for name, full in functions.items()]
    if answer.head in CONDITIONS:
        value = f"float({value})"
    lines = [*before, f"y = {value}", *between, f"return y, {', '.join(slopes)}"]
    return "\n    ".join([f"def kernel({', '.join(parameters)}):", *lines])


_DEEPEST = 40
"""The maximum number of nested calls and parentheses; Python's parser accepts about 90."""


class _Writing:
    """Writes terms as Python. Repeated and deeply nested subterms are computed once, into local variables.

    Args:
        m: the name of the arithmetic in the source. In `m` a function may raise, so a subterm that a choice may skip
            stays inside it; in `quiet` no function raises.
        functions: receives the functions that are called, by their names in the source.
    """

    def __init__(self, m: str, functions: dict[str, str]) -> None:
        self.m, self.functions = m, functions
        self.texts: dict[Term, str] = {}
        self.depths: dict[Term, int] = {}
        self.lines: list[str] = []

    def written(self, terms: list[Term]) -> tuple[list[str], list[str]]:
        """The lines that compute the variables, and the expressions of the terms."""
        self.uses = Counter(terms)
        for each in set().union(*map(subterms, terms)) if terms else ():
            if each.head not in LEAVES:
                self.uses.update(each.args)
        self.always = set(_taken_always(terms))
        texts = ["nothing" if as_constant(term) == 0.0 and self.m == "quiet" else self._text(term) for term in terms]
        return self.lines, texts

    def _text(self, term: Term) -> str:
        if term not in self.texts:
            text = self._expression(term)
            alone = self.uses[term] < 2 and self.depths[term] < _DEEPEST
            if term.head not in LEAVES and not alone and (self.m == "quiet" or term in self.always):
                name = f"{self.m[0]}{len(self.lines)}"
                self.lines.append(f"{name} = {text}")
                text, self.depths[term] = name, 0
            self.texts[term] = text
        return self.texts[term]

    def _expression(self, term: Term) -> str:
        self.depths[term] = 0
        if term.head in LEAVES:
            return term.args[0] if term.head == "name" else repr(term.args[0])
        args = list(map(self._text, term.args))
        self.depths[term] = 1 + max([self.depths[argument] for argument in term.args])
        primitive = PRIMITIVES[term.head]
        once = all(primitive.python.count(f"{{{i}}}") < 2 for i in range(len(args)))
        if primitive.python and (once or all(argument.isidentifier() for argument in args)):
            return primitive.python.format(*args)
        self.functions[f"{self.m}_{primitive.name}"] = f"{self.m}.{primitive.name}"
        return f"{self.m}_{primitive.name}({', '.join(args)})"


def _taken_always(terms: list[Term]) -> Iterator[Term]:
    """The subterms that are computed in every case."""
    pending, met = list(terms), set(terms)
    while pending:
        term = pending.pop()
        yield term
        if term.head not in LEAVES:
            new = set(term.args[:1] if term.head == "where" else term.args) - met
            met |= new
            pending.extend(new)


def _called(operation: Operation, m: Arithmetic) -> Kernel:
    def kernel(*data: float) -> tuple[float, ...]:
        y = _a_float("forward", operation.forward(m, *data), operation)
        slopes = [partial(quiet, y, *data) for partial in operation.partials]
        return (y, *[_a_float(f"partial {i}", slope, operation) for i, slope in enumerate(slopes)])

    return kernel


def _a_float(which: str, answer: object, operation: Operation) -> float:
    if isinstance(answer, (float, int)):
        return float(answer)
    raise TypeError(f"{which} of operation {operation.name!r} gave {answer!r}, which is not a float")
