"""Python's documentation of an object, wrapped to the terminal: docstrings have lines of up to 120 columns."""

from __future__ import annotations

import pydoc
import re
from typing import NamedTuple

from autograd.words.text import folded

_ITEM = re.compile(r"[`*\w.]+(, [`*\w.]+)*: ")
_SIGNATURE = re.compile(r"\w+( = \w+)?\(.*\)( -> .*)?$")
_FULL = 112
"""A line that one more word would make longer was broken for lack of room: the next line continues its paragraph."""


class _Line(NamedTuple):
    frame: str
    """The bar that `help` draws beside the members of a class."""
    indent: int
    text: str

    @classmethod
    def of(cls, line: str) -> _Line:
        text = line.lstrip(" |")
        margin = line[: len(line) - len(text)]
        frame = margin[: margin.rfind("|") + 1]
        return cls(frame, len(margin) - len(frame), text)

    @property
    def width(self) -> int:
        return len(self.frame) + self.indent + len(self.text)


def documentation(of: object, columns: int) -> str:
    """The text of Python's `help` for an object, with no line of prose wider than that many columns."""
    return wrapped(pydoc.plain(pydoc.render_doc(of, "Help on %s:")), columns)


def wrapped(text: str, columns: int) -> str:
    """Documentation with its paragraphs wrapped anew. Examples, from `>>>` to an empty line, stay as they are."""
    lines: list[str] = []
    paragraph: list[_Line] = []
    example = False
    for raw in text.split("\n"):
        line = _Line.of(raw)
        example = bool(line.text) and (example or line.text.startswith(">>>"))
        prose = bool(line.text.strip("-")) and not example
        if prose and paragraph and _continues(paragraph, line):
            paragraph.append(line)
            continue
        lines += _folded(paragraph, columns)
        paragraph = [line] if prose else []
        lines += [] if prose else [raw if example else raw[:columns]]
    return "\n".join(lines + _folded(paragraph, columns))


def _continues(paragraph: list[_Line], line: _Line) -> bool:
    first, last = paragraph[0], paragraph[-1]
    if line.frame != first.frame or _SIGNATURE.match(first.text):
        return False
    deeper = line.indent - first.indent
    belongs = deeper == 4 or (deeper == 0 and not _ITEM.match(first.text))
    return belongs and last.width + 1 + len(line.text.split(" ", 1)[0]) > _FULL


def _folded(paragraph: list[_Line], columns: int) -> list[str]:
    """The lines of a paragraph; those of an item or a signature after the first are indented further."""
    if not paragraph:
        return []
    frame, indent, first = paragraph[0]
    hangs = indent == 0 or _ITEM.match(first) or _SIGNATURE.match(first)
    hanging = paragraph[-1].indent if len(paragraph) > 1 else indent + 4 if hangs else indent
    text = " " * indent + " ".join(line.text for line in paragraph)
    return [frame + line for line in folded(text, columns - len(frame), " " * hanging)]
