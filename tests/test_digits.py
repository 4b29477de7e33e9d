"""The digit demo, as its users run it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from demos.digits.__main__ import main
from demos.digits.data import read_csv, split
from demos.digits.engines import WEIGHT_DECAY, Compiled, DivergedError, Eager, Engine
from demos.digits.training import learning_rate, train
from tests.terminal import Terminal

ROOT = Path(__file__).parent.parent
SMALL = ["--hidden", "8", "--epochs", "2", "--batch", "4", "--images", "60", "--no-report"]


@pytest.fixture(autouse=True)
def _reports_in_a_directory_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SMALL) == 0
    told = capsys.readouterr().out
    for part in [
        "before training: garbage",
        "squared error: their sum",
        "If this weight increases slightly",
        "One step downhill",
        "too large, ",
        "Repeat: 240 images, 2 times, a step after every 4: 120 steps",
        "The same image again",
        "it recognises",
        "It looks like",
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
        (["--size", "8by8"], "'8by8' is not a height and a width such as 20x30"),
        (["--size", "9x9"], "are not the pixels of a 9×9 image"),
        (["--load", "missing.npz"], "missing.npz cannot be read: No such file or directory"),
        (["--images", "100000"], "--images 100000: there are only 1438 to train on"),
        (["--pixels", "100000"], "'100000' is not a whole number from 1 to 200"),
        (["--save", "missing/file"], "'missing/file' is not a file in an existing folder"),
        (["--report", ""], "'' is not a file in an existing folder"),
    ],
)
def test_bad_options_end_with_one_line_and_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(arguments)
    except SystemExit as ended:  # from argparse
        code = ended.code  # type: ignore[assignment]
    assert code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    for option in [
        *("--hidden", "--epochs", "--batch", "--rate", "--seed", "--engine"),
        *("--data", "--size", "--pixels", "--images", "--save", "--load", "--report", "--no-report"),
    ]:
        assert option in told


def test_a_loss_that_blows_up_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    # The second run has only one step, after which no loss is computed.
    options = ["--hidden", "16", "--epochs", "1", "--rate", "1e308", "--no-augment"]
    for engine, images in [("compiled", "48"), ("compiled", "16"), ("eager", "48"), ("eager", "16")]:
        assert main([*options, "--images", images, "--engine", engine]) == 1
        told = capsys.readouterr().err
        assert re.search(r"at step \d: the learning rate of \S+ is the likely cause; try a smaller one", told)


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


def test_an_interruption_while_accuracy_is_measured_leaves_whole_epochs() -> None:
    images, test = split(read_csv())
    images, test = images.take(np.arange(24)), test.take(np.arange(10))
    engine = Compiled(nn.MLP(64, [4, 10], output="sigmoid", seed=0), 0.5)
    measure, calls = engine.confidences, []

    def interrupted(pixels: np.ndarray) -> np.ndarray:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return measure(pixels)

    engine.confidences = interrupted  # type: ignore[method-assign]
    history = train(engine, images, test, epochs=9, batch=8, seed=0)
    assert history.interrupted
    assert len(history.losses) == len(history.accuracies) == 2


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C as POSIX sends it")
@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_ctrl_c_keeps_the_model_and_the_report(engine: str, tmp_path: Path) -> None:
    options = ["--hidden", "8", "--images", "40", "--no-augment", "--epochs", "100000", "--engine", engine]
    files = [tmp_path / "model.npz", tmp_path / "digits.html"]
    command = [sys.executable, "-u", "-m", "demos.digits", *options, "--save", str(files[0]), "--report", str(files[1])]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("  epoch   1"):
            running.send_signal(signal.SIGINT)
            break
    told, _ = running.communicate(timeout=60)
    assert running.returncode == 0, told
    assert "the weights so far are kept" in told
    assert all(file.stat().st_size > 1000 for file in files)
    nn.load(nn.MLP(64, [8, 10], output="sigmoid"), files[0])


def test_training_learns() -> None:
    images, test = split(read_csv())
    images = images.take(np.arange(300))
    engine = Eager(nn.MLP(64, [12, 10], output="sigmoid", init="he", seed=1), 1.0)
    history = train(engine, images, test.take(np.arange(80)), epochs=4, batch=4, seed=0)
    assert history.losses[-1] < history.losses[0] / 2
    assert history.accuracies[-1] > 0.7


def test_gradient_of_the_loss_agrees_with_finite_differences() -> None:
    images = split(read_csv())[0].take(np.arange(3))
    network = nn.MLP(64, [3, 10], output="sigmoid", seed=2)
    weight = network.layers[0].neurons[0].w[20]

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
    assert slope != 0
    assert weight.data - start == pytest.approx(-slope - WEIGHT_DECAY * start, rel=1e-5)


def losses(kind: type[Eager] | type[Compiled], activation: str) -> tuple[list[float], list[float], nn.MLP]:
    images, test = split(read_csv())
    images, test = images.take(np.arange(50)), test.take(np.arange(30))
    network = nn.MLP(64, [6, 5, 10], activation, "sigmoid", init="he", seed=4)
    engine: Engine = kind(network, learning_rate(1.0, len(images), epochs=4, batch=8))
    history = train(engine, images, test, epochs=4, batch=8, seed=0)
    np.testing.assert_allclose(Eager(network, 1.0).confidences(test.pixels), engine.confidences(test.pixels), rtol=1e-9)
    return history.losses, history.accuracies, network


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_both_engines_learn_the_same(activation: str) -> None:
    eager, compiled = losses(Eager, activation), losses(Compiled, activation)
    np.testing.assert_allclose(compiled[0], eager[0], rtol=1e-9)
    assert compiled[1] == eager[1]
    np.testing.assert_allclose(
        [p.data for p in compiled[2].parameters()], [p.data for p in eager[2].parameters()], rtol=1e-7, atol=1e-12
    )


@pytest.mark.parametrize("kind", [Eager, Compiled])
@pytest.mark.parametrize("rate", [1e8, 1e200])
def test_linear_outputs_that_diverge_are_caught(kind: type[Eager] | type[Compiled], rate: float) -> None:
    images = split(read_csv())[0].take(np.arange(16))
    engine = kind(nn.MLP(64, [4, 10], init="he", seed=0), rate)
    with pytest.raises(DivergedError, match=r"the loss became (inf|nan) at step \d+: the learning rate of 1e\+"):
        train(engine, images, images, epochs=50, batch=8, seed=0)


def test_the_rate_climbs_then_falls() -> None:
    rate = learning_rate(2.0, 100, epochs=10, batch=10)
    rates = [rate(step) for step in range(100)]
    assert max(rates) == rates[4] == rates[5] == 2.0
    assert rates[:5] == pytest.approx([0.4, 0.8, 1.2, 1.6, 2.0])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] < 0.01


def test_defaults_recognise_97_percent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-report"]) == 0
    told = capsys.readouterr().out
    assert "9,610 weights" in told
    share = re.search(r"it recognises \d+: ([\d.]+)%", told)
    assert share is not None
    assert float(share[1]) >= 97


def test_scaled_images_make_a_larger_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--pixels", "12"]) == 0
    assert "A network of 144 pixels" in capsys.readouterr().out


def test_a_saved_network_resumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "model.npz"
    assert main([*SMALL, "--save", str(model)]) == 0
    trained = capsys.readouterr().out
    conclusion = trained[trained.index("Of 359 images") : trained.index("Saved to")].strip()
    assert main(["--load", str(model), "--no-report"]) == 0
    loaded = capsys.readouterr().out
    assert conclusion in loaded
    assert "Repeat" not in loaded
    assert main(["--hidden", "9", "--load", str(model)]) == 2
    assert "has hidden layers of [8], but --hidden is [9]" in capsys.readouterr().err


def test_a_saved_network_brings_its_pixels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "model.npz"
    assert main([*SMALL, "--pixels", "12", "--save", str(model)]) == 0
    capsys.readouterr()
    assert main(["--load", str(model), "--no-report"]) == 0
    assert "A network of 144 pixels, 8 hidden neurons" in capsys.readouterr().out
    nn.save(nn.MLP(65, [4, 10], output="sigmoid", seed=0), model)
    assert main(["--load", str(model)]) == 2
    assert "takes 65 pixels, and the images are 8×8" in capsys.readouterr().err
    nn.save(nn.MLP(64, [4, 3], seed=0), model)
    assert main(["--load", str(model)]) == 2
    assert "contains MLP 64-4-3 (relu, linear), not a network" in capsys.readouterr().err


@pytest.mark.parametrize("seed", range(2))
def test_the_image_that_the_story_follows_is_wrong_before_and_right_after(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--no-report", "--no-augment", "--epochs", "4", "--hidden", "16", "--seed", str(seed)]) == 0
    told = capsys.readouterr().out
    label = re.search(r"Someone wrote an? (\d)", told)
    assert label is not None
    before, after = told.split("Repeat: ")
    assert not re.search(rf"^  {label[1]}  .*the network's answer", before, re.MULTILINE)
    assert re.search(rf"^  {label[1]}  .*the label, the network's answer", after, re.MULTILINE)
    assert max(map(len, told.splitlines())) <= 80


def test_the_nudge_agrees_with_the_derivative(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SMALL) == 0
    told = capsys.readouterr().out
    slope = re.search(r"the slope: their quotient +(-?[\d.]+)", told)
    derivative = re.search(r"the derivative, by backward\(\) +(-?[\d.]+)", told)
    assert slope is not None
    assert derivative is not None
    assert float(slope[1]) == pytest.approx(float(derivative[1]), rel=0.01)
    losses = [re.search(rf"{name}.* ([\d.]+) → ([\d.]+)", told) for name in ("of this image", "right,", "too small,")]
    assert all(found is not None and float(found[2]) < float(found[1]) for found in losses)


def test_progress_moves_within_an_epoch_and_never_wraps() -> None:
    options = ["--hidden", "32", "--epochs", "1", "--images", "900", "--no-augment", "--no-report", "--engine", "eager"]
    with Terminal([sys.executable, "-m", "demos.digits", *options], 80, {}, ROOT) as terminal:
        told = re.split(r"[\r\n]", terminal.read("it recognises"))
    bars = [line for line in told if line.startswith("  epoch 1 of 1, loss")]
    assert len(set(bars)) > 2
    assert "% right" in bars[-1]
    assert max(len(line.rstrip()) for line in told) <= 80
