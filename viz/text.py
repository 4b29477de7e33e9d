"""Text in pictures. Labels are data: whatever is in one is shown, and never interpreted."""

from __future__ import annotations

import math

LONGEST = 40
"""How many characters of a label are shown."""


def shown(label: str, longest: int = LONGEST) -> str:
    r"""A label on one line, cut where it is long; characters that no picture can hold stand as symbols.

    Example:
        >>> shown("two\nlines"), shown("x" * 10, longest=4)
        ('two↵lines', 'xxx…')
    """
    text = "".join(map(_visible, label))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _visible(character: str) -> str:
    code = ord(character)
    if character == "\n":
        return "↵"
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    # Neither XML nor UTF-8 has these: surrogates, the C1 controls, and the two non-characters.
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


def number(x: float, form: str = ".4g") -> str:
    """A number by a format of Python's; a minus sign as print has it.

    Example:
        >>> number(-0.12345), number(1234567.0), number(float("inf"))
        ('−0.1235', '1.235e+06', '∞')
    """
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    return format(x, form).replace("-", "−", 1) if x < 0 else format(x, form)
