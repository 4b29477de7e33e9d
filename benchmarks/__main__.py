"""All benchmarks in one table of ratios, printed and written to `benchmarks/RESULTS.md`: `make bench`."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from autograd.entry import run
from autograd.files import write_whole
from benchmarks import drawing
from benchmarks.measuring import table

PEERS = ("jax", "torch", "micrograd")
RESULTS = Path(__file__).with_name("RESULTS.md")

EXPLAINED = """A ratio is theirs divided by ours: above 1, ours is better. The aims are the project's own.
[How it works](../docs/how-it-works.md) explains the cost of a node in a very large graph."""


def machine() -> str:
    """The machine and the versions behind the figures."""
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "jax", "torch", "micrograd", "graphviz", "pygraphviz")
    )
    return f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {versions}; one thread."


def main() -> int:
    """Measures, prints, and writes; returns the exit status."""
    if missing := [name for name in PEERS if find_spec(name) is None]:
        print(f"error: there is no {' and no '.join(missing)} to compare with: pip install '.[bench]'", file=sys.stderr)
        return 2
    from benchmarks import eager, javascript, jit, live

    rows = eager.measure()
    from benchmarks import compiled, gpt  # not earlier: PyTorch's objects would slow down the garbage collector

    rows += [*compiled.measure(), *gpt.measure(), *jit.measure(), *javascript.measure(), *live.measure()]
    text = f"# Benchmarks\n\n{machine()}\n\n{EXPLAINED}\n\n{table(rows)}\n"
    print(text)
    write_whole(RESULTS, text)
    drawing.main()
    return 0


if __name__ == "__main__":
    run(main)
