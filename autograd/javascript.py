"""Terms as JavaScript, for pages and compiled modules."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from autograd.primitives import PRIMITIVES, Primitive
from autograd.terms import CONDITIONS, LEAVES, Term, subterms


def written(term: Term, own: str = "") -> str:
    """A term as a JavaScript expression whose value is a number.

    Args:
        term: the term.
        own: a prefix for the names of `primitives.js`, such as `primitives.`.

    Example:
        >>> from autograd import ops, terms
        >>> written(terms.traced(ops.MAXIMUM)[0])
        'Math.max(x0, x1)'
    """
    return _written(term, own, lambda part: written(part, own))


def statements(term: Term, operands: Mapping[str, str]) -> tuple[list[str], str]:
    """A term as JavaScript statements and an expression, in which repeated subterms are computed once.

    Args:
        term: the term.
        operands: the expression for each name in the term.

    Returns:
        The statements, and the expression that follows them.

    Example:
        >>> x = Term("name", ("x",))
        >>> statements(Term("*", (x, x)), {"x": "numbers[i]"})
        (['const t0 = numbers[i];'], 't0 * t0')
    """
    uses = Counter(arg for each in subterms(term) if each.head not in LEAVES for arg in each.args)
    names: dict[Term, str] = {}
    lines: list[str] = []

    def of(part: Term) -> str:
        if part in names:
            return names[part]
        expression = operands[part.args[0]] if part.head == "name" else _written(part, "", of)
        if uses[part] < 2 or part.head == "number":
            return expression
        names[part] = f"t{len(names)}"
        lines.append(f"const {names[part]} = {_bare(expression)};")
        return names[part]

    answer = of(term)
    return lines, _bare(answer)


def applied(primitive: Primitive, operands: Sequence[str], own: str = "") -> str:
    """A primitive applied to operands, which are expressions."""
    if "{}" in primitive.javascript:
        return primitive.javascript.format(*operands)
    return f"{called(primitive, own)}({', '.join(operands)})"


def called(primitive: Primitive, own: str = "") -> str:
    """The name of a function in JavaScript or in `primitives.js`."""
    return primitive.javascript if "." in primitive.javascript else f"{own}{primitive.javascript}"


def number(x: float) -> str:
    """A float as a JavaScript expression."""
    if math.isnan(x):
        return "NaN"
    if x.is_integer() and abs(x) < 1e9 and repr(x) != "-0.0":
        return str(int(x))
    return repr(x) if math.isfinite(x) else "Infinity" if x > 0 else "(-Infinity)"


def _written(term: Term, own: str, of: Callable[[Term], str]) -> str:
    if term.head == "name":
        return str(term.args[0])
    if term.head == "number":
        return number(term.args[0])
    if term.head in CONDITIONS:
        return f"Number({_bare(_condition(term, own, of))})"
    if term.head == "where":
        condition, *branches = term.args
        return applied(PRIMITIVES["where"], [_condition(condition, own, of), *map(of, branches)], own)
    return applied(PRIMITIVES[term.head], list(map(of, term.args)), own)


def _condition(term: Term, own: str, of: Callable[[Term], str]) -> str:
    """A term as a condition. A number is true unless it is zero; nan is true too, unlike in JavaScript."""
    if term.head in CONDITIONS:
        return applied(PRIMITIVES[term.head], list(map(of, term.args)), own)
    return f"{of(term)} !== 0"


def _bare(expression: str) -> str:
    """An expression without its outer parentheses."""
    depth = 0
    for i, character in enumerate(expression):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return expression[1:-1] if i and i == len(expression) - 1 else expression
    return expression
