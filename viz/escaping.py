"""Text in pictures. Labels are data: they are shown, never interpreted."""

from __future__ import annotations

import re

FONT = "Arial,Helvetica,Liberation Sans,sans-serif"
"""The fonts of all text, in order of preference. All have equal widths, which are those that Graphviz measures.

Helvetica is not first, since Graphviz has its own aliases for it and finds another font.
"""
LONGEST = 40
"""The maximum number of characters of a label that are shown."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ISOLATED = "\u2068{}\u2069"
"""A text with its own direction, which does not turn what is beside it: after Hebrew, `= -5` would show as `5- =`."""
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""The characters that change the direction of text."""


def visible(label: str, longest: int = LONGEST) -> str:
    r"""A label on one line, cut if it is long; characters that pictures cannot contain become symbols.

    Example:
        >>> visible("two\nlines"), visible("x" * 10, longest=4)
        ('two↵lines', 'xxx…')
    """
    text = "".join(map(_visible_character, label[: longest + 1]))
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return _ISOLATED.format(text) if _RIGHT_TO_LEFT.search(text) else text


def _visible_character(character: str) -> str:
    code = ord(character)
    if character == "\n":
        return "↵"
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if _DIRECTIONS.match(character):
        return "�"
    # XML or UTF-8 exclude these: surrogates, the C1 controls, and the two non-characters of each plane.
    return "�" if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE else character


def in_markup(text: str) -> str:
    r"""Text for an HTML-like label of DOT, where `&`, `<`, `>`, quotes and backslashes are special.

    Example:
        >>> in_markup('<b> & "\\N"')
        '&lt;b&gt; &amp; &quot;\\\\N&quot;'
    """
    for character, code in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\\", "\\\\")]:
        text = text.replace(character, code)
    return text


def beside(text: str) -> str:
    r"""Text for the plain label of an edge, padded on both sides; `&` and backslashes are special there.

    Example:
        >>> beside("∂y/∂x = 2 & \\N")
        ' ∂y/∂x = 2 &amp; \\\\N '
    """
    return f" {text} ".replace("&", "&amp;").replace("\\", "\\\\") if text else ""
