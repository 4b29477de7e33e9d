"""Fixtures and settings for all tests."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A failure in CI is then caused by the change, not by new random examples.
settings.register_profile("here", deadline=None)  # slowness of a busy machine is not a failure
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("here")
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _operations_of_a_test_are_its_own() -> Iterator[None]:
    """Removes a test's operations afterwards, since several tests iterate over all operations."""
    from autograd.ops import OPERATIONS

    before = set(OPERATIONS)
    yield
    for name in set(OPERATIONS) - before:
        rule = getattr(OPERATIONS[name], "forward", OPERATIONS[name])
        if not getattr(rule, "__module__", "").startswith("autograd."):  # else a module that the test was first to load
            del OPERATIONS[name]


@pytest.fixture
def few_digits(tmp_path: Path) -> Path:
    """A small file of 120 digits from the demo's data."""
    from demos.digits.data import OURS

    lines = gzip.decompress(OURS.read_bytes()).decode().splitlines()[:120]
    path = tmp_path / "few.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium, with what it logs."""
    program, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("there is no Chromium here")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program
    folder = tmp_path_factory.mktemp("browser")
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-background-networking", f"user-data-dir={folder}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    chromium.set_window_size(1100, 900)
    yield chromium
    chromium.quit()
