"""The page that plays backprop, driven in a real browser; and the pictures of its steps."""

from __future__ import annotations

import functools
import json
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import nn
import viz
from autograd import Value
from autograd.backprop import lessons
from tests.outline import Outline

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</script><script>document.title='broken'</script><!-- {{script}} \"'&"


def expression() -> Value:
    a, b, c = (Value(x, label=name) for name, x in zip("abc", (2.0, -3.0, 10.0), strict=True))
    product = a * b
    product.label = "p"
    loss = (product + c) * a
    loss.label = "L"
    return loss


def texts(svg: ET.Element) -> dict[str, str]:
    return {text.get("id", ""): text.text or "" for text in svg.iter(f"{SVG}text") if text.get("id")}


def final(loss: Value) -> dict[str, str]:
    """What the boxes should read after `backward()`."""
    loss.backward()
    nodes, _ = viz.trace(loss)
    data = {f"v{i}-data": f"data {node.data:.4g}" for i, node in enumerate(nodes)}
    return data | {f"v{i}-grad": f"grad {node.grad:.4g}" for i, node in enumerate(nodes)}


def test_frames_are_one_picture_a_step_and_end_as_backward_does(tmp_path: Path) -> None:
    loss = expression()
    paths = viz.frames(loss, tmp_path / "steps")
    assert [path.name for path in paths] == [f"{i:03}.svg" for i in range(3 + 2 * 3)]
    pictures = [ET.parse(path).getroot() for path in paths]
    assert {picture.get("viewBox") for picture in pictures} == {pictures[0].get("viewBox")}
    assert "grad –" in texts(pictures[0]).values()
    assert list(texts(pictures[0]).values()).count("data ?") == 3
    assert loss.grad == 0.0
    last = texts(pictures[-1])
    assert {name: last[name] for name in final(expression())} == final(expression())
    assert "var(--" not in paths[0].read_text()


def test_frames_speak_the_words_of_the_stepper(tmp_path: Path) -> None:
    loss = expression()
    paths = viz.frames(loss, tmp_path)
    step = lessons(loss)[1]
    picture = ET.parse(paths[6]).getroot()
    assert picture.findtext(f"{SVG}title") == f"Backward, step 2 of 3: {step.title}"
    description = str(picture.findtext(f"{SVG}desc"))
    for sentence in (step.reason, step.words, step.changes[0].rule, step.changes[0].sum):
        assert sentence in description


def test_boxes_bear_the_names_that_the_words_use(tmp_path: Path) -> None:
    picture = ET.parse(viz.frames(expression(), tmp_path)[0]).getroot()
    assert "p + c" in {text.text for text in picture.iter(f"{SVG}text")}


def test_edges_carry_their_products(tmp_path: Path) -> None:
    paths = viz.frames(expression(), tmp_path)
    forth, back = (texts(ET.parse(paths[i]).getroot()) for i in (1, 7))
    assert "∂p/∂a = -3" in forth.values()
    assert "-3 · 2 = -6" in back.values()


def test_what_leaves_held_before_is_added_at_the_end(tmp_path: Path) -> None:
    a = Value(3.0, label="a")
    a.grad = 0.5
    last = ET.parse(viz.frames(a * a, tmp_path)[-1]).getroot()
    assert texts(last)["v0-grad"] == "grad 6.5"
    assert a.grad == 0.5


def test_a_node_made_by_hand_and_a_leaf_alone_are_played(tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    out = Value(4.0, (a,), "double")

    def closure() -> None:
        a.grad += 2.0 * out.grad

    out._backward = closure
    assert texts(ET.parse(viz.frames(out, tmp_path)[-1]).getroot())["v0-grad"] == "grad 2"
    leaf = viz.frames(Value(1.0), tmp_path / "leaf")
    assert texts(ET.parse(leaf[-1]).getroot())["v0-grad"] == "grad 1"


def test_the_page_is_one_file_without_links(tmp_path: Path) -> None:
    viz.play(expression(), tmp_path / "play.html")
    page = (tmp_path / "play.html").read_text()
    outline = Outline(page)
    assert outline.links == ["data:,"]
    assert outline.tags.count("script") == 2
    assert "@import" not in page
    assert "url(" not in page
    viz.play(expression(), tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text() == page


def test_hostile_labels_stay_data(tmp_path: Path) -> None:
    a = Value(2.0, label=HOSTILE)
    loss = a * 3
    loss.label = HOSTILE
    viz.play(loss, tmp_path / "play.html")
    page = (tmp_path / "play.html").read_text()
    assert Outline(page).tags.count("script") == 2
    assert "<script>document" not in page
    story = re.search(r'id="story">(.*)</script>', page)
    assert story
    assert "<" not in story[1]
    assert "script>" in json.loads(story[1])[1]["title"]


def test_what_cannot_be_played_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a Value can be played, the loss, not float"):
        viz.play(1.0, tmp_path / "play.html")  # type: ignore[arg-type]
    large = nn.squared_error([nn.MLP(20, [10, 1], seed=1)([0.1] * 20)], [0.0])
    with pytest.raises(ValueError, match=r"nodes, and up to 300 can be followed.*one neuron"):
        viz.play(large, tmp_path / "play.html")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Any:
    viz.play(expression(), tmp_path / "play.html")
    browser.get((tmp_path / "play.html").as_uri())
    return browser


LAST = 8


def at(browser: Any) -> int:
    return int(browser.execute_script("return document.body.dataset.step"))


def press(browser: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    functools.reduce(lambda actions, key: actions.send_keys(key), keys, ActionChains(browser)).perform()


def read(browser: Any, part: str) -> str:
    return str(browser.execute_script("return document.getElementById(arguments[0]).textContent", part))


def click(browser: Any, part: str) -> None:
    browser.find_element("id", part).click()


def test_keys_walk_there_and_back(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    assert at(page) == 0
    assert read(page, "heading") == "Start"
    press(page, Keys.ARROW_RIGHT)
    assert (at(page), read(page, "heading")) == (1, "Forward, step 1 of 3")
    press(page, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert at(page) == 0
    press(page, Keys.END)
    assert at(page) == LAST
    press(page, Keys.ARROW_RIGHT)
    assert at(page) == LAST
    press(page, Keys.HOME)
    assert at(page) == 0


def test_the_end_is_what_backward_computes_by_whatever_way(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    expected = final(expression())

    def state() -> dict[str, str]:
        return {name: read(page, name) for name in expected}

    press(page, *[Keys.ARROW_RIGHT] * LAST)
    assert state() == expected
    press(page, *[Keys.ARROW_LEFT] * 5, *[Keys.ARROW_RIGHT] * 5)
    assert state() == expected
    press(page, Keys.HOME)
    assert {text for name, text in state().items() if name.endswith("grad")} == {"grad –"}


def test_buttons(page: Any) -> None:
    assert not page.find_element("id", "back").is_enabled()
    click(page, "next")
    click(page, "next")
    assert at(page) == 2
    click(page, "back")
    assert at(page) == 1
    click(page, "last")
    assert at(page) == LAST
    assert not page.find_element("id", "next").is_enabled()
    click(page, "first")
    assert at(page) == 0


def test_the_slider_goes_anywhere_and_its_keys_step_once(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    slider = page.find_element("id", "slider")
    page.execute_script("arguments[0].value = 6; arguments[0].dispatchEvent(new Event('input'))", slider)
    assert at(page) == 6
    slider.send_keys(Keys.ARROW_RIGHT)
    assert at(page) == 7
    assert slider.get_attribute("aria-valuetext") == "Backward, step 3 of 3"


def test_play_runs_to_the_end_and_pauses(page: Any) -> None:
    page.execute_script("document.getElementById('speed').append(new Option('fast', '100', true, true))")
    click(page, "play")
    assert "Pause" in read(page, "play")
    until = time.monotonic() + 10
    while at(page) < LAST and time.monotonic() < until:
        time.sleep(0.02)
    assert at(page) == LAST
    assert "Play" in read(page, "play")
    page.execute_script("document.getElementById('speed').value = '0.5'; document.activeElement.blur()")
    press(page, " ")
    assert "Pause" in read(page, "play")
    press(page, " ")
    assert "Play" in read(page, "play")
    assert at(page) == 0


def test_the_words_are_those_of_the_stepper(page: Any) -> None:
    for _ in range(6):
        click(page, "next")
    step = lessons(expression())[1]
    assert read(page, "title") == step.title
    assert read(page, "sentences") == step.reason + step.words
    assert read(page, "changes") == "".join(c.rule + c.sum + c.note for c in step.changes)
    assert page.find_element("id", "lesson").get_attribute("aria-live") == "polite"


def test_every_control_is_reached_by_tab_and_has_a_name(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    reached = set()
    for _ in range(10):
        press(page, Keys.TAB)
        reached.add(page.switch_to.active_element.get_attribute("id"))
    assert {"picture", "play", "next", "last", "slider", "speed"} <= reached
    for button in page.find_elements("tag name", "button"):
        assert button.accessible_name


def wide(browser: Any, part: str) -> tuple[float, float]:
    """Where an element begins and ends on the screen."""
    box = browser.execute_script("return document.getElementById(arguments[0]).getBoundingClientRect().toJSON()", part)
    return box["left"], box["right"]


def test_a_wide_picture_follows_the_step_and_can_be_seen_whole(browser: Any, tmp_path: Path) -> None:
    x = Value(0.5, label="x")
    for _ in range(12):
        x = x.tanh()
    viz.play(x, tmp_path / "play.html")
    browser.get((tmp_path / "play.html").as_uri())
    left, right = wide(browser, "picture")
    for control, shown in (("first", "v1"), ("last", "v1")):
        if browser.find_element("id", control).is_enabled():
            click(browser, control)
        assert left <= wide(browser, shown)[0] < wide(browser, shown)[1] <= right
    assert wide(browser, "v12")[0] > right
    click(browser, "whole")
    assert left <= wide(browser, "v0")[0] < wide(browser, "v12")[1] <= right


def test_it_fits_a_phone(page: Any) -> None:
    page.set_window_size(380, 800)
    try:
        page.refresh()
        wide, window = page.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window
    finally:
        page.set_window_size(1100, 900)


def test_dark_mode_and_print(page: Any) -> None:
    def background() -> str:
        return str(page.execute_script("return getComputedStyle(document.body).backgroundColor"))

    def emulate(media: str, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    emulate("screen", "light")
    light = background()
    emulate("screen", "dark")
    assert background() != light
    emulate("print", "dark")
    assert background() == light
    assert not page.find_element("id", "controls").is_displayed()
    emulate("", "light")


def test_a_hostile_label_runs_nothing(browser: Any, tmp_path: Path) -> None:
    a = Value(2.0, label=HOSTILE)
    loss = a * 3
    loss.label = HOSTILE
    viz.play(loss, tmp_path / "play.html")
    browser.get((tmp_path / "play.html").as_uri())
    click(browser, "last")
    assert browser.title != "broken"
    assert browser.title.startswith("Backpropagation of </script>")
    assert at(browser) == 4
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
