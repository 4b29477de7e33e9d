"""Text for a terminal: wrapped to its width, in columns, with wide characters aligned."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence

ELSEWHERE = 100
"""The width of text that does not go to a terminal, in columns."""

NARROWEST, WIDEST = 40, 120


class Text(str):
    """A string whose repr has no quotes and is wrapped to the terminal's width."""

    __slots__ = ()

    def __repr__(self) -> str:
        columns = width()
        return "\n".join(part for line in self.split("\n") for part in folded(line, columns))


def width() -> int:
    """The terminal's width in columns, clamped to 40 to 120; 100 if the output goes elsewhere."""
    try:
        if not sys.stdout.isatty():
            return ELSEWHERE
        columns = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (AttributeError, OSError, ValueError):
        return ELSEWHERE
    return min(max(columns or 80, NARROWEST), WIDEST)


KEPT = "\u00a0"
"""A space at which `folded` does not break the line."""


def unbroken(name: str) -> str:
    """Joins a short name into one word, which `folded` keeps on one line."""
    return name.replace(" ", KEPT) if len(name) <= NARROWEST // 2 else name


def cells(text: str) -> int:
    """The number of terminal columns that a text takes: two for a wide character, none for a combining one.

    Example:
        >>> cells("loss"), cells("損失")
        (4, 4)
    """
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(c: str) -> int:
    if unicodedata.east_asian_width(c) in "WF":
        return 2
    return 0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1


def padded(text: str, columns: int) -> str:
    """Pads the text with spaces to that many columns."""
    return text + " " * (columns - cells(text))


def folded(line: str, columns: int, indent: str | None = None) -> list[str]:
    """Wraps a line to that many columns, between words or within a word that is too long.

    Args:
        line: text without a line break.
        columns: the width.
        indent: the start of continuation lines; by default the first line's indentation plus two spaces.
    """
    if cells(line) <= columns:
        return [line.replace(KEPT, " ")]
    start = line[: len(line) - len(line.lstrip(" "))]
    indent = f"{start}  " if indent is None else indent
    indent = indent if cells(indent) <= 2 * columns // 3 else "  "
    lines, current, room = [], start if cells(start) <= 2 * columns // 3 else "", columns
    empty = True
    for word in filter(None, line.split(" ")):
        if not empty and cells(current) + 1 + cells(word) > room:
            lines.append(current)
            current, empty = indent, True
        while cells(current) + (not empty) + cells(word) > room:
            head = _head(word, room - cells(current))
            lines.append(current + head)
            word, current = word[len(head) :], indent
        current += word if empty else f" {word}"
        empty = False
    return [each.replace(KEPT, " ") for each in (*lines, current)]


def _head(word: str, columns: int) -> str:
    """The longest prefix of a word that fits, at least one character."""
    taken = 0
    for i, c in enumerate(word):
        taken += _cell(c)
        if taken > columns and i:
            return word[:i]
    return word


def several(names: Iterable[str], longest: int = 3) -> str:
    """Joins names for a sentence: `a, b and c`, or `a, b, c and 5 more`."""
    items = list(names)
    if len(items) > longest:
        items = [*items[:longest], f"{len(items) - longest} more"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(i: int) -> str:
    """The ordinal of position i, counted from 0: `first`, `second`, …, `11th`."""
    if i < len(ORDINALS):
        return ORDINALS[i]
    n = i + 1
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def aligned(rows: Sequence[tuple[str, ...]], numeric: frozenset[int] = frozenset()) -> list[str]:
    """Lays rows out in columns two spaces apart; the columns in `numeric` are right-aligned."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            " " * (width - cells(cell)) + cell if i in numeric else padded(cell, width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
