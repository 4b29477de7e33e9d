"""The page that follows a process: its socket, its address, a prompt's cursor and a training loop."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nn
import viz
from autograd import Backprop, Value
from autograd.graph import every_node
from tests.test_page import Page
from viz import following

pytest.importorskip("websockets")


def expression() -> tuple[Value, Value, Value]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a
    loss.label = "L"
    return loss, a, b


@pytest.fixture
def served() -> Iterator[Any]:
    """Opens live pages, and closes them."""
    opened: list[viz.Live] = []

    def open_(*args: Any, **options: Any) -> viz.Live:
        opened.append(viz.live(*args, browse=False, **options))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def connected(live: viz.Live, **options: Any) -> Any:
    from websockets.sync.client import connect

    here = f"http://127.0.0.1:{live.port}"
    return connect(f"{live.url.replace('http', 'ws', 1)}socket", origin=options.pop("origin", here), **options)


def frame(socket: Any) -> tuple[list[float], list[float]]:
    """Acknowledges the next frame; returns its header and the leaves' data."""
    numbers = np.frombuffer(socket.recv(timeout=5), dtype=float).tolist()
    socket.send('{"shown": true}')
    return numbers[:3], numbers[3:]


def until(true: Any) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


def test_the_page_is_for_those_who_have_its_address(served: Any) -> None:
    live = served(expression()[0])
    assert status(live.url) == 200
    assert status(f"http://127.0.0.1:{live.port}/") == 404
    assert status(f"http://127.0.0.1:{live.port}/guess/") == 404
    assert status(live.url, Host="evil.example") == 403
    assert status(live.url, Origin="http://evil.example") == 403
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus, match="403"):
        connected(live, origin="http://evil.example")


def test_changes_at_the_prompt_reach_the_page(served: Any) -> None:
    loss, a, _ = expression()
    cursor = Backprop(loss)
    with connected(served(cursor)) as socket:
        (_, _, position), data = frame(socket)
        assert data == [2.0, -3.0]
        assert position == 3
        next(cursor)
        assert frame(socket)[0][2] == 4
        cursor.reset()
        assert frame(socket)[0][2] == 3
        a.data = 5.0
        assert frame(socket)[1] == [5.0, -3.0]


def test_a_page_sets_leaves_and_steps(served: Any) -> None:
    loss, a, b = expression()
    cursor = Backprop(loss)
    with connected(served(cursor)) as socket:
        frame(socket)
        socket.send('{"set": [0, 4.0]}')
        until(lambda: a.data == 4.0)
        until(lambda: loss.data == -8.0)
        socket.send('{"position": 5}')
        until(lambda: cursor.position == 2)
        assert (a.grad, b.grad) == (-2.0, 4.0)
        socket.send('{"position": 0}')
        until(lambda: cursor.position == 0)
        socket.send('{"set": [99, 4.0]}')
        socket.send('{"set": [1, 1.0]}')
        until(lambda: b.data == 1.0)


def test_a_training_loop_is_followed_and_its_parameters_can_be_set(served: Any) -> None:
    model = nn.MLP(2, [2, 1], seed=1)
    x = [Value(0.5, label="x"), Value(1.0, label="y")]
    loss = nn.squared_error([model(x)], [1.0])
    params = np.array([p.data for p in model.parameters()])
    live = served(loss, parameters=model.parameters(), inputs=x)
    live.update(0.1, params=params)
    assert not live.pages
    with connected(live) as socket:
        until(lambda: live.pages)
        frame(socket)
        params[0] = 7.0
        time.sleep(0.04)
        live.update(0.5, params=params, inputs=[3.0, 4.0])
        (step, told, position), data = frame(socket)
        assert (step, told, position) == (2, 0.5, -1)
        leaves = [node for node in every_node(loss) if not node._prev]
        assert data[leaves.index(model.parameters()[0])] == 7.0
        assert [data[leaves.index(each)] for each in x] == [3.0, 4.0]
        place = every_node(loss).index(model.parameters()[1])
        socket.send(f'{{"set": [{place}, 9.0]}}')
        until(lambda: live._asked)
        time.sleep(0.04)
        live.update(0.4, params=params)
        assert params[1] == 9.0


def test_no_page_costs_nothing_and_an_open_one_little(served: Any) -> None:
    model = nn.MLP(64, [32, 10], seed=1)
    x = [Value(0.0) for _ in range(64)]
    live = served(nn.squared_error(model(x), [0.0] * 10), parameters=model.parameters())
    params = np.array([p.data for p in model.parameters()])

    def per_call(n: int = 2000) -> float:
        began = time.process_time()
        for _ in range(n):
            live.update(1.0, params=params)
        return (time.process_time() - began) / n

    assert per_call() < 5e-6
    with connected(live):
        until(lambda: live.pages)
        assert per_call(20_000) < 20e-6


def test_only_leaves_of_the_graph_can_be_followed() -> None:
    loss, a, _ = expression()
    with pytest.raises(ValueError, match="is not a leaf of this graph"):
        viz.live(loss, parameters=[a, Value(1.0)], browse=False)


def test_the_last_that_a_page_gets_is_a_whole_frame(served: Any) -> None:
    live = served(expression()[0])
    with connected(live) as socket:
        frame(socket)
        time.sleep(0.1)  # until it waits for the next
        live.close()
        assert all(socket)


def test_the_process_ends_with_a_page_open() -> None:
    script = (
        "import viz; from autograd import Value; from websockets.sync.client import connect\n"
        "live = viz.live(Value(1.0) * 2, browse=False)\n"
        "socket = connect(live.url.replace('http', 'ws', 1) + 'socket', origin=f'http://127.0.0.1:{live.port}')\n"
        "socket.recv(timeout=5); print('done')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def test_in_the_browser(served: Any, browser: Any) -> None:
    loss, a, _ = expression()
    live = served(loss)
    page = Page(browser)
    browser.get(live.url)
    page.wait("return document.body.dataset.ready")
    page.wait("return document.getElementById('live').textContent == 'live'")
    a.data = 6.0
    page.wait("return document.querySelector('#n0 .data').textContent == '6'")
    browser.find_element("css selector", "#n0").click()
    page.fill("leaf-data", "1.5")
    until(lambda: a.data == 1.5)
    assert loss.data == -3.0
    for i in range(3):
        live.update(float(i))
        time.sleep(0.05)
    page.wait("return document.getElementById('live').textContent.startsWith('live: step')")
    live.close()
    page.wait("return document.getElementById('live').textContent == 'the process has ended'")
    assert page.severe() == []


@pytest.mark.parametrize(("share", "least", "most"), [(1.0, 3, 25), (1e-6, 0, 2)])
def test_the_cost_of_following_a_training_is_limited(
    served: Any, monkeypatch: pytest.MonkeyPatch, share: float, least: int, most: int
) -> None:
    monkeypatch.setattr(following, "_SHARE", share)
    loss, a, _ = expression()
    live = served(loss, parameters=[a])
    with connected(live) as socket:
        frame(socket)
        told = 0
        until(lambda: live.pages)
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            live.update(1.0, params=[2.0 + time.monotonic()])
            try:
                socket.recv(timeout=0)
            except TimeoutError:
                continue
            told += 1
            socket.send('{"shown": true}')
        assert least <= told <= most
