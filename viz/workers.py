"""Processes that lay graphs out, kept for the next graph.

Each request runs in its own thread, since an interrupt (Ctrl-C) only reaches the main thread: the thread always cleans
up, and a process that did not answer is never used again. A forked child uses none of its parent's processes.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from io import FileIO
from typing import cast

from viz import layout_worker

KEPT = 2
"""The maximum number of processes that are kept waiting; there are more only while as many threads draw at once."""

_starting = threading.Lock()
_all: set[_Worker] = set()
_idle: list[_Worker] = []


class CrashedError(Exception):
    """Two processes ended without an answer."""


class LateError(Exception):
    """There was no answer within the time limit."""


def can_start() -> bool:
    """Whether a Python can be started, which frozen programs, and those that embed Python, lack."""
    name = os.path.basename(sys.executable or "").lower()
    return (
        name.startswith(("python", "pypy"))
        and not getattr(sys, "frozen", False)
        and os.path.isfile(layout_worker.__file__)
    )


def ask(source: bytes, form: str, seconds: int) -> bytes:
    """Lays out a graph in a worker process.

    Args:
        source: the graph in DOT.
        form: the format of the result.
        seconds: the time limit.

    Raises:
        RefusedError: Graphviz refused the graph or the format.
        CrashedError: Graphviz crashed on the graph.
        LateError: it took longer.
        OSError: no process or thread can be started, for example because there are no free file handles.
    """
    job = _Job(source, form, seconds)
    thread = threading.Thread(target=job.run, name="layout", daemon=True)
    end = time.monotonic() + seconds
    try:
        try:
            thread.start()
        except RuntimeError as error:
            raise OSError(str(error)) from None
        # Not a single wait, which cannot be interrupted on Windows; nor a join, which an interrupt marks as finished.
        while not job.done.wait(0.1) and time.monotonic() < end:
            pass
    finally:
        job.give_up()
    if job.done.is_set():
        thread.join()
    return job.result()


class _Job:
    """A request, and its reply when it has one."""

    def __init__(self, source: bytes, form: str, seconds: int) -> None:
        try:
            self._folder = os.getcwd()
        except OSError:  # the folder was deleted
            self._folder = ""
        # The process ends itself a little later, since we may no longer exist to end it.
        self._request = source, form.encode(), os.fsencode(self._folder), str(seconds + 10).encode()
        self.done = threading.Event()
        self._worker: _Worker | None = None
        self._given_up = False
        self._tries = 0
        self._reply: list[bytes] = []
        self._error: Exception = LateError()

    def run(self) -> None:
        """Sends the request, and once more if the process ended, since it may have been killed while idle."""
        try:
            while not self._reply and not self._given_up and self._tries < 2:
                self._tries += 1
                self._try()
        except Exception as error:  # raised again in the caller's thread
            self._error = error
        finally:
            self.done.set()

    def _try(self) -> None:
        worker = self._worker = _take(self._folder)
        try:
            if not self._given_up:
                self._reply = worker.ask(*self._request)
        except (OSError, EOFError):
            self._error = LateError() if self._given_up else CrashedError()
        finally:
            self._worker = None
            if self._reply:
                _keep(worker)
            else:
                worker.stop()

    def give_up(self) -> None:
        """Ends the process if it has not answered."""
        self._given_up = True
        if worker := self._worker:
            worker.kill()

    def result(self) -> bytes:
        """Returns the data, or raises the error."""
        if not self._reply:
            raise self._error
        reason, data = self._reply
        if reason:
            raise layout_worker.RefusedError(reason.decode())
        return data


class _Worker:
    """A process that lays out graphs, one after the other. It ends when its pipe is closed."""

    def __init__(self, folder: str) -> None:
        path = [os.path.join(folder, entry) for entry in sys.path if isinstance(entry, str)]
        self._greeting = [json.dumps(path).encode()]
        with _starting:
            self._process = subprocess.Popen(
                # In its own session, or without a console on Windows, Ctrl-C does not reach it.
                [sys.executable, "-I", "-S", layout_worker.__file__],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=os.path.dirname(layout_worker.__file__),
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            self._requests = cast(FileIO, self._process.stdin)
            self._replies = cast(FileIO, self._process.stdout)
            _all.add(self)

    def ask(self, *request: bytes) -> list[bytes]:
        """The reply to a request, in two parts.

        Raises:
            EOFError, OSError: the process has ended.
        """
        layout_worker.send(self._requests, *self._greeting, *request)
        self._greeting = []
        return layout_worker.receive(self._replies, 2)

    def kill(self) -> None:
        """Ends the process immediately, and waits for its end."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends the process and closes its pipes, which must not be in use."""
        self.kill()
        self.close()
        _all.discard(self)

    def close(self) -> None:
        """Closes the pipes."""
        self._requests.close()
        self._replies.close()

    def disown(self) -> None:
        """Leaves the process to the parent process."""
        self._process.returncode = 0
        self.close()


def _take(folder: str) -> _Worker:
    try:
        return _idle.pop()
    except IndexError:
        return _Worker(folder)


def _keep(worker: _Worker) -> None:
    if len(_idle) < KEPT:
        _idle.append(worker)
    else:
        worker.stop()


@atexit.register
def _stop_all() -> None:
    while _idle:
        _idle.pop().stop()
    for worker in list(_all):  # those in use by other threads
        worker.kill()


def _begin_anew() -> None:
    """Resets a forked child's state, since its parent's processes and locks are not its own."""
    global _starting
    _starting = threading.Lock()
    for worker in _all:
        worker.disown()
    _all.clear()
    _idle.clear()


if hasattr(os, "register_at_fork"):
    # A forked child would keep the pipes of a process that is being started open without knowing of them.
    os.register_at_fork(
        before=lambda: _starting.acquire(), after_in_parent=lambda: _starting.release(), after_in_child=_begin_anew
    )
