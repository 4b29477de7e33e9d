"""Asks the page's JavaScript, outside any browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograd import Value
from viz.export import exported

SCRIPT = Path(__file__).parent / "page" / "answers.js"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="there is no node here")


def answers(questions: list[dict[str, Any]], folder: Path) -> list[Any]:
    """The answers of the page's modules."""
    path = folder / "questions.json"
    path.write_text(json.dumps(questions))
    done = subprocess.run([str(NODE), str(SCRIPT), str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def about(loss: Value, ask: str, **more: Any) -> dict[str, Any]:
    """A question about a graph."""
    page = exported(loss)
    return {"ask": ask, "data": page.data, "program": page.program, **more}
