"""The notebook is the tutorial, and runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

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
