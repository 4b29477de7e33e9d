"""Pictures of the steps of a forward and a backward pass."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import nn
import viz
from autograd import Value
from autograd.backprop import lessons

SVG = "{http://www.w3.org/2000/svg}"


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
    """The texts of the boxes after `backward()`."""
    loss.backward()
    nodes, _ = viz.trace(loss)
    data = {f"v{i}-data": f"{node.data:.4g}" for i, node in enumerate(nodes)}
    return data | {f"v{i}-grad": f"∂ {node.grad:.4g}" for i, node in enumerate(nodes)}


def test_frames_are_one_picture_a_step_and_end_as_backward_does(tmp_path: Path) -> None:
    loss = expression()
    paths = viz.frames(loss, tmp_path / "steps")
    assert [path.name for path in paths] == [f"{i:03}.svg" for i in range(3 + 2 * 3)]
    pictures = [ET.parse(path).getroot() for path in paths]
    assert {picture.get("viewBox") for picture in pictures} == {pictures[0].get("viewBox")}
    assert "∂ –" in texts(pictures[0]).values()
    assert list(texts(pictures[0]).values()).count("?") == 3
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


def test_gradients_start_from_zero_after_any_earlier_pass(tmp_path: Path) -> None:
    a = Value(3.0, label="a")
    loss = a * a
    loss.backward()
    assert texts(ET.parse(viz.frames(loss, tmp_path)[-1]).getroot())["v0-grad"] == "∂ 6"
    assert a.grad == 6.0


def test_frames_of_a_longer_pass_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "notes.svg").write_text("mine")
    viz.frames(expression(), tmp_path)
    short = viz.frames(Value(1.0), tmp_path)
    assert sorted(tmp_path.iterdir()) == [*short, tmp_path / "notes.svg"]


def test_graphs_without_frames_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"frames\(loss, folder\) needs a Value, not 1\.0"):
        viz.frames(1.0, tmp_path / "frames")  # type: ignore[arg-type]
    large = nn.squared_error([nn.MLP(20, [20, 1], seed=1)([0.1] * 20)], [0.0])
    with pytest.raises(ValueError, match=r"frames can have up to 300 nodes"):
        viz.frames(large, tmp_path / "frames")
    assert list(tmp_path.iterdir()) == []


def test_a_node_made_by_hand_and_a_single_leaf_are_played(tmp_path: Path) -> None:
    a = Value(2.0, label="a")
    out = Value(4.0, (a,), "double")

    def closure() -> None:
        a.grad += 2.0 * out.grad

    out._backward = closure
    assert texts(ET.parse(viz.frames(out, tmp_path)[-1]).getroot())["v0-grad"] == "∂ 2"
    leaf = viz.frames(Value(1.0), tmp_path / "leaf")
    assert texts(ET.parse(leaf[-1]).getroot())["v0-grad"] == "∂ 1"
