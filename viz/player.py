"""`play` and `frames`: a forward and a backward pass, as a page that plays them and as one picture a step."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from copy import deepcopy
from dataclasses import asdict
from html import escape
from importlib.resources import files
from pathlib import Path

from autograd import Value
from autograd.files import write_whole
from viz import themes
from viz.collapse import FULL
from viz.drawing import Drawing
from viz.graph import trace
from viz.pen import Pen
from viz.story import Frame, Story
from viz.template import filled, in_script
from viz.text import shown

_SVG = "{http://www.w3.org/2000/svg}"


def play(loss: Value, path: str | os.PathLike[str], *, numbers: str = ".4g", rankdir: str = "LR") -> None:
    """Writes a page that plays how a value is computed and how gradients flow back, one step at a time.

    The page is one file and needs no network. Buttons, arrow keys, a slider, and Space to play and pause. The words
    beside the picture are those of `Backprop`. The graph is left as it was.

    Args:
        loss: what to explain.
        path: of the page, such as `backprop.html`.
        numbers: how numbers are written, in Python's format language.
        rankdir: `LR` from left to right, `TB` from top to bottom, and so on.

    Raises:
        TypeError: `loss` is no Value.
        ValueError: the graph has more than 300 nodes, too many to follow.
        LayoutError: Graphviz cannot be found.
        OSError: the file cannot be written.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> play(a * b, "backprop.html")
    """
    story = _story(loss, numbers)
    parts = {
        "title": escape(shown(story.title, 200)),
        "style": f"{themes.variables()}\n{_template('scene.css')}\n{_template('play.css')}",
        "picture": ET.tostring(_scene(story, rankdir, "auto"), encoding="unicode"),
        "last": str(len(story.frames) - 1),
        "story": in_script([asdict(frame) for frame in story.frames]),
        "script": _template("play.js"),
    }
    write_whole(path, filled(_template("play.html"), parts))


def frames(loss: Value, folder: str | os.PathLike[str], *, numbers: str = ".4g", rankdir: str = "LR") -> list[Path]:
    """Writes one SVG for each step of `play`, for slides: `000.svg`, `001.svg`, … in a folder, made if need be.

    All have the same layout, so that nothing jumps from one to the next. The words of the step are in `<desc>`.

    Args:
        loss: what to explain.
        folder: where to.
        numbers: how numbers are written, in Python's format language.
        rankdir: `LR` from left to right, `TB` from top to bottom, and so on.

    Returns:
        The paths of the pictures, in order.

    Raises:
        TypeError, ValueError, LayoutError, OSError: as for `play`.
    """
    story = _story(loss, numbers)
    scene = _scene(story, rankdir, "light")
    style = ET.SubElement(scene, f"{_SVG}style")
    # Programs that show slides know no variables.
    style.text = re.sub(r"var\(--(\w+)\)", lambda name: str(getattr(themes.LIGHT, name[1])), _template("scene.css"))
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for i, frame in enumerate(story.frames):
        _apply(frame, scene)
        picture = deepcopy(scene)
        _texts(picture, "title")[0].text = shown(f"{frame.heading}: {frame.title}", 200)
        words = [*frame.sentences, *(" ".join(filter(None, change)) for change in frame.changes)]
        _texts(picture, "desc")[0].text = shown("; ".join(words), 2000)
        written.append(target / f"{i:03}.svg")
        write_whole(written[-1], ET.tostring(picture, encoding="unicode") + "\n")
    return written


def _story(loss: Value, numbers: str) -> Story:
    if not isinstance(loss, Value):
        raise TypeError(f"a Value can be played, the loss, not {type(loss).__name__}")
    count = len(trace(loss)[0])
    if count > FULL:
        raise ValueError(
            f"the graph has {count:,} nodes, and up to {FULL} can be followed step by step: play a part of it, such as "
            "one neuron, or a smaller network; viz.save(loss, 'network.svg') draws the whole, collapsed"
        )
    return Story(loss, numbers)


def _scene(story: Story, rankdir: str, theme: str) -> ET.Element:
    """The picture, with room for all that it will show, and an id for every part that changes."""
    drawing = Drawing(format="svg")
    pen = Pen(
        drawing,
        rankdir,
        themes.find(theme),
        story.numbers,
        gradients=False,
        marked={},
        grad_text=lambda node: story.longest(f"{story.of_value(node)}-grad").removeprefix("grad "),
        nickname=lambda node: story.names(node) if node._prev else "",
    )
    pen.full(story.nodes, story.edges, lambda edge, _: story.longest(f"{story.of_edge(edge)}-text"))
    drawing.title, drawing.theme = story.title, theme
    drawing.description = "The graph, whose parts change with each step; the words of the step stand beside it."
    ET.register_namespace("", _SVG[1:-1])
    scene = ET.fromstring(drawing.pipe("svg"))
    parts = {part.get("id", ""): part for part in scene.iter(f"{_SVG}g")}
    for node in story.nodes:
        name = story.of_value(node)
        data, grad = _texts(parts[name], "text")[-2:]
        data.set("id", f"{name}-data")
        grad.set("id", f"{name}-grad")
    for edge in story.edges:
        name = story.of_edge(edge)
        for text in _texts(parts[name], "text"):
            text.set("id", f"{name}-text")
    return scene


def _texts(part: ET.Element, tag: str) -> list[ET.Element]:
    return part.findall(f"{_SVG}{tag}")


def _apply(frame: Frame, scene: ET.Element) -> None:
    """Carries what changes in a frame into the picture, as the script of the page does."""
    parts = {part.get("id", ""): part for part in scene.iter() if part.get("id")}
    for name, state in frame.states.items():
        parts[name].set("data-state", state)
    for name, text in frame.texts.items():
        if name in parts:
            parts[name].text = text


def _template(name: str) -> str:
    return files("viz").joinpath(name).read_text(encoding="utf-8")
