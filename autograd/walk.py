"""`tour()`: from a derivative as a nudge to a step that lowers the loss, in eight short screens."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from autograd.prompt.console import Console
from autograd.shown import shown
from autograd.words.text import folded, width

SCREENS: list[tuple[str, str, str]] = [
    (
        "A value remembers",
        "A Value is a number that remembers how it was computed. Two of them are multiplied, and a third is added:",
        "a = Value(2.0)\nb = Value(-3.0)\nL = a * b + 10\nL\nformula(L)\ntree(L)",
    ),
    (
        "A derivative is the answer to a nudge",
        "If a increases slightly, what happens to L? Try it. The change of L, for each unit that a changes, is the "
        "derivative of L with respect to a.",
        "nudge(L, a, 0.001)",
    ),
    (
        "The chain rule, one step at a time",
        "backward() finds all derivatives at once, from L back to its leaves. Here it runs in slow motion. Each step "
        "takes a node whose gradient is complete and passes it on to the operands, times the local derivative.",
        "bp = Backprop(L)\nnext(bp)\nnext(bp)",
    ),
    (
        "Why gradients are added up",
        "A value that is used twice influences the result in two ways, and its gradient is the sum of both.",
        "y = a * a + a\nexplain(y, a)",
    ),
    (
        "What goes wrong otherwise",
        "Each rule of backpropagation has its reason. Here is what happens if you break them:",
        "misconceptions(y)",
    ),
    (
        "A neuron",
        "A neuron is a weighted sum of its inputs and a bias, bent by a function. It is an expression like any other.",
        "x, w = Value(0.5), Value(-2.0)\nbias = Value(0.25)\nout = (w * x + bias).tanh()\nformula(out)\n"
        "derivation(out, w)",
    ),
    (
        "How wrong is it?",
        "Say that the answer should have been 1. The squared error measures how wrong the neuron is, and backward() "
        "computes which way each number in it should move to reduce the error.",
        "loss = (out - 1) ** 2\nloss.backward()\nloss\nw\nbias",
    ),
    (
        "A step downhill",
        "Move the weight and the bias a little against their gradients, compute again, and repeat. That is learning.",
        "for step in range(20):\n    _ = loss.refresh()\n    for p in (w, bias):\n        p.grad = 0.0\n"
        "    loss.backward()\n    for p in (w, bias):\n        p.data -= 0.1 * p.grad\n\nloss.refresh()\nout",
    ),
]


WAYS = "Enter: next screen; back: previous screen; quit: end. Anything else runs as Python: try things out."


def tour(interactive: bool = True, out: TextIO | None = None, names: dict[str, object] | None = None) -> None:
    """Walks through backpropagation in eight short screens, each with a prompt on what it made.

    Args:
        interactive: open a prompt after each screen; otherwise show all screens at once.
        out: the output stream; by default the standard output.
        names: a dict that receives the tour's variables, such as `globals()`. At the prompt of `python -m autograd` the
            session receives them.
    """
    import autograd

    stream = out if out is not None else sys.stdout
    if not callable(getattr(stream, "write", None)):
        raise TypeError(f"out must be a stream to write to, not {shown(out)}")
    names = {} if names is None else names
    if not isinstance(names, dict):
        raise TypeError(f"names must be a dict, such as globals(), not {shown(names)}")
    names.update({name: getattr(autograd, name) for name in autograd.__all__ if name not in names})
    console = Console(names, commands=False)
    place = 0
    while place < len(SCREENS):
        _show(place, console, stream)
        if not interactive:
            place += 1
            continue
        where = _prompted(console, place)
        if where is None:
            break
        place = where
    if place == len(SCREENS):
        print("\nThat was the tour. Its variables are still here: change them, and see what happens.", file=stream)


def _show(place: int, console: Console, stream: TextIO) -> None:
    title, text, source = SCREENS[place]
    bold, plain = ("\033[1m", "\033[0m") if _colour(stream) else ("", "")
    heading = "\n".join(folded(f"{place + 1} of {len(SCREENS)}: {title}", width(), ""))
    print(f"\n{bold}{heading}{plain}\n", file=stream)
    print("\n".join(folded(text, min(width(), 88), "")), end="\n\n", file=stream)
    old = sys.stdout
    sys.stdout = stream
    try:
        for statement in _statements(source):
            print(">>> " + statement.replace("\n", "\n... "))
            console.runsource(statement + "\n" * statement.count("\n"))
    finally:
        sys.stdout = old


def _prompted(console: Console, place: int) -> int | None:
    """Runs a prompt with a screen's variables until the reader goes on; returns the next screen, or None at the end."""
    print("\n".join(["", *folded(WAYS, width(), "")]))
    more = False
    while True:
        try:
            line = input("... " if more else ">>> ")
        except EOFError:
            print()
            return None
        except KeyboardInterrupt:
            print("\nKeyboardInterrupt")
            console.resetbuffer()
            more = False
            continue
        word = line.strip().lower()
        if not more and word in ("", "next", "n"):
            return place + 1
        if not more and word in ("back", "b"):
            return max(0, place - 1)
        if not more and word in ("quit", "q", "exit"):
            return None
        more = console.push(line)


def _statements(source: str) -> list[str]:
    """Splits source into statements; an indented line belongs to the one before."""
    statements: list[str] = []
    for line in filter(str.strip, source.splitlines()):
        if line.startswith(" "):
            statements[-1] += f"\n{line}"
        else:
            statements.append(line)
    return statements


def _colour(stream: TextIO) -> bool:
    """Whether the stream is a terminal with colours, and the user wants them."""
    is_terminal = getattr(stream, "isatty", None)
    return (
        bool(is_terminal and is_terminal())
        and "NO_COLOR" not in os.environ
        and os.environ.get("TERM", "dumb") != "dumb"
    )
