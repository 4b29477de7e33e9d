"""The article that trains itself: what is in it, and what it does in a real browser and in node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docs.article import __main__ as build, model
from tests.outline import Outline
from viz.bundle import joined

NODE = shutil.which("node")
STEPS = 60


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("article") / "article.html"
    build.main([str(written)])
    return written


def test_it_is_one_file_that_needs_no_network(path: Path) -> None:
    text = path.read_text()
    assert path.stat().st_size < 1_500_000
    Outline(text).assert_only_its_own_scripts_run()
    links = Outline(text).links
    assert links
    assert all(link.startswith(("data:", "#")) for link in links)
    assert "{{" not in text
    assert not re.search(r"FIGURE\d", text)


def test_it_is_the_same_each_time(path: Path) -> None:
    assert build.article() == path.read_text()


def test_a_call_of_an_unknown_figure_is_refused() -> None:
    with pytest.raises(AttributeError, match="unheard"):
        build.text("{{ unheard() }}")


TRAINING = """
const data = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const { Descent, Images, accuracy } = module_engine;
const images = new Images(Uint8Array.from(data.images), Uint8Array.from(data.labels));
const found = { losses: [] };
const descent = new Descent(module_programs.programs[data.program], Float64Array.from(data.start), images, data.batch);
for (let i = 0; i < data.steps; i++) found.losses.push(descent.step(data.rate));
found.params = [...descent.params];
console.log(JSON.stringify(found));
"""


@pytest.mark.skipif(NODE is None, reason="there is no node here")
@pytest.mark.parametrize(("program", "rate"), [("network", model.RATE), ("unbounded", model.RATES["right"])])
def test_training_in_the_page_equals_training_in_python(tmp_path: Path, program: str, rate: float) -> None:
    def read(name: str) -> str:
        both = 'import { programs } from "./programs.js";\nimport { Descent } from "./engine.js";\n'
        return both if name == "both" else build.module(name)

    script = tmp_path / "training.cjs"
    script.write_text(joined("both", read) + TRAINING)
    network = model.network() if program == "network" else model.unbounded()
    compiled = model.compiled(network).program
    learned, _ = model.images()
    given = {
        "images": np.round(16 * learned.pixels).astype(int).ravel().tolist(),
        "labels": learned.labels.tolist(),
        "start": compiled.params.tolist(),
        "program": program,
        "batch": model.BATCH,
        "steps": STEPS,
        "rate": rate,
    }
    done = subprocess.run(
        [str(NODE), str(script)], input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    losses = []
    for rows in model.batches(STEPS):
        (loss, _), derivatives = compiled.value_and_grad(rows)
        compiled.params[...] -= rate * derivatives
        losses.append(loss)
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-12)
    np.testing.assert_allclose(found["params"], compiled.params, rtol=1e-12, atol=1e-12)


# In the browser


HURRY = """
window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()));
window.cancelAnimationFrame = clearTimeout;
"""
"""Frames that follow each other without a pause: nobody watches."""


@pytest.fixture
def page(browser: Any, path: Path) -> Iterator[Any]:
    hurry = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": HURRY})
    browser.get(path.as_uri())
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", hurry)
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def text(page: Any, part: str) -> str:
    found: str = page.execute_script("return document.getElementById(arguments[0]).textContent", part)
    return found


def test_the_page_begins_with_the_numbers_of_python(page: Any, path: Path) -> None:
    stills = path.read_text()

    def still(part: str) -> str:
        found = re.search(rf'id="{part}"[^>]*>([^<]*)<', stills)
        assert found is not None
        return found[1].replace("-", "−")

    for part in ("loss", "source", "weight", "derivative", "before", "predicted", "really", "engine"):
        assert text(page, part).replace("-", "−") == still(part)
    for part in ("share", "now", "verdict", "total", "pressed"):
        assert still(part)


def wait_until(page: Any, condition: str, seconds: float = 20) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(page, seconds, poll_frequency=0.05).until(lambda page: page.execute_script(f"return {condition}"))


def test_it_trains_when_it_is_looked_at_and_ends_where_python_did(page: Any) -> None:
    page.execute_script("document.getElementById('fig-train').scrollIntoView({block: 'center'})")
    steps = f"{len(model.trained().losses):,}"
    wait_until(page, f"document.getElementById('step').textContent === '{steps}'", 40)
    assert text(page, "share") == f"{model.trained().accuracies[-1]:.1%}"
    assert text(page, "verdict").startswith(f"It looks like a {model.DIGIT}, ")
    assert float(text(page, "now")) == pytest.approx(np.mean(model.trained().losses[-20:]), abs=1e-3)


def test_three_rates_crawl_learn_and_explode(page: Any) -> None:
    page.execute_script("document.getElementById('fig-rates').scrollIntoView({block: 'center'})")
    after = "document.getElementById('rate{}-loss').parentNode.textContent.startsWith('after {} steps ')"
    wait_until(page, f"!{after.format(1, model.RATE_STEPS)}")  # it has begun anew
    wait_until(page, " && ".join(after.format(i, model.RATE_STEPS) for i in range(3)))
    small, right, large = (text(page, f"rate{i}-loss") for i in range(3))
    assert float(small) > 1
    assert float(right) < 0.7
    assert large == "not a number" or float(large) > 1e6


def test_too_large_a_learning_rate_is_explained(page: Any) -> None:
    page.execute_script("document.getElementById('rate').value = '100'; document.getElementById('again-train').click()")
    wait_until(page, "document.getElementById('trouble').textContent !== ''", 40)
    assert re.search("is stuck|too large", text(page, "trouble"))


def test_an_empty_drawing_is_explained(page: Any) -> None:
    page.execute_script("document.getElementById('clear').click()")
    wait_until(page, "document.getElementById('garbage').textContent.startsWith('Nothing is drawn')")
    assert text(page, "verdict") == "Nothing is drawn yet."


def test_another_start_gives_other_garbage_and_another_digit_another_loss(page: Any) -> None:
    before = text(page, "untrained"), text(page, "loss")
    page.execute_script("document.getElementById('restart').click()")
    assert text(page, "untrained") != before[0]
    between = text(page, "loss")
    page.execute_script(
        "const meant = document.getElementById('meant'); meant.value = '7'; meant.dispatchEvent(new Event('change'))"
    )
    assert text(page, "loss") != between
    assert float(text(page, "engine")) == pytest.approx(float(text(page, "derivative")), abs=1e-4)


def test_moving_the_weight_compares_prediction_and_truth(page: Any) -> None:
    def moved(by: float) -> tuple[float, float]:
        page.execute_script(
            "const move = document.getElementById('move'); move.value = arguments[0];"
            "move.dispatchEvent(new Event('input'))",
            by,
        )
        predicted, really = (float(text(page, part).replace("−", "-")) for part in ("predicted", "really"))
        return predicted, really

    predicted, really = moved(0.01)
    assert really == pytest.approx(predicted, rel=0.05)
    predicted, really = moved(3)
    assert abs(really - predicted) > 0.1


@pytest.mark.parametrize(("width", "height", "scheme"), [(1400, 900, "dark"), (768, 1000, "light"), (375, 740, "dark")])
def test_nothing_is_wider_than_the_window(page: Any, width: int, height: int, scheme: str) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    try:
        assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        ink, paper = page.execute_script(
            "const style = getComputedStyle(document.body); return [style.color, style.backgroundColor]"
        )
        light = sum(map(int, re.findall(r"\d+", paper)[:3])) > sum(map(int, re.findall(r"\d+", ink)[:3]))
        assert light == (scheme == "light")
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_without_javascript_the_text_and_still_figures_remain(browser: Any, path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(path.as_uri())
        shown = browser.find_element("tag name", "body").text
        for words in (
            "Without JavaScript",
            "The loss, all ten added up",
            "it explodes",
            f"It looks like a {model.DIGIT}",
        ):
            assert words in shown
        assert "Start again" not in shown
        stills = browser.find_elements("css selector", "img.still")
        assert stills
        assert all(still.is_displayed() for still in stills)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
