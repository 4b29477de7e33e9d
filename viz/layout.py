"""Turns DOT into SVG, PNG and PDF, by `dot` if it is on the PATH, else by the library in pygraphviz's wheel."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec

from autograd.locks import Lock
from viz import workers
from viz.layout_worker import RefusedError, laid_out

_here = Lock()


class LayoutError(RuntimeError):
    """Graphviz is missing or refused a graph; the message says what to do."""


def check() -> None:
    """Checks early whether pictures can be made here.

    Raises:
        LayoutError: neither `dot` nor pygraphviz is installed.
    """
    if not shutil.which("dot") and find_spec("pygraphviz") is None:
        raise LayoutError(
            "no layout library is installed: run `pip install 'pygraphviz>=2.0'`, or install Graphviz so that `dot` "
            "is on the PATH. DOT needs neither: save(value, 'graph.dot')"
        )


def render(source: str, form: str) -> bytes:
    """Lays out a graph in a separate process, so that a crash or hang of Graphviz does not affect this one.

    If no Python can be started, as in a frozen program, the layout runs in this process.

    Args:
        source: the graph in DOT.
        form: `svg`, `png`, `pdf`, or another format of Graphviz.

    Raises:
        LayoutError: neither `dot` nor pygraphviz is installed; Graphviz refused the graph or the format, crashed, or
            took longer than a minute plus another for each million bytes of DOT; or no process can be started.
    """
    check()
    dot = source.encode(errors="replace")
    seconds = 60 + 60 * len(dot) // 1_000_000
    try:
        if program := shutil.which("dot"):
            return _by_program(program, dot, form, seconds)
        if workers.can_start():
            return workers.ask(dot, form, seconds)
        with _here.held:
            return laid_out(dot.decode(), form)
    except RefusedError as error:
        raise LayoutError(str(error)) from None
    except workers.CrashedError:
        raise LayoutError(
            "Graphviz crashed on this graph, or ran out of memory: draw fewer nodes, or boxes: collapse='layer'"
        ) from None
    except (workers.LateError, subprocess.TimeoutExpired):
        raise LayoutError(
            f"Graphviz did not finish within {seconds} s and was stopped: draw fewer nodes, or boxes: collapse='layer'"
        ) from None
    except OSError as error:
        raise LayoutError(f"the graph cannot be laid out now: {error.strerror or error}") from None


def _by_program(program: str, dot: bytes, form: str, seconds: int) -> bytes:
    done = subprocess.run([program, f"-T{form}"], input=dot, capture_output=True, check=False, timeout=seconds)
    if done.returncode:
        raise RefusedError(f"dot failed with code {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
