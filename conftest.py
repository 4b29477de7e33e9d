"""Documented examples run in a directory of their own, so that what they write leaves no trace here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

collect_ignore_glob = [f"autograd/compiler/{library}_*" for library in ("jax", "onnx") if not find_spec(library)]
"""Modules that cannot be imported without an optional library."""


@pytest.fixture(autouse=True)
def _examples_in_a_directory_of_their_own(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(tmp_path)
