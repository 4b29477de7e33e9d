"""What Graphviz's SVG lacks: titles and a description for those who hear it, and colours that follow the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from html import unescape
from xml.sax.saxutils import escape

from viz import themes
from viz.text import shown

_PART = re.compile(r'(<g id="([^"]*)" class="[^"]*"[^>]*>\s*)<title>[^<]*</title>')


def dressed(svg: str, title: str, description: str, theme: str, titles: Mapping[str, str]) -> str:
    """Graphviz's SVG with a title and a description, and titles that say what each part shows.

    Its comments, which say when and by what it was made, are left out: the same graph gives the same bytes.

    Args:
        svg: as Graphviz wrote it.
        title: of the whole.
        description: of the whole, in a sentence.
        theme: `auto` adds the style sheet by which colours follow the page.
        titles: for each part, by its id, what it shows.
    """
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = _PART.sub(lambda part: f"{part[1]}<title>{escape(titles.get(unescape(part[2]), ''))}</title>", svg)
    svg = svg.replace("<title></title>\n", "")
    start = svg.index("<svg")
    end = svg.index(">", start)
    spoken = f"<title>{escape(shown(title, 200))}</title>\n<desc>{escape(shown(description, 400))}</desc>"
    name, follow = "", ""
    if theme == "auto":
        # Named by what it shows: the same in every process, and no other picture of the document has its name.
        name = f"glass-{sha256(svg.encode()).hexdigest()[:10]}"
        follow = f"\n<style>\n{themes.following(f'.{name}')}\n</style>"
        name = f' class="{name}"'
    return f'{svg[:end]}{name} role="img">\n{spoken}{follow}{svg[end + 1 :]}'
