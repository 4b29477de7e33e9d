"""Plainer spelling of characters, for output whose encoding lacks them: `d` for `∂`, `->` for `→`."""

from __future__ import annotations

import codecs
import unicodedata

ERRORS = "glassgrad-plainer"
"""The name of this way of handling errors, for `open` and `reconfigure`."""

_PLAINER = {
    "∂": "d", "·": "*", "×": "x", "÷": "/", "√": "sqrt ", "∞": "inf", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~",
    "±": "+-", "−": "-", "²": "^2", "³": "^3", "⁷": "^7", "′": "'", "⟨": "<", "⟩": ">", "µ": "u", "→": "->", "←": "<-",
    "↑": "^", "↵": "<-", "…": "...", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "✓": "OK", "✗": "X",
    "␡": "DEL", "∘": "o", "─": "-", "│": "|", "├": "|", "└": "`", "█": "#", "▓": "*", "▒": "+", "░": ".",
}  # fmt: skip


def plainer(text: str) -> str:
    r"""The text in ASCII. What has no plainer spelling is escaped as in Python's strings.

    Example:
        >>> print(plainer("∂y/∂x → σ′(3)², café, 損"))
        dy/dx -> sigma'(3)^2, cafe, \u640d
    """
    return "".join(c if c.isascii() else _PLAINER.get(c) or _spelled(c) for c in text)


def _spelled(c: str) -> str:
    parts = unicodedata.normalize("NFKD", c).replace("\u2044", "/")
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    if letters.isascii():
        return letters
    name = unicodedata.name(c, "").split()
    if name[:1] == ["GREEK"] and len(name) == 4:
        return name[3].lower() if name[1] == "SMALL" else name[3].capitalize()
    return c.encode("ascii", "backslashreplace").decode()


def _handle(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plainer(error.object[error.start : error.end]), error.end


codecs.register_error(ERRORS, _handle)
