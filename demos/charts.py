"""What the demos' charts have in common: matplotlib without a window, the same bytes each time."""

from __future__ import annotations

import io
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "glassgrad", "axes.spines.top": False, "axes.spines.right": False})


def as_svg(figure: Any) -> str:
    """A figure as SVG text, without the date at which it was made."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None}, bbox_inches="tight")
    return stream.getvalue()
