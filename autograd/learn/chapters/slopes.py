"""Chapter 1: local derivatives. An operation made by hand adds to the gradient of each operand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from autograd.gradcheck import gradcheck
from autograd.learn.checking import Exercise, Learner, Wrong, all_close, close
from autograd.questions import nudge
from autograd.shown import number
from autograd.value import Value

Shares = Callable[..., tuple[float, ...]]
"""The contribution to each operand's gradient, given the gradient of the result and the operands."""

CUT = "the graph is cut"
REPLACED = "`=` in place of `+=`"
NO_CHAIN = "the chain rule is forgotten"
TURNED = "the sign is flipped"
NOTHING = "the operand gets no gradient"


@dataclass(frozen=True)
class ByHand:
    """A check of an operation made by hand: against the engine's own, with wrong ways to tell apart."""

    function: str
    reference: Callable[..., Value]
    wrong: dict[str, Shares]
    low: float = -2.0
    high: float = 2.0
    operands: int = 1
    twice: bool = True
    """Whether it is also tried with one operand twice; a tie is a corner of its own."""

    def __call__(self, learner: Learner) -> None:
        """Raises `Wrong` unless each contribution is right, for any operands."""
        tries = [self._tried(learner) for _ in range(12)]
        if all(all_close(each.received, each.right) for each in tries):
            self._check_graph(learner)
            return
        worst = next(each for each in tries if not all_close(each.received, each.right))
        for misconception, received in self._candidates().items():
            if all(all_close(each.received, received(each)) for each in tries):
                raise Wrong(misconception, self._shown(learner, worst))
        raise Wrong("the slope is not that of a nudge", self._shown(learner, worst))

    def _tried(self, learner: Learner) -> _Try:
        x = [learner.draw(self.low, self.high) for _ in range(self.operands)]
        if not self.twice and x[0] == x[-1]:
            x[0] += 0.5
        leaves = [Value(data, label=name) for data, name in zip(x, "ab", strict=False)]
        out = learner.call(self.function, *leaves)
        expected = self.reference(*leaves)
        if not isinstance(out, Value) or not all(any(each is leaf for each in out._prev) for leaf in leaves):
            shown = f"what {self.function} returns does not have its operands in _prev: backward() cannot reach them"
            raise Wrong(CUT, shown)
        if not close(out.data, expected.data):
            shown = f"{self.function}({', '.join(map(number, x))}) is {number(out.data)}, not {expected.data!r}"
            raise Wrong("the result itself is wrong", shown)
        start = [learner.draw() for _ in leaves]
        out.grad = upstream = learner.draw()
        for leaf, grad in zip(leaves, start, strict=True):
            leaf.grad = grad
        out._backward()
        received = [float(leaf.grad) for leaf in leaves]
        for leaf in leaves:
            leaf.grad = 0.0
        expected.backward()
        return _Try(x, upstream, start, received, [leaf.grad for leaf in leaves])

    def _candidates(self) -> dict[str, Callable[[_Try], list[float]]]:
        """The gradients received under each misconception."""
        general: dict[str, Callable[[_Try], list[float]]] = {
            REPLACED: lambda t: [t.upstream * s for s in t.slopes],
            NO_CHAIN: lambda t: [g + s for g, s in zip(t.start, t.slopes, strict=True)],
            TURNED: lambda t: [g - t.upstream * s for g, s in zip(t.start, t.slopes, strict=True)],
            NOTHING: lambda t: t.start,
        }
        special = {
            name: lambda t, shares=shares: [
                g + share for g, share in zip(t.start, shares(t.upstream, *t.x), strict=True)
            ]
            for name, shares in self.wrong.items()
        }
        return special | general

    def _shown(self, learner: Learner, t: _Try) -> str:
        """The numbers of one try, what gradcheck says of the learner's node, and a nudge of the engine's."""
        leaves = [Value(data, label=name) for data, name in zip(t.x, "ab", strict=False)]
        which = next(i for i in range(len(leaves)) if not close(t.received[i], t.right[i]))
        leaf = leaves[which]
        at = ", ".join(f"{each.label} = {number(each.data)}" for each in leaves)
        lines = [
            f"at {at}, where out.grad is {number(t.upstream)} and {leaf.label}.grad was {number(t.start[which])}: "
            f"{leaf.label}.grad became {number(t.received[which])}, not {number(t.right[which])}",
        ]
        out = learner.call(self.function, *leaves)
        try:
            gradcheck(out * t.upstream, forwards={out._op: self._forward})
        except ValueError as error:
            lines.append(f"gradcheck: {error}")
        reference = self.reference(*leaves)
        reference.label = "out"
        return "\n".join([*lines, str(nudge(reference, leaf))])

    def _forward(self, *data: float) -> float:
        return self.reference(*map(Value, data)).data

    def _check_graph(self, learner: Learner) -> None:
        """One operand twice, and the operation within an expression: all in `backward()`."""
        a = Value(learner.draw(self.low, self.high), label="a")
        other = a if self.twice else Value(a.data - 1.0, label="b")
        operands = [a, other][: self.operands]
        out = learner.call(self.function, *operands)
        (out * 3.0 + out * out).backward()
        found, a.grad = a.grad, 0.0
        expected = self.reference(*operands)
        (expected * 3.0 + expected * expected).backward()
        if not close(found, a.grad):
            shown = f"in an expression that uses a and the answer more than once a.grad becomes {number(found)} "
            shown += f"instead of {number(a.grad)}"
            raise Wrong(REPLACED, shown)


@dataclass(frozen=True)
class _Try:
    x: list[float]
    upstream: float
    start: list[float]
    received: list[float]
    slopes: list[float]

    @property
    def right(self) -> list[float]:
        return [g + self.upstream * s for g, s in zip(self.start, self.slopes, strict=True)]


def _check_nudge(learner: Learner) -> None:
    def square(x: float) -> float:
        return x * x

    def cube(x: float) -> float:
        return x**3

    for f, slope in ((square, lambda x: 2 * x), (cube, lambda x: 3 * x * x), (math.sin, math.cos)):
        x, h = learner.draw(), 1e-5
        found = learner.call("slope", f, x, h)
        if close(found, f(x + h) - f(x), 1e-12):
            shown = (
                f"f goes from {number(f(x))} to {f(x + h):.8g} while x moves by {h}: that is {found:.3g}; the slope is "
            )
            shown += f"how much f moves for each unit that x moves, here about {number(slope(x))}"
            raise Wrong("the change is not divided by the nudge", shown)
        if close(found, (f(x) - f(x + h)) / h, 1e-9):
            raise Wrong(
                "before and after are swapped", f"at x = {x} the slope is {number(slope(x))}, not {number(found)}"
            )
        if not close(found, slope(x), 1e-3):
            raise Wrong("another slope", f"at x = {x} the slope is about {number(slope(x))}, not {number(found)}")


def _check_step(learner: Learner) -> None:
    for f, slope in ((math.exp, math.exp), (math.sin, math.cos), (lambda x: 1000 * x * x, lambda x: 2000 * x)):
        x = learner.draw(0.5, 2.0)
        found = learner.call("slope", f, x)
        if found == 0.0:
            shown = (
                f"at x = {x} a float cannot tell x + h from x: x + h == x, so that f does not move and the slope comes "
            )
            shown += f"out as 0, not {number(slope(x))}"
            raise Wrong("the nudge is too small for a float", shown)
        error = abs(found - slope(x)) / max(1.0, abs(slope(x)))
        if error > 1e-6:
            shown = f"at x = {x} the slope is {slope(x):.10g}, and {found:.10g} came out: wrong by {error:.1g} of it"
            raise Wrong("the nudge is too large or too small", shown)


EXERCISES = [
    Exercise(
        "nudge",
        "the change is not divided by the nudge",
        _check_nudge,
        "return after - before",
        "return (after - before) / h",
        (
            "What does the function return for f(x) = x * x at x = 3, and what should it?",
            "A slope is a change for each unit of x. How many units did x move?",
            "Divide by h.",
        ),
    ),
    Exercise(
        "step",
        "the nudge is too small for a float",
        _check_step,
        "h = 1e-18",
        "h = 1e-5",
        (
            "Print x + h == x.",
            "A float has about 16 digits. Between two points on both sides the best h is near the cube root of 1e-16.",
            "Take h = 1e-5.",
        ),
    ),
    Exercise(
        "product",
        "the factors are swapped",
        ByHand(
            "mul",
            lambda a, b: a * b,
            {
                "the factors are swapped": lambda u, a, b: (u * a, u * b),
                "a product is treated as a sum": lambda u, a, b: (u, u),
            },
            operands=2,
        ),
        "a.grad += a.data * out.grad\n        b.grad += b.data * out.grad",
        "a.grad += b.data * out.grad\n        b.grad += a.data * out.grad",
        (
            "Take a = 2, b = 10 and nudge a by 0.001. By how much does the product move?",
            "Each unit of a adds one more b.",
            "a.grad gets b.data * out.grad, and b.grad gets a.data * out.grad.",
        ),
    ),
    Exercise(
        "accumulate",
        REPLACED,
        ByHand("add", lambda a, b: a + b, {}, operands=2),
        "a.grad = out.grad\n        b.grad = out.grad",
        "a.grad += out.grad\n        b.grad += out.grad",
        (
            "What is the derivative of a + a?",
            "A value that is used twice influences the result along two paths. Which of the two survives here?",
            "Write += in place of =.",
        ),
    ),
    Exercise(
        "chain",
        NO_CHAIN,
        ByHand("double", lambda a: a * 2, {}),
        "a.grad += 2.0",
        "a.grad += 2.0 * out.grad",
        (
            "The check calls it within a larger expression: out.grad is not 1 there.",
            "If the loss moves three times as fast as out, how fast does it move with a?",
            "Multiply by out.grad.",
        ),
    ),
    Exercise(
        "difference",
        "the second operand gets the sign of the first",
        ByHand(
            "sub",
            lambda a, b: a - b,
            {"the second operand gets the sign of the first": lambda u, a, b: (u, u)},
            operands=2,
        ),
        "b.grad += out.grad",
        "b.grad -= out.grad",
        ("Nudge b up. Which way does a - b go?", "Down, at the same rate.", "b.grad -= out.grad"),
    ),
    Exercise(
        "quotient",
        "the denominator is treated as if it multiplied",
        ByHand(
            "div",
            lambda a, b: a / b,
            {
                "the denominator is treated as if it multiplied": lambda u, a, b: (u / b, u * a),
                "the minus of the denominator is missing": lambda u, a, b: (u / b, u * a / b**2),
            },
            0.3,
            operands=2,
        ),
        "b.grad += a.data * out.grad",
        "b.grad += -a.data / b.data**2 * out.grad",
        (
            "Let b grow: does a / b grow as well?",
            "a / b is a * b**-1. Bring the exponent down.",
            "The derivative for b is -a / b**2.",
        ),
    ),
    Exercise(
        "power",
        "the exponent is not lowered",
        ByHand("cube", lambda a: a**3, {"the exponent is not lowered": lambda u, a: (u * 3 * a**3,)}),
        "3 * a.data**3",
        "3 * a.data**2",
        (
            "What is the slope of a**3 at a = 2, by a nudge?",
            "The exponent comes down as a factor. What remains above?",
            "3 * a.data**2",
        ),
    ),
    Exercise(
        "exponential",
        "the rule for powers is applied to an exponential",
        ByHand(
            "exp",
            lambda a: a.exp(),
            {"the rule for powers is applied to an exponential": lambda u, a: (u * a * math.exp(a - 1),)},
        ),
        "a.data * math.exp(a.data - 1)",
        "out.data",
        (
            "In a**3 the base moves. What moves in e**a?",
            "There is a function that is its own slope.",
            "Its derivative is out.data.",
        ),
    ),
    Exercise(
        "logarithm",
        "the slope is taken at the result, not at the operand",
        ByHand(
            "log",
            lambda a: a.log(),
            {"the slope is taken at the result, not at the operand": lambda u, a: (u / math.log(a),)},
            1.2,
            4.0,
        ),
        "1 / out.data",
        "1 / a.data",
        ("At a = 100 the logarithm is nearly flat. Is your slope small there?", "One over what?", "1 / a.data"),
    ),
    Exercise(
        "tanh",
        "tanh's derivative is computed from the input",
        ByHand(
            "tanh",
            lambda a: a.tanh(),
            {
                "tanh's derivative is computed from the input": lambda u, a: (u * (1 - a**2),),
                "the square is missing": lambda u, a: (u * (1 - math.tanh(a)),),
            },
        ),
        "1 - a.data**2",
        "1 - out.data**2",
        (
            "At a = 3 the curve is flat. What does 1 - a**2 give there?",
            "One minus a square, but of which number?",
            "Of the result: 1 - out.data**2.",
        ),
    ),
    Exercise(
        "sigmoid",
        "sigmoid's derivative is computed from the input",
        ByHand(
            "sigmoid",
            lambda a: a.sigmoid(),
            {
                "sigmoid's derivative is computed from the input": lambda u, a: (u * a * (1 - a),),
                "tanh's rule is applied to sigmoid": lambda u, a: (u * (1 - (1 / (1 + math.exp(-a))) ** 2),),
            },
        ),
        "a.data * (1 - a.data)",
        "out.data * (1 - out.data)",
        (
            "At a = 0 sigmoid climbs with slope 1/4. What comes out here?",
            "It is a product of two numbers between 0 and 1.",
            "out.data * (1 - out.data)",
        ),
    ),
    Exercise(
        "relu",
        "relu looks at the gradient, not at its operand",
        ByHand(
            "relu",
            lambda a: a.relu(),
            {
                "relu looks at the gradient, not at its operand": lambda u, a: (max(u, 0.0),),
                "relu passes everything": lambda u, a: (u,),
                "relu passes on the wrong side": lambda u, a: (u * (a < 0),),
            },
        ),
        "(out.grad > 0)",
        "(a.data > 0)",
        (
            "relu is the line y = a where a is above 0, and flat elsewhere. What are its two slopes?",
            "Whether it passes a gradient on was decided in the forward pass.",
            "Test a.data > 0.",
        ),
    ),
    Exercise(
        "maximum",
        "the smaller operand gets a gradient",
        ByHand(
            "maximum",
            lambda a, b: a.maximum(b),
            {"the smaller operand gets a gradient": lambda u, a, b: (u / 2, u / 2)},
            operands=2,
            twice=False,
        ),
        "a.grad += 0.5 * out.grad\n        b.grad += 0.5 * out.grad",
        "a.grad += (a.data > b.data) * out.grad\n        b.grad += (b.data > a.data) * out.grad",
        (
            "Nudge the smaller one a little. Does the larger of the two move?",
            "The larger operand gets the whole gradient.",
            "Multiply by (a.data > b.data), and by (b.data > a.data).",
        ),
    ),
]
