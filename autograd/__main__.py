"""The REPL: `python -m autograd`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import autograd
from autograd.entry import run
from autograd.prompt.session import open_session


def names() -> dict[str, object]:
    """The initial names of a session."""
    import nn
    import viz

    return {name: getattr(autograd, name) for name in autograd.__all__} | {"autograd": autograd, "nn": nn, "viz": viz}


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens a session, after the tour if requested; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd", description="A session with glassgrad's names imported."
    )
    parser.add_argument("--plain", action="store_true", help="use Python's own prompt, even if IPython is installed")
    parser.add_argument("--tour", action="store_true", help="walk through backpropagation in eight short screens")
    parser.add_argument("--no-input", action="store_true", help="with --tour: do not wait for the reader")
    options = parser.parse_args(arguments)
    known = names()
    if options.tour:
        autograd.tour(interactive=not options.no_input, names=known)
        if options.no_input or not (sys.stdin and sys.stdin.isatty()):
            return 0
    return open_session(known, plain=options.plain)


if __name__ == "__main__":
    run(main)
