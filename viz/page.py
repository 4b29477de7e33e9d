"""Completes Graphviz's SVG: titles and a description for screen readers, and colours that follow the page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from hashlib import sha256

from viz import themes
from viz.escaping import visible

_PART = re.compile(r'(<g id="([^"]*)" class="[^"]*"[^>]*>\s*)<title>[^<]*</title>')


def dressed(svg: str, title: str, description: str, theme: str, titles: Mapping[str, str]) -> str:
    """Adds a title, a description, and titles of the parts to Graphviz's SVG.

    Its comments, which name the time and the program, are removed, so that the same graph gives the same bytes.

    Args:
        svg: Graphviz's output.
        title: the title of the picture.
        description: a description in one sentence.
        theme: `auto` adds the style sheet with which colours follow the page.
        titles: the description of each part, by its id.
    """
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = _PART.sub(lambda part: f"{part[1]}<title>{_text(titles.get(html.unescape(part[2]), ''))}</title>", svg)
    svg = svg.replace("<title></title>\n", "")
    start = svg.index("<svg")
    end = svg.index(">", start)
    spoken = f"<title>{_text(visible(title, 200))}</title>\n<desc>{_text(visible(description, 400))}</desc>"
    name, follow = "", ""
    if theme == "auto":
        # Named by its contents: the same in every process, and unique among the pictures of a document.
        name = f"glass-{sha256(svg.encode()).hexdigest()[:10]}"
        follow = f"\n<style>\n{themes.following(f'.{name}')}\n</style>"
        name = f' class="{name}"'
    return f'{svg[:end]}{name} role="img">\n{spoken}{follow}{svg[end + 1 :]}'


def _text(text: str) -> str:
    return html.escape(text, quote=False)
