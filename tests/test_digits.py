"""The digit demo, as its user meets it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import nn
from demos.digits.__main__ import main
from demos.digits.data import read_csv, split
from demos.digits.training import Eager, train

SMALL = ["--hidden", "8", "--epochs", "2", "--batch", "4", "--images", "60"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demos.digits", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SMALL) == 0
    told = capsys.readouterr().out
    for part in [
        "Before training",
        "squared error: their sum",
        "Training: 60 images",
        "after training",
        "it recognises",
    ]:
        assert part in told
    first = told
    assert main(SMALL) == 0
    again = capsys.readouterr().out
    clock = " s\n"
    assert [line for line in first.splitlines(True) if not line.endswith(clock)] == [
        line for line in again.splitlines(True) if not line.endswith(clock)
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rate", "-1"], "'-1' is not a number above 0"),
        (["--rate", "nan"], "'nan' is not a number above 0"),
        (["--hidden", "0"], "'0' is not a whole number from 1"),
        (["--batch", "many"], "'many' is not a whole number from 1"),
        (["--data", "missing.csv"], "missing.csv cannot be read: No such file or directory"),
        (["--images", "100000"], "--images 100000: there are 1438 to train on"),
    ],
)
def test_bad_options_end_with_one_line_and_code_2(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_help_explains_every_option() -> None:
    done = run("--help")
    for option in ["--hidden", "--epochs", "--batch", "--rate", "--seed", "--images", "--data"]:
        assert option in done.stdout


def test_a_loss_that_blows_up_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--hidden", "16", "--epochs", "1", "--rate", "1e300"]) == 1
    assert "at step 2: the learning rate of 1e+300 is the likely cause" in capsys.readouterr().err


def test_interrupt_keeps_the_weights_so_far() -> None:
    images, test = split(read_csv())
    images, test = images.take(np.arange(40)), test.take(np.arange(20))
    network = nn.MLP(64, [4, 10], output="sigmoid", seed=0)
    engine = Eager(network, 0.5)

    def stop(epoch: int, loss: float, accuracy: float) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    before = network.state_dict()
    history = train(engine, images, test, epochs=50, batch=8, seed=0, report=stop)
    assert history.interrupted
    assert len(history.losses) == 2
    assert network.state_dict() != before
    assert np.isfinite(engine.confidences(test.pixels)).all()


def test_training_learns() -> None:
    images, test = split(read_csv())
    images = images.take(np.arange(300))
    engine = Eager(nn.MLP(64, [12, 10], output="sigmoid", init="he", seed=1), 1.0)
    history = train(engine, images, test.take(np.arange(80)), epochs=6, batch=4, seed=0)
    assert history.losses[-1] < history.losses[0] / 2
    assert history.accuracies[-1] > 0.7


def test_gradient_of_the_loss_agrees_with_finite_differences() -> None:
    images = split(read_csv())[0].take(np.arange(3))
    network = nn.MLP(64, [3, 10], output="sigmoid", seed=2)
    weight = network.layers[0].neurons[1].w[20]

    def loss() -> float:
        rows = zip(images.pixels.tolist(), images.targets.tolist(), strict=True)
        return sum(nn.squared_error(network(row), target).data for row, target in rows) / 3

    engine = Eager(network, 1.0)
    step, start = 1e-5, weight.data
    weight.data = start + step
    above = loss()
    weight.data = start - step
    slope = (above - loss()) / (2 * step)
    weight.data = start
    engine.train_on(images.pixels, images.targets)
    assert weight.data - start == pytest.approx(-slope, rel=1e-5)
