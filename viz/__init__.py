"""Expression graphs as pictures, and as pages in which they are alive."""

from viz.drawing import Drawing, draw_dot, save, svg
from viz.frames import frames
from viz.graph import Edge, trace
from viz.layout import LayoutError
from viz.play import play

__all__ = ["Drawing", "Edge", "LayoutError", "draw_dot", "frames", "play", "save", "svg", "trace"]
