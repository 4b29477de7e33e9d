"""Python's documentation as the prompt shows it: wrapped to the terminal, and otherwise unchanged."""

from __future__ import annotations

import pydoc
import re

import pytest

import autograd
from autograd.prompt.documentation import documentation, wrapped
from autograd.words.text import cells


@pytest.mark.parametrize("columns", [60, 80])
def test_documentation_fits_the_terminal_and_loses_no_word(columns: int) -> None:
    for name in autograd.__all__:
        shown = getattr(autograd, name)
        plain = pydoc.plain(pydoc.render_doc(shown, "Help on %s:"))
        shorter = documentation(shown, columns)
        assert re.sub(r" \||---+", "", shorter).split() == re.sub(r" \||---+", "", plain).split()
        for line in re.sub(r">>>.*?(\n[ |]*\n|\Z)", "\n", shorter, flags=re.DOTALL).split("\n"):
            assert cells(line) <= columns, (name, line)


def test_documentation_keeps_its_paragraphs_and_items() -> None:
    sentence = "many words of prose " * 6
    text = f"f(x)\n    {sentence.strip()}\n    more.\n    \n"
    text += f"    Raises:\n        ValueError: {sentence}x\n        TypeError: y.\n"
    assert wrapped(text, 80).split("\n") == [
        "f(x)",
        "    many words of prose many words of prose many words of prose many words of",
        "    prose many words of prose many words of prose more.",
        "    ",
        "    Raises:",
        "        ValueError: many words of prose many words of prose many words of prose",
        "            many words of prose many words of prose many words of prose x",
        "        TypeError: y.",
        "",
    ]
