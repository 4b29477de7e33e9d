"""The notebook is the tutorial, and runs; the reference is complete; links on the site work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import autograd
import nn
import viz
from docs import site
from docs.build import HERE, NOTEBOOK, notebook


def test_the_notebook_is_made_from_the_tutorial() -> None:
    assert NOTEBOOK.read_text() == notebook(), "run `make docs`"


def test_the_notebook_runs(tmp_path: Path) -> None:
    shutil.copy(NOTEBOOK, tmp_path)
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-execute"), NOTEBOOK.name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "neuron.svg").exists()


@pytest.mark.parametrize("package", [autograd, nn, viz])
def test_the_reference_has_every_public_name(package: ModuleType) -> None:
    pages = "".join(page.read_text() for page in (HERE / "reference").glob("*.md"))
    assert [name for name in package.__all__ if not re.search(rf"\b{name}\b", pages)] == []


PAGES = sorted({*site.PAGES, *(page.name for page in HERE.glob("*.md"))})


@pytest.mark.parametrize("name", PAGES)
def test_links_between_pages_of_the_site_work(name: str) -> None:
    text = (HERE.parent / site.PAGES.get(name, f"docs/{name}")).read_text()
    page = SimpleNamespace(file=SimpleNamespace(src_uri=name))
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", site.on_page_markdown(text, page=page)):
        made = target == "article.html" or target in PAGES or target.startswith("gallery/")
        assert made or (HERE / target).exists(), target
