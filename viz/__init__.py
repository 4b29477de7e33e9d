"""Expression graphs as pictures and as interactive pages."""

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        f"the package autograd in {autograd.__file__} is not glassgrad's but another one, such as HIPS autograd: "
        "use separate environments for the two, and reinstall glassgrad in this one"
    )

from viz.drawing import Drawing, draw_dot, save, svg
from viz.edges import Edge, trace
from viz.following import Live, live
from viz.frames import frames
from viz.hosts import framed, show
from viz.layout import LayoutError
from viz.play import play

__all__ = [
    "Drawing",
    "Edge",
    "LayoutError",
    "Live",
    "draw_dot",
    "framed",
    "frames",
    "live",
    "play",
    "save",
    "show",
    "svg",
    "trace",
]
