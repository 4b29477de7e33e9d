"""Text that is not ours, in messages and lessons: labels, names of files, what an argument was.

One policy: it is shown, and never sent. No control character of it reaches a terminal, and none of it is so long that
what we have to say is lost.
"""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable
from typing import Any

LONGEST = 40
"""How many characters of a text that is not ours a message has."""


def printable(text: Any, longest: int = 32) -> str:
    r"""A label for one line of a terminal: control characters escaped, the middle of a long one left out.

    Example:
        >>> print(printable("a\x1b[31m"), printable("w" * 50, 9))
        a\x1b[31m wwww…wwww
    """
    text = str(text)
    if len(text) > 4 * longest:  # what is left out need not be escaped first
        text = text[: 2 * longest] + text[-2 * longest :]
    shown = text if text.isprintable() else "".join(map(_escaped, text))
    if len(shown) <= longest:
        return shown
    half = longest // 2
    return f"{shown[: longest - half - 1]}…{shown[len(shown) - half :]}"


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def shown(x: Any) -> str:
    """An object in a message, with its type, cut where it is long.

    Example:
        >>> shown("abc"), shown([1, 2])
        ("'abc' (str)", '[1, 2] (list)')
    """
    return f"{as_code(x)} ({type(x).__name__})"


def as_code(x: Any, longest: int = LONGEST) -> str:
    """An object as it is written in code, cut where it is long."""
    try:
        text = _SHORT.repr(x)
    except Exception:  # an object's own repr may do anything
        text = "?"
    text = text if text.isprintable() else "".join(map(_escaped, text))
    return text if len(text) <= longest else text[: longest - 3] + "..."


_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxdict = 12
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 2 * LONGEST


def path_shown(path: str | bytes | os.PathLike[Any]) -> str:
    """The name of a file in a message."""
    return printable(os.fsdecode(path), 120)


def some(names: Iterable[Any], longest: int = 3) -> str:
    """The first few of many names: `a, b, c and 5 more`."""
    items = list(names)
    more = f" and {len(items) - longest} more" if len(items) > longest else ""
    return ", ".join(printable(item) for item in items[:longest]) + more
