"""Every operation, declared once.

The table at the end of this file is the mathematics of the project. A line gives an operation's value and, for each
operand, the partial derivative of the result `y`. The same line serves eager evaluation, higher-order derivatives, the
explanations, the drawings and the compiler: `m` is the arithmetic in which it is evaluated (see `arithmetic.py`).

Corners follow PyTorch: relu'(0) = 0, abs'(0) = 0, and a tie in `maximum` or `minimum` is shared equally. The result for
nan is nan. There relu' is 1 and clip' is 0, as in PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd.later import later
from autograd.templates import ATOM, LOOSEST, POWER, PRODUCT, SIGN, SUM, Template, enclosed

if TYPE_CHECKING:
    from autograd.annotations import Quantity
    from autograd.arithmetic import Arithmetic

Rule: TypeAlias = "Callable[..., Quantity]"


class Operation:
    """A differentiable function of scalars: its value, its derivatives, and its notation.

    Args:
        name: its name in Python: `tanh`.
        symbol: its symbol in drawings and in `_op`: `tanh`, `*`, `**2`.
        forward: `forward(m, *operands)`, the result.
        partials: for each operand, `partial(m, y, *operands)`, the derivative of the result `y` with respect to it.
        words: the rule of differentiation in a sentence.
        domain: its domain, as the end of an error message; or a dict with such a text for each type of error.
        text: its notation, a template with its precedence; text if it encloses its operands; by default a call.
        latex: the same in LaTeX, where precedence may differ: a fraction encloses its operands.
        zero: why a derivative is 0, with `{}` for the operand's number.
        second: `second(m, a)`, the second derivative; for two operands `second(m, a, b)`, the mixed derivative. By
            default it is derived from the partials; give it if that would cancel or be undefined.
        attributes: the constants of a member of a family, such as the exponent of `**2`.
        roles: the name of each operand in a sentence, if there is one: `first factor`.
        quiet: return inf and nan outside the domain, as derivatives do, instead of raising.
        branchless: the partials without `where`, for arrays, which would compute both branches; by default `partials`.

    `evaluate(*data)` returns the result and all partial derivatives, on floats (see `kernels.py`).
    """

    __slots__ = (
        "attributes", "branchless", "domain", "evaluate", "forward", "latex", "name", "partials", "quiet", "roles",
        "second", "symbol", "text", "words", "zero",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        symbol: str,
        forward: Rule,
        partials: tuple[Rule, ...],
        words: str = "",
        domain: str | dict[type[Exception], str] = "",
        text: str | Template | None = None,
        latex: str | Template | None = None,
        zero: str = "its derivative at {} is 0",
        second: Rule | None = None,
        attributes: dict[str, float] | None = None,
        roles: tuple[str, ...] = (),
        quiet: bool = False,
        branchless: tuple[Rule, ...] = (),
    ) -> None:
        self.name, self.symbol = name, symbol
        self.forward, self.partials = forward, partials
        self.words, self.domain, self.zero = words, domain, zero
        self.text = enclosed(text, self.arity) if isinstance(text, str) else text
        self.latex = enclosed(latex, self.arity) if isinstance(latex, str) else latex
        self.second = second
        self.attributes, self.roles = attributes or {}, roles
        self.quiet = quiet
        self.branchless = branchless or partials
        self.evaluate: Callable[..., tuple[float, ...]] = self._evaluate_first

    def _evaluate_first(self, *data: float) -> tuple[float, ...]:
        """The initial `evaluate`; the first call replaces it by the operation's kernel."""
        self.evaluate = later("kernel")(self)
        return self.evaluate(*data)

    @property
    def arity(self) -> int:
        """The number of operands."""
        return len(self.partials)

    def at(self, count: int) -> Operation:
        """The operation on `count` operands: itself, unless it takes any number of them (see `nary.py`)."""
        return self

    def slope(self, i: int, m: Arithmetic | None, y: Quantity, operands: Sequence[Quantity]) -> Quantity:
        """The derivative of the result `y` for operand number i, in the arithmetic `m`."""
        return self.partials[i](m, y, *operands)

    def order(self, count: int) -> Sequence[int]:
        """The order in which the backward pass adds to the operands' gradients."""
        return range(count)

    def size(self, count: int) -> int:
        """The number of operations that it stands for with `count` operands."""
        return 1

    def reason(self, kind: type[Exception]) -> str:
        """Explanation to append to an error of this type."""
        return self.domain if isinstance(self.domain, str) else self.domain[kind]

    def __repr__(self) -> str:
        constants = "".join(f", {key}={value!r}" for key, value in self.attributes.items())
        return f"<operation {self.name}{constants}>"

    def __deepcopy__(self, memo: object) -> Operation:
        return self

    def __reduce__(self) -> tuple[Callable[..., Operation], tuple[object, ...]]:
        where = (self.name, tuple(self.attributes.values()))
        if self.quiet:
            return quietly, (find(*where),)
        if not self.attributes and find(*where) is not self:
            raise TypeError(
                f"operation {self.name!r} has been redeclared since this graph was built, and a pickle could not "
                "tell the two apart: build the graph again, or give the operations different names"
            )
        return find, where


_LOG_2, _LOG_10 = math.log(2.0), math.log(10.0)
_SATURATED = "saturated: {} is so far out that the curve is flat"
_SMALLEST_SHARE = math.exp(-100.0)
_NORMAL = 1.0 / math.sqrt(2.0 * math.pi)
_SQRT_8_OVER_PI = math.sqrt(8.0 / math.pi)

OPERATIONS: dict[str, Operation | Callable[..., Operation]] = {}
"""Every operation by name; a family (`power`, `leaky_relu`) is the function that makes its members."""


def find(name: str, attributes: tuple[float, ...] = ()) -> Operation:
    """The operation with a name, by which pickles refer to it.

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


@lru_cache(maxsize=4096)
def quietly(operation: Operation) -> Operation:
    """The operation for use in derivatives: it returns inf and nan outside its domain, when refreshed too."""
    if operation.quiet or not operation.domain:
        return operation
    said = {key: getattr(operation, key) for key in _SAID}
    return Operation(operation.name, operation.symbol, operation.forward, operation.partials, **said, quiet=True)


_SAID = ("words", "text", "latex", "zero", "second", "attributes")


def _number(x: float) -> str:
    """The shortest text for a constant: 2 for 2.0, else Python's repr."""
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)


def _power_base(m: Arithmetic, y: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """b·a^(b-1), but 0 if b is 0 and a^(b-1) infinite: x**0 is 1 everywhere."""
    slope = m.power(a, b - 1.0)
    return m.where(m.equal(b, 0.0), m.where(m.isfinite(slope), b * slope, 0.0), b * slope)


def _power_exponent(m: Arithmetic, y: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """y·log a, but 0 if a is 0 and b not negative: 0**b is 0 for all b > 0."""
    slope = y * m.log(a)
    stays = m.where(m.greater(b, 0.0), 0.0, m.where(m.equal(b, 0.0), 0.0, slope))
    return m.where(m.equal(a, 0.0), stays, slope)


def _power_mixed(m: Arithmetic, a: Quantity, b: Quantity) -> Quantity:
    """a^(b-1)·(1 + b·log a), with its limits for a = 0."""
    slope = m.power(a, b - 1.0)
    elsewhere = slope * (1.0 + b * m.log(a))
    at_zero = m.where(m.greater(b, 1.0), 0.0, m.where(m.equal(b, 0.0), slope, elsewhere))
    return m.where(m.equal(a, 0.0), at_zero, elsewhere)


def _tanh_slope(m: Arithmetic, y: Quantity, a: Quantity) -> Quantity:
    """1 - y², or 4·σ(2a)·σ(-2a) for large |a|, where 1 - y² would cancel."""
    return m.where(m.greater(0.75, m.abs(y)), 1.0 - y * y, 4.0 * m.sigmoid(2.0 * a) * m.sigmoid(-2.0 * a))


def _over_square(m: Arithmetic, x: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """x / (a² + b²), but 0 if both are 0, as in PyTorch. No square overflows; XLA would make one of two divisions."""
    length = m.hypot(a, b)
    return m.where(m.equal(length, 0.0), 0.0, m.divide(x, length) * m.divide(1.0, length))


def _atan2_mixed(m: Arithmetic, a: Quantity, b: Quantity) -> Quantity:
    """(a² - b²) / (a² + b²)²."""
    length = m.hypot(a, b)
    inverse = m.divide(1.0, length)
    return m.divide(a - b, length) * inverse * (m.divide(a + b, length) * inverse)


def _bounded_log(m: Arithmetic, p: Quantity) -> Quantity:
    """log p, but -100 for any p below exp(-100), as in PyTorch."""
    return m.log(m.maximum(p, _SMALLEST_SHARE))


def _bell(m: Arithmetic, z: Quantity, factor: float) -> Quantity:
    """factor·z / (1 + z)²."""
    return m.divide(factor * z, (1.0 + z) * (1.0 + z))


def _gelu_tanh_argument(m: Arithmetic, a: Quantity) -> Quantity:
    return _SQRT_8_OVER_PI * a * (1.0 + 0.044715 * a * a)


def _gelu_tanh_slope(m: Arithmetic, y: Quantity, a: Quantity) -> Quantity:
    u = _gelu_tanh_argument(m, a)
    return m.sigmoid(u) + y * m.sigmoid(-u) * _SQRT_8_OVER_PI * (1.0 + 3.0 * 0.044715 * a * a)


def _declare(name: str, symbol: str, forward: Rule, *partials: Rule, **written: Any) -> Operation:  # noqa: ANN401 - as for Operation
    operation = Operation(name, symbol, forward, partials, **written)
    OPERATIONS[name] = operation
    return operation


def _family(make: Callable[[float], Operation]) -> Callable[[float], Operation]:
    """Declares operations that differ in a constant; equal constants return the same operation, and -0.0 that of 0."""
    member = lru_cache(maxsize=1024)(make)

    @wraps(make)
    def of(constant: float) -> Operation:
        return member(constant + 0.0)

    OPERATIONS[make.__name__] = of
    return of


# fmt: off
ADD = _declare("add", "+", lambda m, a, b: a + b,
    lambda m, y, a, b: 1.0,
    lambda m, y, a, b: 1.0,
    words="a sum passes the gradient on to both operands, unchanged",
    roles=("first summand", "second summand"),
    text=Template("{} + {}", SUM), latex=Template("{} + {}", SUM))

SUB = _declare("sub", "-", lambda m, a, b: a - b,
    lambda m, y, a, b: 1.0,
    lambda m, y, a, b: -1.0,
    words="a difference passes the gradient on: unchanged to the first, with its sign flipped to the second",
    roles=("minuend", "subtrahend"),
    text=Template("{} - {}", SUM), latex=Template("{} - {}", SUM))

MUL = _declare("mul", "*", lambda m, a, b: a * b,
    lambda m, y, a, b: b,
    lambda m, y, a, b: a,
    words="each factor's derivative is the other factor",
    roles=("first factor", "second factor"),
    zero="the other factor is 0",
    text=Template("{} * {}", PRODUCT), latex=Template(r"{} \cdot {}", PRODUCT))

DIV = _declare("div", "/", lambda m, a, b: m.divide(a, b),
    lambda m, y, a, b: m.divide(1.0, b),
    lambda m, y, a, b: m.divide(-y, b),
    words="one over the denominator; for the denominator, minus the result over it",
    domain="the denominator must not be 0",
    roles=("numerator", "denominator"),
    text=Template("{} / {}", PRODUCT), latex=Template(r"\frac{{{}}}{{{}}}", POWER, (LOOSEST, LOOSEST)))

REMAINDER = _declare("remainder", "%", lambda m, a, b: m.remainder(a, b),
    lambda m, y, a, b: 1.0,
    lambda m, y, a, b: m.where(m.equal(y, b), 1.0, -m.floor(m.divide(a - y, b) + 0.5)),  # -1 % inf is inf
    words="one; for the divisor, minus the number of times that it was subtracted",
    zero="the divisor was not subtracted at all",
    domain="the divisor must not be 0",
    text=Template("{} % {}", PRODUCT), latex=Template(r"{} \bmod {}", LOOSEST, (POWER, POWER)))

NEG = _declare("neg", "neg", lambda m, a: -a,
    lambda m, y, a: -1.0,
    words="the sign flips, and so does the gradient's",
    text=Template("-{}", SIGN, (POWER,)), latex=Template("-{}", SIGN, (POWER,)))

POW = _declare("pow", "**", lambda m, a, b: m.power(a, b),
    _power_base,
    _power_exponent,
    second=_power_mixed,
    words="the exponent comes down and is one less; for the exponent, the result times the base's logarithm",
    domain={
        ValueError: "a negative number has only whole powers",
        ZeroDivisionError: "0 has no power below 0",
        OverflowError: "the result must fit a float",
    },
    roles=("base", "exponent"),
    text=Template("{} ** {}", POWER, (ATOM, SIGN)), latex=Template("{{{}}}^{{{}}}", POWER, (ATOM, LOOSEST)))

ABS = _declare("abs", "abs", lambda m, a: m.abs(a),
    lambda m, y, a: m.where(m.greater(a, 0.0), 1.0, m.where(m.greater(0.0, a), -1.0, 0.0)),
    words="the operand's sign; 0 at 0",
    text="|{}|", latex=r"\left|{}\right|")

EXP = _declare("exp", "exp", lambda m, a: m.exp(a),
    lambda m, y, a: y,
    words="the exponential is its own derivative",
    domain="the result must fit a float: the operand may be at most about 709.78",
    latex=Template("e^{{{}}}", POWER, (LOOSEST,)))

EXPM1 = _declare("expm1", "expm1", lambda m, a: m.expm1(a),
    lambda m, y, a: m.exp(a),
    words="the exponential of the operand",
    domain="the result must fit a float: the operand may be at most about 709.78",
    latex=r"\operatorname{{expm1}}\left({}\right)")

EXP2 = _declare("exp2", "exp2", lambda m, a: m.exp2(a),
    lambda m, y, a: y * _LOG_2,
    words="the result times the logarithm of 2",
    domain="the result must fit a float: the operand must be below 1024",
    latex=Template("2^{{{}}}", POWER, (LOOSEST,)))

LOG = _declare("log", "log", lambda m, a: m.log(a),
    lambda m, y, a: m.divide(1.0, a),
    words="one over the operand",
    domain="the operand must be above 0",
    latex=r"\log\left({}\right)")

LOG1P = _declare("log1p", "log1p", lambda m, a: m.log1p(a),
    lambda m, y, a: m.divide(1.0, 1.0 + a),
    words="one over one plus the operand",
    domain="the operand must be above -1",
    latex=Template(r"\log\left(1 + {}\right)", ATOM, (PRODUCT,)))

LOG2 = _declare("log2", "log2", lambda m, a: m.log2(a),
    lambda m, y, a: m.divide(1.0 / _LOG_2, a),
    words="one over the operand, over the logarithm of 2",
    domain="the operand must be above 0",
    latex=r"\log_2\left({}\right)")

LOG10 = _declare("log10", "log10", lambda m, a: m.log10(a),
    lambda m, y, a: m.divide(1.0 / _LOG_10, a),
    words="one over the operand, over the logarithm of 10",
    domain="the operand must be above 0",
    latex=r"\log_{{10}}\left({}\right)")

SQRT = _declare("sqrt", "sqrt", lambda m, a: m.sqrt(a),
    lambda m, y, a: m.divide(0.5, y),
    words="one half over the result; infinite at 0",
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
    words="one plus the result squared",
    domain="the operand must be finite",
    latex=r"\tan\left({}\right)")

ASIN = _declare("asin", "asin", lambda m, a: m.asin(a),
    lambda m, y, a: m.divide(1.0, m.sqrt((1.0 - a) * (1.0 + a))),
    second=lambda m, a: m.divide(a, (1.0 - a) * (1.0 + a) * m.sqrt((1.0 - a) * (1.0 + a))),
    words="one over the root of one minus the operand squared; infinite at -1 and 1",
    domain="the operand must be from -1 to 1",
    latex=r"\arcsin\left({}\right)")

ACOS = _declare("acos", "acos", lambda m, a: m.acos(a),
    lambda m, y, a: -m.divide(1.0, m.sqrt((1.0 - a) * (1.0 + a))),
    second=lambda m, a: m.divide(-a, (1.0 - a) * (1.0 + a) * m.sqrt((1.0 - a) * (1.0 + a))),
    words="minus one over the root of one minus the operand squared; infinite at -1 and 1",
    domain="the operand must be from -1 to 1",
    latex=r"\arccos\left({}\right)")

ATAN = _declare("atan", "atan", lambda m, a: m.atan(a),
    lambda m, y, a: m.divide(1.0, 1.0 + a * a),
    words="one over one plus the operand squared",
    zero=_SATURATED, latex=r"\arctan\left({}\right)")

SINH = _declare("sinh", "sinh", lambda m, a: m.sinh(a),
    lambda m, y, a: m.cosh(a),
    words="the hyperbolic cosine of the operand",
    domain="the result must fit a float: the operand may be at most about 710.47 from 0",
    latex=r"\sinh\left({}\right)")

COSH = _declare("cosh", "cosh", lambda m, a: m.cosh(a),
    lambda m, y, a: m.sinh(a),
    words="the hyperbolic sine of the operand",
    domain="the result must fit a float: the operand may be at most about 710.47 from 0",
    latex=r"\cosh\left({}\right)")

TANH = _declare("tanh", "tanh", lambda m, a: m.tanh(a),
    _tanh_slope,
    branchless=(lambda m, y, a: _bell(m, m.exp(-2.0 * m.abs(a)), 4.0),),
    words="one minus the result squared",
    zero=_SATURATED, latex=r"\tanh\left({}\right)")

ASINH = _declare("asinh", "asinh", lambda m, a: m.asinh(a),
    lambda m, y, a: m.divide(1.0, m.hypot(1.0, a)),
    words="one over the root of one plus the operand squared",
    latex=r"\operatorname{{arsinh}}\left({}\right)")

ACOSH = _declare("acosh", "acosh", lambda m, a: m.acosh(a),
    lambda m, y, a: m.divide(1.0, m.sqrt(a - 1.0) * m.sqrt(a + 1.0)),
    second=lambda m, a: m.divide(m.divide(-a, (a - 1.0) * (a + 1.0)), m.sqrt(a - 1.0) * m.sqrt(a + 1.0)),
    words="one over the root of the operand squared minus one; infinite at 1",
    domain="the operand must be at least 1",
    latex=r"\operatorname{{arcosh}}\left({}\right)")

ATANH = _declare("atanh", "atanh", lambda m, a: m.atanh(a),
    lambda m, y, a: m.divide(1.0, (1.0 - a) * (1.0 + a)),
    second=lambda m, a: m.divide(2.0 * a, m.power((1.0 - a) * (1.0 + a), 2.0)),
    words="one over one minus the operand squared",
    domain="the operand must be between -1 and 1",
    latex=r"\operatorname{{artanh}}\left({}\right)")

ATAN2 = _declare("atan2", "atan2", lambda m, a, b: m.atan2(a, b),
    lambda m, y, a, b: _over_square(m, b, a, b),
    lambda m, y, a, b: _over_square(m, -a, a, b),
    second=_atan2_mixed,
    words="the other coordinate, for the second with its sign flipped, over the sum of both squares",
    zero="the other coordinate is 0",
    latex=r"\operatorname{{atan2}}\left({}, {}\right)")

HYPOT = _declare("hypot", "hypot", lambda m, a, b: m.hypot(a, b),
    lambda m, y, a, b: m.divide(a, y),
    lambda m, y, a, b: m.divide(b, y),
    words="the operand over the result",
    zero="the operand is 0, or vanishes beside the other",
    latex=Template(r"\sqrt{{{{{}}}^2 + {{{}}}^2}}", ATOM, (ATOM, ATOM)))

ERF = _declare("erf", "erf", lambda m, a: m.erf(a),
    lambda m, y, a: (2.0 / math.sqrt(math.pi)) * m.exp_product(-a, a),
    words="the bell curve: 2/√π times exp of minus the operand squared",
    zero=_SATURATED, latex=r"\operatorname{{erf}}\left({}\right)")

NDTR = _declare("ndtr", "Φ", lambda m, a: m.ndtr(a),
    lambda m, y, a: _NORMAL * m.exp_product(-0.5 * a, a),
    words="the normal density at the operand",
    zero=_SATURATED, latex=r"\Phi\left({}\right)")

EXP_PRODUCT = _declare("exp_product", "exp", lambda m, a, b: m.exp_product(a, b),
    lambda m, y, a, b: b * y,
    lambda m, y, a, b: a * y,
    words="the other factor times the result",
    domain="the result must fit a float: the product may be at most about 709.78",
    text=Template("exp({} * {})", ATOM, (PRODUCT, SIGN)), latex=Template(r"e^{{{} \cdot {}}}", POWER, (PRODUCT, SIGN)))

SIGMOID = _declare("sigmoid", "sigmoid", lambda m, a: m.sigmoid(a),
    lambda m, y, a: y * m.sigmoid(-a),
    branchless=(lambda m, y, a: _bell(m, m.exp(-m.abs(a)), 1.0),),
    second=lambda m, a: -m.sigmoid(a) * m.sigmoid(-a) * m.tanh(0.5 * a),
    words="the result times one minus the result, which is the sigmoid of minus the operand",
    zero=_SATURATED,
    latex=r"\sigma\left({}\right)")

RELU = _declare("relu", "ReLU", lambda m, a: m.maximum(a, 0.0),
    lambda m, y, a: m.where(m.not_equal(y, 0.0), 1.0, 0.0),
    words="passes the gradient on if the operand is above 0, and blocks it otherwise",
    zero="its operand is not above 0, so it passes nothing on (a dead ReLU)",
    latex=r"\operatorname{{ReLU}}\left({}\right)")

SOFTPLUS = _declare("softplus", "softplus",
    lambda m, a: m.maximum(a, 0.0) + m.log1p(m.exp(-m.abs(a))),
    lambda m, y, a: m.sigmoid(a),
    words="the sigmoid of the operand",
    latex=r"\operatorname{{softplus}}\left({}\right)")

LOGADDEXP = _declare("logaddexp", "logaddexp",
    lambda m, a, b: m.where(m.equal(a, b), a + _LOG_2, m.maximum(a, b) + m.log1p(m.exp(-m.abs(a - b)))),
    lambda m, y, a, b: m.sigmoid(a - b),
    lambda m, y, a, b: m.sigmoid(b - a),
    words="the operand's share of the sum: the sigmoid of its distance from the other",
    zero="exp of the operand vanishes beside that of the other",
    latex=r"\log\left(e^{{{}}} + e^{{{}}}\right)")

GELU = _declare("gelu", "GELU", lambda m, a: a * m.ndtr(a),
    lambda m, y, a: m.ndtr(a) + a * (_NORMAL * m.exp_product(-0.5 * a, a)),
    words="Φ of the operand, and the operand times the normal density there",
    zero=_SATURATED, latex=r"\operatorname{{GELU}}\left({}\right)")

GELU_TANH = _declare("gelu_tanh", "GELU", lambda m, a: a * m.sigmoid(_gelu_tanh_argument(m, a)),
    _gelu_tanh_slope,
    words="with y = a·σ(u): σ(u), and y times σ(-u) times the derivative of u",
    zero=_SATURATED, latex=r"\operatorname{{GELU}}_{{\tanh}}\left({}\right)")

SILU = _declare("silu", "SiLU", lambda m, a: a * m.sigmoid(a),
    lambda m, y, a: m.sigmoid(a) * (1.0 + a * m.sigmoid(-a)),
    words="the sigmoid of the operand, times one plus the operand times the sigmoid of minus the operand",
    zero=_SATURATED, latex=r"\operatorname{{SiLU}}\left({}\right)")

MAXIMUM = _declare("maximum", "max", lambda m, a, b: m.maximum(a, b),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(b, a), 0.0, 1.0)),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(a, b), 0.0, 1.0)),
    words="the larger takes it all; on a tie, half each",
    zero="the other operand was chosen",
    latex=r"\max\left({}, {}\right)")

MINIMUM = _declare("minimum", "min", lambda m, a, b: m.minimum(a, b),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(a, b), 0.0, 1.0)),
    lambda m, y, a, b: m.where(m.equal(a, b), 0.5, m.where(m.greater(b, a), 0.0, 1.0)),
    words="the smaller takes it all; on a tie, half each",
    zero="the other operand was chosen",
    latex=r"\min\left({}, {}\right)")

CLIP = _declare("clip", "clip", lambda m, a, low, high: m.minimum(m.maximum(a, low), high),
    lambda m, y, a, low, high: m.where(m.greater(low, a), 0.0, m.where(m.equal(m.minimum(a, high), a), 1.0, 0.0)),
    lambda m, y, a, low, high: m.where(m.greater(low, a), m.where(m.greater(high, low), 1.0, 0.0), 0.0),
    lambda m, y, a, low, high: m.where(m.greater(a, high), 1.0, m.where(m.greater(low, high), 1.0, 0.0)),
    words="passes the gradient on from bound to bound, both included; beyond them the bound takes it",
    zero="it was clipped, or not, at another bound")

WHERE = _declare("where", "where", lambda m, a, b, c: m.where(m.equal(a, 0.0), c, b),
    lambda m, y, a, b, c: 0.0,
    lambda m, y, a, b, c: m.where(m.equal(a, 0.0), 0.0, 1.0),
    lambda m, y, a, b, c: m.where(m.equal(a, 0.0), 1.0, 0.0),
    words="the gradient goes to the one that is chosen",
    zero="the other operand was chosen")

BINARY_CROSS_ENTROPY = _declare("binary_cross_entropy", "BCE",
    lambda m, p, t: -(t * _bounded_log(m, p) + (1.0 - t) * _bounded_log(m, 1.0 - p)),
    lambda m, y, p, t: m.divide(p - t, m.maximum((1.0 - p) * p, 1e-12)),
    lambda m, y, p, t: _bounded_log(m, 1.0 - p) - _bounded_log(m, p),
    words="for the probability, its distance from the target over p·(1 - p); logarithms end at -100",
    zero="the probability is the target")

STOP = _declare("stop_gradient", "stop", lambda m, a: a,
    lambda m, y, a: 0.0,
    words="the value goes on, the gradient does not",
    zero="the gradient is stopped here on purpose",
    latex=r"\operatorname{{stop}}\left({}\right)")

SHIFT = _declare("shift", "shift", lambda m, a: m.where(m.isfinite(a), a, 0.0),
    lambda m, y, a: 0.0,
    words="a number to be subtracted before exp and added after log: no gradient passes, for its two places cancel",
    zero="the gradient is stopped here on purpose",
    latex=r"\operatorname{{stop}}\left({}\right)")

# Decisions, as numbers.

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

NOT_EQUAL = _declare("not_equal", "!=", lambda m, a, b: m.where(m.not_equal(a, b), 1.0, 0.0),
    lambda m, y, a, b: 0.0,
    lambda m, y, a, b: 0.0,
    words="a comparison does not change with its operands",
    latex=r"\left[{} \ne {}\right]")

FLOOR = _declare("floor", "floor", lambda m, a: m.floor(a),
    lambda m, y, a: 0.0,
    words="a whole number does not change with the operand",
    latex=r"\left\lfloor {} \right\rfloor")

ISFINITE = _declare("isfinite", "isfinite", lambda m, a: m.where(m.isfinite(a), 1.0, 0.0),
    lambda m, y, a: 0.0,
    words="a condition does not change with the operand")


@_family
def power(exponent: float) -> Operation:
    """Power with a constant exponent."""
    n, shown = exponent, _number(exponent)
    return Operation("power", f"**{shown}", lambda m, a: m.power(a, n), (
        lambda m, y, a: n * m.power(a, n - 1.0) if n else 0.0,),
        words="the exponent comes down as a factor, and is one less",
        domain=POW.domain,
        text=Template(f"{{}} ** {shown}", POWER, (ATOM,)),
        latex=Template(f"{{{{{{}}}}}}^{{{{{shown}}}}}", POWER, (ATOM,)),
        attributes={"exponent": n})


@_family
def leaky_relu(slope: float) -> Operation:
    """The operand if it is above 0, else a small multiple of it."""
    shown = _number(slope)
    return Operation("leaky_relu", "LeakyReLU", lambda m, a: m.where(m.greater(a, 0.0), a, slope * a), (
        lambda m, y, a: m.where(m.greater(a, 0.0), 1.0, slope),),
        words=f"passes the gradient on if the operand is above 0, and {shown} of it otherwise",
        text=f"leaky_relu({{}}, {shown})",
        latex=fr"\operatorname{{{{LeakyReLU}}}}_{{{{{shown}}}}}\left({{}}\right)",
        attributes={"slope": slope})
# fmt: on
