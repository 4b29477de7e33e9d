"""Builds the tutorial's pictures and notebook. Run by `make docs`."""

from __future__ import annotations

import argparse
import doctest
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from autograd.entry import run

HERE = Path(__file__).parent
TUTORIAL = HERE / "tutorial.md"
NOTEBOOK = HERE / "tutorial.ipynb"
PICTURES = HERE / "tutorial"

_BLOCK = re.compile(r"^```pycon\n(.*?)^```\n", re.DOTALL | re.MULTILINE)


def cells(markdown: str) -> Iterator[tuple[str, str]]:
    """Splits the text into cells of a notebook: `("markdown", text)` and `("code", source)`."""
    for i, part in enumerate(_BLOCK.split(markdown)):
        if i % 2 == 0:
            if part.strip():
                yield "markdown", part.strip()
        else:
            yield "code", "".join(example.source for example in doctest.DocTestParser().get_examples(part)).strip()


def notebook() -> str:
    """The tutorial as a notebook without outputs."""
    book = nbformat.v4.new_notebook()
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for i, (kind, text) in enumerate(cells(TUTORIAL.read_text(encoding="utf-8"))):
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        book.cells.append(make(text, id=f"cell-{i}"))
    return str(nbformat.writes(book)) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the tutorial in the folder of its pictures, and writes its notebook."""
    argparse.ArgumentParser(prog="python -m docs.build", description=main.__doc__).parse_args(arguments)
    PICTURES.mkdir(exist_ok=True)
    os.chdir(PICTURES)
    failed, tried = doctest.testfile(
        str(TUTORIAL), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    if failed:
        raise SystemExit(f"{failed} of the tutorial's {tried} examples failed")
    NOTEBOOK.write_text(notebook(), encoding="utf-8")


if __name__ == "__main__":
    run(main)
