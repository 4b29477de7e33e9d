"""Programs in unusual surroundings report problems in words, or draw a plainer picture, without a traceback."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.spelling import plainer

ROOT = Path(__file__).parent.parent
PACKAGES = ("autograd", "nn", "viz", "demos", "benchmarks")
ENTRIES = ("autograd", "autograd.learn", "benchmarks", "demos.digits", "demos.gpt", "demos.learning_rate",
           "demos.moons", "demos.neuron", "docs.article", "docs.build", "docs.layout", "docs.pictures")  # fmt: skip
posix = pytest.mark.skipif(os.name != "posix", reason="a shell as POSIX has it")

STRANDED = """
import os, pwd, runpy, sys
def nobody(*_):
    raise KeyError("unknown user")
pwd.getpwuid = nobody
sys.modules["pygraphviz"] = sys.modules["torch"] = None
os.environ["PATH"] = ""
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Runs a module for a user unknown to the system, without libraries for layout and comparison."""

PROGRAM = """
import sys
from autograd.entry import run
def main():
    print("∂y/∂x = 2·x²", flush=True)
    for line in range(20_000):
        print(line)
    {end}
run(main)
"""


def shell(
    line: str, *arguments: str, folder: Path = ROOT, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs Python with arguments; `line` redirects its streams."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$@" {line}', "bash", sys.executable, *arguments],
        input=stdin,
        capture_output=True,
        encoding=environment.get("PYTHONIOENCODING", "utf-8"),
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "HOME": str(folder)} | environment,
        timeout=120,
        check=False,
    )


def assert_no_traceback(done: subprocess.CompletedProcess[str]) -> None:
    for text in (done.stdout, done.stderr):
        assert "Traceback" not in text
        assert "Exception ignored" not in text
        assert "Error" not in text


@posix
@pytest.mark.parametrize(
    ("line", "end", "status", "told"),
    [
        ("", "", 0, ""),
        (">&-", "", 0, ""),
        ("2>&-", "return 3", 3, ""),
        (">&- 2>&-", "sys.exit(4)", 4, ""),
        ("| head -1", "", 141, ""),
        (">/dev/full", "", 1, "error: standard output cannot be written: No space left on device\n"),
        (">/dev/full 2>/dev/full", "", 1, ""),
        ("", "raise KeyboardInterrupt", 130, "error: interrupted\n"),
        ("", "open('missing')", 1, "error: missing: No such file or directory\n"),
        ("", "open('missing\\x1b')", 1, "error: missing\\x1b: No such file or directory\n"),
    ],
)
def test_streams_that_are_closed_or_full(line: str, end: str, status: int, told: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    done = shell(line, "-c", PROGRAM.format(end=end), PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (status, told)
    assert_no_traceback(done)
    assert done.stdout.partition("\n")[0] == ("" if ">&-" in line.split() or "/dev/full" in line else "∂y/∂x = 2·x²")


@posix
@pytest.mark.parametrize(("encoding", "text"), [("ascii", "dy/dx = 2*x^2"), ("cp1252", "dy/dx = 2·x²")])
def test_characters_that_an_encoding_lacks_are_spelled(encoding: str, text: str) -> None:
    done = shell("| head -1", "-c", PROGRAM.format(end=""), PYTHONIOENCODING=encoding)
    assert done.stdout == f"{text}\n"


def test_every_character_that_we_write_has_a_plainer_spelling() -> None:
    ours = {c for package in PACKAGES for path in (ROOT / package).rglob("*.py") for c in path.read_text("utf-8")}
    escaped = {c for c in ours if plainer(c).startswith("\\") and c != "\\"}
    assert escaped == set("損失\ufffd"), "foreign text in examples, and what stands for damage"
    assert plainer("".join(ours)).isascii()


def test_no_text_file_depends_on_the_encoding_of_the_system() -> None:
    for path in (path for package in (*PACKAGES, "docs") for path in (ROOT / package).rglob("*.py")):
        source = path.read_text("utf-8")
        for call in ast.walk(ast.parse(source)) if "_text(" in source else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                reads = call.func.attr in ("read_text", "write_text")
                assert not reads or "encoding" in [each.arg for each in call.keywords], f"{path}:{call.lineno}"


def test_every_program_runs_through_the_same_door() -> None:
    for entry in ENTRIES:
        path = ROOT / entry.replace(".", "/")
        source = (path / "__main__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")
        assert source.endswith('if __name__ == "__main__":\n    run(main)\n'), entry


@posix
def test_the_prompt_for_nobody_nowhere(tmp_path: Path) -> None:
    typed = 'a = Value(2.0)\nb = (a * a).tanh()\nb\nderivation(b, a)\nviz.save(b, "b.svg")\n'
    done = shell("", "-c", STRANDED, "autograd", folder=tmp_path, stdin=typed, PYTHONIOENCODING="ascii", HOME="")
    assert "db/da" in done.stdout
    assert done.stderr.startswith("LayoutError: no layout library is installed: run `pip install")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@posix
@pytest.mark.parametrize(
    "arguments",
    [["autograd", "--tour", "--no-input"], ["autograd.learn", "list"], ["autograd.learn", "check"], ["demos.neuron"]],
)
def test_programs_for_nobody_nowhere(arguments: list[str], tmp_path: Path) -> None:
    done = shell("", "-c", STRANDED, *arguments, folder=tmp_path, PYTHONIOENCODING="ascii")
    assert_no_traceback(done)
    assert done.returncode == ("check" in arguments)
    assert len(done.stdout) > 100
    assert done.stderr == ""


@posix
def test_the_digit_demo_reports_missing_packages_before_training(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    few = ["--epochs", "1", "--images", "40", "--no-augment", "--hidden", "4"]
    done = shell("", "-c", STRANDED, "demos.digits", *few, folder=tmp_path, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0
    assert_no_traceback(done)
    assert 0 < done.stdout.find("There will be no picture") < done.stdout.index("Repeat: ")
    assert (tmp_path / "digits.html").stat().st_size > 10_000


@posix
@pytest.mark.parametrize("arguments", [["demos.neuron", "--picture"], ["autograd.learn", "list", "--folder"]])
def test_no_control_character_of_a_file_name_is_sent_to_the_terminal(arguments: list[str], tmp_path: Path) -> None:
    done = shell("", "-m", *arguments, "\x1b[31mred.svg", folder=tmp_path)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert "\\x1b[31mred.svg" in done.stdout


@posix
def test_benchmarks_without_their_peers_say_so_at_once() -> None:
    done = shell("", "-c", STRANDED, "benchmarks")
    assert done.stderr.startswith("error: there is no ")
    assert "no torch" in done.stderr
    assert "to compare with: pip install" in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


@posix
@pytest.mark.parametrize("arguments", [[], ["--plain"]])
def test_a_session_at_a_terminal_for_nobody_nowhere(arguments: list[str], tmp_path: Path) -> None:
    from tests.terminal import Terminal

    environment = {"HOME": "", "IPY_TEST_SIMPLE_PROMPT": "1", "IPYTHONDIR": "", "PYTHONPATH": str(ROOT)}
    with Terminal([sys.executable, "-c", STRANDED, "autograd", *arguments], 80, environment, tmp_path) as terminal:
        terminal.type("Value(2.0) * 3")
        shown = terminal.read("data=6.0")
        terminal.type("exit()")
        assert "Traceback" not in shown + terminal.read("exit()\n")
        assert terminal.ended() == 0
