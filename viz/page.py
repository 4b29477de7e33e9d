"""What Graphviz's SVG lacks: titles and a description for those who hear it, and colours that follow the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from xml.sax.saxutils import escape

from viz import themes
from viz.text import shown


def dressed(svg: str, title: str, description: str, theme: str, titles: Mapping[str, str]) -> str:
    """Graphviz's SVG with a title and a description, and titles that say what each part shows.

    Its comments, which say when and by what it was made, are left out: the same graph gives the same bytes.

    Args:
        svg: as Graphviz wrote it.
        title: of the whole.
        description: of the whole, in a sentence.
        theme: `auto` adds the style sheet by which colours follow the page.
        titles: for each part, which Graphviz titles by its name in DOT, what it shows.
    """
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(
        r"<title>([^<]*)</title>", lambda part: f"<title>{escape(titles.get(unescape(part[1]), ''))}</title>", svg
    )
    svg = svg.replace("<title></title>\n", "")
    start = svg.index("<svg")
    end = svg.index(">", start)
    spoken = f"<title>{escape(shown(title, 200))}</title>\n<desc>{escape(shown(description, 400))}</desc>"
    follow = f"\n<style>\n{themes.following()}\n</style>" if theme == "auto" else ""
    return f'{svg[:end]} role="img">\n{spoken}{follow}{svg[end + 1 :]}'
