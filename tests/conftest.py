"""What all tests share."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest


@pytest.fixture
def few_digits(tmp_path: Path) -> Path:
    """A small file of 120 digits, taken from the demo's own."""
    from demos.digits.data import OURS

    lines = gzip.decompress(OURS.read_bytes()).decode().splitlines()[:120]
    path = tmp_path / "few.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
