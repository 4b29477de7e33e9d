"""Numbers and untrusted text in messages: labels, file names, arguments.

One policy for all text from outside: it is shown, never interpreted. No control character reaches a terminal, and long
text is shortened so that it cannot bury the message.
"""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.annotations import Gradient

WHOLE = 4096
"""More characters than the path of a file has."""
LONGEST = 100
"""The maximum number of characters of a label that a message shows."""


def number(x: Gradient) -> str:
    """A number with at most six significant digits. A gradient may be a Value.

    Example:
        >>> number(6.0), number(2 / 3), number(1e-9), number(1234567.5)
        ('6.0', '0.666667', '1e-09', '1.23457e+06')
    """
    x = float(getattr(x, "_data", x))
    exact = repr(x)
    if len(exact) <= 8:
        return exact
    short = f"{x:.6g}"
    return short if any(mark in short for mark in ".en") else f"{short}.0"


def many(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun.

    Example:
        >>> many(1, "row"), many(2000, "row"), many(0, "box", "boxes")
        ('1 row', '2,000 rows', '0 boxes')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def factor(x: Gradient) -> str:
    """A number as a factor or summand, in parentheses if negative: `(-3.0)`."""
    text = number(x)
    return f"({text})" if text.startswith("-") else text


def constant(x: float) -> str:
    """A constant of a rule, as short as possible: `1`, `0.5`."""
    return str(int(x)) if x.is_integer() and abs(x) < 1e6 else number(x)


def printable(text: object, longest: int = 32) -> str:
    r"""A label for one line of a terminal: control characters are escaped, and a long one is cut in the middle.

    Example:
        >>> print(printable("a\x1b[31m"), printable("w" * 50, 9))
        a\x1b[31m wwww…wwww
    """
    text = str(text)
    if len(text) > 4 * longest:
        text = f"{text[: 2 * longest]}…{text[-2 * longest :]}"
    shown = _escaped(text)
    if len(shown) <= longest:
        return shown
    half = longest // 2
    return f"{shown[: longest - half - 1]}…{shown[len(shown) - half :]}"


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(x: object) -> str:
    """An object in a message, with its type, cut if it is long.

    Example:
        >>> shown("abc"), shown([1, 2])
        ("'abc' (str)", '[1, 2] (list)')
    """
    return f"{as_code(x)} ({type(x).__name__})"


def as_code(x: object, longest: int = 40) -> str:
    """The repr of an object, cut if it is long."""
    try:
        text = _SHORT.repr(x)
    except Exception:  # an object's own repr may do anything
        text = "?"
    text = _escaped(text)
    return text if len(text) <= longest else text[: longest - 3] + "..."


_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxdict = 12
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def path_shown(path: str | bytes | os.PathLike[str] | os.PathLike[bytes], longest: int = 120) -> str:
    """The name of a file in a message; WHOLE where a reader may want to copy it."""
    return printable(os.fsdecode(path), longest)


def some(names: Iterable[object], longest: int = 3) -> str:
    """The first few of many names: `a, b, c and 5 more`."""
    items = list(names)
    more = f" and {len(items) - longest} more" if len(items) > longest else ""
    return ", ".join(printable(item) for item in items[:longest]) + more
