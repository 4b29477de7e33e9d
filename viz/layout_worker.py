"""What lays graphs out with the library inside pygraphviz's wheel: a function, and a program that answers requests.

The library may crash or never end, and holds Python still meanwhile; so `viz.workers` runs this file in a process of
its own. It imports nothing of ours, to be there at once.
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
"""So many bytes may be taken, where the system can see to it; a graph of 3,000 nodes takes a fortieth of that."""
_LENGTH = struct.Struct("<Q")


class RefusedError(Exception):
    """Graphviz refused a graph or a form; the message says why."""


def laid_out(source: str, form: str) -> bytes:
    """Lays out a graph, in this process. One at a time: the library keeps its errors and its fonts in globals.

    Raises:
        RefusedError: Graphviz refused the graph or the form.
        ImportError: pygraphviz is not there, or broken.
    """
    from pygraphviz import AGraph, graphviz

    with _quiet() as noise:
        try:
            graph = AGraph(string=source)
        except Exception as error:  # what it raises depends on where the DOT breaks
            raise RefusedError(f"Graphviz cannot read this DOT: {noise() or error}") from None
        context = graphviz.gvContextWithBuiltins()
        try:
            if graphviz.gvLayout(context, graph.handle, b"dot") != 0:
                raise RefusedError(f"Graphviz found no layout: {noise()}")
            rendered = graphviz.gvRenderData(context, graph.handle, form.encode())
            graphviz.gvFreeLayout(context, graph.handle)
            # A status and the data, or a status alone where there are no data.
            if not isinstance(rendered, (list, tuple)) or rendered[0] != 0:
                raise RefusedError(f"Graphviz cannot write {form!r}: {noise()}")
            data = rendered[1]
        finally:
            graphviz.gvFreeContext(context)
            graph.close()
    return bytes(data)


@contextmanager
def _quiet() -> Iterator[Callable[[], str]]:
    """Keeps what C code writes to the standard error stream off the screen; yields a function that returns it."""
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
    """Writes parts to a pipe, each with its length before it."""
    rest = memoryview(b"".join(piece for part in parts for piece in (_LENGTH.pack(len(part)), part)))
    while rest:
        rest = rest[stream.write(rest) :]


def receive(stream: FileIO, count: int) -> list[bytes]:
    """Reads so many parts from a pipe.

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
    """Answers requests until there are no more.

    First comes where to look for modules. Then each request has a graph, a form, the folder that names of files in the
    graph are relative to, and how many seconds it may take; the reply is why not, or nothing, and the data.
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
    """Has the system end this process after so many seconds, unless they are 0: nobody else may be left to do it."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # whatever the parent does with it
        signal.alarm(seconds)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows, or less is allowed anyway
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> None:
    """Serves at the standard streams, out of which what libraries print is kept."""
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
