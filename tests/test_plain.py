"""`plain.py`, the page to read first, and `Value` compute the same, to the bit."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st

from autograd import Value, plain
from autograd.graph import topological
from autograd.plain import Number


def graph(seed: int, kind: Any) -> tuple[list[Any], list[Any]]:
    """Leaves and all nodes of a random graph, over either class."""
    draw = random.Random(seed)
    leaves = [kind(draw.uniform(-2, 2)) for _ in range(4)]
    nodes = list(leaves)
    small = kind(0.125)
    for _ in range(40):
        a, b = draw.choice(nodes), draw.choice(nodes[-6:])
        choice = draw.randrange(10)
        if choice == 0:
            new = a - b
        elif choice == 1 and abs(b.data) > 0.1:
            new = a / b
        elif choice == 2:
            new = a**3
        elif choice == 3 and a.data < 5:
            new = a.exp()
        elif choice == 4 and a.data > 0.1:
            new = a.log()
        elif choice == 5:
            new = (small * b.relu()).tanh() if abs(b.data) < 5 else b.relu()
        else:
            new = a + b if choice % 2 else a * b
        nodes.append(new if abs(new.data) < 100 else new * kind(0.001))
    return leaves, nodes


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_value_equals_the_plain_engine_bit_for_bit(seed: int, passes: int) -> None:
    mine, plain_ = graph(seed, Value), graph(seed, Number)
    assert [v.data for v in mine[1]] == [n.data for n in plain_[1]]
    for _ in range(passes):
        mine[1][-1].backward()
        plain_[1][-1].backward()
    assert [v.grad for v in mine[1]] == [n.grad for n in plain_[1]]
    number_of = dict(zip(map(id, mine[1]), plain_[1], strict=True))
    order = [number_of[id(v)] for v in topological(mine[1][-1]) if id(v) in number_of]
    expected = [n for n in plain_[1][-1].topological() if n.operands]
    assert order == [n for n in expected if n in set(order)]


def test_deep_graphs_work() -> None:
    x = y = Number(1.0)
    for _ in range(20_000):
        y = y + x
    y.backward()
    assert x.grad == 20_001.0


def test_it_runs_by_itself() -> None:
    path = str(Path(plain.__file__))
    out = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout.splitlines()
    losses = [float(line.split()[1]) for line in out]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01 < losses[0]
    imported = [line for line in Path(path).read_text().splitlines() if line.startswith(("import", "from"))]
    assert imported == ["from __future__ import annotations", "import math"]
