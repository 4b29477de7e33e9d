"""From DOT to SVG, PNG and PDF: by `dot` where it is on the PATH, else by the library inside pygraphviz's wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_lock = threading.Lock()


class LayoutError(RuntimeError):
    """There is nothing to lay a graph out with, or it refused; the message says what to do."""


def render(source: str, form: str) -> bytes:
    """Lays out a graph.

    Args:
        source: in the language DOT.
        form: `svg`, `png`, `pdf`, or another that Graphviz knows.

    Raises:
        LayoutError: neither `dot` nor pygraphviz is there, or Graphviz refused the graph or the form.
    """
    if shutil.which("dot"):
        return _by_program(source, form)
    try:
        from pygraphviz import AGraph, graphviz
    except ImportError:
        raise LayoutError(
            "nothing here can lay out a graph: run `pip install 'pygraphviz>=2.0'`, or install Graphviz so that `dot` "
            "is on the PATH. DOT itself can be had without: save(value, 'graph.dot')"
        ) from None
    # The library keeps its errors and its fonts in globals, so one graph at a time.
    with _lock, _quiet() as noise:
        try:
            graph = AGraph(string=source)
        except Exception as error:  # what it raises depends on where the DOT breaks
            raise LayoutError(f"Graphviz cannot read this DOT: {noise() or error}") from None
        context = graphviz.gvContextWithBuiltins()
        try:
            if graphviz.gvLayout(context, graph.handle, b"dot") != 0:
                raise LayoutError(f"Graphviz found no layout: {noise()}")
            rendered = graphviz.gvRenderData(context, graph.handle, form.encode())
            graphviz.gvFreeLayout(context, graph.handle)
            # A status and the data, or a status alone where there are no data.
            if not isinstance(rendered, (list, tuple)) or rendered[0] != 0:
                raise LayoutError(f"Graphviz cannot write {form!r}: {noise()}")
            data = rendered[1]
        finally:
            graphviz.gvFreeContext(context)
            graph.close()
    return bytes(data)


def _by_program(source: str, form: str) -> bytes:
    done = subprocess.run(["dot", f"-T{form}"], input=source.encode(), capture_output=True, check=False)
    if done.returncode:
        raise LayoutError(f"dot failed with code {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


@contextmanager
def _quiet() -> Iterator[Callable[[], str]]:
    """Keeps what C code writes to the standard error stream off the screen; yields a function that returns it."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as sink:
        saved = os.dup(2)
        os.dup2(sink.fileno(), 2)

        def noise() -> str:
            sink.seek(0)
            return sink.read().decode(errors="replace").strip()

        try:
            yield noise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
