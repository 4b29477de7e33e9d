"""Pages in the browser and in a notebook."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import webbrowser
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
import viz
from autograd import Backprop, Value
from tests.test_page import Page, expression

ROOT = Path(__file__).parent.parent


def test_show_opens_the_browser_or_prints_the_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def open_(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    path = viz.show(expression())
    assert opened == [path.as_uri()]
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    path = viz.show(expression())
    assert str(path) in capsys.readouterr().out


def test_values_and_steps_are_alive_in_a_notebook() -> None:
    loss = expression()
    shown = loss._repr_mimebundle_()
    assert shown["text/html"].startswith('<iframe sandbox="allow-scripts" ')
    assert {"text/plain", "image/svg+xml"} < set(shown)
    assert "text/html" in next(Backprop(loss))._repr_mimebundle_()
    assert set(Value(1.0)._repr_mimebundle_()) == {"text/plain"}


def test_the_pictures_come_by_themselves() -> None:
    code = (
        "from autograd import Value; import sys; y = Value(2.0, label='a') * 3; assert 'viz' not in sys.modules;"
        "print(*sorted(y._repr_mimebundle_()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["image/svg+xml", "text/html", "text/plain"]


def page_in(bundle: dict[str, Any]) -> str:
    """The page within the frame."""
    frame = bundle["text/html"]
    return unescape(frame.partition('srcdoc="')[2].rpartition('"')[0])


@pytest.mark.parametrize(
    ("module", "title"),
    [
        (nn.Neuron(2, seed=1), "output"),
        (nn.Layer(2, 3, seed=1), "sum of outputs"),
        (nn.MLP(3, [4, 1], seed=1), "output"),
        (nn.Sequential(nn.LayerNorm(3), nn.Layer(3, 2, seed=1)), "sum of outputs"),
    ],
)
def test_a_module_is_alive_in_a_notebook(module: nn.Module, title: str) -> None:
    shown = module._repr_mimebundle_()
    assert shown["text/plain"].startswith(repr(module)[:20])
    assert f"<title>Backpropagation of {title}</title>" in page_in(shown)


def test_modules_with_unknown_inputs_are_shown_as_text() -> None:
    assert set(nn.Module()._repr_mimebundle_()) == {"text/plain"}
    assert set(nn.Embedding(3, 2, seed=1)._repr_mimebundle_()) == {"text/plain"}

    class Pair(nn.Neuron):
        def __call__(self, x: Any, y: Any) -> Value:  # type: ignore[override]
            return super().__call__([x, y])

    assert set(Pair(2)._repr_mimebundle_()) == {"text/plain"}


def test_a_program_is_alive_where_the_values_hold_its_numbers() -> None:
    model, x = nn.MLP(2, [2, 1], seed=1), [Value(1.0, label="x"), Value(2.0, label="y")]
    loss = nn.squared_error([model(x)], [1.0])
    program = autograd.compile(loss, inputs=x, params=model.parameters())
    assert "<title>Backpropagation of" in page_in(program._repr_mimebundle_())
    program.params += 1.0
    shown = program._repr_mimebundle_()
    assert set(shown) == {"text/plain"}
    assert "call program.sync()" in shown["text/plain"]
    program.sync()
    assert "text/html" in program._repr_mimebundle_()
    several = autograd.compile([loss, x[0] * 2], inputs=x, params=model.parameters())._repr_mimebundle_()
    assert set(several) == {"image/svg+xml", "text/plain"}


def test_a_drawing_is_alive_in_a_notebook() -> None:
    loss = expression()
    drawing = viz.draw_dot(loss)
    shown: dict[str, Any] = drawing._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/html"}
    assert "<title>Backpropagation of L</title>" in page_in(shown)
    assert set(drawing._repr_mimebundle_(include=["image/svg+xml"])) == {"image/svg+xml"}
    assert set(viz.draw_dot(loss, loss * 2)._repr_mimebundle_()) == {"image/svg+xml"}


def test_a_frame_works_in_its_sandbox(browser: Any, tmp_path: Path) -> None:
    loss = expression()
    bp = Backprop(loss)
    next(bp)
    step = next(bp)
    page = tmp_path / "notebook.html"
    page.write_text(f"<!DOCTYPE html><title>notebook</title>{step._repr_mimebundle_()['text/html']}")
    browser.get(page.as_uri())
    browser.switch_to.frame(0)
    try:
        inside = Page(browser)
        inside.wait("return document.body.dataset.ready")
        assert inside.read("title") == step.title
        inside.click("next")
        assert inside.read("heading") == "Backward, step 3 of 3"
        assert browser.execute_script("try { return parent.document.title } catch { return 'kept out' }") == "kept out"
    finally:
        browser.switch_to.default_content()
    assert inside.severe() == []


def test_a_frame_holds_the_whole_page() -> None:
    frame = viz.framed(expression())
    srcdoc = frame.partition('srcdoc="')[2].rpartition('"')[0]
    assert '"' not in srcdoc
    assert unescape(srcdoc).rstrip().endswith("</html>")
