"""Drawings in any style are recognised, and the page prepares them as Python does."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from demos.digits import hands
from demos.digits.augmentation import augment
from demos.digits.data import Array, read_csv, split
from demos.digits.engines import Compiled
from demos.digits.preparation import lay, measure
from demos.digits.training import learning_rate, train
from tests.hands import STYLES, Drawing, drawings

NODE = shutil.which("node")
HANDS = 40
pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node here")


def on_the_page(drawn: list[Drawing], lines: list[Any]) -> tuple[Array, Array]:
    """The page's pixels for drawings and lines."""
    given = {
        "drawings": [asdict(each) for each in drawn],
        "lines": [line.tolist() for line in lines],
        "size": {"height": 8, "width": 8},
        "place": asdict(measure(read_csv())),
    }
    script = Path(__file__).parent / "page" / "drawn.js"
    done = subprocess.run(
        [str(NODE), str(script)], input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    return np.array(found["drawings"]), np.array(found["lines"])


def test_a_line_is_laid_into_an_image_as_in_python() -> None:
    rng = np.random.default_rng(3)
    place = measure(read_csv())
    lines = [np.concatenate(hands.write(digit, rng)) for digit in range(10)]
    lines += [np.array([[0.2, 0.3]]), np.array([[0.0, 0.5], [1.0, 0.5]]), np.array([[0.5, 0.0], [0.5, 1.0]])]
    expected = [lay(line, place, 8, 8) for line in lines]
    _, found = on_the_page([], lines)
    np.testing.assert_allclose(found, expected, atol=1 / 16 + 1e-9)
    assert np.mean(found != expected) < 0.01


@pytest.fixture(scope="module")
def engine() -> Compiled:
    """A network trained as the demo trains it, for a fifth as long."""
    images, test = split(read_csv())
    learned = augment(images).images
    engine = Compiled(
        nn.MLP(64, [128, 10], output="sigmoid", init="he", seed=0),
        learning_rate(1.5, len(learned), epochs=6, batch=16),
    )
    train(engine, learned, test, epochs=6, batch=16, seed=0)
    return engine


@pytest.fixture(scope="module")
def answers(engine: Compiled) -> dict[str, tuple[Array, Array]]:
    """For each style the labels, and the network's answers for the page's pixels."""
    drawn = {name: drawings(style, HANDS, seed=1) for name, style in STYLES.items()}
    pixels, _ = on_the_page([each for style in drawn.values() for each in style], [])
    outputs = engine.confidences(pixels).reshape(len(STYLES), HANDS, 10)
    labels = [[each.digit for each in style] for style in drawn.values()]
    return {name: (np.array(labels[i]), outputs[i].argmax(axis=1)) for i, name in enumerate(drawn)}


@pytest.mark.parametrize("style", STYLES)
def test_95_of_100_hands_are_recognised(answers: dict[str, tuple[Array, Array]], style: str) -> None:
    labels, found = answers[style]
    assert np.mean(labels == found) >= 0.95


def test_a_small_drawing_keeps_its_shape() -> None:
    """A digit drawn at 30 % of the canvas, with a pen a quarter as wide as it is high."""
    style = STYLES["small"]
    drawn = drawings(style, 20, seed=5)
    for pixels in on_the_page(drawn, [])[0]:
        assert 0.1 < pixels.mean() < 0.5
        assert (pixels == 0).mean() > 0.2
