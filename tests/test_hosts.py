"""Where a page is shown: the browser, and a notebook."""

from __future__ import annotations

import webbrowser
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import viz
from autograd import Backprop, Value
from tests.test_page import Page, expression


def test_show_opens_the_browser_or_says_where_the_page_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

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
