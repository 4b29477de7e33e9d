"""What Graphviz's SVG lacks: a title and a description for those who hear it, and colours that follow the page."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from viz.text import shown

_FOLLOW = "<style>@media (prefers-color-scheme: dark) { .graph { filter: invert(0.92) hue-rotate(180deg) } }</style>"


def dressed(svg: str, title: str, description: str, theme: str) -> str:
    """Graphviz's SVG with `title` and `desc`, without its comments, which say when and by what it was made."""
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    start = svg.index("<svg")
    end = svg.index(">", start)
    spoken = f"<title>{escape(shown(title, 200))}</title>\n<desc>{escape(shown(description, 400))}</desc>"
    follow = f"\n{_FOLLOW}" if theme == "auto" else ""
    return f'{svg[:end]} role="img">\n{spoken}{follow}{svg[end + 1 :]}'
