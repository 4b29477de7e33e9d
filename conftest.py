"""Settings of tests and documented examples: their order, cheap garbage collection, directories for examples."""

from __future__ import annotations

import gc
from importlib.util import find_spec

import pytest

collect_ignore_glob = [f"autograd/compiler/{library}_*" for library in ("jax", "onnx") if not find_spec(library)]
"""Modules that cannot be imported without an optional library."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts files that drive a browser first: a single worker takes them all, and starts the only browser."""
    driving = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path not in driving)


def pytest_collection_finish() -> None:
    """Exempts modules and collected tests from garbage collection, which would go through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _examples_in_a_directory_of_their_own(request: pytest.FixtureRequest) -> None:
    if isinstance(request.node, pytest.DoctestItem):  # a directory takes longer than most tests
        request.getfixturevalue("monkeypatch").chdir(request.getfixturevalue("tmp_path"))
