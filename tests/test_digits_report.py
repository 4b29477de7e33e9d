"""The report of the digit demo: the contents of the page, and drawing on it in a real browser."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value
from demos.digits import report
from demos.digits.augmentation import Augmented, augment
from demos.digits.data import Images, read_csv, split
from demos.digits.engines import Compiled
from demos.digits.preparation import measure
from demos.digits.resizing import resize
from demos.digits.training import learning_rate, train
from tests.outline import Outline

STROKES = {
    0: [[(0, -90), (-50, -50), (-60, 0), (-50, 55), (0, 90), (50, 55), (60, 0), (50, -50), (0, -90)]],
    1: [[(-25, -55), (5, -90), (5, 90)]],
    3: [[(-45, -65), (0, -95), (45, -65), (30, -20), (0, 0), (40, 25), (45, 65), (0, 95), (-50, 70)]],
    4: [[(-10, -90), (-50, 20), (50, 20)], [(20, -25), (20, 90)]],
    5: [[(-40, -90), (-45, -15), (0, -25), (45, 5), (45, 55), (0, 90), (-45, 70)], [(-40, -90), (45, -90)]],
}
"""A handwritten digit: the corners of each stroke, in pixels from the middle of the canvas."""


def trained(pixels: int | None = None, epochs: int = 6) -> report.Run:
    in_file = split(read_csv())
    augmented = augment(in_file[0]) if pixels is None else Augmented(in_file[0], 0, 0)
    images, test = (each if pixels is None else resize(each, pixels) for each in (augmented.images, in_file[1]))
    network = nn.MLP(images.pixels.shape[1], [64, 10], output="sigmoid", init="he", seed=1)
    engine = Compiled(network, learning_rate(1.5 if pixels is None else 0.7, len(images), epochs=epochs, batch=16))
    before = engine.confidences(test.pixels)
    history = train(engine, images, test, epochs=epochs, batch=16, seed=0)
    return report.Run(network, *in_file, pixels, before, engine.confidences(test.pixels), history, augmented, 3)


@pytest.fixture(scope="module")
def run() -> report.Run:
    return trained()


@pytest.fixture(scope="module")
def path(run: report.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("report") / "digits.html"
    report.write(run, written)
    return written


def test_the_page_is_one_file_with_all_its_parts(path: Path, run: report.Run) -> None:
    page = path.read_text()
    assert all(link.startswith(("data:", "#")) for link in Outline(page).links)
    Outline(page).assert_only_its_own_scripts_run()
    assert "url(http" not in page
    for title in [
        "Draw a digit",
        "How it learned",
        "Before and after",
        "Which digit is mistaken for which",
        "Its mistakes",
    ]:
        assert f"<h2>{title}</h2>" in page
    wrong = int((run.after.argmax(axis=1) != run.test.labels).sum())
    assert page.count("The answer: ") == wrong > 0
    assert page.count('alt="Weights of hidden neuron') == 64
    assert "The network and its loss, rolled up" in page
    ids = re.findall(r'\bid="([^"]+)"', page[: page.index("The network as an expression")])
    assert len(ids) == len(set(ids))


def test_the_same_run_gives_the_same_page(path: Path, run: report.Run, tmp_path: Path) -> None:
    report.write(run, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_without_training_there_is_no_before(run: report.Run, tmp_path: Path) -> None:
    test = run.test.take(np.flatnonzero(run.after.argmax(axis=1) == run.test.labels))
    right = np.eye(10)[test.labels]
    perfect = report.Run(run.network, run.images, test, None, right, right, None, run.augmented, 0)
    report.write(perfect, tmp_path / "digits.html")
    page = (tmp_path / "digits.html").read_text()
    assert "How it learned" not in page
    assert "Before and after" not in page
    assert "None: it recognises every test image." in page


def test_where_digits_lie_is_measured() -> None:
    images = read_csv()
    place = measure(images)
    assert (place.height, place.width, place.upright) == (1.0, 0.75, True)
    assert 0.1 < place.stroke < 0.2
    framed = np.zeros((len(images), 16, 12))
    framed[:, 4:12, 2:10] = images.pixels.reshape(-1, 8, 8)
    place = measure(Images(framed.reshape(len(images), -1), images.labels, 16, 12))
    assert (place.height, place.width) == (0.5, 0.5)
    assert (place.x, place.y) == pytest.approx((0.5, 0.5), abs=0.02)
    slanted = [np.roll(row, 3 * (i % 2)) for image in framed[:200] for i, row in enumerate(image)]
    assert not measure(Images(np.array(slanted).reshape(200, -1), images.labels[:200], 16, 12)).upright


# In the browser


@pytest.fixture
def page(browser: Any, path: Path) -> Iterator[Any]:
    browser.get(path.as_uri())
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def draw(page: Any, strokes: list[list[tuple[int, int]]]) -> None:
    """Draws with the mouse, as a visitor does."""
    from selenium.webdriver.common.action_chains import ActionChains

    canvas = page.find_element("id", "canvas")
    for stroke in strokes:
        actions = ActionChains(page, duration=10)
        actions.move_to_element_with_offset(canvas, *stroke[0]).click_and_hold()
        for corner in stroke[1:]:
            actions.move_to_element_with_offset(canvas, *corner)
        actions.release().perform()


def wait_for_frame(page: Any) -> None:
    page.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def shown(page: Any) -> tuple[list[float], list[float]]:
    """The pixels that the page's network received, and its confidences."""
    wait_for_frame(page)
    pixels = page.execute_script("return document.getElementById('seen').dataset.pixels")
    bars = page.execute_script(
        "return [...document.getElementById('confidences').children].map((item) => item.dataset.confidence)"
    )
    return json.loads(pixels or "[]"), [float(bar) for bar in bars if bar]


def in_python(network: nn.MLP, pixels: list[float]) -> list[float]:
    return [output.data for output in network([Value(pixel) for pixel in pixels])]


@pytest.mark.parametrize("digit", STROKES)
def test_a_digit_drawn_by_mouse_is_recognised(page: Any, run: report.Run, digit: int) -> None:
    draw(page, STROKES[digit])
    pixels, confidences = shown(page)
    assert confidences.index(max(confidences)) == digit
    assert page.find_element("id", "answer").text.startswith(f"It looks like a {digit}, ")
    assert confidences == pytest.approx(in_python(run.network, pixels), abs=1e-6)


def test_a_digit_is_recognised_wherever_and_however_large_it_is(page: Any) -> None:
    for scale, x, y in ((0.4, -60, 60), (0.5, 55, -50), (1.15, 0, 0)):
        page.find_element("id", "clear").click()
        draw(page, [[(round(x + scale * u), round(y + scale * v)) for u, v in stroke] for stroke in STROKES[3]])
        _, confidences = shown(page)
        assert confidences.index(max(confidences)) == 3


def test_clearing_leaves_nothing(page: Any) -> None:
    draw(page, STROKES[1])
    assert shown(page)[1]
    page.find_element("id", "clear").click()
    assert shown(page) == ([], [])
    assert page.find_element("id", "answer").text == "Nothing is drawn yet."


def test_an_image_of_the_page_goes_onto_the_canvas(page: Any, run: report.Run) -> None:
    page.find_element("css selector", ".digit").click()
    pixels, confidences = shown(page)
    assert pixels == run.test.pixels[run.row].tolist()
    assert confidences == pytest.approx(run.after[run.row].tolist(), abs=1e-6)
    draw(page, STROKES[1])
    assert shown(page)[1].index(max(shown(page)[1])) == 1


def test_the_slider_goes_back_to_the_weights_of_earlier_epochs(page: Any, run: report.Run) -> None:
    assert run.history is not None
    page.find_element("css selector", ".digit").click()
    slider = page.find_element("id", "epoch")
    move = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
    page.execute_script(move, slider, 0)
    assert page.find_element("id", "when").text == "before training"
    assert shown(page)[1] == pytest.approx(run.before[run.row].tolist(), abs=1e-5)
    page.execute_script(move, slider, 2)
    assert page.find_element("id", "when").text == "after epoch 2"
    then = copy.deepcopy(run.network)
    for parameter, number in zip(then.parameters(), run.history.weights[2].tolist(), strict=True):
        parameter.data = number
    expected = in_python(then, run.test.pixels[run.row].tolist())
    assert shown(page)[1] == pytest.approx(expected, abs=1e-5)


def test_scaled_pixels_are_scaled_on_the_page_too(browser: Any, tmp_path: Path) -> None:
    run = trained(pixels=20, epochs=5)
    report.write(run, tmp_path / "digits.html")
    browser.get((tmp_path / "digits.html").as_uri())
    draw(browser, STROKES[0])
    pixels, confidences = shown(browser)
    assert len(pixels) == 400
    assert confidences == pytest.approx(in_python(run.network, pixels), abs=1e-6)
    assert confidences.index(max(confidences)) == 0
    browser.find_element("css selector", ".digit").click()
    assert shown(browser)[1] == pytest.approx(run.after[run.row].tolist(), abs=1e-6)


def test_deciding_neurons_are_named_with_their_contributions(page: Any, run: report.Run) -> None:
    page.find_element("css selector", ".digit").click()
    hidden = [neuron.data for neuron in run.network.layers[0](run.test.pixels[run.row].tolist())]
    weights = run.network.layers[1].neurons[int(run.after[run.row].argmax())].w
    told = [item.text for item in page.find_elements("css selector", "#speakers li") if item.is_displayed()]
    assert len(told) == 6
    for line in told:
        number, fires, adds = re.findall(r"[+−]?\d[\d.]*", line)
        assert hidden[int(number)] == pytest.approx(float(fires), abs=0.006)
        assert hidden[int(number)] * weights[int(number)].data == pytest.approx(
            float(adds.replace("−", "-")), abs=0.006
        )


def test_a_digit_is_drawn_by_keyboard(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.find_element("id", "canvas").send_keys(" ", *[Keys.ARROW_DOWN] * 12)
    assert shown(page)[1].index(max(shown(page)[1])) == 1
    assert page.find_element("id", "answer").text.startswith("It looks like a 1, ")


def test_an_uncertain_answer_is_called_uncertain(page: Any) -> None:
    draw(page, [[(-80, 0), (80, 0)], [(-80, 20), (80, 20)], [(-80, -20), (80, -20)]])
    confidences = shown(page)[1]
    says = page.find_element("id", "answer").text
    assert says.startswith("Not sure: perhaps " if max(confidences) < 0.5 else "It looks like ")


def test_the_answer_is_in_view_beside_the_canvas_on_a_phone(page: Any) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 375, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        page.execute_script("document.querySelector('.draw').scrollIntoView()")
        for part in ("canvas", "confidences", "answer", "clear", "epoch"):
            box = page.find_element("id", part).rect
            top = page.execute_script("return scrollY")
            assert top <= box["y"] <= box["y"] + box["height"] <= top + 740
        assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_without_javascript_there_is_nothing_to_draw_on(browser: Any, path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(path.as_uri())
        shown = [each for each in browser.find_elements("css selector", "button, input, canvas") if each.is_displayed()]
        assert [each for each in shown if "digit" not in each.get_attribute("class")] == []
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_in_forced_colours_bars_are_seen(page: Any) -> None:
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "forced-colors", "value": "active"}]})
    try:
        colours = page.execute_script(
            "return [document.body, document.querySelector('.bars .bar span')].map("
            "each => getComputedStyle(each).backgroundColor)"
        )
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert colours[0] != colours[1]


def test_a_tap_leaves_a_dot(page: Any) -> None:
    page.find_element("id", "canvas").click()
    assert shown(page)[1]


def test_images_that_are_not_square(browser: Any, tmp_path: Path) -> None:
    in_file = split(read_csv())
    images, test = (
        Images(each.pixels.reshape(-1, 8, 8).repeat(2, axis=2).reshape(-1, 128), each.labels, 8, 16) for each in in_file
    )
    network = nn.MLP(128, [24, 16, 10], output="sigmoid", init="he", seed=1)
    engine = Compiled(network, learning_rate(1.0, len(images), epochs=2, batch=16))
    before = engine.confidences(test.pixels)
    history = train(engine, images, test, epochs=2, batch=16, seed=0)
    after = engine.confidences(test.pixels)
    run = report.Run(network, images, test, None, before, after, history, Augmented(images, 0, 0), 0)
    report.write(run, tmp_path / "digits.html")
    assert "speaks for" not in (tmp_path / "digits.html").read_text()
    assert "speakers" not in (tmp_path / "digits.html").read_text().split("</main>")[0].split("<body>")[1]
    browser.set_window_size(320, 700)
    browser.get((tmp_path / "digits.html").as_uri())
    try:
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        browser.find_element("css selector", ".digit").click()
        pixels, confidences = shown(browser)
        assert len(pixels) == 128
        assert confidences == pytest.approx(in_python(network, pixels), abs=1e-6)
    finally:
        browser.set_window_size(1100, 900)
