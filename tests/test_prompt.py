"""The real prompt at a pseudo-terminal: its input, its output, and that the output fits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from autograd import Backprop, Value
from autograd.prompt.commands import pasted, translated
from autograd.prompt.completion import after_command, within_quotes
from autograd.words.text import cells
from tests.terminal import Terminal

WIDTHS = (40, 80, 200)
SESSION = {
    "a, b = Value(2.0), Value(-3.0)": "",
    "L = a * b + a": "",
    "y = (L - 1) ** 2 + (a - 1) ** 2": "",
    "y = y.sin() * b": "",
    "formula(y)": "sin((a * b + a - 1.0) ** 2",
    "bp = Backprop(y)": "",
    "next": "Step 1 of",
    "run a": "a is complete after step",
    "back": "Undone: step",
    "goto b": "b is complete after step",
    "break a": "run() stops at a.",
    "watch a": "watching: a.grad",
    "reset": "everything is as it was",
    "run": "stopped at the breakpoint a",
    "clear": "No breakpoints",
    "bp.back()": "Undone: step",
    "bp.run()": "Step 9 of 9",
    "next(bp)": "The pass is done.",
    "explain(y, a)": "their sum",
    "derivation(y, a)": "∂y/∂a = ",
    "nudge(y, a)": "the curve bends",
    "misconceptions(y)": "Only leaves do",
    "tree(y)": "├─ ",
    "a.data = 2.5": "",
    "y": "stale: a was changed",
    "explain(a, y)": "Did you mean explain(y, a)?",
    "help()": "What you can do here:",
}
"""Lines typed, with a part of each answer."""


def plain(columns: int, home: Path) -> Terminal:
    return Terminal([sys.executable, "-m", "autograd", "--plain"], columns, {"HOME": str(home)})


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Terminal]:
    with plain(100, tmp_path) as terminal:
        terminal.read("\n>>> ")
        yield terminal


def test_a_session_fits_terminals_of_any_width(tmp_path: Path) -> None:
    with plain(min(WIDTHS), tmp_path) as terminal:
        shown = {min(WIDTHS): [terminal.read("\n>>> ")]}
        for columns in WIDTHS:
            terminal.resize(columns)
            for line, answer in SESSION.items():
                said = terminal.answer(line)
                assert answer in " ".join(said.split()) if answer else said == "", (line, said)
                shown.setdefault(columns, []).append(said)
    for columns, texts in shown.items():
        for line in "\n".join(texts).splitlines():
            assert cells(line) <= columns, line
    assert any(cells(line) > 100 for text in shown[200] for line in text.splitlines())


def test_ipython_has_the_same_labels_and_commands(tmp_path: Path) -> None:
    pytest.importorskip("IPython")
    environment = {"HOME": str(tmp_path), "IPY_TEST_SIMPLE_PROMPT": "1", "NO_COLOR": "1"}
    session = [
        ("a, b = Value(2.0), Value(-3.0); L = a * b + a; bp = Backprop(L); formula(L)", "a * b + a"),
        ("next", "Step 1 of 2: L = a * b + a"),
        ("next(bp)", "Step 2 of 2"),
        ("next(bp)", "The pass is done."),
        ("bp.goto('q')", "ValueError: nothing here is called 'q'"),
        ("help()", "What you can do here:"),
        (">>> explain(L, a)", "their sum"),
        ("bp.nxt", "Did you mean"),
        ("formul", "Did you mean: 'formula'?"),
    ]
    with Terminal([sys.executable, "-m", "autograd"], min(WIDTHS), environment) as terminal:
        terminal.read("In [1]: ")
        for i, (columns, (line, answer)) in enumerate(product(WIDTHS, session), 2):
            terminal.resize(columns)
            said = terminal.answer(line, f"In [{i}]: ")
            assert answer in said.replace("\n  ", " "), said
            assert all(cells(text) <= max(columns, 100) for text in said.splitlines())
        terminal.press(b"\x04")
        assert terminal.ended() == 0


def test_variables_are_labels(prompt: Terminal) -> None:
    prompt.answer("x = Value(1.0); by_hand = Value(2.0, label='mine'); ws = [Value(3.0), [Value(4.0)]]")
    assert prompt.answer("formula(x * by_hand + ws[0] * ws[1][0])") == "x * mine + ws[0] * ws[1][0]"
    prompt.answer("L = x * by_hand; M = L + 1; L = 3")
    assert prompt.answer("M") == "M = Value(data=3.0, grad=0.0)"
    assert prompt.answer("explain(M, x)") == "∂M/∂x = 2.0, by one path:\n  M → x * mine → x   1.0 · 2.0 = 2.0"
    prompt.type("for p in [Value(7.0), Value(8.0)]: q = p * 2")
    prompt.read("... ")
    prompt.answer("")
    assert prompt.answer("p.label") == "''"
    prompt.answer("x = x * 3 + x")
    assert prompt.answer("formula(x)").splitlines() == [
        "x#1 * 3.0 + x#1",
        "2 Values have the label x: x#1 was made first, x#2 last",
    ]


def test_a_label_is_the_name_of_a_variable_that_still_has_the_value(prompt: Terminal) -> None:
    prompt.answer("p = q = Value(3.0); y = z = p * 2")
    assert prompt.answer("q, z") == "(p = Value(data=3.0, grad=0.0), y = Value(data=6.0, grad=0.0))"
    prompt.answer("p = Value(4.0); y = 5")
    assert prompt.answer("q, z") == "(q = Value(data=3.0, grad=0.0), z = Value(data=6.0, grad=0.0))"
    assert prompt.answer("formula(p + q)") == "p + q"


def test_lines_with_nothing_to_run(prompt: Terminal) -> None:
    for line in ("", "   ", "# a remark", "  # another"):
        assert prompt.answer(line) == ""
    assert prompt.answer("1 + 1  # a sum") == "2"


def test_a_pass_that_was_only_shown_takes_commands(prompt: Terminal) -> None:
    prompt.answer("a = Value(2.0); L = a * a; bp = Backprop(L)")
    prompt.answer("next")
    prompt.answer("Forward(L)")
    assert "kept for the backward pass" in prompt.answer("next")
    assert "Its one step has been taken: L = 4.0" in prompt.answer("next")
    assert "Undone" in prompt.answer("back")


def test_warnings_show_the_lines_of_the_prompt(prompt: Terminal) -> None:
    prompt.answer("x = Value(1.0)")
    prompt.answer("y = x * 2 if x > 0 else -x")
    assert ":1  y = x * 2 if x > 0 else -x. Use autograd.jit" in prompt.answer("p = autograd.compile(y, inputs=[x])")


def test_mistakes_at_the_prompt_get_words(prompt: Terminal) -> None:
    prompt.answer("a = Value(2.0); L = a * a; bp = Backprop(L)")
    for line, answer in {
        "bp.nxt()": "Did you mean",
        "formul(L)": "Did you mean: 'formula'?",
        "L.item()": "v.data is the number",
        "L.zero_grad()": "set v.grad = 0.0",
        "tree(2)": "TypeError: tree(v) needs a Value, not 2 (int)",
        "nudge(L, 3)": "TypeError: nudge(loss, a) needs a Value, not 3 (int)",
        "label(a)": "TypeError: label() takes a dict of names, label(locals()), not Value",
        "back": "At the start: there is no step to undo.",
        "goto 7": "ValueError: the position must be from 0 to 1, not 7",
        "def f(): return 1 +": "SyntaxError",
    }.items():
        said = prompt.answer(line)
        assert answer in " ".join(said.split()), said
        assert "autograd/" not in said
    assert "namespace" not in (said := prompt.answer("tour")), said
    assert len(said) < 100, said
    prompt.answer("c = Value(1.0, label='\\x1b[31mred\\x07')")
    assert prompt.answer("c") == r"\x1b[31mred\x07 = Value(data=1.0, grad=0.0)"
    assert "\x07" not in prompt.answer("tree(c * 2); explain(c * 2, c); 1 / (c - 1)")


def test_an_error_in_a_file_beside_the_packages_names_it(prompt: Terminal) -> None:
    assert "_mine.py" in prompt.answer("exec(compile('1/0', autograd.__path__[0] + '_mine.py', 'exec'))")


def test_keys(tmp_path: Path) -> None:
    with plain(80, tmp_path) as terminal:
        terminal.read("\n>>> ")
        assert terminal.answer(">>> a = Value(2.0)") == ""
        terminal.type(">>> for i in range(2):")
        terminal.read("... ")
        terminal.type("...     print(a * i)")
        terminal.read("... ")
        assert "data=2.0" in terminal.answer("... ")
        terminal.type("import time; time.sleep(60)")
        terminal.read("sleep(60)\n")
        terminal.interrupt()
        assert "KeyboardInterrupt" in terminal.read("\n>>> ")
        terminal.type("for j in range(3):")
        terminal.read("... ")
        terminal.interrupt()
        terminal.read("\n>>> ")
        terminal.answer('long_name = Value(1.0, label="alpha beta"); bp = Backprop(long_name * a)')
        terminal.press(b'bp.goto("alp\t')
        terminal.read("alpha beta")
        assert "is complete after step 1" in terminal.answer(")")
        terminal.press(b"Backpr\t")
        terminal.read("Backprop")
        assert "0 of 1 steps taken" in terminal.answer("a * 2)")
        terminal.press(b"\x04")
        assert terminal.ended() == 0


def test_a_session_is_pasted_with_its_answers(prompt: Terminal) -> None:
    prompt.type(
        ">>> a, b = Value(2.0), Value(-3.0)\n>>> y = a * b\n>>> formula(y)\na * b\n>>> for v in (a, b):\n"
        "...     print(v.data)\n2.0\n-3.0\n>>> y.data\n-6.0"
    )
    shown = prompt.read(">>> y.data\n-6.0\n>>> ")
    assert "Error" not in shown
    prompt.read(">>> ")
    assert prompt.answer("y.data + 1") == "-5.0"
    assert prompt.answer("b.data") == "-3.0"


def piped(text: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograd"], input=text, capture_output=True, text=True, check=False, timeout=30
    )


def test_input_from_a_pipe_prints_only_answers_and_stops_at_an_error() -> None:
    done = piped("a = Value(2.0)\nL = a * a\nformula(L)\nfor i in range(2):\n    print(i)\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a * a\n0\n1\n", "")
    assert piped("# a remark\n\na = 1\n\n   \na\n").stdout == "1\n"
    done = piped("formula(3.0)\nprint('not reached')\n")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("TypeError: formula(v) needs a Value")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_pipe_is_read_as_utf_8(mark: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "autograd"],
        input=f"{mark}a = Value(2.0, label='α')\nformula(a * 2)\n".encode(),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        check=False,
        timeout=30,
    )
    assert done.stdout.split() == [b"alpha", b"*", b"2.0"]


@pytest.mark.skipif(os.name != "posix", reason="a shell as POSIX has it")
def test_missing_standard_input_is_reported() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m autograd <&-"], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr == "there is no standard input to read from\n"


def test_commands_are_distinguished_from_python() -> None:
    bp = Backprop(Value(2.0, label="a") * 3)
    names = {"bp": bp}
    for typed, meant in {
        "next": "bp.next()",
        "next 3": "bp.next(3)",
        "goto a": "bp.goto('a')",
        "goto a[0]": "bp.goto('a[0]')",
        "break *": "bp.break_at('*')",
        "run until a": "bp.run('a')",
        "show": "bp",
    }.items():
        assert translated(typed, names) == meant
        assert translated(typed, {}) == typed
        assert translated(typed, {**names, typed.split()[0]: 1}) == typed
    for typed in ("next(bp)", "run = 3", "next is None", "back, run = 1, 2", "reset()", "watch: int = 3"):
        assert translated(typed, names) == typed
    assert [pasted(line) for line in (">>> a", "...     b", ">>>", "x >>> y", "...")] == [
        "a",
        "    b",
        "",
        "x >>> y",
        "",
    ]
    later = Backprop(Value(1.0))
    both = {"later": later, "bp": bp}
    assert translated("next", both) == "later.next()"
    bp.next()
    assert translated("next", both) == "bp.next()"
    assert translated("next", {"_": bp, "_12": bp, **both}) == "bp.next()"
    assert translated("next", {"_": bp, "_12": bp}) == "_12.next()"


def test_completion_offers_labels() -> None:
    L = Value(2.0, label="weight") * Value(3.0, label="width")  # noqa: N806
    assert within_quotes('bp.goto("w', {"L": L}) == ["weight", "width"]
    assert within_quotes("bp.goto('wi", {"L": L}) == ["width"]
    assert within_quotes("bp.goto(", {"L": L}) is None
    assert after_command("goto we", {"L": L}) == ["weight"]
    assert after_command("x = we", {"L": L}) is None


def test_the_tour_is_live(tmp_path: Path) -> None:
    with plain(min(WIDTHS), tmp_path) as terminal:
        terminal.read("\n>>> ")
        for columns in WIDTHS:
            terminal.resize(columns)
            terminal.type("tour()")
            text = terminal.read("1 of 8") + terminal.read("try things out.\n>>> " if columns == 200 else "out.\n>>> ")
            assert "-6.0" in terminal.answer("a * b")
            assert "formula(v) needs a Value" in terminal.answer("formula(3)")
            terminal.type("next")
            text += terminal.read("2 of 8") + terminal.read("out.\n>>> ")
            terminal.type("")
            text += terminal.read("3 of 8") + terminal.read("out.\n>>> ")
            terminal.type("back")
            text += terminal.read("2 of 8") + terminal.read("out.\n>>> ")
            terminal.type("quit")
            terminal.read(">>> ")
            assert terminal.answer("formula(L)") == "a * b + 10.0"
            assert [line for line in text.splitlines() if cells(line) > columns] == []
        terminal.press(b"\x04")
        assert terminal.ended() == 0
