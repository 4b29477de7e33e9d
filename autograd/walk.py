"""`tour()`: from a derivative as a nudge to a step that lowers the loss, in eight short screens."""

from __future__ import annotations

import code
import os
import sys
import textwrap
from typing import Any, TextIO

SCREENS: list[tuple[str, str, str]] = [
    (
        "A value remembers",
        "A Value is a number that remembers how it was computed. Two of them are multiplied, and a third is added:",
        'a = Value(2.0, label="a")\nb = Value(-3.0, label="b")\nL = a * b + 10\nL.label = "L"\nL\nformula(L)\ntree(L)',
    ),
    (
        "A derivative is the answer to a nudge",
        "If a increases slightly, what happens to L? Try it. The change of L, for each unit that a changes, is the "
        "derivative of L with respect to a.",
        "nudge(L, a, 0.001)",
    ),
    (
        "The chain rule, one step at a time",
        "backward() finds all derivatives at once, from L back to its beginnings. Here it is slowed down. Each step "
        "takes one node, whose gradient is complete, and passes it on: the gradient times the local derivative.",
        "bp = Backprop(L)\nnext(bp)\nnext(bp)",
    ),
    (
        "Why gradients are added up",
        "A value that is used twice influences the result in two ways, and its gradient is the sum of both.",
        'y = a * a + a\ny.label = "y"\nexplain(y, a)',
    ),
    (
        "What goes wrong otherwise",
        "The rules of backpropagation are there for a reason. These are the tempting ways to break them:",
        "misconceptions(y)",
    ),
    (
        "A neuron",
        "A neuron is a weighted sum of its inputs and a bias, bent by a function. It is an expression like any other.",
        'x, w, bias = Value(0.5, label="x"), Value(-2.0, label="w"), Value(0.25, label="bias")\n'
        'out = (w * x + bias).tanh()\nout.label = "out"\nformula(out)\nderivation(out, w)',
    ),
    (
        "How wrong is it?",
        "Say that the answer should have been 1. The squared error measures how wrong the neuron is, and backward() "
        "tells for each number in it which way the error falls.",
        'loss = (out - 1) ** 2\nloss.label = "loss"\nloss.backward()\nprint(f"loss {loss.data:.4f}, '
        'slope for w {w.grad:.4f}, for bias {bias.grad:.4f}")',
    ),
    (
        "A step downhill",
        "Move the weight and the bias a little against their slopes, compute again, and repeat. That is learning.",
        "for step in range(20):\n    _ = loss.refresh()\n    for p in (w, bias):\n        p.grad = 0.0\n"
        "    loss.backward()\n"
        '    for p in (w, bias):\n        p.data -= 0.1 * p.grad\n\nprint(f"loss {loss.refresh().data:.4f}, '
        'the neuron now says {out.data:.4f}")',
    ),
]


def tour(interactive: bool = True, out: TextIO | None = None) -> None:
    """Walks through backpropagation in eight short screens; Enter goes on, q ends it.

    Args:
        interactive: wait for the reader after each screen.
        out: where to write; the standard output, unless given.
    """
    import autograd

    stream = out if out is not None else sys.stdout
    names: dict[str, Any] = {name: getattr(autograd, name) for name in autograd.__all__}
    bold, plain = ("\033[1m", "\033[0m") if _colour(stream) else ("", "")
    for i, (title, text, source) in enumerate(SCREENS, 1):
        print(f"\n{bold}{i} of {len(SCREENS)}: {title}{plain}\n", file=stream)
        print(textwrap.fill(text, 88), end="\n\n", file=stream)
        _play(source, names, stream)
        if interactive and i < len(SCREENS) and not _goes_on():
            return
    print("\nThat was all of it. Type its lines at a prompt, change them, and see what happens.", file=stream)


def _play(source: str, names: dict[str, Any], stream: TextIO) -> None:
    """Shows source as it would be typed at a prompt, and what it answers."""
    console, old = code.InteractiveInterpreter(names), (sys.stdout, sys.displayhook)
    sys.stdout = stream

    def show(value: Any) -> None:
        if value is not None:
            print(repr(value), file=stream)

    sys.displayhook = show
    try:
        for statement in _statements(source):
            print(">>> " + statement.replace("\n", "\n... "), file=stream)
            console.runsource(statement + "\n" * statement.count("\n"), "<tour>", "single")
    finally:
        sys.stdout, sys.displayhook = old


def _statements(source: str) -> list[str]:
    """The source's statements: a line that is indented belongs to the one before."""
    statements: list[str] = []
    for line in filter(str.strip, source.splitlines()):
        if line.startswith(" "):
            statements[-1] += f"\n{line}"
        else:
            statements.append(line)
    return statements


def _goes_on() -> bool:
    try:
        return input("\nEnter: on, q: end ").strip().lower() != "q"
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def _colour(stream: TextIO) -> bool:
    """Whether the stream is a terminal that has colours, and its user wants them."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM", "dumb") != "dumb"
