"""Random graphs: eager, second-order and compiled derivatives, against an independent reference.

The reference is PyTorch in float64 if it is installed, else central differences with sixty digits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

import mpmath

import autograd
from autograd import Value

SECONDS = 60.0

UNARY = ("tanh", "sin", "cos", "sigmoid", "relu", "abs", "softplus", "square", "cube", "bell", "log", "sqrt", "gelu")
BINARY = ("add", "sub", "mul", "div", "maximum", "minimum")
Step = tuple[str, tuple[int, ...]]
"""A function, and the indices of its operands among the earlier numbers."""


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Endless random expressions."""
    rng = random.Random(seed)
    while True:
        count = rng.randint(1, 3)
        steps = _steps(rng, count, rng.randint(2, 14))
        at = [rng.uniform(-1.5, 1.5) for _ in range(count)]
        yield f"{steps} at {at}", partial(judged, steps, at)


def _steps(rng: random.Random, leaves: int, count: int) -> list[Step]:
    steps: list[Step] = []
    for n in range(leaves, leaves + count):
        if rng.random() < 0.5:
            steps.append((rng.choice(UNARY), (rng.randrange(n),)))
        else:
            steps.append((rng.choice(BINARY), (n - 1, rng.randrange(n))))
    return steps


def evaluated(steps: Sequence[Step], leaves: Sequence[Any], functions: dict[str, Callable[..., Any]]) -> Any:
    """The last number, computed with the functions of some arithmetic."""
    numbers = list(leaves)
    for name, operands in steps:
        numbers.append(functions[name](*[numbers[i] for i in operands]))
    return numbers[-1]


def judged(steps: Sequence[Step], at: Sequence[float]) -> str:
    """The difference from the reference, or ''."""
    value, first, second = reference(steps, at)
    for how, found in ours(steps, at).items():
        for what, got, expected in zip(("value", "gradient", "Hessian"), found, (value, first, second), strict=False):
            if not _close(got, expected):
                return f"{how}: the {what} is {got}, and {expected} by the reference"
    return ""


def _close(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_close, found, expected))
    return bool(abs(float(found) - float(expected)) <= 1e-8 * (1.0 + abs(float(expected))))


def ours(steps: Sequence[Step], at: Sequence[float]) -> dict[str, tuple[Any, ...]]:
    """Value, gradient and Hessian by each of our methods."""
    leaves = [Value(x) for x in at]
    loss = evaluated(steps, leaves, OURS)
    loss.backward()
    found: dict[str, tuple[Any, ...]] = {"backward": (loss.data, [leaf.grad for leaf in leaves])}

    def f(xs: list[Any]) -> Any:
        return evaluated(steps, xs, OURS)

    value, gradient = autograd.value_and_grad(f)(list(at))
    found["grad"] = (value, gradient, autograd.hessian(f)(list(at)))
    again = [Value(x) for x in at]
    evaluated(steps, again, OURS).backward(create_graph=True)
    found["create_graph"] = (
        loss.data,
        [leaf.grad.data if isinstance(leaf.grad, Value) else leaf.grad for leaf in again],
    )
    if loss._prev and any(leaf in loss.topological() for leaf in leaves):
        program = autograd.compile(loss, params=leaves)
        mean, grads = program.value_and_grad()
        found["compiled"] = (mean, grads.tolist())
    jitted = autograd.jit(f)
    found["jit"] = (jitted(list(at)),)
    return found


OURS: dict[str, Callable[..., Any]] = {
    "tanh": autograd.tanh,
    "sin": autograd.sin,
    "cos": autograd.cos,
    "sigmoid": autograd.sigmoid,
    "relu": autograd.relu,
    "abs": autograd.abs,
    "softplus": autograd.softplus,
    "square": lambda a: a**2,
    "cube": lambda a: a * a * a,
    "bell": lambda a: autograd.exp(-(a * a)),
    "log": lambda a: autograd.log(a * a + 1.0),
    "sqrt": lambda a: autograd.sqrt(a * a + 0.5),
    "gelu": autograd.gelu,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (b * b + 1.0),
    "maximum": lambda a, b: autograd.maximum(a, b),
    "minimum": lambda a, b: autograd.minimum(a, b),
}

_HALF = mpmath.mpf("0.5")
PRECISE: dict[str, Callable[..., Any]] = {
    "tanh": mpmath.tanh,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
    "relu": lambda a: a if a > 0 else a * 0,
    "abs": abs,
    "softplus": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "square": lambda a: a * a,
    "cube": lambda a: a**3,
    "bell": lambda a: mpmath.exp(-a * a),
    "log": lambda a: mpmath.log(a * a + 1),
    "sqrt": lambda a: mpmath.sqrt(a * a + _HALF),
    "gelu": lambda a: a * mpmath.ncdf(a),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (b * b + 1),
    "maximum": lambda a, b: max(a, b),
    "minimum": lambda a, b: min(a, b),
}


def reference(steps: Sequence[Step], at: Sequence[float]) -> tuple[Any, list[Any], list[list[Any]]]:
    """Value, gradient and Hessian."""
    return by_torch(steps, at) if find_spec("torch") else by_differences(steps, at)


def by_differences(steps: Sequence[Step], at: Sequence[float]) -> tuple[Any, list[Any], list[list[Any]]]:
    """By central differences; at a kink, as functions of a constant have, they give the mean, as we do."""
    with mpmath.workdps(60):
        h = mpmath.mpf(10) ** -15

        def f(**moves: int) -> Any:
            return evaluated(steps, [mpmath.mpf(x) + h * moves.get(f"x{i}", 0) for i, x in enumerate(at)], PRECISE)

        def move(*each: tuple[int, int]) -> Any:
            moves: dict[str, int] = {}
            for i, by in each:
                moves[f"x{i}"] = moves.get(f"x{i}", 0) + by
            return f(**moves)

        n = range(len(at))
        first = [(move((i, 1)) - move((i, -1))) / (2 * h) for i in n]
        second = [
            [
                (move((i, 1), (j, 1)) - move((i, 1), (j, -1)) - move((i, -1), (j, 1)) + move((i, -1), (j, -1)))
                / (4 * h * h)
                for j in n
            ]
            for i in n
        ]
        return f(), first, second


def by_torch(steps: Sequence[Step], at: Sequence[float]) -> tuple[Any, list[Any], list[list[Any]]]:
    """By PyTorch's own rules."""
    import torch

    functions: dict[str, Callable[..., Any]] = OURS | {
        "tanh": torch.tanh,
        "sin": torch.sin,
        "cos": torch.cos,
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "abs": torch.abs,
        "softplus": torch.nn.functional.softplus,
        "bell": lambda a: torch.exp(-(a * a)),
        "log": lambda a: torch.log(a * a + 1.0),
        "sqrt": lambda a: torch.sqrt(a * a + 0.5),
        "gelu": torch.nn.functional.gelu,
        "maximum": torch.maximum,
        "minimum": torch.minimum,
    }

    def f(x: Any) -> Any:
        return evaluated(steps, list(x), functions) + 0.0 * x.sum()  # so that it depends on all of them

    x = torch.tensor(list(at), dtype=torch.float64, requires_grad=True)
    value = f(x)
    (first,) = torch.autograd.grad(value, x)
    return value.item(), first.tolist(), torch.autograd.functional.hessian(f, x.detach()).tolist()
