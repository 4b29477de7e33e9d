"""How numbers and labels are shown in words and messages: short, and with nothing that a terminal would obey."""

from __future__ import annotations

from typing import Any

LONGEST = 100
"""The characters of a label that a message shows."""


def number(x: Any) -> str:
    """A number with at most six significant digits; a gradient that is a Value counts as its number.

    Example:
        >>> number(6.0), number(2 / 3), number(1e-9), number(1234567.5)
        ('6.0', '0.666667', '1e-09', '1.23457e+06')
    """
    x = float(getattr(x, "data", x))
    exact = repr(x)
    if len(exact) <= 8:
        return exact
    short = f"{x:.6g}"
    return short if any(mark in short for mark in ".en") else f"{short}.0"


def factor(x: Any) -> str:
    """A number as it stands in a product or after a plus: `(-3.0)`."""
    text = number(x)
    return f"({text})" if text.startswith("-") else text


def constant(x: float) -> str:
    """A constant of a rule, as short as can be: `1`, `0.5`."""
    return str(int(x)) if x.is_integer() and abs(x) < 1e6 else number(x)


def printable(text: str, longest: int = 32) -> str:
    r"""A label for one line of a terminal: control characters escaped, the middle of a long one left out.

    Example:
        >>> print(printable("a\x1b[31m"), printable("w" * 50, 9))
        a\x1b[31m wwww…wwww
    """
    if len(text) > 4 * longest:
        text = f"{text[: 2 * longest]}…{text[-2 * longest :]}"
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if len(shown) <= longest:
        return shown
    half = longest // 2
    return f"{shown[: longest - half - 1]}…{shown[len(shown) - half :]}"
