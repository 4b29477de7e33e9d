"""The time for drawings: full graphs of 2,000 nodes in several shapes, and far larger ones collapsed.

Run `python -m benchmarks.drawing`. Each row gives the seconds for the DOT, and then for the SVG.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import nn
import viz
from autograd import Value


def chain(steps: int) -> Value:
    """v·a + b, repeatedly: every step uses the two leaves."""
    v, a, b = Value(0.1, label="v"), Value(0.5, label="a"), Value(0.3, label="b")
    for _ in range(steps):
        v = v * a + b
    return v


def star(points: int) -> Value:
    """A sum in which every term uses one leaf."""
    x = Value(0.1, label="x")
    return sum((x * i for i in range(points)), Value(0.0))


def tree(leaves: int) -> Value:
    """A product in pairs."""
    level = [Value(1.0) for _ in range(leaves)]
    while len(level) > 1:
        level = [a * b for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def tangle(nodes: int) -> Value:
    """Sums of random earlier values."""
    draw = random.Random(1)
    values = [Value(0.1) for _ in range(10)]
    for _ in range(nodes):
        values.append(draw.choice(values) + draw.choice(values))
    return sum(values[-200:], Value(0.0))


def network(sizes: list[int], examples: int = 1) -> Value:
    """A network's loss for several examples."""
    model = nn.MLP(sizes[0], sizes[1:], seed=1)
    x = [Value(0.1 * i, label=f"x[{i}]") for i in range(sizes[0])]
    return sum((nn.squared_error(model(x), [0.0] * sizes[-1]) for _ in range(examples)), Value(0.0))


FULL: dict[str, Callable[[], Value]] = {
    "chain": lambda: chain(1000),
    "star": lambda: star(660),
    "tree": lambda: tree(1024),
    "tangle": lambda: tangle(2000),
    "network 40-16-10": lambda: network([40, 16, 10]),
}
COLLAPSED: dict[str, Callable[[], Value]] = {
    "network 64-32-10": lambda: network([64, 32, 10]),
    "the same, 16 examples": lambda: network([64, 32, 10], 16),
    "chain": lambda: chain(33_000),
}


def main() -> None:
    """Prints a table."""
    print(f"{'graph':24}{'collapse':10}{'nodes':>9}{'DOT':>9}{'SVG':>9}  boxes")
    for collapse, graphs in (("none", FULL), ("auto", COLLAPSED), ("rolled", COLLAPSED)):
        for name, build in graphs.items():
            loss = build()
            start = time.perf_counter()
            drawing = viz.draw_dot(loss, collapse=collapse)
            middle = time.perf_counter()
            svg = drawing.pipe("svg", encoding="utf-8")
            end = time.perf_counter()
            nodes, boxes = len(viz.trace(loss)[0]), svg.count('class="node"')
            print(f"{name:24}{collapse:10}{nodes:9,}{middle - start:8.2f}s{end - middle:8.2f}s  {boxes:,}")


if __name__ == "__main__":
    main()
