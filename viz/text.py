"""Text in pictures. Labels are data: whatever is in one is shown, and never interpreted."""

from __future__ import annotations

FONT = "Arial,Helvetica,Liberation Sans,sans-serif"
"""The faces of all text, the first that is there: these are as wide as each other, and each is what Graphviz measures.

Helvetica does not come first, for Graphviz has names of its own for that and finds another face.
"""
LONGEST = 40
"""How many characters of a label are shown."""


def shown(label: str, longest: int = LONGEST) -> str:
    r"""A label on one line, cut where it is long; characters that no picture can hold stand as symbols.

    Example:
        >>> shown("two\nlines"), shown("x" * 10, longest=4)
        ('two↵lines', 'xxx…')
    """
    text = "".join(map(_visible, label[: longest + 1]))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _visible(character: str) -> str:
    code = ord(character)
    if character == "\n":
        return "↵"
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    # Neither XML nor UTF-8 has these: surrogates, the C1 controls, and the two non-characters of each plane.
    return "�" if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE else character


def in_markup(text: str) -> str:
    r"""Text for an HTML-like label of DOT, where `&`, `<`, `>`, quotes and backslashes mean something.

    Example:
        >>> in_markup('<b> & "\\N"')
        '&lt;b&gt; &amp; &quot;\\\\N&quot;'
    """
    for character, code in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\\", "\\\\")]:
        text = text.replace(character, code)
    return text


def beside(text: str) -> str:
    r"""Text for the plain label of an edge, with room on both sides; there `&` and backslashes mean something.

    Example:
        >>> beside("∂y/∂x = 2 & \\N")
        ' ∂y/∂x = 2 &amp; \\\\N '
    """
    return f" {text} ".replace("&", "&amp;").replace("\\", "\\\\") if text else ""
