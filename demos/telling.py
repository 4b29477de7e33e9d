"""Terminal output of the demos: titles, paragraphs and tables, within 79 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from viz import layout

WIDTH = 79


def title(text: str) -> None:
    """A heading, with a line below it."""
    print(f"\n{text}\n{'─' * len(text)}")


def say(text: str, indent: str = "  ") -> None:
    """A paragraph."""
    print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent))


def table(rows: Sequence[tuple[str, str, str]]) -> None:
    """Columns of names, numbers and words; words that do not fit go on a separate line."""
    names, numbers = (max(len(row[i]) for row in rows) for i in (0, 1))
    for name, change, words in rows:
        line = f"  {name:<{names}}   {change:<{numbers}}"
        fits = len(line) + 3 + len(words) <= WIDTH
        print(f"{line}   {words}".rstrip() if fits else f"{line.rstrip()}\n    {words}")


def can_draw(picture: str) -> bool:
    """Whether graphs can be drawn here; if not, says so early, before anybody waits for the picture."""
    try:
        layout.check()
    except layout.LayoutError as error:
        say(f"There will be no {picture}: {error}", indent="")
        return False
    return True


def lines(text: Iterable[str]) -> None:
    """Lines, unchanged."""
    for line in text:
        print(line)
