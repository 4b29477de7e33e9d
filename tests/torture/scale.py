"""Large graphs of each shape, for each function that takes a graph: handled within limits, or refused with a message.

`GLASSGRAD_SCALE=1000000` makes graphs of a million nodes, with a minute and 2 GB for each try.
"""

from __future__ import annotations

import copy
import os
import pickle
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import autograd
import nn
import viz
from autograd import Backprop, Forward, Value

SIZE = int(os.environ.get("GLASSGRAD_SCALE", "20000"))
SECONDS = 60.0
MEMORY = 2 << 30


class Large(NamedTuple):
    """A graph, and a leaf of its loss."""

    loss: Value
    first: Value


def _chain(n: int) -> Large:
    v, w = Value(0.5, label="x"), Value(0.999999, label="w")
    first = v
    for _ in range(n):
        v = v * w
    return Large(v, first)


def _steep(n: int) -> Large:
    """A chain of sums and functions, as programs write it."""
    v = first = Value(0.5, label="x")
    for i in range(n // 2):
        v = v.sin() if i % 2 else v + 0.25
    return Large(v, first)


def _fan_in(n: int) -> Large:
    leaves = [Value(0.5, label=f"x[{i}]") for i in range(n)]
    v = autograd.sum(leaves)
    return Large(v, leaves[0])


def _fan_out(n: int) -> Large:
    x = Value(0.5, label="x")
    v = autograd.sum([x * 2.0 for _ in range(n)])
    return Large(v, x)


def _diamonds(n: int) -> Large:
    v = first = Value(1.0, label="x")
    for _ in range(60):
        v = v + v
    return Large(v, first)


def _many_diamonds(n: int) -> Large:
    v = first = Value(1.0, label="x")
    for i in range(n):
        v = v + v if i % 2 else v * 0.5
    return Large(v, first)


def _repeats(n: int) -> Large:
    x = Value(0.5, label="x")
    v = autograd.sum([x] * (n // 10))
    return Large(v, x)


def _products(n: int) -> Large:
    x = Value(0.5, label="x")
    v = autograd.dot([x] * (n // 10), [x] * (n // 10), x)
    return Large(v, x)


SHAPES: dict[str, Callable[[int], Large]] = {
    "chain": _chain,
    "chain of sums": _steep,
    "fan-in": _fan_in,
    "fan-out": _fan_out,
    "diamonds of 2^60 paths": _diamonds,
    "deep diamonds": _many_diamonds,
    "repeats of one operand": _repeats,
    "products of one operand": _products,
}


def _steps(g: Large) -> object:
    bp = Backprop(g.loss)
    str(next(bp))
    str(next(bp) if not bp.done else bp)
    bp.goto(bp.position + min(3, bp.remaining))
    bp.run()
    bp.back()
    return bp.reset()


def _compiled(g: Large) -> object:
    program = autograd.compile(g.loss, params=[g.first])
    return program.value_and_grad()


FUNCTIONS: dict[str, Callable[[Large], object]] = {
    "backward": lambda g: g.loss.backward(),
    "backward(create_graph=True)": lambda g: g.loss.backward(create_graph=True),
    "refresh": lambda g: g.loss.refresh(),
    "topological": lambda g: g.loss.topological(),
    "expanded": lambda g: g.loss.expanded(),
    "repr": lambda g: repr(g.loss),
    "pickle": lambda g: pickle.loads(pickle.dumps(g.loss)),
    "deepcopy": lambda g: copy.deepcopy(g.loss),
    "grad": lambda g: autograd.grad(lambda x: x * g.loss)(1.0),
    "gradcheck": lambda g: autograd.gradcheck(g.loss),
    "formula": lambda g: str(autograd.formula(g.loss)),
    "tree": lambda g: str(autograd.tree(g.loss)),
    "tree without end": lambda g: str(autograd.tree(g.loss, 10**6)),
    "explain": lambda g: str(autograd.explain(g.loss, g.first)),
    "derivation": lambda g: str(autograd.derivation(g.loss, g.first)),
    "nudge": lambda g: str(autograd.nudge(g.loss, g.first)),
    "why_zero": lambda g: str(autograd.why_zero(g.loss, g.first)),
    "misconceptions": lambda g: str(autograd.misconceptions(g.loss)),
    "Backprop": _steps,
    "Backprop.explain": lambda g: str(Backprop(g.loss).explain("x" if g.first.label == "x" else "x[0]")),
    "Forward": lambda g: (str(next(Forward(g.loss))), Forward(g.loss).run()),
    "quiz": lambda g: autograd.quiz(g.loss, lambda prompt: "q"),
    "worksheet": lambda g: autograd.worksheet(g.loss, "sheet.html", count=1),
    "compile": _compiled,
    "trace": lambda g: viz.trace(g.loss),
    "draw_dot": lambda g: viz.draw_dot(g.loss),
    "svg": lambda g: viz.svg(g.loss),
    "play": lambda g: viz.play(g.loss, "page.html"),
    "framed": lambda g: viz.framed(g.loss),
    "frames": lambda g: viz.frames(g.loss, "pictures"),
}


def _a_long_place() -> object:
    v = Value(1.0) * 2.0
    v.place = ".".join(["part"] * 2000)
    return viz.svg(v), viz.svg(v, collapse="layer"), viz.framed(v)


def _a_long_label() -> object:
    a = Value(-1.0, label="x" * 5_000_000)
    return (a * 2.0).log(), repr(a), viz.svg(a), autograd.explain(a, a)


def _a_doubling_rule() -> object:
    """Heron's rule: each round uses the last one twice."""

    def root(m: Any, a: Any) -> Any:
        x = a
        for _ in range(40):
            x = 0.5 * (x + m.divide(a, x))
        return x

    heron = autograd.operation("heron_in_torture", forward=root, partials=[lambda m, y, a: m.divide(0.5, y)])
    a = Value(2.0)
    loss = heron(a) * 3.0
    loss.backward()
    compiled = autograd.compile(loss, params=[a]).value_and_grad()
    return a.grad, autograd.hessian(heron)(2.0), compiled, viz.framed(loss), str(next(Backprop(loss)))


class _Pair(nn.Module):
    def __init__(self, part: Any) -> None:
        self.left = self.right = part


def _shared_modules() -> object:
    module: Any = nn.Neuron(1, seed=1)
    for _ in range(60):
        module = _Pair(module)
    nn.save(module, "shared.npz")
    module.zero_grad()
    return module.parameters(), module.state_dict()


def _deep_lists() -> object:
    nested: list[Any] = [1.0]
    for _ in range(5000):
        nested = [nested]
    return autograd.grad(lambda x: x[0])(nested)


OTHERS: dict[str, Callable[[], object]] = {
    "a place of 2,000 parts": _a_long_place,
    "a label of 5,000,000 characters": _a_long_label,
    "a rule that uses each part twice": _a_doubling_rule,
    "modules shared along 2^60 ways": _shared_modules,
    "lists nested 5,000 deep": _deep_lists,
}


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each function on each shape, and the others."""
    found = [(name, partial(judged, function)) for name, function in OTHERS.items()]
    for shape, make in SHAPES.items():
        for name, function in FUNCTIONS.items():
            found.append((f"{name} of a {shape}, {SIZE:,}", partial(judged, partial(_made, function, make))))
    random.Random(seed).shuffle(found)
    yield from found


def _made(function: Callable[[Large], object], make: Callable[[int], Large]) -> object:
    return function(make(SIZE))


def judged(function: Callable[[], object]) -> str:
    """The failure, if any; a refusal with a message is not one."""
    try:
        function()
    except (ValueError, TypeError, RuntimeError) as error:
        if isinstance(error, RecursionError) or "Exceeds the limit" in str(error) or len(str(error)) > 1000:
            return f"{type(error).__name__}: {str(error)[:200]}"
    return ""
