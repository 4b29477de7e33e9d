"""`live`: a page that follows the process that serves it, and can step it and set its leaves."""

from __future__ import annotations

import json
import math
import secrets
import threading
import time
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from autograd import Value
from autograd.arguments import a_whole_number, values
from autograd.backprop import Backprop
from autograd.graph import every_node
from viz.play import page

_FRAMES = 30
"""The maximum number of frames per second that a page receives."""
_SHARE = 0.0025
"""The fraction of training time that the threads of a page may take; expensive frames become less frequent.

The indirect cost to the training, by switches of the interpreter lock and in the caches, is several times that.
"""
_LOOKS = 10
"""How many times per second the graph is checked for changes, without `update`, while a page is open."""
_BUSY = 2.0
"""The seconds after an `update` during which a page's requests wait for the next one."""
_HEADER = 3
"""The numbers before the leaves' data: the training step, its loss, the position in the page."""


def live(
    loss: Value | Backprop,
    *,
    parameters: Sequence[Value] = (),
    inputs: Sequence[Value] = (),
    port: int = 0,
    browse: bool = True,
) -> Live:
    """Opens a page that follows this process: a graph and its leaves, a cursor, or a training loop.

    At a prompt the page shows each change of a leaf and, given a `Backprop`, each step. In a training loop, `update`
    sends it the loss and the parameters. In the other direction, the page steps the cursor and sets leaves. Needs the
    extra `live`.

    Args:
        loss: the value whose graph is shown, or a cursor on it.
        parameters: the leaves for `update(params=...)`, such as `model.parameters()`.
        inputs: the leaves for `update(inputs=...)`: the inputs of the example shown.
        port: the port on this machine; by default any free one.
        browse: whether to open the browser.

    Raises:
        ImportError: `websockets` is not installed.
        TypeError: `loss` is neither a Value nor a cursor.
        ValueError: a parameter or an input is not a leaf of the graph.
        OSError: the port is in use.
    """
    following = Live(loss, parameters=parameters, inputs=inputs, port=port)
    if browse and not webbrowser.open(following.url):
        print(f"there is no browser here; the page is at {following.url}")
    return following


class Live:
    """A page that follows this process, served only on this machine, at an address that cannot be guessed.

    One port serves the page and the socket. Only the newest state is kept for a page, which requests the next when it
    has shown the last, so the process never waits for the page.
    """

    def __init__(
        self, loss: Value | Backprop, *, parameters: Sequence[Value] = (), inputs: Sequence[Value] = (), port: int = 0
    ) -> None:
        a_whole_number(port, "port", least=0, most=65_535)
        self._cursor = loss if isinstance(loss, Backprop) else None
        self.loss = loss.loss if isinstance(loss, Backprop) else loss
        self._page = page(self.loss, live=True).encode()
        nodes = every_node(self.loss)
        self._index = {i: node for i, node in enumerate(nodes) if not node._prev}
        self._leaves = list(self._index.values())
        place = {leaf: i for i, leaf in enumerate(self._leaves)}
        self._parameters, self._inputs = _places(parameters, place), _places(inputs, place)
        self._steps_forward = max(len(nodes) - len(self._leaves), 1)
        import numpy as np  # not with the module: pictures do without it

        self._frame = np.zeros(_HEADER + len(self._leaves))
        self._news = threading.Condition()
        self._version = self._updates = 0
        self._wanted = False
        """Whether a page waits for the next `update`, or has sent a request."""
        self._noticed, self._last_update = 0, -_BUSY
        self._asked: list[dict[str, Any]] = []
        self.pages = 0
        """The number of open pages."""
        self._closed = False
        self._token = secrets.token_urlsafe(16)
        self._server = self._serve(port)
        self.port: int = self._server.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/{self._token}/"
        """The address of the page."""
        self._look()

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{self.pages} open"
        return f"<live page at {self.url}: {state}>"

    def update(self, loss: float | None = None, *, params: Any = None, inputs: Any = None) -> None:
        """Sends the state of the training to the page; does nothing if no page is open.

        Args:
            loss: the loss of this step, for the chart.
            params: the numbers of the `parameters`, such as `program.params`; by default the data of the leaves.
            inputs: the numbers of the `inputs`, for one example.
        """
        self._updates += 1
        if not self._wanted:
            return
        self._wanted = False
        while self._asked:
            self._do(self._asked.pop(0), params)
        with self._news:
            if params is None:
                self._frame[_HEADER:] = [leaf.data for leaf in self._leaves]
            else:
                self._frame[_HEADER + self._parameters] = params
            if inputs is not None:
                self._frame[_HEADER + self._inputs] = inputs
            self._frame[:_HEADER] = self._updates, math.nan if loss is None else loss, -1
            self._version += 1
            self._news.notify_all()

    def close(self) -> None:
        """Closes the page's connection and releases the port."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        self._server.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Requests from the page

    def _ask(self, wish: dict[str, Any]) -> None:
        """Carries out a page's request: at once at a prompt, at the next `update` in a training loop."""
        if self._is_training():
            self._asked.append(wish)
            self._wanted = True
            return
        self._do(wish, None)
        self._look()

    def _do(self, wish: dict[str, Any], params: Any) -> None:
        if "position" in wish and self._cursor is not None:
            taken = wish["position"] - self._steps_forward - 1
            self._cursor.goto(min(max(taken, 0), self._steps_forward))
        if "set" in wish:
            index, data = wish["set"]
            leaf = self._index.get(index)
            if leaf is None:
                return
            leaf.data = data
            where = [i for i, place in enumerate(self._parameters) if self._leaves[place] is leaf]
            if params is not None and where:
                params[where[0]] = data
            if self._cursor is None or self._cursor.position == 0:
                _refreshed(self.loss)

    # Frames for the page

    def _look(self) -> None:
        """Makes a frame of changes of the graph and the cursor that were not announced by `update`."""
        position = -1 if self._cursor is None else self._steps_forward + 1 + self._cursor.position
        import numpy as np

        data = np.array([leaf.data for leaf in self._leaves])
        with self._news:
            if position != self._frame[2] or not np.array_equal(data, self._frame[_HEADER:], equal_nan=True):
                self._frame[_HEADER:] = data
                self._frame[:_HEADER] = self._updates, math.nan, position
                self._version += 1
                self._news.notify_all()

    def _next(self, seen: int) -> tuple[int, bytes]:
        """Waits for a new frame and returns it; returns an empty one if there is none for a while."""
        with self._news:
            self._news.wait_for(lambda: self._version != seen or self._closed, 1 / _LOOKS)
            if self._version != seen:
                return self._version, self._frame.tobytes()
        if not self._is_training():
            self._look()
        return seen, b""

    def _is_training(self) -> bool:
        """Whether `update` was called in the last seconds, as far as has been checked."""
        now = time.perf_counter()
        if self._updates != self._noticed:
            self._noticed, self._last_update = self._updates, now
        return now - self._last_update < _BUSY

    def _serve(self, port: int) -> Any:
        try:
            from websockets.sync.server import serve
        except ImportError:
            raise ImportError("a live page needs websockets: pip install 'glassgrad[live]'") from None
        server = serve(
            self._connected,
            "127.0.0.1",
            port,
            process_request=self._answer,
            compression=None,
            open_timeout=1,  # browsers open connections in advance, which must not keep the process from ending
            close_timeout=1,
        )
        threading.Thread(target=server.serve_forever, daemon=True, name="live page").start()
        return server

    def _answer(self, connection: Any, request: Any) -> Any:
        """The page, a refusal, or None for the page's own socket."""
        here = [f"{host}:{self.port}" for host in ("127.0.0.1", "localhost")]
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in here or (origin and origin not in [f"http://{each}" for each in here]):
            return connection.respond(HTTPStatus.FORBIDDEN, "this page is available on this machine only\n")
        if request.path == f"/{self._token}/socket" and origin:
            return None
        if request.path != f"/{self._token}/":
            return connection.respond(HTTPStatus.NOT_FOUND, "not found: the address must contain the token\n")
        response = connection.respond(HTTPStatus.OK, "")
        response.body = self._page
        for header in ("Content-Type", "Content-Length"):
            del response.headers[header]
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        response.headers["Content-Length"] = str(len(self._page))
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _connected(self, socket: Any) -> None:
        """Serves an open page until it is closed or the process ends."""
        shown = threading.Semaphore(1)  # the page shows one frame at a time
        gone = threading.Event()
        self.pages += 1
        clocks = _clocks(threading.current_thread(), getattr(socket, "recv_events_thread", None))
        sender = threading.Thread(target=self._send, args=(socket, shown, gone, clocks), daemon=True)
        sender.start()
        try:
            while not self._closed and threading.main_thread().is_alive():
                try:
                    wish = json.loads(socket.recv(timeout=0.2))
                except TimeoutError:
                    self._is_training()
                    continue
                if wish.get("shown"):
                    shown.release()
                else:
                    self._ask(wish)
        except Exception:  # any error ends the connection
            return
        finally:
            gone.set()
            self.pages -= 1
            socket.close()

    def _send(self, socket: Any, shown: threading.Semaphore, gone: threading.Event, clocks: list[int]) -> None:
        seen = -1
        clocks = [*clocks, *_clocks(threading.current_thread())]
        spent, sent = _spent(clocks), time.perf_counter()
        while not gone.is_set() and not self._closed:
            if not shown.acquire(timeout=0.5):
                continue
            cost = _spent(clocks) - spent
            pause = max(1 / _FRAMES, cost / _SHARE) if self._is_training() else 1 / _FRAMES
            gone.wait(sent + pause - time.perf_counter())
            spent, sent = spent + cost, time.perf_counter()
            self._wanted = True
            frame = b""
            while not frame and not gone.is_set() and not self._closed:
                seen, frame = self._next(seen)
            if not frame:
                return
            try:
                socket.send(frame)
            except Exception:  # the page has been closed
                return


def _clocks(*threads: threading.Thread | None) -> list[int]:
    """The CPU clocks of threads, if the system has them."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return []
    return [time.pthread_getcpuclockid(thread.ident) for thread in threads if thread is not None and thread.ident]


def _spent(clocks: list[int]) -> float:
    """The total of some clocks, in seconds, without those of threads that have ended."""
    total = 0.0
    for clock in clocks:
        with suppress(OSError):
            total += time.clock_gettime(clock)
    return total


def _places(leaves: Sequence[Value], place: dict[Value, int]) -> Any:
    leaves = values(leaves, "parameters and inputs")
    for leaf in leaves:
        if leaf not in place:
            raise ValueError(f"{leaf!r} is not a leaf of this graph: the page could not show it")
    import numpy as np

    return np.array([place[leaf] for leaf in leaves], dtype=int)


def _refreshed(loss: Value) -> None:
    """Evaluates the graph again; ignores errors, since the page reports them too."""
    try:
        loss.refresh()
    except (ArithmeticError, ValueError, TypeError):
        return
