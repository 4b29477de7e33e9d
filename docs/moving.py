"""A picture that moves: the frames of `viz.frames`, one after the other in one SVG."""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as ET
from importlib.resources import files

import viz
from autograd import Value
from viz import themes

_SVG = "{http://www.w3.org/2000/svg}"
_CAPTION = 26
"""The height of the caption below the picture."""


def moving(loss: Value, seconds: float = 2.0) -> str:
    """The forward and the backward pass as an animated SVG, which repeats, and turns dark on a dark screen.

    Readers who prefer no motion see the last frame.

    Args:
        loss: the Value to explain.
        seconds: the time for each frame.
    """
    ET.register_namespace("", _SVG[1:-1])
    with tempfile.TemporaryDirectory() as folder:
        pictures = [ET.parse(path).getroot() for path in viz.frames(loss, folder)]
    scene = pictures[0]
    left, top, width, height = map(float, scene.get("viewBox", "").split())
    root = ET.Element(
        f"{_SVG}svg",
        {
            "viewBox": f"{left} {top} {width} {height + _CAPTION}",
            "width": f"{width:g}pt",
            "height": f"{height + _CAPTION:g}pt",
            "role": "img",
            "class": "moving",
        },
    )
    ET.SubElement(root, f"{_SVG}title").text = "A forward and a backward pass, step by step"
    whole, share = len(pictures) * seconds, 100 / len(pictures)
    ET.SubElement(root, f"{_SVG}style").text = (
        f"{themes.variables()}\n{themes.following('.moving')}\n"
        f"{files('viz').joinpath('scene.css').read_text(encoding='utf-8')}"
        f".frame {{ visibility: hidden; animation: frame {whole:g}s step-end infinite; }}\n"
        f"@keyframes frame {{ 0% {{ visibility: visible; }} {share:.4f}% {{ visibility: hidden; }} }}\n"
        "@media (prefers-reduced-motion) { .frame { animation: none; } .frame:last-of-type { visibility: visible; } }\n"
    )
    paper = {"x": f"{left}", "y": f"{top}", "width": "100%", "height": "100%", "fill": themes.LIGHT.paper}
    ET.SubElement(root, f"{_SVG}rect", paper)
    for i, picture in enumerate(pictures):
        frame = ET.SubElement(root, f"{_SVG}g", {"class": "frame", "style": f"animation-delay: {i * seconds:g}s"})
        for part in picture.iter():
            part.attrib.pop("id", None)
        frame.extend(picture.findall(f"{_SVG}g"))
        words = ET.SubElement(frame, f"{_SVG}text", {"x": "8", "y": f"{height + _CAPTION / 2 - 2}", **_FONT})
        words.text = picture.findtext(f"{_SVG}title")
    return ET.tostring(root, encoding="unicode") + "\n"


_FONT = {"font-family": "Arial,Helvetica,Liberation Sans,sans-serif", "font-size": "12", "fill": themes.LIGHT.ink}
