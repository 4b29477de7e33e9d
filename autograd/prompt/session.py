"""Opens a session: at a terminal with or without IPython, or from a pipe or file."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from autograd.prompt.console import Console
from autograd.prompt.help import Help
from autograd.words.text import folded, width

BANNER = (
    "glassgrad: Value, Backprop, formula, nudge, explain, … are imported, and so are nn and viz.",
    "help() lists what you can do. Try tour(), or: a = Value(2.0)",
)


def banner() -> str:
    """The first lines of a session."""
    return "\n".join(part for line in BANNER for part in folded(line, width(), ""))


def open_session(names: dict[str, object], plain: bool = False) -> int:
    """Runs a session, interactive if standard input is a terminal.

    Args:
        names: the session's first variables.
        plain: use Python's own prompt even if IPython is installed.

    Returns:
        The exit status.
    """
    namespace = {"__name__": "__main__", "__doc__": None} | names
    namespace["help"] = Help(namespace)
    if "tour" in namespace:
        namespace["tour"] = _here(cast("Callable[..., None]", namespace["tour"]), namespace)
    if sys.stdin is None or sys.stdin.closed:
        print("there is no standard input to read from", file=sys.stderr)
        return 1
    if not sys.stdin.isatty():
        if hasattr(sys.stdin, "reconfigure"):  # Python's source, in any locale; `-sig` skips a mark that Windows adds
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")
        return Console(namespace).run_all(sys.stdin)
    if not plain and find_spec("IPython") is not None:
        from autograd.prompt.ipython import start

        start(namespace, banner())
        return 0
    return _at_terminal(namespace)


def _here(tour: Callable[..., None], namespace: dict[str, object]) -> Callable[..., None]:
    """The tour over a session's variables; unlike a `partial`, it does not show them when it is shown itself."""

    @wraps(tour)
    def here(*args: object, **kwargs: object) -> None:
        tour(*args, **{"names": namespace} | kwargs)

    return here


def _at_terminal(namespace: dict[str, object]) -> int:
    """Python's own prompt, with completion and history if the platform has readline."""
    with suppress(ImportError):
        import readline

        from autograd.prompt.completion import Completer

        readline.set_completer(Completer(namespace))
        editline = "libedit" in (readline.__doc__ or "")  # on macOS
        readline.parse_and_bind("bind ^I rl_complete" if editline else "tab: complete")
        with suppress(OSError, RuntimeError):
            readline.read_history_file(_history())
        atexit.register(_keep_history)
    console = Console(namespace)
    console.interact(banner(), exitmsg="")
    return 0


def _history() -> Path:
    return Path.home() / ".glassgrad_history"


def _keep_history() -> None:
    import readline

    with suppress(OSError, RuntimeError):
        readline.write_history_file(_history())
