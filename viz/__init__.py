"""Expression graphs as pictures, and as pages that play backpropagation."""

from viz.drawing import Drawing, draw_dot, save, svg
from viz.graph import Edge, trace
from viz.layout import LayoutError
from viz.player import frames, play

__all__ = ["Drawing", "Edge", "LayoutError", "draw_dot", "frames", "play", "save", "svg", "trace"]
