"""`frames`: a forward and a backward pass as one picture per step, for slides."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from copy import deepcopy
from importlib.resources import files
from pathlib import Path

from autograd import Value
from autograd.arguments import a_format, a_value
from autograd.files import a_path, write_whole
from viz import direction, themes
from viz.collapse import FULL
from viz.drawing import Drawing
from viz.edges import trace
from viz.escaping import visible
from viz.pen import Pen
from viz.plan import plan
from viz.story import Frame, Story

_SVG = "{http://www.w3.org/2000/svg}"


def frames(loss: Value, folder: str | os.PathLike[str], *, numbers: str = ".4g", rankdir: str = "auto") -> list[Path]:
    """Writes one SVG for each step of a forward and a backward pass: `000.svg`, `001.svg`, … in a folder.

    All have the same layout, so nothing jumps from one to the next. The words of the step are in `<desc>`. The folder
    is made if necessary; leftover pictures of an earlier, longer pass in it are removed.

    Args:
        loss: the Value to explain.
        folder: the folder to write to.
        numbers: the format of numbers, in Python's format language.
        rankdir: `LR` from left to right, `TB` from top to bottom, and so on; `auto`: down if it would be wide.

    Returns:
        The paths of the pictures, in order.

    Raises:
        TypeError: `loss` is not a Value.
        ValueError: the graph has more than 300 nodes, too many to follow; an unknown direction.
        LayoutError: Graphviz cannot be found.
        OSError: a file cannot be written.
    """
    direction.check(rankdir)
    target = Path(a_path(folder))
    story = _story(loss, numbers)
    scene = _scene(story, rankdir)
    style = ET.SubElement(scene, f"{_SVG}style")
    # Presentation programs do not support CSS variables.
    style.text = re.sub(
        r"var\(--(\w+)\)",
        lambda name: str(getattr(themes.LIGHT, name[1])),
        files("viz").joinpath("scene.css").read_text(encoding="utf-8"),
    )
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for i, frame in enumerate(story.frames):
        _apply(frame, scene)
        picture = deepcopy(scene)
        _texts(picture, "title")[0].text = visible(f"{frame.heading}: {frame.title}", 200)
        words = [*frame.sentences, *(" ".join(filter(None, change)) for change in frame.changes)]
        _texts(picture, "desc")[0].text = visible("; ".join(words), 2000)
        written.append(target / f"{i:03}.svg")
        write_whole(written[-1], ET.tostring(picture, encoding="unicode") + "\n")
    for older in target.iterdir():
        if re.fullmatch(r"\d{3,}\.svg", older.name) and older not in written:
            older.unlink()
    return written


def _story(loss: Value, numbers: str) -> Story:
    a_value(loss, "frames(loss, folder)")
    a_format(numbers)
    nodes, edges = trace(loss)
    if len(nodes) > FULL or len(edges) > 10 * FULL:
        raise ValueError(
            f"the graph has {len(nodes):,} nodes and {len(edges):,} edges, but frames can have up to {FULL} "
            "nodes: draw a part of the graph, such as one neuron, or use viz.play(loss, 'page.html') for large graphs"
        )
    return Story(loss, numbers)


def _scene(story: Story, rankdir: str) -> ET.Element:
    """The picture, with room for the longest texts, and an id for every part that changes."""
    drawing = Drawing(format="svg")
    drawn = plan(story.nodes, [story.nodes[-1]], fold=False)
    links = [edge[:2] for edge in drawn.edges]
    pen = Pen(
        drawing,
        direction.chosen(rankdir, drawn.nodes, links, 90, 80),
        themes.LIGHT,
        story.numbers,
        computed=False,
        marked={},
        grad_text=lambda node: story.longest(f"{story.of_value(node)}-grad").removeprefix("∂ "),
        nickname=story.names,
        align="LEFT",
    )
    number = {node: i for i, node in enumerate(story.nodes)}
    pen.full(drawn, number, lambda edge, _: story.longest(f"{story.of_edge(edge)}-text"))
    drawing.title = story.title
    drawing.description = "The graph, whose parts change with each step; the words of the step stand beside it."
    ET.register_namespace("", _SVG[1:-1])
    scene = ET.fromstring(drawing.pipe("svg"))
    parts = {part.get("id", ""): part for part in scene.iter(f"{_SVG}g")}
    for node in drawn.nodes:
        name = story.of_value(node)
        data, grad = _texts(parts[name], "text")[-2:]
        data.set("id", f"{name}-data")
        grad.set("id", f"{name}-grad")
    for edge in drawn.edges:
        name = story.of_edge(edge)
        for text in _texts(parts[name], "text"):
            text.set("id", f"{name}-text")
    return scene


def _texts(part: ET.Element, tag: str) -> list[ET.Element]:
    return part.findall(f"{_SVG}{tag}")


def _apply(frame: Frame, scene: ET.Element) -> None:
    """Applies a frame's changes to the picture."""
    parts = {part.get("id", ""): part for part in scene.iter() if part.get("id")}
    for name in frame.states.keys() & parts.keys():
        parts[name].set("data-state", frame.states[name])
    for name in frame.texts.keys() & parts.keys():
        parts[name].text = frame.texts[name]
