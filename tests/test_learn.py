"""Learning by repair: each exercise fails for the reason that it teaches, and its solution passes."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

from autograd import Backprop, Value, quiz, worksheet
from autograd.graph import every_node
from autograd.learn.__main__ import main
from autograd.learn.chapters import slopes
from autograd.learn.checking import Exercise, Wrong, check
from autograd.learn.course import CHAPTERS, EXERCISES, find
from autograd.learn.folder import Folder
from autograd.learn.quiz import evaluated, mistake
from autograd.learn.watching import run_check
from autograd.learn.worksheet import variants
from autograd.words.text import cells
from tests.terminal import Terminal

FILES = Path(slopes.__file__).parent.parent / "exercises"


def name(exercise: Exercise) -> str:
    return exercise.name


def test_there_are_enough_of_them_and_each_file_is_used() -> None:
    assert len(EXERCISES) == 42, "README.md, the Makefile and docs/teaching.md say forty-two"
    assert len({each.name for each in EXERCISES}) == len(EXERCISES)
    assert {path.stem for path in FILES.glob("*.py")} == {each.name for each in EXERCISES}
    assert sum(len(chapter) for _, chapter in CHAPTERS) == len(EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_unsolved_it_fails_for_the_reason_it_teaches_and_solved_it_passes(exercise: Exercise) -> None:
    assert exercise.source.count(exercise.fault) == 1
    for seed in (1, 2):
        with pytest.raises(Wrong) as found:
            check(exercise, exercise.source, seed)
        assert found.value.misconception == exercise.teaches
        assert found.value.shown
    check(exercise, exercise.solution, 3)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_its_words(exercise: Exercise) -> None:
    assert exercise.title
    assert len(exercise.hints) >= 3
    assert len(re.findall(r"[.?](?= |$)", exercise.goal)) == 2, "a goal in two sentences"
    assert exercise.solution != exercise.source


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
@pytest.mark.parametrize("answer", ["None", "0.0", "[]"])
def test_printing_what_is_expected_does_not_pass(exercise: Exercise, answer: str) -> None:
    tree = ast.parse(exercise.source)
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    printing = "".join(f"def {f}(*arguments):\n    print('1.0')\n    return {answer}\n" for f in functions)
    with pytest.raises(Wrong):
        check(exercise, printing, 1)
    with pytest.raises(Wrong, match="something is missing"):
        check(exercise, "print('all is well')", 1)


@pytest.mark.parametrize(
    ("exercise", "old", "new", "misconception"),
    [
        ("product", "a.grad += a.data * out.grad\n        b.grad += b.data * out.grad", "pass", slopes.NOTHING),
        ("product", "a.grad += a.data * out.grad", "a.grad += out.grad", "the slope is not that of a nudge"),
        ("power", "* out.grad", "* -out.grad", "the slope is not that of a nudge"),
        ("chain", "a.grad += 2.0", "a.grad = 2.0 * out.grad", slopes.REPLACED),
        ("exponential", "a.data * math.exp(a.data - 1) * out.grad", "out.data", slopes.NO_CHAIN),
        ("tanh", "(1 - a.data**2)", "-(1 - out.data**2)", slopes.TURNED),
        ("relu", "(out.grad > 0)", "1.0", "relu passes everything"),
        ("quotient", "b.grad += a.data *", "b.grad += a.data / b.data**2 *", "the minus of the denominator is missing"),
        ("sigmoid", "a.data * (1 - a.data)", "(1 - out.data**2)", "tanh's rule is applied to sigmoid"),
        ("zeroed", "w.data -= 0.1 * w.grad", "pass", "a new Value is made instead of changing the old one"),
        ("rate", "rate = 2.5", "rate = 1e-4", "it does not converge"),
        ("margin", "1 + label * score", "-label * score", "there is no margin"),
        ("split", "examples, examples[:10]", "examples[10:], []", "examples are lost"),
        ("scale", "[p for p in pixels]", "[0.5 for p in pixels]", "the image is lost"),
        ("dead", ".relu()", "", "the relu is gone"),
        ("detached", "Value(w.data * x.data)", "w * x * 2", "the result itself is wrong"),
        ("visited", "def backward(loss):", "def backward(loss)", "it is not valid Python"),
        ("seed", "topological(loss)", "topologicl(loss)", "it stops with an error"),
    ],
)
def test_other_ways_to_go_wrong_are_named_too(exercise: str, old: str, new: str, misconception: str) -> None:
    each = find(exercise)
    assert old in each.source
    with pytest.raises(Wrong) as found:
        check(each, each.source.replace(old, new), 1)
    assert found.value.misconception == misconception


def test_feedback_uses_the_learners_own_numbers() -> None:
    with pytest.raises(Wrong, match=r"gradcheck: the derivative of mul\(a = .*, b = .*\) for operand 0") as found:
        check(find("product"), find("product").source, 5)
    a, b = (float(x) for x in re.findall(r"[ab] = (-?[\d.]+)", found.value.shown)[:2])
    assert "predicted: ∂out/∂a · 0.001" in found.value.shown
    assert re.search(rf"= {re.escape(f'{b}')} · 0.001", found.value.shown), (a, found.value.shown)


def test_a_folder_keeps_what_the_learner_wrote(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "mine")
    first = EXERCISES[0]
    file = folder.file(first)
    assert file.name == "01_nudge.py"
    file.write_text("# my own\n")
    folder = Folder(tmp_path / "mine")
    assert file.read_text() == "# my own\n"
    folder.reset(first)
    assert file.read_text() == first.source
    assert (tmp_path / "mine" / "01_nudge.py.old").read_text() == "# my own\n"
    assert folder.next is first
    hints = [folder.hint(first) for _ in range(5)]
    assert [hint[:11] for hint in hints] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    folder.finish(first)
    assert Folder(tmp_path / "mine").next is EXERCISES[1]
    (tmp_path / "mine" / ".progress.json").write_text("{broken")
    assert folder.next is first
    (tmp_path / "mine" / ".progress.json").write_text(json.dumps({"done": 3, "hints": []}))
    assert folder.done == []
    for each in EXERCISES:
        folder.finish(each)
    assert folder.next is None


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--folder", str(tmp_path)]
    assert main(["check", *where]) == 1
    assert "✗ 01_nudge.py: the change is not divided by the nudge" in capsys.readouterr().out
    assert main(["hint", "3", *where]) == 0
    assert "Hint 1 of 3: Take a = 2" in capsys.readouterr().out
    (tmp_path / "01_nudge.py").write_text(EXERCISES[0].solution)
    assert main(["check", "nudge", *where]) == 0
    assert main(["list", *where]) == 0
    shown = capsys.readouterr().out
    assert f"1 of {len(EXERCISES)} repaired" in shown
    assert "✓ 01_nudge.py" in shown
    assert main(["reset", "nudge", *where]) == 0
    assert (tmp_path / "01_nudge.py").read_text() == EXERCISES[0].source
    assert main(["check", "nothing", *where]) == 2
    assert "there is no exercise 'nothing'; choose from nudge, step" in capsys.readouterr().err
    (tmp_path / "02_step.py").write_bytes(b"\xff\xfe")
    assert main(["check", "step", *where]) == 1


def test_an_endless_loop_is_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Folder(tmp_path)
    folder.file(EXERCISES[0]).write_text("while True:\n    pass\n")
    assert run_check(folder, EXERCISES[0], longest=0.5) == 1
    assert "is there an infinite loop?" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [40, 80])
def test_saving_a_file_runs_its_check(columns: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autograd.learn", "--folder", "mine"]
    root = str(Path(slopes.__file__).parents[3])
    with Terminal(command, columns, {"PYTHONPATH": root}, folder=tmp_path) as terminal:
        shown = terminal.read("1 of ") + terminal.read("by the nudge") + terminal.read("about")
        terminal.type("h")
        shown += terminal.read("Hint 1 of 3")
        (tmp_path / "mine" / "01_nudge.py").write_text(EXERCISES[0].solution)
        shown += terminal.read("✓ 01_nudge.py") + terminal.read("2 of ") + terminal.read("✗ 02_step.py")
        terminal.type("q")
        assert terminal.ended() == 0
        assert [line for line in shown.splitlines() if cells(line) > columns] == []
    with Terminal(command, columns, {"PYTHONPATH": root}, folder=tmp_path) as terminal:
        terminal.read(f"2 of {len(EXERCISES)}")


def example() -> tuple[Value, Value, Value]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a
    loss.label = "L"
    return a, b, loss


def answering(*answers: str) -> tuple[list[str], object]:
    asked: list[str] = []
    left = list(answers)

    def ask(text: str) -> str:
        asked.append(text)
        return left.pop(0)

    return asked, ask


def test_a_quiz_asks_for_each_gradient_and_keeps_the_graph(capsys: pytest.CaptureFixture[str]) -> None:
    a, _, loss = example()
    a.grad = 0.25
    asked, ask = answering("1", "1", "-3", "x", "1 - 3", "2")
    score = quiz(loss, ask)  # type: ignore[arg-type]
    assert score == "3 of 4 right at the first try."
    assert asked[0] == "  (a * b).grad: 0.0 → "
    shown = capsys.readouterr().out
    assert "not -3.0: the earlier contribution, 1.0, is missing" in shown
    assert "type a number, such as -2.5 or 1 + 3*2, not 'x'" in shown
    assert "∂(a * b)/∂a = " not in shown
    assert (a.grad, loss.grad) == (0.25, 0.0)
    assert quiz(loss, answering("1", "q")[1]) == "1 of 1 right at the first try."  # type: ignore[arg-type]
    assert quiz(loss, answering("", "q")[1]) == "0 of 1 right at the first try."  # type: ignore[arg-type]


def test_a_quiz_names_the_mistake() -> None:
    a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(5.0, label="c")
    step = Backprop((a * b) * c).next(2)
    change = step.changes[0]
    assert change.after == -15.0
    assert "the local derivative alone" in mistake(-3.0, step, 0, change)
    assert "the sign is flipped" in mistake(15.0, step, 0, change)
    assert "the other operand" in mistake(10.0, step, 0, change)
    assert "the node's own gradient" in mistake(5.0, step, 0, change)
    assert "multiply the node's gradient" in mistake(7.77, step, 0, change)


@pytest.mark.parametrize("text", ["", "a", "1 +", "__import__('os')", "1/0", "2 ** 99999999", "'1'", "1j", "(" * 200])
def test_an_answer_is_arithmetic_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match="type a number"):
        evaluated(text)


def test_a_worksheets_solutions_are_right_and_seeded(tmp_path: Path) -> None:
    a, b, _ = example()
    loss = (a * b).tanh() * a + b.exp() / 2
    before = [(node.data, node.grad) for node in every_node(loss)]
    sheets = variants(loss, 3, seed=5)
    assert sheets == variants(loss, 3, seed=5)
    assert sheets != variants(loss, 3, seed=6)
    assert len({tuple(line.data for line in sheet.lines) for sheet in sheets}) == 3
    assert [(node.data, node.grad) for node in every_node(loss)] == before
    for sheet in sheets:
        given = {line.name: line for line in sheet.lines}
        a.data, b.data, a.grad, b.grad = given["a"].data, given["b"].data, 0.0, 0.0
        loss.refresh().backward()
        shown = [node for node in every_node(loss) if node._prev or node.label]
        assert [(line.data, line.grad) for line in sheet.lines] == [(node.data, node.grad) for node in shown]
    for ending in ("html", "tex", "pdf"):
        worksheet(loss, tmp_path / f"sheet.{ending}", count=2, title="Sums & <products>")
        first = (tmp_path / f"sheet.{ending}").read_bytes()
        worksheet(loss, tmp_path / f"sheet.{ending}", count=2, title="Sums & <products>")
        assert (tmp_path / f"sheet.{ending}").read_bytes() == first
    page = (tmp_path / "sheet.html").read_text()
    assert page.count("<section>") == 4
    assert "Sums &amp; &lt;products&gt;: solution, variant 2" in page
    assert page.count("<td></td>") > 10
    source = (tmp_path / "sheet.tex").read_text()
    assert source.count(r"\begin{tabular}") == source.count(r"\end{tabular}") == 4
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_worksheets_that_cannot_be(tmp_path: Path) -> None:
    a, _, loss = example()
    with pytest.raises(ValueError, match=r"\.html.*'\.doc'"):
        worksheet(loss, tmp_path / "sheet.doc")
    with pytest.raises(ValueError, match=r"variants.*not 0"):
        worksheet(loss, tmp_path / "sheet.tex", count=0)
    with pytest.raises(ValueError, match="needs an expression"):
        worksheet(a, tmp_path / "sheet.tex")
    with pytest.raises(TypeError, match="needs a Value"):
        worksheet(3.0, tmp_path / "sheet.tex")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="made by hand"):
        worksheet(Value(4.0, (a,), "square"), tmp_path / "sheet.tex")
