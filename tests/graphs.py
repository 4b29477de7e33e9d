"""Random graphs of scalars, for tests that compare two ways of computing them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import autograd
from autograd import Value

swish = autograd.operation(
    "test_graphs_swish",
    forward=lambda m, a: a * m.sigmoid(a),
    partials=[lambda m, y, a: y + m.sigmoid(a) * (1 - y)],
)

Make = Callable[[Value, Value, random.Random, list[Value]], Value]

# Each stays within its domain for all operands, so that eager and compiled graphs compute the same.
MAKERS: list[Make] = [
    lambda a, b, rnd, nodes: a + b,
    lambda a, b, rnd, nodes: a - b,
    lambda a, b, rnd, nodes: a * b,
    lambda a, b, rnd, nodes: a / (b * b + 1),
    lambda a, b, rnd, nodes: -a,
    lambda a, b, rnd, nodes: abs(a),
    lambda a, b, rnd, nodes: a.tanh().exp(),
    lambda a, b, rnd, nodes: (a * a + 1).log(),
    lambda a, b, rnd, nodes: (a * a + 0.5).sqrt(),
    lambda a, b, rnd, nodes: a.sin(),
    lambda a, b, rnd, nodes: a.cos(),
    lambda a, b, rnd, nodes: a.tanh().tan(),
    lambda a, b, rnd, nodes: a.sigmoid(),
    lambda a, b, rnd, nodes: a.relu(),
    lambda a, b, rnd, nodes: a.leaky_relu(0.1),
    lambda a, b, rnd, nodes: a.softplus(),
    lambda a, b, rnd, nodes: a.maximum(b),
    lambda a, b, rnd, nodes: a.minimum(b),
    lambda a, b, rnd, nodes: (a.sigmoid() + 0.5) ** b.tanh(),
    lambda a, b, rnd, nodes: a**2,
    lambda a, b, rnd, nodes: (a * a + 1) ** -1.5,
    lambda a, b, rnd, nodes: swish(a),
    lambda a, b, rnd, nodes: autograd.sum(rnd.choice(nodes) * rnd.choice(nodes) for _ in range(rnd.randrange(2, 6))),
    lambda a, b, rnd, nodes: autograd.sum(rnd.choice(nodes) for _ in range(rnd.randrange(2, 6))) - a - b,
    lambda a, b, rnd, nodes: autograd.logsumexp(rnd.choice(nodes) for _ in range(3)),
]


def random_graph(seed: int, x: Sequence[Value], w: Sequence[Value]) -> Value:
    rnd = random.Random(seed)
    nodes = [*x, *w]
    for _ in range(rnd.randrange(1, 60)):
        made = rnd.choice(MAKERS)(rnd.choice(nodes), rnd.choice(nodes), rnd, nodes)
        nodes.append(made.tanh() if abs(made._data) > 30 else made)
    return autograd.sum(nodes[-4:]) * 0.5 + w[0] * x[0]
