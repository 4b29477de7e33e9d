"""Rules as terms: an operation's computation, recorded symbolically.

Evaluating a rule of `ops.py` in the arithmetic `symbolic` returns a term, an expression of the result `y` and the
operands `x0`, `x1`, …. Terms are put into words in explanations (`words/rules.py`), and written as Python for the eager
engine (`kernels.py`) and as numpy for the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

from autograd import ops
from autograd.arithmetic import Arithmetic, quiet
from autograd.ops import Operation
from autograd.primitives import PRIMITIVES

if TYPE_CHECKING:
    from autograd.annotations import Quantity

R = TypeVar("R")

LEAVES = ("name", "number")
"""The heads of terms without subterms."""
CONDITIONS = tuple(head for head, primitive in PRIMITIVES.items() if primitive.condition)
"""The heads of terms that are conditions."""


class Term:
    """An expression: a head and its arguments. Equal expressions are equal and hash alike.

    Heads are `name` (one str argument), `number` (one float), or that of a primitive: an operator (`+ - * /` and `**`;
    `neg`), or the name of a function (`exp`, `where`, …).
    """

    # Not a dataclass: importing `dataclasses` would take a third of autograd's import time. The hash is cached, since
    # a term with shared parts may be far larger as a tree than in memory.
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
                if x is not y and (x != y or repr(x) != repr(y)):  # there are two zeros
                    return False
            elif x is not y and (id(x), id(y)) not in met:
                met.add((id(x), id(y)))
                pending.append((x, y))
    return True


class _Traced:
    """An operand of a rule that is being traced: each operator makes a larger term.

    A decision in Python, such as `if a > 0`, would not be recorded in the term, so it raises.
    """

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def __add__(self, other: _Traced | float) -> _Traced:
        return _made("+", self, other)

    def __radd__(self, other: _Traced | float) -> _Traced:
        return _made("+", other, self)

    def __sub__(self, other: _Traced | float) -> _Traced:
        return _made("-", self, other)

    def __rsub__(self, other: _Traced | float) -> _Traced:
        return _made("-", other, self)

    def __mul__(self, other: _Traced | float) -> _Traced:
        return _made("*", self, other)

    def __rmul__(self, other: _Traced | float) -> _Traced:
        return _made("*", other, self)

    def __truediv__(self, other: _Traced | float) -> _Traced:
        return _made("/", self, other)

    def __rtruediv__(self, other: _Traced | float) -> _Traced:
        return _made("/", other, self)

    def __pow__(self, other: _Traced | float) -> _Traced:
        return _made("**", self, other)

    def __rpow__(self, other: _Traced | float) -> _Traced:
        return _made("**", other, self)

    def __neg__(self) -> _Traced:
        return _made("neg", self)

    def __abs__(self) -> _Traced:
        return _made("abs", self)

    def _decide(self, *_: object) -> NoReturn:
        raise TypeError("in a rule m.where, m.greater and m.equal decide, and the functions of m compute")

    __bool__ = __float__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _decide
    __hash__ = None  # type: ignore[assignment]


def _made(head: str, *args: _Traced | float) -> _Traced:
    return _Traced(Term(head, tuple(map(_term, args))))


def _term(x: _Traced | float) -> Term:
    return x.term if isinstance(x, _Traced) else Term("number", (float(x),))


symbolic = Arithmetic(lambda primitive: lambda *args: _made(primitive.head, *args))
"""Terms: computations are recorded, not carried out."""


@lru_cache(maxsize=4096)
def traced(rule: Operation, m: Arithmetic = symbolic) -> tuple[Term, tuple[Term, ...]]:
    """The operation's result as a term over `x0`, `x1`, …, and its partial derivatives, which may also contain `y`.

    Raises:
        TypeError: a rule does what a term cannot express.
    """
    y, operands = _Traced(Term("name", ("y",))), [_Traced(Term("name", (f"x{i}",))) for i in range(rule.arity)]
    try:
        answer = _term(rule.forward(m, *operands))
        return answer, tuple([_term(partial(m, y, *operands)) for partial in rule.partials])
    except Exception as error:  # a user's rule may do anything with its operands
        raise TypeError(
            f"the rules of operation {rule.name!r} are not expressions ({error}): "
            "write them with + - * and the functions of m"
        ) from error


class _Operands(Sequence[_Traced]):
    """The operands of a rule that is being traced, made on demand, since an operation may have a million of them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, k: int) -> _Traced: ...
    @overload
    def __getitem__(self, k: slice) -> list[_Traced]: ...
    def __getitem__(self, k: int | slice) -> _Traced | list[_Traced]:
        if isinstance(k, slice):
            return [self[i] for i in range(*k.indices(self._count))]
        return _Traced(Term("name", (f"x{k}",)))


def slope_term(rule: Operation, i: int, count: int) -> Term:
    """One partial derivative of an operation on `count` operands, without the others."""
    return _term(rule.slope(i, symbolic, _Traced(Term("name", ("y",))), _Operands(count)))


def as_constant(term: Term) -> float | None:
    """The number of a constant term, else None."""
    return float(term.args[0]) if term.head == "number" else None


def folded(term: Term, leaf: Callable[[Term], R], inner: Callable[[Term, tuple[R, ...]], R]) -> R:
    """Folds a term from its leaves up; each shared subterm is visited once.

    Args:
        term: the term.
        leaf: the result for a name or number.
        inner: the result for any other term, from the results for its arguments.
    """
    known: dict[int, R] = {}

    def of(each: Term) -> R:
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


def computed(term: Term, m: Arithmetic, names: Mapping[str, Quantity]) -> Quantity:
    """Evaluates a term in an arithmetic, with the given quantities for its names."""

    def inner(each: Term, args: tuple[Quantity, ...]) -> Quantity:
        primitive = PRIMITIVES[each.head]
        function = getattr(m, primitive.name) if primitive.name else primitive.strict  # operators are Python's
        return function(*args)

    return folded(term, lambda each: names[each.args[0]] if each.head == "name" else each.args[0], inner)


def evaluated(term: Term, names: Mapping[str, float]) -> float:
    """The number of a term, following IEEE 754."""
    found: float = computed(term, quiet, names)
    return found


def substituted(term: Term, names: Mapping[str, Term]) -> Term:
    """Replaces the names in a term by other terms."""
    other: Term = folded(
        term,
        lambda each: names[each.args[0]] if each.head == "name" else each,
        lambda each, args: Term(each.head, args),
    )
    return other


def subterms(term: Term) -> set[Term]:
    """The term and all its subterms."""
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
    """The derivative of a term with respect to one of its names, by the rules of its operations.

    A choice is differentiated branch by branch, so the branch not taken never affects the result, even if it is nan.
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
    """The operation whose rules differentiate a term."""
    exponent = as_constant(term.args[-1])
    if term.head == "**" and exponent is not None:
        return ops.power(exponent)
    return ops.find(PRIMITIVES[term.head].operation)
