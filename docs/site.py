"""Completes the site: pages from files outside of `docs`, the article, and links that lead from one to the other."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from docs.article.__main__ import article

ROOT = Path(__file__).parent.parent
PAGES = {
    "index.md": "README.md",
    "benchmarks.md": "benchmarks/RESULTS.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
    "plain.md": "autograd/plain.py",
    "gpt.md": "demos/gpt/model.py",
}
"""The pages that are made from other files of the project."""
_ADDRESSES = {path: page for page, path in PAGES.items()} | {"docs/article/article.md": "article.html"}
_LINK = re.compile(r"\[([^][]*)\]\(([^)#\s]+)(#[^)]*)?\)")


def on_files(files: Files, *, config: Any) -> None:
    """Called by mkdocs: adds the pages and the article."""
    for page, path in PAGES.items():
        files.append(File.generated(config, page, content=_page(path)))
    files.append(File.generated(config, "article.html", content=article()))


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Called by mkdocs: changes links between files of the project into links between pages."""
    folder = posixpath.dirname(page.file.src_uri)
    origin = PAGES.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def changed(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), link[2]))
        if not (ROOT / path).exists():
            return link[0]
        address = _ADDRESSES.get(path) or path.removeprefix("docs/")
        if address == path and path not in _ADDRESSES:
            return link[1]  # the site has no page for it
        return f"[{link[1]}]({posixpath.relpath(address, folder or '.')}{link[3] or ''})"

    return _LINK.sub(changed, markdown)


def _page(path: str) -> str:
    text = (ROOT / path).read_text(encoding="utf-8")
    return text if path.endswith(".md") else f"# {path}\n\n~~~~python\n{text}~~~~\n"
