"""The interactive page, driven in a real browser."""

from __future__ import annotations

import functools
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
import viz
from autograd import Backprop, Value, dot, record_lines
from autograd.backprop import lessons
from autograd.graph import every_node
from autograd.shown import number
from tests.outline import Outline

HOSTILE = "</script><script>document.title='broken'</script><!-- {{script}} \"'&"


def expression() -> Value:
    """L = (a * b + c) * a: `a` is used twice."""
    a, b, c = (Value(x, label=name) for name, x in zip("abc", (2.0, -3.0, 10.0), strict=True))
    product = a * b
    product.label = "p"
    loss = (product + c) * a
    loss.label = "L"
    return loss


LAST = 8
"""Its last position: three steps each way, the start, the turn and the end."""


# The file


def test_the_page_is_one_file_without_links_and_the_same_each_time(tmp_path: Path) -> None:
    viz.play(expression(), tmp_path / "play.html")
    page = (tmp_path / "play.html").read_text()
    outline = Outline(page)
    assert outline.links == ["data:,"]
    assert outline.tags.count("script") == 2
    outline.assert_only_its_own_scripts_run()
    assert "@import" not in page
    assert not re.search(r"^\s*(import|export)\s", page, re.MULTILINE)
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
    graph = re.search(r'id="graph">(.*)</script>', page)
    assert graph
    assert "<" not in graph[1]
    assert any("script>" in text for text in json.loads(graph[1])["strings"])


def test_a_script_that_gets_into_the_page_is_not_run(played: Page) -> None:
    add = (
        "const added = document.createElement('script'); added.textContent = arguments[0]; document.body.append(added)"
    )
    played.browser.execute_script(add, "document.title = 'broken'")
    assert "broken" not in played.browser.title
    assert any("Content Security Policy" in message for message in played.severe())


def test_invalid_arguments_of_play_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"needs a Value, not 1.0 \(float\)"):
        viz.play(1.0, tmp_path / "play.html")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"'play.svg' should end in .html"):
        viz.play(expression(), "play.svg")
    with pytest.raises(ValueError, match="numbers='>9d' is not a format"):
        viz.play(expression(), tmp_path / "play.html", numbers=">9d")
    assert list(tmp_path.iterdir()) == []


def test_a_large_network_is_a_small_file(tmp_path: Path) -> None:
    model = nn.MLP(64, [32, 10], seed=1)
    loss = nn.cross_entropy(model([Value(i / 64, label=f"x[{i}]") for i in range(64)]), 3)
    viz.play(loss, tmp_path / "play.html")
    assert (tmp_path / "play.html").stat().st_size < 2_000_000


# In the browser


class Page:
    """A page as readers see and use it."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def open(self, path: Path, hash: str = "") -> None:
        if self.browser.current_url.startswith(path.as_uri()):
            self.browser.get("about:blank")  # else only the hash would change
        self.browser.get(path.as_uri() + hash)
        self.wait("return document.body.dataset.ready")

    def wait(self, script: str, seconds: float = 20.0) -> Any:
        until = time.monotonic() + seconds
        while not (found := self.browser.execute_script(script)):
            assert time.monotonic() < until, f"{script} never came true"
            time.sleep(0.01)
        return found

    def settle(self) -> None:
        """Waits until changes are shown, for which the page has already asked for a frame."""
        self.browser.execute_async_script("requestAnimationFrame(arguments[0])")

    @property
    def position(self) -> int:
        self.settle()
        return int(self.browser.execute_script("return document.body.dataset.step"))

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        functools.reduce(lambda actions, key: actions.send_keys(key), keys, ActionChains(self.browser)).perform()

    def read(self, part: str) -> str:
        self.settle()
        return str(self.browser.execute_script("return document.getElementById(arguments[0]).textContent", part))

    def elements(self, selector: str) -> list[Any]:
        """The elements that a selector finds once changes are visible; those before may be replaced."""
        self.settle()
        found: list[Any] = self.browser.find_elements("css selector", selector)
        return found

    def element(self, selector: str) -> Any:
        return self.elements(selector)[0]

    def click(self, part: str) -> None:
        self.browser.find_element("id", part).click()

    def focus(self, part: str) -> None:
        self.browser.execute_script("document.getElementById(arguments[0]).focus()", part)

    def texts(self, kind: str) -> dict[str, str]:
        """The texts of the boxes: `data` or `grad`, by their ids."""
        self.settle()
        script = (
            "return Object.fromEntries(Array.from(document.querySelectorAll('#world .part'),"
            "part => [part.id, part.querySelector('.' + arguments[0])?.textContent ?? '']))"
        )
        return dict(self.browser.execute_script(script, kind))

    def fill(self, part: str, text: str) -> None:
        script = (
            "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', {bubbles: true}))"
        )
        self.browser.execute_script(script, part, text)

    def severe(self) -> list[str]:
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture
def page(browser: Any) -> Page:
    return Page(browser)


@pytest.fixture
def played(page: Page, tmp_path: Path) -> Page:
    viz.play(expression(), tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    return page


def final(loss: Value) -> dict[str, dict[str, str]]:
    """The texts of the boxes after `backward()` on fresh gradients."""
    nodes = every_node(loss)
    for node in nodes:
        node.grad = 0.0
    loss.backward()
    return {
        "data": {f"n{i}": f"{node.data:.4g}" for i, node in enumerate(nodes)},
        "grad": {f"n{i}": f"∂ {node.grad:.4g}" for i, node in enumerate(nodes)},
    }


def test_keys_walk_there_and_back(played: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    assert played.position == 0
    assert played.read("heading") == "Start"
    played.press(Keys.ARROW_RIGHT)
    assert (played.position, played.read("heading")) == (1, "Forward, step 1 of 3")
    played.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert played.position == 0
    played.press(Keys.END)
    assert played.position == LAST
    played.press(Keys.ARROW_RIGHT)
    assert played.position == LAST
    played.press(Keys.HOME)
    assert played.position == 0


def test_final_gradients_equal_those_of_backward_however_reached(page: Page, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    loss = expression()
    loss.backward()
    loss.backward()
    viz.play(loss, tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    expected = final(expression())
    page.press(*[Keys.ARROW_RIGHT] * LAST)
    assert {kind: page.texts(kind) for kind in expected} == expected
    page.press(*[Keys.ARROW_LEFT] * 5, *[Keys.ARROW_RIGHT] * 5)
    assert {kind: page.texts(kind) for kind in expected} == expected
    page.press(Keys.HOME)
    assert set(page.texts("grad").values()) == {"∂ –"}
    assert list(page.texts("data").values()).count("?") == 3


def test_each_step_shows_the_gradients_of_the_stepper(played: Page) -> None:
    loss = expression()
    nodes = every_node(loss)
    played.fill("slider", "4")
    for step in Backprop(loss):
        played.click("next")
        assert played.read("title") == step.title
        assert played.read("sentences") == step.reason + step.words
        assert played.read("changes") == "".join(c.rule + c.sum + c.note for c in step.changes if not c.constant)
        assert played.texts("grad") == {f"n{i}": f"∂ {node.grad:.4g}" for i, node in enumerate(nodes)}


def test_typing_a_leaf_updates_everything_as_in_python(played: Page) -> None:
    played.click("last")
    played.element("#n0").click()
    played.fill("leaf-data", "2.5")
    loss = expression()
    a = every_node(loss)[0]
    a.data = 2.5
    loss.refresh()
    expected = final(loss)
    assert {kind: played.texts(kind) for kind in expected} == expected
    told = played.read("nudge")
    assert "a went from 2.0 to 2.5" in told
    before = final_gradient(expression())
    assert f"= {number(before * 0.5)}" in told
    assert f"= {number(loss.data - expression().data)}" in told
    played.click("undo")
    assert played.texts("data") == final(expression())["data"]
    assert played.browser.find_element("id", "undo").get_attribute("aria-disabled") == "true"


def final_gradient(loss: Value) -> float:
    loss.backward()
    return float(every_node(loss)[0].grad)


def test_a_leaf_is_dragged_and_turned_by_keys(played: Page) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    leaf = played.element("#n0 .body")
    ActionChains(played.browser).drag_and_drop_by_offset(leaf, 40, 0).perform()
    dragged = float(played.texts("data")["n0"])
    assert dragged > 2.0
    played.focus("n0")
    played.press(Keys.ARROW_UP)
    assert float(played.texts("data")["n0"]) > dragged
    played.click("reset")
    assert played.texts("data")["n0"] == "2"
    played.focus("n0")
    played.press("7")
    assert played.texts("data")["n0"] == "7"


def test_values_outside_a_domain_are_marked(page: Page, tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    loss = a.log() * 3
    viz.play(loss, tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#step=6&node=a")
    page.fill("leaf-data", "-1")
    assert page.read("loss").endswith("unknown")
    assert page.texts("grad") == {"n0": "∂ –", "n1": "∂ –", "n2": "", "n3": "∂ –"}
    assert "Unknown, since log(a) * 3.0 is." in page.read("about")
    assert page.read("nudge-rows").endswith("actualunknowndifferenceunknown")
    page.element("#n1").click()
    assert "Python raises an error here: the operand must be above 0" in page.read("about")


def test_a_stale_number_is_called_stale(page: Page, tmp_path: Path) -> None:
    loss = expression()
    every_node(loss)[0].data = 9.0
    viz.play(loss, tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    assert "stale: a leaf was changed since" in page.read("loss")


def test_all_paths_are_listed_and_highlighted(played: Page) -> None:
    played.element("#n0").click()
    rows = played.elements(".paths li")
    assert [row.text.split("\n")[0] for row in rows] == ["L → p + c → p → a", "L → a", "their sum"]
    lit = played.browser.execute_script(
        "return Array.from(document.querySelectorAll('.link[data-state~=lit]'), link => link.id).sort()"
    )
    assert lit == ["e2-0", "e4-0", "e5-0", "e5-1"]


def test_why_a_gradient_is_zero(page: Page, tmp_path: Path) -> None:
    w, x = Value(-2.0, label="w"), Value(3.0, label="x")
    viz.play((w * x).relu(), tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#node=w")
    assert "Every path from the loss to it is cut" in page.read("about")
    assert "its operand is not above 0, so it passes nothing on (a dead ReLU)" in page.read("about")


def test_a_guess_is_judged(played: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    played.fill("slider", "4")
    played.click("guess")
    played.fill("slider", "5")
    assert "4.0 = 4.0" not in played.read("changes")
    field = played.element("#changes input")
    field.send_keys("-2", Keys.ENTER)
    assert "The sign of the contribution is wrong." in played.read("changes")
    played.element("#changes input").send_keys("2", Keys.ENTER)
    assert "Right." in played.read("changes")


def test_a_remote_change_keeps_the_focus_and_the_typed_text(played: Page) -> None:
    played.fill("slider", "5")
    played.click("guess")
    played.settle()
    field = played.element("#changes input")
    field.send_keys("-2")
    played.browser.execute_script("document.getElementById('stage').style.height = '300px'")
    time.sleep(0.1)
    played.settle()
    assert field.get_property("value") == "-2"
    assert played.browser.switch_to.active_element == field
    played.fill("slider", "6")
    played.settle()
    assert played.element("#changes input").get_property("value") == ""


def test_the_picture_keeps_a_tab_stop_whatever_is_opened(page: Page, tmp_path: Path) -> None:
    x = [Value(float(i), label=f"x{i}") for i in range(12)]
    viz.play(autograd.sum(x) * 2, tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#node=v12")
    summands = page.element("#about details")
    page.element("#about summary").click()
    page.element("#about [data-sum]").click()
    page.settle()
    assert summands.get_property("open")
    assert len(page.elements('#world [tabindex="0"]')) == 1


def test_steps_downhill_and_too_large_a_rate(page: Page, tmp_path: Path) -> None:
    w = Value(3.0, label="w")
    loss = (w - 1) ** 2
    loss.label = "loss"
    viz.play(loss, tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    page.browser.execute_script("document.getElementById('downhill').open = true")
    page.fill("rate", "0.25")
    page.click("downhill-step")
    w.data -= 0.25 * 4.0
    assert page.texts("data")["n0"] == f"{w.data:.4g}"
    assert page.read("descent") == "The loss after 1 step: 1.0, from 4.0."
    page.fill("rate", "30")
    page.click("downhill-run")
    page.click("downhill-run")
    page.click("downhill-run")
    page.click("downhill-run")
    assert "too large" in page.read("descent")


def test_a_link_restores_a_state(page: Page, tmp_path: Path) -> None:
    viz.play(expression(), tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#step=6&node=b&set=a:3")
    assert page.position == 6
    assert page.texts("data")["n0"] == "3"
    assert page.read("selected-name") == "b"
    address = page.wait("return location.hash.includes('set=v0') && location.hash")
    assert "step=6" in address
    assert "node=b" in address
    assert "set=v0:3" in address
    page.open(tmp_path / "play.html", "#step=nonsense&node=nobody&set=x:1,a:,b:zero")
    assert page.position == 0
    assert page.severe() == []


def test_play_runs_to_the_end_and_pauses(played: Page) -> None:
    played.browser.execute_script(
        "document.getElementById('speed').append(new Option('fast', '100', true, true));"
        "document.getElementById('speed').dispatchEvent(new Event('change'))"
    )
    played.click("play")
    played.wait(f"return document.body.dataset.step == {LAST}")
    assert "Play" in played.read("play")
    played.browser.execute_script(
        "const speed = document.getElementById('speed'); speed.value = '0.5'; speed.dispatchEvent(new Event('change'))"
    )
    played.click("play")
    assert "Pause" in played.read("play")
    assert played.position == 0
    played.click("play")
    assert "Play" in played.read("play")


def test_words_and_picture_point_at_each_other(played: Page) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    played.fill("slider", "5")
    played.settle()
    row = played.element("#changes li")
    ActionChains(played.browser).move_to_element(row).perform()
    played.wait("return document.querySelector('#n4[data-state~=hovered]')")
    ActionChains(played.browser).move_to_element(played.element("#n0 .body")).perform()
    played.wait("return document.querySelector('#changes li.hovered[data-node=n0]')")


def test_every_control_is_reached_by_tab_and_has_a_name(played: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    reached = set()
    for _ in range(20):
        played.press(Keys.TAB)
        reached.add(played.browser.switch_to.active_element.get_attribute("id"))
    assert {"find", "picture", "fit", "play", "next", "last", "slider", "speed", "guess"} <= reached
    for button in played.browser.find_elements("tag name", "button"):
        if button.is_displayed():
            assert button.accessible_name


def test_every_part_is_reached_by_arrows(page: Page, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    model = nn.MLP(2, [2, 1], seed=1)
    viz.play(nn.squared_error([model([Value(0.5, label="x"), 2.0])], [1.0]), tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    script = "return [...document.querySelectorAll('#world [tabindex]')].map(each => each.id)"
    parts = page.browser.execute_script(script)
    page.focus(page.browser.execute_script("return document.querySelector('#world [tabindex=\"0\"]').id"))
    reached = set()
    for key in (Keys.ARROW_LEFT, Keys.ARROW_RIGHT):
        for _ in parts:
            reached.add(page.browser.switch_to.active_element.get_attribute("id"))
            page.press(key)
    assert reached | {page.browser.switch_to.active_element.get_attribute("id")} == set(parts)


def test_the_picture_is_moved_by_keys(played: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    def transform() -> str:
        played.settle()
        return str(played.browser.execute_script("return document.getElementById('world').getAttribute('transform')"))

    seen = [transform()]
    played.focus("picture")
    for key in (Keys.ARROW_LEFT, Keys.ARROW_UP, "+"):
        played.press(key)
        seen.append(transform())
    assert len(set(seen)) == 4
    played.press("0")
    assert transform() == seen[0]


@pytest.mark.parametrize(("button", "times"), [("next", LAST + 1), ("last", 1)])
def test_the_focus_stays_at_the_end(played: Page, button: str, times: int) -> None:
    from selenium.webdriver.common.keys import Keys

    played.focus(button)
    for _ in range(times):
        played.press(Keys.ENTER)
        played.settle()
    assert played.position == LAST
    assert played.browser.switch_to.active_element.get_attribute("id") == button
    assert played.browser.find_element("id", button).get_attribute("aria-disabled") == "true"


@pytest.mark.parametrize("large", [False, True])
def test_without_javascript_it_shows_one_state(page: Page, tmp_path: Path, large: bool) -> None:
    model = nn.MLP(2, [40 if large else 2, 3 if large else 1], seed=1)
    answers = model([Value(0.5, label="x"), Value(-1.0, label="y")])
    loss = nn.squared_error(answers if isinstance(answers, list) else [answers], [1.0] * (3 if large else 1))
    loss.label = "loss"
    loss.backward()
    viz.play(loss, tmp_path / "play.html")
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.browser.get((tmp_path / "play.html").as_uri())
        assert not [each for each in page.browser.find_elements("css selector", "button, input") if each.is_displayed()]
        assert not page.browser.find_element("id", "picture").is_displayed()
        drawn = page.browser.find_element("css selector", "noscript svg")
        assert drawn.is_displayed()
        assert f"{loss.data:.4g}" in drawn.text
        assert "∂ 1" in drawn.text
        assert "as Python had it" in page.browser.find_element("id", "words").text
    finally:
        page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_in_forced_colours_the_picture_has_the_systems(played: Page) -> None:
    features = [{"name": "forced-colors", "value": "active"}]
    played.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
    try:
        found = played.browser.execute_script(
            "const [ink, paper] = ['CanvasText', 'Canvas'].map((name) => {"
            "  const probe = document.createElement('i'); probe.style.color = name; document.body.append(probe);"
            "  return getComputedStyle(probe).color; });"
            "const fills = (what) => [...document.querySelectorAll(what)].map((each) => getComputedStyle(each).fill);"
            "return [fills('#world .body, #world .pill').every((fill) => fill === paper),"
            "        fills('#world .part text').every((fill) => fill === ink)]"
        )
    finally:
        played.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    assert found == [True, True]


def test_on_paper_the_whole_picture_is_there(played: Page) -> None:
    played.click("nearer")
    before = played.browser.execute_script(
        "addEventListener('beforeprint', () => { document.body.dataset.printed ="
        " document.getElementById('picture').getAttribute('viewBox') });"
        "return document.getElementById('world').getAttribute('transform')"
    )
    played.browser.execute_cdp_cmd("Page.printToPDF", {})
    box = played.browser.execute_script("return document.body.dataset.printed")
    width, height = map(float, box.split()[2:])
    inner = played.browser.execute_script(
        "const b = document.getElementById('world').getBBox(); return [b.width, b.height]"
    )
    assert width >= inner[0]
    assert height >= inner[1]
    picture = played.browser.find_element("id", "picture")
    assert picture.get_attribute("viewBox") is None
    assert played.browser.find_element("id", "world").get_attribute("transform") == before


AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is installed by make lint")
@pytest.mark.parametrize(("scheme", "node"), [("light", "x"), ("dark", "x"), ("light", "sum")])
def test_axe_finds_nothing(page: Page, tmp_path: Path, scheme: str, node: str) -> None:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    loss = nn.squared_error([model([Value(0.5, label="x"), Value(-1.0, label="y")])], [1.0])
    next(each for each in every_node(loss) if each._op == "dot").label = "sum"
    viz.play(loss, tmp_path / "play.html")
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
    try:
        page.open(tmp_path / "play.html", f"#step=17&node={node}")
        page.browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        page.browser.execute_script(AXE.read_text())
        found = page.browser.execute_async_script(
            "const done = arguments[0]; axe.run().then(run => done(run.violations.map("
            "each => [each.id, each.nodes[0].html.slice(0, 200), each.nodes[0].failureSummary])))"
        )
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    assert found == []


def test_a_large_network_opens_as_a_few_boxes_that_can_be_entered(page: Page, tmp_path: Path) -> None:
    model = nn.MLP(64, [32, 10], seed=1)
    loss = nn.cross_entropy(model([Value(i / 64, label=f"x[{i}]") for i in range(64)]), 3)
    loss.label = "loss"
    viz.play(loss, tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    assert len(page.texts("data")) < 20
    assert page.read("loss") == f"loss = {number(loss.data)}"
    page.click("last")
    boxes = page.elements(".part.box .heat")
    titles = [each.get_attribute("textContent") for each in page.elements(".part.box .name")]
    boxes[titles.index("layers[0]")].click()
    assert len(page.elements(".part.box .name")) >= 32
    page.fill("find", "layers[0].neurons[3].w[5]")
    page.element("#found button").click()
    loss.backward()
    weight = model.layers[0].neurons[3].w[5]
    index = every_node(loss).index(weight)
    assert page.texts("data")[f"n{index}"] == f"{weight.data:.4g}"
    assert page.texts("grad")[f"n{index}"] == f"∂ {weight.grad:.4g}"
    assert page.severe() == []


def test_a_change_in_ten_thousand_nodes_is_seen_at_once(page: Page, tmp_path: Path) -> None:
    x = total = Value(0.5, label="x")
    for i in range(2500):
        total = (total * 0.5 + x.sin()) + 0.001 * i
    viz.play(total, tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#step=99999&node=x")
    script = (
        "const done = arguments[0], times = []; const field = document.getElementById('leaf-data');"
        "function next(i) { if (i === 8) return done(times); field.value = String(0.5 + i / 10);"
        "const began = performance.now(); field.dispatchEvent(new Event('input'));"
        "requestAnimationFrame(() => { times.push(performance.now() - began); next(i + 1); }); }"
        "requestAnimationFrame(() => next(0));"
    )
    times = page.browser.execute_async_script(script)
    assert min(times) < 250, times  # milliseconds; 20 when this was written


def test_it_fits_a_phone_and_follows_the_readers_colours(played: Page) -> None:
    browser = played.browser

    def background(media: str, scheme: str) -> str:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
        return str(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))

    browser.set_window_size(500, 800)
    try:
        wide, window = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window
        assert background("screen", "dark") != background("screen", "light")
        assert background("print", "dark") == background("screen", "light")
    finally:
        browser.set_window_size(1100, 900)
        background("", "light")


def test_on_a_phone_the_picture_goes_downwards_and_can_be_read(page: Page, tmp_path: Path) -> None:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    viz.play(nn.squared_error([model([Value(0.5, label="x"), Value(-1.0, label="y")])], [1.0]), tmp_path / "play.html")
    screen = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        page.open(tmp_path / "play.html")
        tall, height, left, right = page.browser.execute_script(
            "const world = document.getElementById('world'), { left, right } = world.getBoundingClientRect();"
            "const scale = world.getCTM().a, box = world.getBBox();"
            "const size = parseFloat(getComputedStyle(world.querySelector('.data')).fontSize);"
            "return [box.height > box.width, scale * size, left, right]"
        )
        assert tall
        assert height >= 9
        assert left >= 0
        assert right <= 360
        wide = {**screen, "width": 1600, "height": 900}
        page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", wide)
        page.wait("const { width, height } = document.getElementById('world').getBBox(); return width > height")
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_sum_is_opened_in_the_picture(page: Page, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    w = [Value(x, label=f"w[{i}]") for i, x in enumerate((2.0, -3.0))]
    x = [Value(x, label=f"x[{i}]") for i, x in enumerate((0.5, 4.0))]
    y = dot(w, x, Value(1.0, label="b"))
    y.label = "y"
    viz.play(y, tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#step=1&node=y")
    part = page.browser.execute_script("return document.getElementById('world').querySelector('[aria-expanded]').id")

    def summands() -> list[str]:
        page.settle()
        script = "return [...document.querySelectorAll('#world .summand')].map((each) => each.textContent)"
        return list(page.browser.execute_script(script))

    assert summands() == []
    page.focus(part)
    page.press(Keys.ENTER)
    assert summands() == ["1", "2 · 0.5 = 1", "-3 · 4 = -12"]
    assert page.browser.switch_to.active_element.get_attribute("id") == part
    assert page.browser.switch_to.active_element.get_attribute("aria-expanded") == "true"
    page.element("#about [data-sum]").click()
    assert summands() == []


def test_the_line_that_made_a_value_is_shown(page: Page, tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    with record_lines():
        y = a * 3
    y.label = "y"
    viz.play(y, tmp_path / "play.html")
    page.open(tmp_path / "play.html", "#node=y")
    assert page.element("#about .line").text.endswith("y = a * 3")
    assert page.element("#about .line").text.startswith("test_page.py:")


def test_a_hostile_label_runs_no_script(page: Page, tmp_path: Path) -> None:
    a = Value(2.0, label=HOSTILE)
    loss = a * 3
    loss.label = HOSTILE
    viz.play(loss, tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    page.click("last")
    assert page.browser.title.startswith("Backpropagation of (</script>")
    assert page.position == 4
    assert page.severe() == []


def test_nodes_made_by_hand_and_a_single_leaf_are_played(page: Page, tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    out = Value(4.0, (a,), "double")

    def closure() -> None:
        a.grad += 2.0 * out.grad

    out._backward = closure
    viz.play(out, tmp_path / "play.html")
    page.open(tmp_path / "play.html")
    page.fill("slider", "3")
    step = lessons(out)[0]
    assert page.read("changes") == "".join(c.rule + c.sum for c in step.changes)
    assert page.texts("grad")["n0"] == "∂ 2"
    viz.play(Value(1.0), tmp_path / "leaf.html")
    page.open(tmp_path / "leaf.html", "#step=99")
    assert page.texts("grad")["n0"] == "∂ 1"
