"""Lays out graphs with the library in pygraphviz's wheel: a function, and a program that answers requests.

The library may crash or hang, and blocks Python meanwhile, so `viz.workers` runs this file in a separate process. It
imports none of our modules, in order to start fast.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO

MEMORY = 4 << 30
"""The memory limit in bytes, if the system can enforce it; a graph of 3,000 nodes takes a fortieth of it."""
_LENGTH = struct.Struct("<Q")


class RefusedError(Exception):
    """Graphviz refused a graph or a format; the message says why."""


def laid_out(source: str, form: str) -> bytes:
    """Lays out a graph in this process. Not thread-safe: the library keeps its errors and fonts in global variables.

    Raises:
        RefusedError: Graphviz refused the graph or the format.
        ImportError: pygraphviz is missing or broken.
    """
    from pygraphviz import AGraph, graphviz

    with _quiet() as noise:
        try:
            graph = AGraph(string=source)
        except Exception as error:  # its type depends on the error in the DOT
            raise RefusedError(f"Graphviz cannot read this DOT: {noise() or error}") from None
        context = graphviz.gvContextWithBuiltins()
        try:
            if graphviz.gvLayout(context, graph.handle, b"dot") != 0:
                raise RefusedError(f"Graphviz found no layout: {noise()}")
            rendered = graphviz.gvRenderData(context, graph.handle, form.encode())
            graphviz.gvFreeLayout(context, graph.handle)
            # A status and the data, or only a status if there are no data.
            if not isinstance(rendered, (list, tuple)) or rendered[0] != 0:
                raise RefusedError(f"Graphviz cannot write {form!r}: {noise()}")
            data = rendered[1]
        finally:
            graphviz.gvFreeContext(context)
            graph.close()
    return bytes(data)


@contextmanager
def _quiet() -> Iterator[Callable[[], str]]:
    """Captures C code's output to the standard error stream; yields a function that returns it."""
    if sys.stderr:
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


def send(stream: FileIO, *parts: bytes) -> None:
    """Writes parts to a pipe, each preceded by its length."""
    rest = memoryview(b"".join(piece for part in parts for piece in (_LENGTH.pack(len(part)), part)))
    while rest:
        rest = rest[stream.write(rest) :]


def receive(stream: FileIO, count: int) -> list[bytes]:
    """Reads `count` parts from a pipe.

    Raises:
        EOFError: the other end was closed.
    """
    return [_read(stream, _LENGTH.unpack(_read(stream, _LENGTH.size))[0]) for _ in range(count)]


def _read(stream: FileIO, length: int) -> bytes:
    data = bytearray(length)
    rest = memoryview(data)
    while rest:
        got = stream.readinto(rest)
        if not got:
            raise EOFError
        rest = rest[got:]
    return bytes(data)


def serve(requests: FileIO, replies: FileIO) -> None:
    """Answers requests until the pipe is closed.

    The first message is the module search path. Each request is a graph, a format, the folder for relative file names
    in the graph, and a time limit in seconds. The reply is an error message, empty on success, and the data.
    """
    (path,) = receive(requests, 1)
    sys.path[:] = json.loads(path)
    home = os.getcwd()
    while True:
        source, form, folder, seconds = receive(requests, 4)
        _end_after(int(seconds))
        with suppress(OSError):
            os.chdir(folder)
        try:
            reply = (b"", laid_out(source.decode(), form.decode()))
        except Exception as error:
            reply = ((str(error) or type(error).__name__).encode(errors="replace"), b"")
        os.chdir(home)
        _end_after(0)
        send(replies, *reply)


def _end_after(seconds: int) -> None:
    """Makes the system end this process after some seconds, since no other may be left to do it; 0 cancels that."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the parent may handle it differently
        signal.alarm(seconds)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits, and a lower one may be set already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> None:
    """Serves requests on the standard streams, protected from output of libraries."""
    _limit_memory()
    requests, replies = FileIO(os.dup(0), "rb"), FileIO(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    with suppress(EOFError, BrokenPipeError):
        serve(requests, replies)
    os._exit(0)


if __name__ == "__main__":
    main()
