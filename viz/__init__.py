"""Expression graphs as pictures."""

from viz.drawing import Drawing, draw_dot, save, svg
from viz.graph import Edge, trace
from viz.layout import LayoutError

__all__ = ["Drawing", "Edge", "LayoutError", "draw_dot", "save", "svg", "trace"]
