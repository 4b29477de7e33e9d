"""Every operation, declared once.

The table at the end of this file is the mathematics of the project. A line gives an operation's value and, for each
operand, the partial derivative of the answer `y`. The same line serves eager evaluation, higher-order derivatives, the
explanations, the drawings and the compiler: `m` is the arithmetic at hand (see `arithmetic.py`).

Corners follow PyTorch: relu'(0) = 0, abs'(0) = 0, and a tie in `maximum` or `minimum` is shared equally.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

Rule = Callable[..., Any]

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly a written operation binds, loosest first."""


class Operation:
    """A differentiable function of scalars: how it computes, how it differentiates, how it is written.

    Args:
        name: what it is called in Python: `tanh`.
        symbol: what a drawing shows, and `_op` holds: `tanh`, `*`, `**2`.
        forward: `forward(m, *operands)`: the answer.
        partials: for each operand, `partial(m, y, *operands)`: the derivative of the answer `y` with respect to it.
        words: the rule of differentiation in a sentence.
        domain: where it is defined, as the end of an error message; or one such text for each kind of error.
        text: how it is written, with `{}` for each operand; empty: as a call, `tanh(a)`.
        latex: the same in LaTeX; empty: as a call.
        binding: how tightly the written form binds.
        attributes: the constants of a member of a family, such as the exponent of `**2`.
        roles: what each operand is called in a sentence, where there is a word for it: `first factor`.

    `evaluate(*data)` gives the answer and all partial derivatives, on floats (see `kernels.py`).
    """

    __slots__ = (
        "attributes", "binding", "domain", "evaluate", "forward", "latex", "name", "partials", "roles", "symbol",
        "text", "words",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        symbol: str,
        forward: Rule,
        partials: tuple[Rule, ...],
        words: str = "",
        domain: str | dict[type[Exception], str] = "",
        text: str = "",
        latex: str = "",
        binding: int = ATOM,
        attributes: dict[str, float] | None = None,
        roles: tuple[str, ...] = (),
    ) -> None:
        self.name, self.symbol = name, symbol
        self.forward, self.partials = forward, partials
        self.words, self.domain, self.text, self.latex, self.binding = words, domain, text, latex, binding
        self.attributes, self.roles = attributes or {}, roles
        self.evaluate: Callable[..., tuple[float, ...]] = self._evaluate_first

    def _evaluate_first(self, *data: float) -> tuple[float, ...]:
        """Stands in `evaluate` until the first call, which puts the operation's kernel in its place."""
        from autograd.kernels import kernel

        self.evaluate = kernel(self)
        return self.evaluate(*data)

    @property
    def arity(self) -> int:
        """How many operands it takes."""
        return len(self.partials)

    def at(self, count: int) -> Operation:
        """The operation on so many operands: itself, unless it takes any number of them (see `nary.py`)."""
        return self

    def slope(self, i: int, m: Any, y: Any, operands: Sequence[Any]) -> Any:
        """The derivative of the answer `y` for operand number i, in the arithmetic `m`."""
        return self.partials[i](m, y, *operands)

    def order(self, count: int) -> Sequence[int]:
        """In which order the backward pass sends the gradient to the operands."""
        return range(count)

    def size(self, count: int) -> int:
        """How many operations it is with so many operands, written out."""
        return 1

    def reason(self, kind: type[Exception]) -> str:
        """What is to be said of an error of that kind."""
        return self.domain if isinstance(self.domain, str) else self.domain[kind]

    def __repr__(self) -> str:
        constants = "".join(f", {key}={value!r}" for key, value in self.attributes.items())
        return f"<operation {self.name}{constants}>"

    def __deepcopy__(self, memo: Any) -> Operation:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        where = (self.name, tuple(self.attributes.values()))
        if not self.attributes and find(*where) is not self:
            raise TypeError(
                f"operation {self.name!r} has been declared anew since this graph was made, and a pickle could not "
                "tell the two apart: build the graph again, or give each its own name"
            )
        return find, where


OPERATIONS: dict[str, Operation | Callable[..., Operation]] = {}
"""Every operation by name; for a family (`power`, `leaky_relu`), the function that makes its members."""


def find(name: str, attributes: tuple[float, ...] = ()) -> Operation:
    """The operation of that name, as pickles refer to it.

    Raises:
        LookupError: no such operation has been declared in this process.
    """
    try:
        found = OPERATIONS[name]
    except KeyError:
        raise LookupError(
            f"no operation named {name!r} is declared here; "
            "import the module that declares it with autograd.operation before loading"
        ) from None
    return found if isinstance(found, Operation) else found(*attributes)


def _number(x: float) -> str:
    """The shortest text for a constant: 2 for 2.0, else as Python writes it."""
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)


def _power_base(m: Any, y: Any, a: Any, b: Any) -> Any:
    """b·a^(b-1), and 0 where b is 0 though a^(b-1) is infinite: x**0 is 1 everywhere."""
    slope = m.power(a, b - 1.0)
    return m.where(m.equal(b, 0.0), m.where(m.isfinite(slope), b * slope, 0.0), b * slope)


def _power_exponent(m: Any, y: Any, a: Any, b: Any) -> Any:
    """y·log a, and 0 where a is 0 and stays 0 however b changes."""
    slope = y * m.log(a)
    return m.where(m.equal(a, 0.0), m.where(m.greater(0.0, b), slope, 0.0), slope)


def _declare(name: str, symbol: str, forward: Rule, *partials: Rule, **written: Any) -> Operation:
    operation = Operation(name, symbol, forward, partials, **written)
    OPERATIONS[name] = operation
    return operation


def _family(make: Callable[[float], Operation]) -> Callable[[float], Operation]:
    """Declares operations that differ in a constant; the same constant gives the same operation."""
    member = lru_cache(maxsize=1024)(make)
    OPERATIONS[make.__name__] = member
    return member


# fmt: off
ADD = _declare("add", "+", lambda m, a, b: a + b,
    lambda m, y, a, b: 1.0,
    lambda m, y, a, b: 1.0,
    words="a sum passes the gradient on to both operands, unchanged",
    roles=("first summand", "second summand"),
    text="{} + {}", latex="{} + {}", binding=SUM)

SUB = _declare("sub", "-", lambda m, a, b: a - b,
    lambda m, y, a, b: 1.0,
    lambda m, y, a, b: -1.0,
    words="a difference passes the gradient on: unchanged to the first, with its sign turned to the second",
    roles=("minuend", "subtrahend"),
    text="{} - {}", latex="{} - {}", binding=SUM)

MUL = _declare("mul", "*", lambda m, a, b: a * b,
    lambda m, y, a, b: b,
    lambda m, y, a, b: a,
    words="each factor's derivative is the other factor",
    roles=("first factor", "second factor"),
    text="{} * {}", latex=r"{} \cdot {}", binding=PRODUCT)

DIV = _declare("div", "/", lambda m, a, b: m.divide(a, b),
    lambda m, y, a, b: m.divide(1.0, b),
    lambda m, y, a, b: m.divide(-y, b),
    words="one over the denominator; for the denominator, minus the answer over it",
    domain="the denominator must not be 0",
    roles=("numerator", "denominator"),
    text="{} / {}", latex=r"\frac{{{}}}{{{}}}", binding=PRODUCT)

NEG = _declare("neg", "neg", lambda m, a: -a,
    lambda m, y, a: -1.0,
    words="the sign turns, and so does the gradient's",
    text="-{}", latex="-{}", binding=SIGN)

POW = _declare("pow", "**", lambda m, a, b: m.power(a, b),
    _power_base,
    _power_exponent,
    words="the exponent comes down and is one less; for the exponent, the answer times the base's logarithm",
    domain={
        ValueError: "a negative number has whole powers only",
        ZeroDivisionError: "0 has no power below 0",
        OverflowError: "the answer must fit a float",
    },
    roles=("base", "exponent"),
    text="{} ** {}", latex="{{{}}}^{{{}}}", binding=POWER)

ABS = _declare("abs", "abs", lambda m, a: m.abs(a),
    lambda m, y, a: m.sign(a),
    words="the operand's sign; 0 at 0",
    text="|{}|", latex=r"\left|{}\right|")

EXP = _declare("exp", "exp", lambda m, a: m.exp(a),
    lambda m, y, a: y,
    words="the exponential is its own derivative",
    domain="the answer must fit a float: the operand may be at most about 709.78",
    latex="e^{{{}}}", binding=ATOM)

LOG = _declare("log", "log", lambda m, a: m.log(a),
    lambda m, y, a: m.divide(1.0, a),
    words="one over the operand",
    domain="the operand must be above 0",
    latex=r"\log\left({}\right)")

LOG1P = _declare("log1p", "log1p", lambda m, a: m.log1p(a),
    lambda m, y, a: m.divide(1.0, 1.0 + a),
    words="one over one plus the operand",
    domain="the operand must be above -1",
    latex=r"\log\left(1 + {}\right)")

SQRT = _declare("sqrt", "sqrt", lambda m, a: m.sqrt(a),
    lambda m, y, a: m.divide(0.5, y),
    words="one half over the answer; infinite at 0",
    domain="the operand must not be below 0",
    latex=r"\sqrt{{{}}}")

SIN = _declare("sin", "sin", lambda m, a: m.sin(a),
    lambda m, y, a: m.cos(a),
    words="the cosine of the operand",
    domain="the operand must be finite",
    latex=r"\sin\left({}\right)")

COS = _declare("cos", "cos", lambda m, a: m.cos(a),
    lambda m, y, a: -m.sin(a),
    words="minus the sine of the operand",
    domain="the operand must be finite",
    latex=r"\cos\left({}\right)")

TAN = _declare("tan", "tan", lambda m, a: m.tan(a),
    lambda m, y, a: 1.0 + y * y,
    words="one plus the answer squared",
    domain="the operand must be finite",
    latex=r"\tan\left({}\right)")

TANH = _declare("tanh", "tanh", lambda m, a: m.tanh(a),
    lambda m, y, a: 1.0 - y * y,
    words="one minus the answer squared",
    latex=r"\tanh\left({}\right)")

SIGMOID = _declare("sigmoid", "sigmoid", lambda m, a: m.sigmoid(a),
    lambda m, y, a: y * (1.0 - y),
    words="the answer times one minus the answer",
    latex=r"\sigma\left({}\right)")

RELU = _declare("relu", "ReLU", lambda m, a: m.maximum(a, 0.0),
    lambda m, y, a: m.where(m.greater(a, 0.0), 1.0, 0.0),
    words="passes the gradient on where the operand is above 0, and blocks it elsewhere",
    latex=r"\operatorname{{ReLU}}\left({}\right)")

SOFTPLUS = _declare("softplus", "softplus",
    lambda m, a: m.maximum(a, 0.0) + m.log1p(m.exp(-m.abs(a))),
    lambda m, y, a: m.sigmoid(a),
    words="the sigmoid of the operand",
    latex=r"\operatorname{{softplus}}\left({}\right)")

MAXIMUM = _declare("maximum", "max", lambda m, a, b: m.maximum(a, b),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(b, a), 0.0, 1.0)),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(a, b), 0.0, 1.0)),
    words="the larger takes it all; on a tie, half each",
    latex=r"\max\left({}, {}\right)")

MINIMUM = _declare("minimum", "min", lambda m, a, b: m.minimum(a, b),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(a, b), 0.0, 1.0)),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(b, a), 0.0, 1.0)),
    words="the smaller takes it all; on a tie, half each",
    latex=r"\min\left({}, {}\right)")

STOP = _declare("stop_gradient", "stop", lambda m, a: a,
    lambda m, y, a: 0.0,
    words="the value goes on, the gradient does not",
    latex=r"\operatorname{{stop}}\left({}\right)")

# Decisions, as numbers: what the rules above compute when they are differentiated in turn.

SIGN_OF = _declare("sign", "sign", lambda m, a: m.sign(a),
    lambda m, y, a: 0.0,
    words="the sign does not change with the operand",
    latex=r"\operatorname{{sign}}\left({}\right)")

GREATER = _declare("greater", ">", lambda m, a, b: m.where(m.greater(a, b), 1.0, 0.0),
    lambda m, y, a, b: 0.0,
    lambda m, y, a, b: 0.0,
    words="a comparison does not change with its operands",
    latex=r"\left[{} > {}\right]")

EQUAL = _declare("equal", "==", lambda m, a, b: m.where(m.equal(a, b), 1.0, 0.0),
    lambda m, y, a, b: 0.0,
    lambda m, y, a, b: 0.0,
    words="a comparison does not change with its operands",
    latex=r"\left[{} = {}\right]")

WHERE = _declare("where", "where", lambda m, a, b, c: m.where(m.equal(a, 0.0), c, b),
    lambda m, y, a, b, c: 0.0,
    lambda m, y, a, b, c: m.where(m.equal(a, 0.0), 0.0, 1.0),
    lambda m, y, a, b, c: m.where(m.equal(a, 0.0), 1.0, 0.0),
    words="the gradient goes to the one that is chosen")


@_family
def power(exponent: float) -> Operation:
    """Raising to a constant power."""
    n, shown = exponent, _number(exponent)
    return Operation("power", f"**{shown}", lambda m, a: m.power(a, n), (
        lambda m, y, a: n * m.power(a, n - 1.0) if n else 0.0,),
        words="the exponent comes down as a factor, and is one less",
        domain=POW.domain,
        text=f"{{}} ** {shown}", latex=f"{{{{{{}}}}}}^{{{{{shown}}}}}", binding=POWER,
        attributes={"exponent": n})


@_family
def leaky_relu(slope: float) -> Operation:
    """The operand where it is above 0, and a small multiple of it elsewhere."""
    shown = _number(slope)
    return Operation("leaky_relu", "LeakyReLU", lambda m, a: m.where(m.greater(a, 0.0), a, slope * a), (
        lambda m, y, a: m.where(m.greater(a, 0.0), 1.0, slope),),
        words=f"passes the gradient on where the operand is above 0, and {shown} of it elsewhere",
        text=f"leaky_relu({{}}, {shown})",
        latex=fr"\operatorname{{{{LeakyReLU}}}}_{{{{{shown}}}}}\left({{}}\right)",
        attributes={"slope": slope})
# fmt: on
