"""The unit tests of the page's modules, by node's own runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.page_answers import NODE, needs_node

HERE = Path(__file__).parent / "page"


@needs_node
def test_the_units_of_the_page() -> None:
    files = sorted(map(str, HERE.glob("*.test.js")))
    done = subprocess.run([str(NODE), "--test", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout or "ℹ fail 0" in done.stdout
