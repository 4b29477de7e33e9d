"""CONTRIBUTING.md describes the layout correctly."""

from __future__ import annotations

import html
import re

from docs.layout import PACKAGES, PICTURE, ROOT, imports, reduced

LISTED = re.findall(r"^\| `([\w./]+)` \|", (ROOT / "CONTRIBUTING.md").read_text().partition("## Run things")[0], re.M)


def test_every_part_of_the_engine_is_listed_once() -> None:
    assert sorted(LISTED) == sorted(set(imports()) - set(PACKAGES))


def test_each_part_imports_only_parts_listed_below_it() -> None:
    place = {part: i for i, part in enumerate(LISTED)}
    upwards = {
        (part, other)
        for part, others in imports().items()
        for other in others
        if part in place and other in place and place[other] <= place[part]
    }
    assert not upwards


def test_the_packages_import_downwards() -> None:
    allowed = {"autograd": {"autograd"}, "nn": {"autograd"}, "viz": {"autograd"}, "demos": {"autograd", "nn", "viz"}}
    for package, below in allowed.items():
        others = {other if other in PACKAGES else "autograd" for other in imports()[package]}
        assert others <= below, package


def test_the_picture_shows_the_imports() -> None:
    titles = (html.unescape(title) for title in re.findall("<title>(.*?)</title>", PICTURE.read_text()))
    drawn = {tuple(title.split("->")) for title in titles if "->" in title}
    assert drawn == {(part, other) for part, others in reduced(imports()).items() for other in others}, (
        "run `python -m docs.layout`"
    )
