"""Graphs are laid out in a separate process, whose end does not affect the session."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import cast

import pytest

from tests.torture.interrupts import places
from viz import layout, layout_worker, workers

ROOT = Path(__file__).parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="signals, forks and limits as POSIX has them")
SMALL = "digraph { a -> b }"
LARGE = "digraph {" + "; ".join(f"{i} -> {(i * i + 7) % 90}; {i} -> {(3 * i + 1) % 90}" for i in range(90)) + "}"
"""A graph that takes a while."""


@pytest.fixture(autouse=True)
def _without_dot(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PATH", "")
    yield
    while workers._idle:  # some of them were started under unusual conditions
        workers._idle.pop().stop()


def session(program: str, seconds: int = 60) -> subprocess.CompletedProcess[str]:
    """Runs a program in a separate Python with common names defined."""
    names = f"""
import os, signal, sys, threading, time
from viz import layout, layout_worker, workers
SMALL, LARGE = {SMALL!r}, {LARGE!r}
"""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", names + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PATH": ""},
        timeout=seconds,
        check=False,
    )


def is_running(process: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(process: int, seconds: float = 5) -> bool:
    """Whether a process ends within some seconds."""
    end = time.monotonic() + seconds
    while is_running(process) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_running(process)


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_a_layout_process_draws_the_same_as_this_one(form: str) -> None:
    expected = layout_worker.laid_out(SMALL, form)
    if form != "pdf":  # which has a date in it
        assert layout.render(SMALL, form) == expected
    assert abs(len(layout.render(SMALL, form)) - len(expected)) < 100


def test_one_process_serves_one_graph_after_the_other_and_survives_refusals() -> None:
    layout.render(SMALL, "svg")
    (first,) = workers._idle
    for source, form in [("digraph { a -> -> }", "svg"), (SMALL, "nonsense"), ("digraph { ü\0 }", "svg")]:
        with pytest.raises(layout.LayoutError):
            layout.render(source, form)
    assert ">ü</text>" in layout.render("digraph { ü }", "svg").decode()
    assert workers._idle == [first]


def test_names_of_files_in_a_graph_are_relative_to_the_present_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout.render(SMALL, "svg")
    (tmp_path / "pixel.png").write_bytes(layout.render(SMALL, "png"))
    graph = 'digraph { a [image="pixel.png"] }'
    assert b"<image" not in layout.render(graph, "svg")
    monkeypatch.chdir(tmp_path)
    assert b"<image" in layout.render(graph, "svg")


def test_threads_draw_at_once_and_few_processes_are_kept() -> None:
    expected = layout.render(SMALL, "svg")
    wrong: list[bytes] = []

    def draw() -> None:
        wrong.extend(each for each in (layout.render(SMALL, "svg") for _ in range(10)) if each != expected)

    threads = [threading.Thread(target=draw) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(workers._idle) <= workers.KEPT
    assert workers._all == set(workers._idle)


def test_a_process_that_is_killed_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = layout.render(SMALL, "svg")
    for _ in range(3):
        workers._idle[0]._process.kill()
        assert layout.render(SMALL, "svg") == expected
    large = layout.render(LARGE, "svg")
    victim, receive = workers._idle[-1]._process, layout_worker.receive

    def killed_meanwhile(stream: FileIO, count: int) -> list[bytes]:
        monkeypatch.setattr(layout_worker, "receive", receive)
        victim.kill()
        victim.wait()
        return receive(stream, count)

    monkeypatch.setattr(layout_worker, "receive", killed_meanwhile)
    assert layout.render(LARGE, "svg") == large
    assert victim.poll() is not None


def test_a_crash_and_a_hang_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(layout_worker, "__file__", str(program))
    with pytest.raises(layout.LayoutError, match="Graphviz crashed on this graph, or ran out"):
        layout.render(SMALL, "svg")
    program.write_text("import time; time.sleep(600)")
    with pytest.raises(workers.LateError):
        workers.ask(SMALL.encode(), "svg", seconds=1)
    end = time.monotonic() + 5
    while workers._all and time.monotonic() < end:
        time.sleep(0.01)
    assert workers._all == set()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python-that-is-not-there"))
    with pytest.raises(layout.LayoutError, match="cannot be laid out now: "):
        layout.render(SMALL, "svg")


@pytest.mark.parametrize("executable", ["", None, "/opt/editor/editor", sys.executable])
def test_without_a_python_to_start_graphs_are_laid_out_in_this_process(
    executable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = layout.render(SMALL, "svg")
    monkeypatch.setattr(sys, "executable", executable)
    if executable == sys.executable:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(workers, "ask", None)
    assert layout.render(SMALL, "svg") == expected
    with pytest.raises(layout.LayoutError, match="syntax error"):
        layout.render("digraph { a -> -> }", "svg")


@posix
def test_a_process_forked_while_others_draw_draws_too() -> None:
    done = session("""
        expected = layout.render(SMALL, "svg")
        ended = threading.Event()

        def draw():
            while not ended.is_set():
                assert layout.render(SMALL, "svg") == expected

        threads = [threading.Thread(target=draw) for _ in range(2)]
        for thread in threads:
            thread.start()
        import warnings; warnings.simplefilter("ignore", DeprecationWarning)  # a fork among threads: on purpose
        children = []
        for i in range(30):
            time.sleep(0.003)
            child = os.fork()
            if child == 0:
                signal.alarm(30)
                assert not workers._all
                os._exit(0 if layout.render(SMALL, "svg") == expected else 3)
            children.append(child)
        ended.set()
        for thread in threads:
            thread.join()
        print({os.waitpid(child, 0)[1] for child in children})
        """)
    assert (done.stdout, done.stderr) == ("{0}\n", "")


@posix
def test_a_fork_leaves_the_process_to_the_parent() -> None:
    done = session("""
        layout.render(SMALL, "svg")
        process = workers._idle[0]._process.pid
        child = os.fork()
        if child == 0:
            time.sleep(60)
        workers._idle[0].close()
        workers._idle[0]._process.wait(10)  # it ends although the child lives
        print(process != child)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        """)
    assert (done.stdout, done.stderr) == ("True\n", "")


@posix
def test_interrupts_at_any_time_leave_a_session_that_draws() -> None:
    done = session("""
        import random
        expected = {source: layout.render(source, "svg") for source in (SMALL, LARGE)}
        draw = random.Random(0)
        interrupted = 0
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        for i in range(50):
            source = draw.choice((SMALL, LARGE))
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-4 + draw.random() * 0.02)
                while True:
                    layout.render(source, "svg")
            except KeyboardInterrupt:
                interrupted += 1
            if i % 10 == 0:
                assert layout.render(source, "svg") == expected[source]
        while threading.active_count() > 1:
            time.sleep(0.01)
        left = {each._process.pid for each in workers._all}
        for each in list(workers._idle):
            workers._idle.remove(each)
            each.stop()
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            print(interrupted, len(left) <= workers.KEPT)
        """)
    assert (done.stdout, done.stderr) == ("50 True\n", "")


@posix
def test_an_interrupt_at_any_place_is_an_interrupt() -> None:
    expected = layout.render(SMALL, "svg")
    for place in places(lambda: layout.render(SMALL, "svg"), files=["layout.py", "workers.py"]):
        assert place.interrupted
        assert layout.render(SMALL, "svg") == expected


@posix
def test_ctrl_c_at_the_terminal_does_not_reach_the_process() -> None:
    layout.render(SMALL, "svg")
    process = workers._idle[0]._process.pid
    assert os.getpgid(process) != os.getpgid(0)
    assert os.getsid(process) != os.getsid(0)


@posix
def test_a_session_survives_without_file_handles() -> None:
    done = session("""
        import resource
        expected = layout_worker.laid_out(SMALL, "svg")
        for warm in (False, True):
            if warm:
                layout.render(SMALL, "svg")
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
            taken = []
            try:
                while True:
                    taken.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                pass
            try:
                print(layout.render(SMALL, "svg") == expected)
            except layout.LayoutError as error:
                print(error)
            for handle in taken:
                os.close(handle)
            print(layout.render(SMALL, "svg") == expected)
        """)
    assert done.stdout == "the graph cannot be laid out now: Too many open files\nTrue\nTrue\nTrue\n"
    assert done.stderr == ""


@posix
@pytest.mark.parametrize("ending", ["sys.exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_the_process_ends_with_the_session(ending: str) -> None:
    began = time.monotonic()
    done = session(f"""
        layout.render(SMALL, "svg")
        print(workers._idle[0]._process.pid, flush=True)
        {ending}
        """)
    assert gone(int(done.stdout))
    assert done.stderr == ""
    assert time.monotonic() - began < 20


@posix
def test_the_process_of_a_thread_that_still_draws_ends_with_the_session() -> None:
    done = session("""
        threading.Thread(target=layout.render, args=(LARGE, "svg"), daemon=True).start()
        while not workers._all:
            time.sleep(0.001)
        time.sleep(0.1)
        print(next(iter(workers._all))._process.pid, flush=True)
        """)
    assert gone(int(done.stdout))


def served(stand_in: str, seconds: bytes) -> Iterator[tuple[subprocess.Popen[bytes], FileIO]]:
    """The replies of a process with a fake layout function to one request."""
    program = f"""
import sys
sys.path[:] = {sys.path!r}
from viz import layout_worker
layout_worker.laid_out = lambda source, form: {stand_in}
layout_worker.main()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        layout_worker.send(cast(FileIO, process.stdin), b"[]", b"", b"svg", b"", seconds)
        yield process, cast(FileIO, process.stdout)


@posix
def test_a_process_that_nobody_waits_for_ends_in_time() -> None:
    for process, _ in served("__import__('time').sleep(600)", b"1"):
        assert process.wait(20) == -signal.SIGALRM


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody limits memory")
def test_a_process_takes_no_more_memory_than_it_may() -> None:
    for _, replies in served("len(bytearray(2 * layout_worker.MEMORY))", b"20"):
        assert layout_worker.receive(replies, 2) == [b"MemoryError", b""]
