"""The outline of a page."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser


class Outline(HTMLParser):
    """The elements of a page, its external references, its scripts, and the scripts that its policy allows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.policy: dict[str, list[str]] = {}
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attributes if name in ("src", "href", "xlink:href")]
        named = dict(attributes)
        self._in_script = tag == "script" and "type" not in named
        if named.get("http-equiv") == "Content-Security-Policy":
            directives = [directive.split() for directive in str(named["content"]).split(";")]
            self.policy = {name: sources for name, *sources in directives}

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def assert_only_its_own_scripts_run(self) -> None:
        """Asserts that the policy allows each script by its hash, and otherwise only WebAssembly."""
        digests = (hashlib.sha256(script.encode()).digest() for script in self.scripts)
        hashes = {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}
        assert hashes
        assert set(self.policy["script-src"]) - {"'wasm-unsafe-eval'"} == hashes
        assert self.policy["default-src"] == ["'none'"]
