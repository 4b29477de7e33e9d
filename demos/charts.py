"""Charts for the demos: matplotlib without a window, with reproducible output."""

from __future__ import annotations

import base64
import functools
import io
import re
from dataclasses import asdict
from typing import Any

from viz.themes import LIGHT


@functools.cache
def _matplotlib() -> Any:
    """The library, imported when the first chart is drawn: it takes longer than all else that a demo needs."""
    import matplotlib

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
    return matplotlib


def axes(width: float, height: float) -> Any:
    """The axes of a new figure, whose size is in inches."""
    _matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height)).add_subplot()


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
    with _matplotlib().rc_context(
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


def picture(numbers: Any) -> str:
    """A table of numbers from 0 to 1 as a PNG, one pixel for each, the darker the larger, as the `src` of an image."""
    return _png(numbers, cmap="gray_r", vmin=0.0, vmax=1.0)


def signed(numbers: Any) -> str:
    """The same for numbers of either sign: from the colour of negative ones through white to that of positive ones."""
    _matplotlib()
    from matplotlib.colors import LinearSegmentedColormap

    signs = LinearSegmentedColormap.from_list("signs", [LIGHT.negative, "#ffffff", LIGHT.positive])
    most = float(abs(numbers).max()) or 1.0
    return _png(numbers, cmap=signs, vmin=-most, vmax=most)


def _png(numbers: Any, **options: Any) -> str:
    _matplotlib()
    from matplotlib.image import imsave

    stream = io.BytesIO()
    imsave(stream, numbers, format="png", metadata={"Software": "glassgrad"}, **options)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
