"""Files are written completely or not at all."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autograd import files
from autograd.files import write_whole
from tests.torture.interrupts import places

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links as POSIX has them")


@pytest.fixture(params=["nameless", "hidden"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs with and without files that have no name, which not all systems have."""
    if request.param == "hidden":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


def test_text_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, "größer")
    assert path.read_text("utf-8") == "größer"
    write_whole(str(path), b"\x00")
    assert path.read_bytes() == b"\x00"
    write_whole(path, "half a pair: \ud800")
    assert path.read_text("utf-8") == "half a pair: \\ud800"
    assert os.listdir(tmp_path) == ["file"]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, "old")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "disk on fire")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match=r"disk on fire: '.*file'"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_missing_folder_is_an_error_that_names_the_users_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "file"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(path, "text")
    assert caught.value.filename == str(path)


@posix
def test_links_and_permissions_survive(tmp_path: Path) -> None:
    path, soft, hard = tmp_path / "file", tmp_path / "soft", tmp_path / "hard"
    path.write_text("old")
    path.chmod(0o640)
    soft.symlink_to("file")
    write_whole(soft, "through the link")
    assert soft.is_symlink()
    assert path.read_text() == "through the link"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    os.link(path, hard)
    write_whole(path, "both")
    assert hard.read_text() == "both"
    assert path.stat().st_ino == hard.stat().st_ino
    dangling = tmp_path / "dangling"
    dangling.symlink_to("made")
    write_whole(dangling, "new")
    assert (tmp_path / "made").read_text() == "new"


@posix
def test_new_files_have_the_permissions_of_the_umask_which_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0o027)
    try:
        monkeypatch.setattr(os, "umask", None)  # all threads share it
        write_whole(tmp_path / "file", "text")
    finally:
        monkeypatch.undo()
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@posix
def test_special_files_are_written_to_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole("/dev/null", "text")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="a pipe that nobody reads"):
        write_whole(pipe, "text")
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text()))
    reader.start()
    while not found:
        try:
            write_whole(pipe, "text" * 50_000)  # more than a pipe holds
            break
        except OSError:
            time.sleep(0.01)  # the reader does not exist yet
    reader.join(10)
    assert found == ["text" * 50_000]
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # its path may be too long for a socket
        server.bind("socket")
        with pytest.raises(OSError, match="it is a socket"):
            write_whole("socket", "text")
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, "text")
    if os.path.exists("/dev/full"):
        with pytest.raises(OSError, match="'/dev/full'"):
            write_whole("/dev/full", "text")


@posix  # Windows limits the whole path
@pytest.mark.parametrize("length", [246, 255])
def test_the_longest_names(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("x" * length)
    write_whole(path, "one")
    write_whole(path, "two")
    assert path.read_text() == "two"


@posix
def test_leftovers_of_a_killed_writer_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    prefix = files._prefix("file")
    (tmp_path / f"{prefix}{dead.pid}-0").write_text("half")
    (tmp_path / f"{prefix}{os.getppid()}-0").write_text("of one that runs")
    write_whole(path, "whole")
    assert sorted(os.listdir(tmp_path)) == [f"{prefix}{os.getppid()}-0", "file"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files closed a moment later
def test_an_interrupt_at_any_place_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for place in places(lambda: write_whole(path, "new"), before=lambda: path.write_text("old"), files=["files.py"]):
        assert place.interrupted
        assert path.read_text() in ("old", "new")
        assert os.listdir(tmp_path) == ["file"]


@posix
def test_a_kill_at_any_time_leaves_a_complete_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("0" * 100_000)
    program = (
        "import sys; from autograd.files import write_whole\n"
        "for i in range(10**9): write_whole(sys.argv[1], str(i % 10) * 100_000)"
    )
    for i in range(5):
        writer = subprocess.Popen([sys.executable, "-c", program, str(path)])
        time.sleep(0.15 + 0.013 * i)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        text = path.read_text()
        assert text == text[0] * 100_000
    write_whole(path, "")
    assert os.listdir(tmp_path) == ["file"]
