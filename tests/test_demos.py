"""The small demos run, print correct numbers, and draw."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from demos import learning_rate, moons, neuron


def test_the_neuron_learns_and_draws_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    neuron.main(["--picture", str(tmp_path / "neuron.svg")])
    told = capsys.readouterr().out
    assert "Step 1 of" in told
    assert float(told.rsplit("the loss is ", 1)[1].rstrip(".\n")) < 0.01
    ET.parse(tmp_path / "neuron.svg")


def test_three_learning_rates_do_what_their_names_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    learning_rate.main(["--picture", str(tmp_path / "rates.svg")])
    small, right, large, _ = capsys.readouterr().out.splitlines()
    assert "it crept" in small
    assert "it came down" in right
    assert "it blew up at" in large
    ET.parse(tmp_path / "rates.svg")


def test_the_moons_are_separated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moons.main(["--picture", str(tmp_path / "moons.svg")])
    after = capsys.readouterr().out.split("After: ")[1]
    assert int(after.split("%")[0]) >= 98
    ET.parse(tmp_path / "moons.svg")


@pytest.mark.parametrize("demo", [neuron, learning_rate, moons])
def test_a_picture_that_cannot_be_written_is_refused_at_once(demo: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        demo.main(["--picture", "missing/picture.svg"])
    assert end.value.code == 2
    assert "'missing/picture.svg' is not a file in an existing folder" in capsys.readouterr().err


@pytest.mark.parametrize("demo", [learning_rate, moons])
def test_a_package_that_is_missing_is_named_before_anything_is_computed(
    demo: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SystemExit, match=r"needs matplotlib: pip install '\.\[demos\]'"):
        demo.main(["--picture", str(tmp_path / "picture.svg")])


def test_the_same_seed_gives_the_same_picture() -> None:
    points = moons.moons(40, 3)
    pictures = []
    for _ in range(2):
        classifier = moons.Classifier(3)
        classifier.learn(points, 5)
        pictures.append(moons.draw(classifier, points))
    assert pictures[0] == pictures[1]
