"""The GPT computes its formulas, learns the same jitted and eagerly, and the demo prints correct numbers."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from demos.gpt import __main__ as demo, story
from demos.gpt.model import GPT
from demos.gpt.names import ALL, VOCABULARY, decoded, encoded, names
from demos.gpt.training import batches, eager, jitted


def in_arrays(model: GPT, text: list[int]) -> float:
    """The loss, written again in arrays: all positions at once, with a causal mask."""
    w = {
        name: np.array([[v.data for v in row] for row in matrix])
        for name, matrix in vars(model).items()
        if name != "heads"
    }
    read, right = text[:-1], text[1:]
    places, width = len(read), w["query"].shape[0]

    def norm(x: Any) -> Any:
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)

    def heads(x: Any) -> Any:
        return x.reshape(places, model.heads, -1).swapaxes(0, 1)

    x = w["token"][read] + w["place"][:places]
    q, k, v = (heads(norm(x) @ w[name].T) for name in ("query", "key", "value"))
    fits = q @ k.swapaxes(1, 2) / math.sqrt(width / model.heads) + np.triu(np.full((places, places), -np.inf), 1)
    shares = np.exp(fits) / np.exp(fits).sum(-1, keepdims=True)
    x = x + (shares @ v).swapaxes(0, 1).reshape(places, width) @ w["output"].T
    x = x + np.maximum(norm(x) @ w["up"].T, 0.0) @ w["down"].T
    scores = x @ w["logit"].T
    return float((np.log(np.exp(scores).sum(-1)) - scores[np.arange(places), right]).mean())


def larger(model: GPT) -> GPT:
    """A model with weights large enough to make attention selective."""
    for v in model.parameters():
        v.data *= 8.0
    return model


@pytest.mark.parametrize("name", ["by", "thimblestead"])
def test_the_loss_is_that_of_the_formulas_in_arrays(name: str) -> None:
    model = larger(GPT(8, seed=3))
    assert model.loss(encoded(name)).data == pytest.approx(in_arrays(model, encoded(name)), rel=1e-12)


def test_derivatives_agree_with_finite_differences() -> None:
    model, text = larger(GPT(4, seed=1, heads=2)), encoded("badham")
    model.loss(text).backward()
    step = 1e-5
    for v in random.Random(0).sample(model.parameters(), 60):
        start, differences = v.data, []
        for v.data in (start + step, start - step):
            differences.append(in_arrays(model, text))
        v.data = start
        assert v.grad == pytest.approx((differences[0] - differences[1]) / (2 * step), rel=1e-5, abs=1e-8)


def test_twenty_steps_jitted_and_eager_have_the_same_losses() -> None:
    texts = [encoded(name) for name in names(200, seed=2) if len(name) in (8, 9)]
    drawn = list(islice(batches(texts, 2, random.Random(0)), 20))
    assert {len(batch[0]) for batch in drawn} == {10, 11}
    one, other = GPT(8, seed=5), GPT(8, seed=5)
    loss = autograd.jit(one.loss)
    by_jit, eagerly = jitted(loss, 20), eager(other, 20)
    losses = np.array([(by_jit(batch), eagerly(batch)) for batch in drawn])
    assert np.abs(losses[:, 0] - losses[:, 1]).max() < 1e-9
    assert losses[-5:, 0].mean() < losses[:5, 0].mean() - 0.5
    loss.sync()
    assert loss.report().startswith("loss: 2 paths for 2 structures")
    compiled = re.findall("compiled [^,]+", loss.report())
    assert loss.batch(drawn[0]).mean() == pytest.approx(np.mean([in_arrays(one, text) for text in drawn[0]]))
    assert re.findall("compiled [^,]+", loss.report()) == compiled  # the programs for training also predict
    apart = [abs(v.data - w.data) for v, w in zip(one.parameters(), other.parameters(), strict=True)]
    assert max(apart) < 1e-9


def test_later_letters_have_no_influence() -> None:
    model = GPT(8)
    for text in ("tha", "thistle"):
        keys, values = list[Any](), list[Any]()
        scores = [[v.data for v in model(letter, i, keys, values)] for i, letter in enumerate(encoded(text))]
        if text == "tha":
            first = scores[:3]
    assert scores[:3] == first


def test_names_are_unique_and_survive_encoding() -> None:
    assert len(set(ALL)) == len(ALL)
    assert max(map(len, ALL)) < len(GPT(4).place)
    assert all(decoded(encoded(name)) == name for name in ALL[::97])
    assert names(50, seed=1) == names(50, seed=1) != names(50, seed=2)
    assert {VOCABULARY.index(letter) for name in ALL for letter in name} <= set(range(1, 27))


def test_a_batch_is_of_one_length_and_lengths_come_as_often_as_they_are() -> None:
    texts = [[0] * length for length in (3, 3, 3, 5)]
    drawn = list(islice(batches(texts, 2, random.Random(0)), 400))
    assert all(len(batch) == 2 and len(set(map(len, batch))) == 1 for batch in drawn)
    assert Counter(len(batch[0]) for batch in drawn)[3] / 400 == pytest.approx(0.75, abs=0.07)


def test_it_writes_until_the_end_or_the_last_place() -> None:
    model = GPT(4, places=5)
    written = [model.sample(random.Random(seed)) for seed in range(30)]
    assert written == [model.sample(random.Random(seed)) for seed in range(30)]
    for text in written:
        assert 0 not in text[1:-1]
        assert text[-1] == 0 or len(text) == 6
    assert {len(text) for text in written} > {6}


def test_heads_share_the_width() -> None:
    with pytest.raises(ValueError, match=r"width.*4 heads, not 6"):
        GPT(6)


def test_the_demo_learns_and_prints_true_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "KNOWN", 60)
    monkeypatch.setattr(demo, "UNSEEN", 10)
    monkeypatch.setattr(demo, "BATCH", 8)
    page = tmp_path / "gpt.html"
    assert demo.main(["--steps", "120", "--width", "8", "--seed", "4", "--page", str(page)]) == 0
    told = capsys.readouterr().out
    losses = [float(loss) for loss in re.findall(r"step +\d+ +loss ([\d.]+)", told)]
    assert len(losses) == 10
    assert losses[0] > 2.4 > 2.0 > losses[-1]
    known = names(demo.KNOWN, seed=4)
    shown = told.split("20 samples\n")[1].split(" of 20 are new")[0].split()[1:]
    new, written = int(shown.pop()), shown
    assert len(written) == 20
    assert new == sum(name.strip("*?") not in known for name in written)
    assert all((name.strip("*?") in ALL) == ("?" not in name) for name in written)
    assert re.search(r"in one name: [\d,]+ scalar operations -> \d\d numpy calls", told.replace("\n  ", " "))
    assert "a sum passes the gradient on to both operands" in told
    assert "(contributions add up)" in told
    assert "token[20][0]" in page.read_text(encoding="utf-8")
    assert max(map(len, told.split("Inside:")[0].splitlines())) < 80


def test_options_are_checked_first(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["--width", "6"],
        ["--steps", "0"],
        ["--seed", "x"],
        ["--page", "gpt.txt"],
        ["--page", "missing/gpt.html"],
    ):
        with pytest.raises(SystemExit) as end:
            demo.main(arguments)
        assert end.value.code == 2
    told = capsys.readouterr().err
    assert "6 is not a multiple of 4" in told
    assert "'gpt.txt' does not end in .html" in told


def test_an_interrupt_ends_training_and_keeps_the_weights(capsys: pytest.CaptureFixture[str]) -> None:
    model = GPT(4)
    loss = autograd.jit(model.loss)
    start = model.state_dict()

    def interrupted() -> Any:
        yield [encoded("by")] * 2
        raise KeyboardInterrupt

    story.train(model, loss, interrupted(), 10)
    assert "Stopped at step 2" in capsys.readouterr().out
    assert model.state_dict() != start
