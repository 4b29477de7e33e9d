"""The gallery and the README show what the code draws."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from docs import pictures
from docs.moving import moving

ROOT = pictures.HERE.parent
DRAWN = {name: draw for name, _, _, draw in pictures.GALLERY} | {"moving": lambda: moving(pictures.neuron())}


def words(svg: str) -> list[str]:
    """All text of a picture, which is independent of the layout library's version."""
    return sorted("".join(text.itertext()) for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize(("name", "draw"), DRAWN.items())
def test_pictures_are_up_to_date(name: str, draw: Callable[[], str]) -> None:
    assert words((pictures.PICTURES / f"{name}.svg").read_text()) == words(draw()), "run `python -m docs.pictures`"


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/gallery.md").read_text() == pictures.page(), "run `python -m docs.pictures`"


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_picture_and_page_that_is_linked_exists(page: Path) -> None:
    built = {"gallery/page.html", "gallery/boxes.html"}  # by `make docs`
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if link not in built and not (page.parent / link).exists()] == []
