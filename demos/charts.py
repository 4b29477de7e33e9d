"""Charts for the demos: matplotlib without a window, with reproducible output."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import asdict
from typing import Any

import matplotlib
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.image import imsave

from viz.themes import LIGHT

matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "glassgrad",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": LIGHT.ink,
        "axes.labelcolor": LIGHT.ink,
        "text.color": LIGHT.ink,
        "xtick.color": LIGHT.ink,
        "ytick.color": LIGHT.ink,
    }
)

SIGNS = LinearSegmentedColormap.from_list("signs", [LIGHT.negative, "#ffffff", LIGHT.positive])
"""From the colour of negative numbers through white to that of positive ones."""


def as_svg(figure: Any) -> str:
    """A figure as SVG text, without a date."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None}, bbox_inches="tight")
    return stream.getvalue()


def inline(figure: Any, name: str, title: str) -> str:
    """A figure for embedding in a page: transparent, in the colours of the page's theme, with unique ids.

    Args:
        figure: the figure.
        name: the prefix of its ids.
        title: its description, for screen readers.
    """
    figure.patch.set_alpha(0.0)
    for axes in figure.axes:
        axes.patch.set_alpha(0.0)
    with matplotlib.rc_context(
        {"svg.fonttype": "none", "font.family": "sans-serif", "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"]}
    ):
        svg = as_svg(figure)
    svg = svg[svg.index("<svg") :]
    for kind, colour in asdict(LIGHT).items():
        svg = svg.replace(colour, f"var(--{kind})")
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    end = svg.index(">")
    return f'{svg[:end]} role="img" aria-label="{title}"{svg[end:]}'


def picture(numbers: Any, *, colours: Any = "gray_r", least: float = 0.0, most: float = 1.0) -> str:
    """A table of numbers as a PNG, one pixel for each, as the `src` of an image."""
    stream = io.BytesIO()
    imsave(stream, numbers, cmap=colours, vmin=least, vmax=most, format="png", metadata={"Software": "glassgrad"})
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
