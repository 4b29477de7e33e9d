"""The REPL: `python -m autograd`."""

from __future__ import annotations

import argparse
import atexit
import code
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import autograd

BANNER = (
    "glassgrad: Value, Backprop, formula, nudge, explain, … are here, and nn and viz.\nTry tour(), or: a = Value(2.0)"
)
HISTORY = Path.home() / ".glassgrad_history"


def names() -> dict[str, Any]:
    """What a session starts with."""
    import nn
    import viz

    return {name: getattr(autograd, name) for name in autograd.__all__} | {"autograd": autograd, "nn": nn, "viz": viz}


def main(arguments: Sequence[str] | None = None) -> None:
    """Opens a session, or runs the tour."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd", description="A session with glassgrad's names imported."
    )
    parser.add_argument("--tour", action="store_true", help="walk through backpropagation in eight short screens")
    parser.add_argument("--no-input", action="store_true", help="with --tour: do not wait for Enter")
    options = parser.parse_args(arguments)
    if options.tour:
        autograd.tour(interactive=not options.no_input)
    elif find_spec("IPython") is not None and sys.stdin.isatty():
        _ipython()
    else:
        _standard()


def _ipython() -> None:
    from IPython import start_ipython
    from traitlets.config import Config

    config = Config()
    config.TerminalInteractiveShell.banner1 = BANNER + "\n"
    start_ipython(argv=[], user_ns=names(), config=config)


def _standard() -> None:
    """Python's own session, with completion and a history where the platform has readline."""
    namespace = names()
    with suppress(ImportError):
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(namespace).complete)
        editline = "libedit" in (readline.__doc__ or "")  # on macOS
        readline.parse_and_bind("bind ^I rl_complete" if editline else "tab: complete")
        if sys.stdin.isatty():
            with suppress(OSError):
                readline.read_history_file(HISTORY)
            atexit.register(_keep_history)
    code.interact(BANNER, local=namespace, exitmsg="")


def _keep_history() -> None:
    import readline

    with suppress(OSError):
        readline.write_history_file(HISTORY)


if __name__ == "__main__":
    main()
