"""Rules as terms: what an operation computes, remembered instead of computed.

A rule of `ops.py` that is evaluated in the arithmetic `symbolic` leaves a term, an expression of the answer `y` and the
operands `x0`, `x1`, …. Terms are read out in explanations (`words/rules.py`), written as Python for the eager engine
(`kernels.py`) and as numpy for the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from autograd import ops
from autograd.arithmetic import Arithmetic, quiet
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES

LEAVES = ("name", "number")
"""The heads of terms that are made of no others."""
CONDITIONS = tuple(head for head, primitive in PRIMITIVES.items() if primitive.condition)
"""The heads of terms that hold or do not hold."""


class Term:
    """An expression: a head and its arguments. Equal expressions are equal and hash alike.

    Heads are `name` (one str argument), `number` (one float), or that of a primitive: an operator (`+ - * /` and `**`;
    `neg`), or the name of a function (`exp`, `where`, …).
    """

    # Written out: the module `dataclasses` would take a third of the time that importing autograd takes. The hash is
    # kept, since a term that shares parts with itself may be far larger when it is walked than when it is made.
    __slots__ = ("_hash", "args", "head")

    def __init__(self, head: str, args: tuple[Any, ...]) -> None:
        self.head = head
        self.args = args
        self._hash = hash((head, args))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Term) and self._hash == other._hash and _alike(self, other)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Term({self.head!r}, {self.args!r})"


def _alike(one: Term, other: Term) -> bool:
    """Whether two terms are equal; parts that each of them shares with itself are compared once."""
    met: set[tuple[int, int]] = set()
    pending = [(one, other)]
    while pending:
        a, b = pending.pop()
        if a.head != b.head or a._hash != b._hash or len(a.args) != len(b.args):
            return False
        for x, y in zip(a.args, b.args, strict=True):
            if not (isinstance(x, Term) and isinstance(y, Term)):
                if x is not y and x != y:
                    return False
            elif x is not y and (id(x), id(y)) not in met:
                met.add((id(x), id(y)))
                pending.append((x, y))
    return True


class _Traced:
    """What a rule computes with while it is traced: each operator makes a larger term.

    A decision in Python, such as `if a > 0`, would go unseen into the term, so that it raises.
    """

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def __add__(self, other: Any) -> _Traced:
        return _made("+", self, other)

    def __radd__(self, other: Any) -> _Traced:
        return _made("+", other, self)

    def __sub__(self, other: Any) -> _Traced:
        return _made("-", self, other)

    def __rsub__(self, other: Any) -> _Traced:
        return _made("-", other, self)

    def __mul__(self, other: Any) -> _Traced:
        return _made("*", self, other)

    def __rmul__(self, other: Any) -> _Traced:
        return _made("*", other, self)

    def __truediv__(self, other: Any) -> _Traced:
        return _made("/", self, other)

    def __rtruediv__(self, other: Any) -> _Traced:
        return _made("/", other, self)

    def __pow__(self, other: Any) -> _Traced:
        return _made("**", self, other)

    def __rpow__(self, other: Any) -> _Traced:
        return _made("**", other, self)

    def __neg__(self) -> _Traced:
        return _made("neg", self)

    def __abs__(self) -> _Traced:
        return _made("abs", self)

    def _decide(self, *_: Any) -> NoReturn:
        raise TypeError("in a rule m.where, m.greater and m.equal decide, and the functions of m compute")

    __bool__ = __float__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _decide
    __hash__ = None  # type: ignore[assignment]


def _made(head: str, *args: Any) -> _Traced:
    return _Traced(Term(head, tuple(map(_term, args))))


def _term(x: Any) -> Term:
    return x.term if isinstance(x, _Traced) else Term("number", (float(x),))


symbolic = Arithmetic(lambda primitive: lambda *args: _made(primitive.head, *args))
"""Terms: nothing is computed, the computation is remembered."""


@lru_cache(maxsize=4096)
def traced(rule: Operation, m: Arithmetic = symbolic) -> tuple[Term, tuple[Term, ...]]:
    """The operation's answer as a term over `x0`, `x1`, …, and for each operand its partial derivative, over `y` too.

    Raises:
        TypeError: a rule uses what terms do not have.
    """
    y, operands = _Traced(Term("name", ("y",))), [_Traced(Term("name", (f"x{i}",))) for i in range(rule.arity)]
    try:
        answer = _term(rule.forward(m, *operands))
        return answer, tuple([_term(partial(m, y, *operands)) for partial in rule.partials])
    except Exception as error:  # a user's rule may do anything with its operands
        raise TypeError(
            f"the rules of operation {rule.name!r} are no expressions ({error}): "
            "write them with + - * and the functions of m"
        ) from error


def as_constant(term: Term) -> float | None:
    """The constant that a term is, or None."""
    return float(term.args[0]) if term.head == "number" else None


def folded(term: Term, leaf: Callable[[Term], Any], inner: Callable[[Term, tuple[Any, ...]], Any]) -> Any:
    """What a term comes to, from what its arguments come to; a part that is shared is looked at once.

    Args:
        term: what is looked at.
        leaf: what a name or number comes to.
        inner: what any other term comes to, given that of its arguments.
    """
    known: dict[int, Any] = {}

    def of(each: Term) -> Any:
        if id(each) not in known:
            is_leaf = each.head in LEAVES
            known[id(each)] = leaf(each) if is_leaf else inner(each, tuple(map(of, each.args)))
        return known[id(each)]

    return of(term)


def simplified(term: Term) -> Term:
    """Folds constants and choices by a constant; drops multiplication by 1 and exponent 1."""
    simple: Term = folded(term, lambda each: each, _simplified)
    return simple


def _simplified(term: Term, args: tuple[Term, ...]) -> Term:
    constants = [as_constant(argument) for argument in args]
    if None not in constants:
        return Term("number", (float(PRIMITIVES[term.head].quiet(*constants)),))
    if term.head == "*" and 1.0 in constants:
        return args[1 - constants.index(1.0)]
    if term.head == "**" and constants[1] == 1.0:
        return args[0]
    if term.head == "where" and constants[0] is not None:
        return args[1] if constants[0] else args[2]
    return Term(term.head, args)


def computed(term: Term, m: Arithmetic, names: Mapping[str, Any]) -> Any:
    """What a term stands for in an arithmetic, where its names stand for those quantities."""

    def inner(each: Term, args: tuple[Any, ...]) -> Any:
        primitive = PRIMITIVES[each.head]
        function = getattr(m, primitive.name) if primitive.name else primitive.strict  # operators are those of Python
        return function(*args)

    return folded(term, lambda each: names[each.args[0]] if each.head == "name" else each.args[0], inner)


def evaluated(term: Term, names: Mapping[str, float]) -> Any:
    """The number that a term stands for, following IEEE 754."""
    return computed(term, quiet, names)


def substituted(term: Term, names: Mapping[str, Term]) -> Term:
    """The same with other terms in place of its names."""
    other: Term = folded(
        term,
        lambda each: names[each.args[0]] if each.head == "name" else each,
        lambda each, args: Term(each.head, args),
    )
    return other


def subterms(term: Term) -> set[Term]:
    """The term and all that it is made of."""
    found, pending = {term}, [term]
    while pending:
        each = pending.pop()
        if each.head not in LEAVES:
            new = set(each.args) - found
            found |= new
            pending.extend(new)
    return found


def length(term: Term) -> int:
    """The number of operations in a term that is written out: a shared part counts each time it is used."""
    count: int = folded(term, lambda _: 0, lambda _, args: 1 + sum(args))
    return count


def differentiated(term: Term, name: str) -> Term:
    """The derivative of a term with respect to one of its names, by the rules of the operations it is made of.

    A choice is differentiated branch by branch, so that the branch not taken has no say, whatever it is there.
    """
    if term.head in LEAVES or PRIMITIVES[term.head].condition:
        return _ONE if term == Term("name", (name,)) else _ZERO
    slopes = [differentiated(argument, name) for argument in term.args]
    if term.head == "where":
        return _ZERO if slopes[1] == slopes[2] == _ZERO else Term("where", (term.args[0], *slopes[1:]))
    partials = traced(_operation(term))[1]
    operands = {"y": term} | {f"x{i}": argument for i, argument in enumerate(term.args)}
    total = _ZERO
    for slope, partial in zip(slopes, partials, strict=False):
        partial = simplified(partial)
        if slope != _ZERO and partial != _ZERO:
            share = simplified(Term("*", (substituted(partial, operands), slope)))
            total = share if total == _ZERO else Term("+", (total, share))
    return total


_ZERO, _ONE = Term("number", (0.0,)), Term("number", (1.0,))


def _operation(term: Term) -> Operation:
    """The operation whose rules say how a term is differentiated."""
    exponent = as_constant(term.args[-1])
    if term.head == "**" and exponent is not None:
        return ops.power(exponent)
    return ops.find(PRIMITIVES[term.head].operation)
