"""The quality of pictures: legible contents, sizes, colours, fonts."""

from __future__ import annotations

import itertools
import math
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import nn
import viz
from autograd import Value, dot
from autograd.words.names import Names
from docs.pictures import neuron
from tests.test_viz import SVG, part, parts, texts
from viz.plan import plan
from viz.themes import DARK, LIGHT, Theme

WIDTH = 830
"""The width of a README, in pixels."""


def smallest_text(svg: str, width: float = WIDTH) -> float:
    """The height of text, in pixels, if a picture is shown at most that wide."""
    drawn = ET.fromstring(svg)
    natural = float(str(drawn.get("width")).removesuffix("pt")) * 4 / 3
    sizes = [float(str(text.get("font-size"))) for text in drawn.iter(f"{SVG}text")]
    return min(sizes) * 4 / 3 * min(1.0, width / natural)


def network(sizes: list[int]) -> Value:
    """The squared error of a network, with its gradients."""
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh", output="sigmoid", init="xavier", seed=1)
    answers = model([Value(0.1 + 0.4 * (i % 3), label=f"x[{i}]") for i in range(sizes[0])])
    answers = answers if isinstance(answers, list) else [answers]
    loss = nn.squared_error(answers, [Value(0.0, label="target"), *[0.0] * (len(answers) - 1)])
    loss.backward()
    return loss


def first(answer: Any) -> Value:
    """The result of a layer with one neuron."""
    found: Value = answer[0] if isinstance(answer, list) else answer
    return found


def middle(svg: str, name: str, down: bool = False) -> float:
    """The position of a node's box, from the top or from the left."""
    (path,) = [path for path in part(svg, name).findall(f"{SVG}path") if path.get("fill") == "none"][-1:]
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", str(path.get("d")))]
    some = numbers[0::2] if down else numbers[1::2]
    return (min(some) + max(some)) / 2


# Size


def test_text_can_be_read_at_the_width_of_a_page() -> None:
    assert smallest_text(viz.svg(neuron(), local_derivatives=True)) >= 9
    assert smallest_text(viz.svg(network([2, 2, 1]))) >= 9
    assert smallest_text(viz.svg(network([2, 8, 1]))) > 8.9  # where no font is installed, letters are a little wider
    assert smallest_text(viz.svg(network([64, 32, 10]))) >= 9


def test_a_value_takes_two_lines_and_no_words() -> None:
    svg = viz.svg(neuron())
    for i in range(len(parts(svg, "node"))):
        numbers = re.findall(r",(-?[\d.]+)", str(part(svg, f"v{i}").findall(f"{SVG}path")[-1].get("d")))
        height = max(map(float, numbers)) - min(map(float, numbers))
        assert height < 3.6 * 11  # two lines of 11 points, and the room around them
    assert not [text for text in texts(svg) if "data" in text or "grad" in text]


def test_a_long_chain_is_folded_or_goes_down() -> None:
    x = y = Value(0.5, label="x")
    for _ in range(200):
        y = y.tanh()
    svg = viz.svg(y)
    assert smallest_text(svg) >= 9
    assert "tanh ×199" in texts(svg)
    assert len(parts(viz.svg(y, collapse="none"), "node")) == 201
    a = Value(0.9, label="a")
    for i in range(30):
        x = (x * a + i).tanh()
    down = viz.svg(x)
    assert smallest_text(down) >= 9
    width, height = (float(str(ET.fromstring(down).get(side)).removesuffix("pt")) for side in ("width", "height"))
    assert height > width


# Nodes with their own boxes


def test_a_row_of_equal_operations_is_folded_and_keeps_its_operands() -> None:
    v, a = Value(0.1, label="v"), Value(0.5, label="a")
    y = v
    for _ in range(10):
        y = y * a
    drawn = plan(viz.trace(y)[0])
    assert list(drawn.repeats.values()) == [10]
    assert [(edge.operand.label, edge.position) for edge in drawn.edges] == [("v", 0), ("a", 1)]
    assert drawn.symbol(y, ".4g") == "* ×10"


@pytest.mark.parametrize("broken", ["label", "constant", "use", "order", "kept"])
def test_rows_of_different_operations_are_not_folded(broken: str) -> None:
    x = y = Value(0.5, label="x")
    made = []
    for i in range(6):
        y = (2 - y) if broken == "order" and i == 3 else y - (3 if broken == "constant" and i == 3 else 2)
        made.append(y)
    if broken == "label":
        made[3].label = "here"
    if broken == "use":
        y = y + made[3]
    drawn = plan(viz.trace(y)[0], [made[3]] if broken == "kept" else [])
    assert all(count < 6 for count in drawn.repeats.values())
    assert made[3] in drawn.nodes or broken in ("constant", "order")
    assert x in drawn.nodes


def test_constants_are_plain_numbers_at_their_operation() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    for y, symbol in [(a - 1, "- 1"), (1 - a, "1 -"), (a * -0.5, "* -0.5"), (2 / a, "2 /"), (a**2, "**2")]:
        assert symbol in texts(viz.svg(y + b))
    both = Value(2.0) * Value(3.0)
    assert len(parts(viz.svg(both), "node")) == 3
    shared = Value(4.0)
    assert "4" in texts(viz.svg(shared * a + shared * b))
    assert "a *" not in texts(viz.svg(a * 2, highlight=a))


def test_the_picture_has_each_name_that_the_words_use(tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    y = (a * 3 - 1).tanh() / (a + 4)
    names = Names(y)
    svg = viz.frames(y, tmp_path)[-1].read_text()
    for node in viz.trace(y)[0]:
        if not names.is_constant(node):
            assert names(node) in texts(svg)
    assert {"* 3", "- 1", "+ 4"} <= set(texts(svg))


# The order of operands


@pytest.mark.parametrize("way", ["LR", "TB", "RL", "BT"])
def test_operands_arrive_in_their_order(way: str) -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    y = (a - a * b) / (b - a)
    nodes, edges = viz.trace(y)
    svg = viz.svg(y, rankdir=way)
    number = {node: i for i, node in enumerate(nodes)}
    axis = 1 if way in ("LR", "RL") else 0
    ends: dict[Value, list[tuple[int, float]]] = {}
    for edge in edges:
        drawn = part(svg, f"e{number[edge.result]}-{edge.position}").find(f"{SVG}path")
        assert drawn is not None
        last = re.findall(r"(-?[\d.]+),(-?[\d.]+)", str(drawn.get("d")))[-1]
        ends.setdefault(edge.result, []).append((edge.position, float(last[axis])))
    for arrivals in ends.values():
        places = [at for _, at in sorted(arrivals)]
        assert places == sorted(places)
        assert len(set(places)) == len(places)


def test_a_network_is_drawn_in_order() -> None:
    model = nn.MLP(3, [4, 2], seed=1)
    loss = nn.squared_error(model([Value(0.1, label=f"x[{i}]") for i in range(3)]), [0.0, 1.0])
    nodes = viz.trace(loss)[0]
    svg = viz.svg(loss, rankdir="LR")
    outputs = {node.place: middle(svg, f"v{i}") for i, node in enumerate(nodes) if node.place}
    for layer, count in ((0, 4), (1, 2)):
        tops = [outputs[f"layers[{layer}].neurons[{i}]"] for i in range(count)]
        assert tops == sorted(tops)
    right = {node.label: middle(svg, f"v{i}", down=True) for i, node in enumerate(nodes) if node.label}
    assert all(right[f"layers[0].neurons[{i}].b"] < right["layers[1].neurons[0].b"] for i in range(4))


def test_a_recurrent_layer_is_drawn() -> None:
    cell = nn.Layer(2, 1, activation="tanh", seed=1)
    state = Value(0.0, label="h")
    for i in range(4):
        state = first(cell([Value(0.1 * i, label=f"x[{i}]"), state]))
    ET.fromstring(viz.svg(state))


# Colours


def luminance(colour: str) -> float:
    """As WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def lightness(colour: str) -> float:
    """From 0 to 100, as CIE L*: equal steps look equal."""
    return 116 * math.cbrt(luminance(colour)) - 16


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_is_enough_for_text_and_lines(theme: Theme) -> None:
    grounds = (theme.paper, theme.value, theme.parameter)
    for colour, ground in itertools.product((theme.ink, theme.faint, theme.positive, theme.negative), grounds):
        assert contrast(colour, ground) >= 4.5
    assert contrast(theme.ink, theme.operation) >= 4.5
    for ground in grounds:
        assert contrast(theme.highlight, ground) >= 3
    assert contrast(theme.cluster, theme.paper) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_signs_and_marks_differ_without_colour(theme: Theme) -> None:
    greys = sorted(map(lightness, (theme.positive, theme.negative, theme.highlight)))
    assert all(b - a >= 14 for a, b in itertools.pairwise(greys))


def test_auto_recolours_no_other_picture_of_the_document(browser: Any, tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    first, second = viz.svg(a * 2, theme="auto"), viz.svg(a * 3, theme="light")
    other = (
        f'<svg class="graph"><g class="graph"><rect id="other" width="9" height="9" fill="{LIGHT.paper}"/></g></svg>'
    )
    inline = "".join(svg[svg.index("<svg") :] for svg in (first, second))
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>two</title>{inline}{other}")
    browser.get(page.as_uri())
    emulate = "Emulation.setEmulatedMedia"
    browser.execute_cdp_cmd(emulate, {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    try:
        papers = browser.execute_script(
            "const papers = [...document.querySelectorAll('svg > g > polygon, #other')];"
            "return papers.map((each) => getComputedStyle(each).fill)"
        )
    finally:
        browser.execute_cdp_cmd(emulate, {"features": []})
    light, dark = (f"rgb({', '.join(str(int(t.paper[i : i + 2], 16)) for i in (1, 3, 5))})" for t in (LIGHT, DARK))
    assert papers == [dark, light, light]


# The font


def test_text_is_measured_in_the_face_that_it_is_shown_in(browser: Any, tmp_path: Path) -> None:
    y = neuron()
    drawn = viz.svg(y)
    (tmp_path / "neuron.html").write_text(f"<!DOCTYPE html><title>neuron</title>{drawn[drawn.index('<svg') :]}")
    viz.save(y, tmp_path / "neuron.pdf")
    browser.get((tmp_path / "neuron.html").as_uri())
    browser.execute_cdp_cmd("DOM.enable", {})
    browser.execute_cdp_cmd("CSS.enable", {})
    root = browser.execute_cdp_cmd("DOM.getDocument", {})["root"]["nodeId"]
    chosen = browser.execute_cdp_cmd("DOM.querySelector", {"nodeId": root, "selector": "#v2 text"})["nodeId"]
    fonts = browser.execute_cdp_cmd("CSS.getPlatformFontsForNode", {"nodeId": chosen})["fonts"]
    families = set(re.findall(rb"/FontFamily \((.*?)\)", (tmp_path / "neuron.pdf").read_bytes()))
    assert {font["familyName"].encode() for font in fonts} == families
    off = browser.execute_script("""
        return [...document.querySelectorAll(".node")].flatMap((node) => {
            const frames = [...node.querySelectorAll("path")].map((path) => path.getBBox());
            const outer = frames.at(-1);
            const chip = frames.length > 2 ? frames[1] : null;
            return [...node.querySelectorAll("text")].map((text, i) => {
                const box = text.getBBox();
                const inside = box.x >= outer.x && box.x + box.width <= outer.x + outer.width;
                const centre = chip && i === 0 ? box.x + box.width / 2 - chip.x - chip.width / 2 : 0;
                return [inside, Math.abs(centre)];
            });
        });""")
    browser.get_log("browser")  # it reports its own font lookups, which do not matter here
    assert all(inside for inside, _ in off)
    assert max(centre for _, centre in off) < 1


def test_a_png_has_the_pixels_that_were_asked_for(tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    sizes = {}
    for dpi in (96, 192):
        viz.save(a * 2, tmp_path / "graph.png", dpi=dpi)
        sizes[dpi] = struct.unpack(">II", (tmp_path / "graph.png").read_bytes()[16:24])
    assert sizes[192][0] == pytest.approx(2 * sizes[96][0], abs=2)
    assert viz.draw_dot(a * 2, dpi=96).source == viz.draw_dot(a * 2, dpi=192).source


# Boxes of many


def test_a_collapsed_picture_keeps_the_labels_of_its_roots() -> None:
    model = nn.MLP(3, [4, 1], seed=1)
    y = first(model([0.1, 0.2, 0.3]))
    y.label = "answer"
    for mode in ("neuron", "layer", "rolled"):
        assert "answer" in texts(viz.svg(y, collapse=mode))


def boxes(svg: str) -> list[str]:
    """The titles of the boxes, from the top down."""
    found = []
    for node in parts(svg, "node"):
        first = node.find(f"{SVG}text")
        assert first is not None
        found.append((float(str(first.get("y"))), first.text or ""))
    return [title for _, title in sorted(found)]


def test_a_box_title_describes_all_of_its_contents() -> None:
    x = [Value(0.1 * i, label=f"x[{i}]") for i in range(2)]
    made = {name: [Value(0.3 * i - 0.2, label=f"{name}[{i}]") for i in range(2)] for name in ("q", "k", "v")}
    q, k, v = (dot(weights, x) for weights in made.values())
    titles = boxes(viz.svg(q.exp() * k.exp() + v.exp(), collapse="rolled"))
    assert {f"{name}[*] * x[*] + {name}[*] * x[*]" for name in "qkv"} < set(titles)
    layer = nn.Layer(2, 3, activation="tanh", seed=1)
    loss = nn.squared_error(layer(x), [0.0, 1.0, 0.0])
    assert "neurons[*] - numbers" in boxes(viz.svg(loss, collapse="neuron"))
    assert "neurons[*].w[*]" in boxes(viz.svg(loss, collapse="rolled"))


@pytest.mark.parametrize("way", ["LR", "TB"])
def test_boxes_stand_in_the_order_of_the_network(way: str) -> None:
    svg = viz.svg(network([3, 12, 2]), collapse="neuron", rankdir=way)
    places = {}
    for node in parts(svg, "node"):
        text = node.find(f"{SVG}text")
        assert text is not None
        places[text.text or ""] = float(str(text.get("y" if way == "LR" else "x")))
    for layer, count in ((0, 12), (1, 2)):
        along = [places[f"layers[{layer}].neurons[{i}]"] for i in range(count)]
        assert along == sorted(along)


def test_boxes_of_many_show_gradients() -> None:
    loss = network([3, 4, 1])
    for mode in ("neuron", "layer", "rolled"):
        svg = viz.svg(loss, collapse=mode)
        assert len([text for text in texts(svg) if text.startswith("∂ ")]) == len(parts(svg, "node"))
        assert "∂ –" not in texts(svg)


def test_files_follow_links(tmp_path: Path) -> None:
    (tmp_path / "real.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    viz.save(Value(1.0), tmp_path / "link.svg")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "real.svg").read_text().startswith("<?xml")
