"""Random functions of one number for `gradcheck`, with right and wrong derivatives."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from autograd import Value, gradcheck

Function = Callable[[Value], Value]

FUNCTIONS: dict[str, Function] = {
    "x*x": lambda x: x * x,
    "x**3": lambda x: x**3,
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "log": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
    "1/x": lambda x: 1 / x,
    "softplus": lambda x: x.softplus(),
    "exp": lambda x: (x * 1e-3).exp(),
    "relu": lambda x: x.relu(),
    "abs": lambda x: abs(x),
    "leaky": lambda x: x.leaky_relu(0.1),
    "line": lambda x: x * 3.7,
}


class Case(NamedTuple):
    """A function, a point, and a factor of its derivative; 1 is right."""

    name: str
    f: Function
    x: float
    factor: float

    def passes(self) -> bool:
        """Whether `gradcheck` accepts the derivative."""

        def f(x: Value) -> Value:
            return self.f(Value(x.data, (x,), (self.factor,)) if self.factor != 1.0 else x)

        try:
            return gradcheck(f, [self.x])
        except ValueError:
            return False


def cases(rng: random.Random, *, right: bool) -> Iterator[Case]:
    """Functions at values from 1e-3 to 1e6, including large constants and kinks.

    Cases that floats cannot decide are left out: a number so large that its own rounding changes the function's fourth
    digit; a slope that changes the function, over the size of the number, by less than 1e-12 of it; a function or slope
    that is subnormal, and so has few digits; and, for wrong derivatives, kinks, where several derivatives are right.
    """
    while True:
        x = _size(rng) * rng.choice([1, 1, 1, -1])
        name, f = _function(rng, x, kinks=right)
        factor = 1.0 if right else _wrong(rng)
        try:
            v = Value(x)
            y = f(v)
            y.backward()
        except (ArithmeticError, ValueError):
            continue
        slope = v.grad
        if not (math.isfinite(y.data) and math.isfinite(slope)) or math.ulp(x) * abs(slope) > 2.0**-13 * abs(y.data):
            continue
        if 0.0 < min(abs(y.data), abs(slope)) < sys.float_info.min:
            continue
        if name == "1/x(exp)" or (not right and _unseen(slope * (factor - 1.0), x, y.data)):
            continue  # the derivative of 1/exp, -1/exp², underflows too early in the composition
        yield Case(f"{name} at {x:g}", f, x, factor)


def _unseen(change: float, x: float, y: float) -> bool:
    return abs(change) * max(1.0, abs(x)) <= 1e-12 * abs(y)


def _size(rng: random.Random) -> float:
    return float(10.0 ** rng.uniform(-3.0, 6.0))


def _wrong(rng: random.Random) -> float:
    return rng.choice(
        [1.01, 0.99, -1.0, 0.0, 2.0, 0.5, 1.0 + 10 ** rng.uniform(-2, 1), 1.0 - 10 ** rng.uniform(-2, 0.5)]
    )


def _function(rng: random.Random, x: float, *, kinks: bool) -> tuple[str, Function]:
    (one, f), (other, g) = rng.choice(list(FUNCTIONS.items())), rng.choice(list(FUNCTIONS.items()))
    constant = _size(rng) * rng.choice([1, 1, -1])
    distance: float = rng.choice([0.0, 0.0, 10 ** rng.uniform(-12, 0) * rng.choice([-1, 1])])
    forms: list[tuple[str, Function]] = [
        (one, f),
        (f"{one}+{constant:g}", lambda v: f(v) + constant),
        (f"{one}({other})", lambda v: f(g(v))),
        (f"{one}*{other}", lambda v: f(v) * g(v)),
        (f"{constant:g}*{one}+{other}", lambda v: constant * f(v) + g(v)),
    ]
    if kinks:
        forms.append((f"{one}+kink at {distance:g}", lambda v: f(v) + (v - (x + distance)).relu() * 2))
    return rng.choice(forms)
