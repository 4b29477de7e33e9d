"""The story of training the GPT, told in the terminal: garbage before, village names after."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from statistics import fmean

import autograd
from autograd import Jitted
from demos.gpt.model import GPT
from demos.gpt.names import ALL, decoded, encoded
from demos.gpt.training import Batch, jitted
from demos.telling import lines, say, table, title

_GARBAGE, _SAMPLES, _COLUMNS = 4, 20, 4
_REPORTS = 10
"""The number of progress lines during training."""


def begin(model: GPT, known: Sequence[str]) -> None:
    """The data and the model."""
    say(
        f"The data: {len(known):,} names of imaginary villages: {', '.join(known[:6])}, … A rule generated them: a "
        f"beginning, a middle and an end, as in br-amble-ford. It allows {len(ALL):,} names. The network never sees "
        "the rule, only names, letter by letter. It learns to invent new ones.",
        indent="",
    )
    width = len(model.token[0])
    title(f"A GPT with one layer: {len(model.parameters()):,} parameters, all random")
    table(
        [
            ("token", f"{len(model.token)} × {width}", "an embedding of each letter"),
            ("place", f"{len(model.place)} × {width}", "an embedding of each position"),
            ("query, key, value, output", f"4 × {width} × {width}", f"attention with {model.heads} heads"),
            ("up, down", f"2 × {width} × {4 * width}", "an MLP"),
            ("logit", f"{len(model.logit)} × {width}", "a score for each next letter"),
        ]
    )
    say("All of it is in demos/gpt/model.py, written with scalars. Before training it writes garbage:")
    rng = random.Random(0)
    lines(f"    {decoded(model.sample(rng))}" for _ in range(_GARBAGE))


def compare(model: GPT, loss: Jitted, batch: Batch, steps: int) -> None:
    """The loss of a batch and its gradient, computed eagerly and jitted."""
    title(f"One batch of {len(batch)} names, eager and jitted")
    started = time.perf_counter()
    root = autograd.mean([model.loss(text) for text in batch])
    root.backward()
    slow = time.perf_counter() - started
    gradient = [v.grad for v in model.parameters()]
    first, found = _timed(loss, batch)
    again = min(_timed(loss, batch)[0] for _ in range(5))
    loss.sync()
    error = max(abs(v.grad - other) for v, other in zip(model.parameters(), gradient, strict=True))
    model.zero_grad()
    table(
        [
            ("eager: loss and backward()", f"{slow:.3f} s", f"loss {root.data:.12f}"),
            ("jitted, first call: trace and compile", f"{first:.3f} s", f"loss {found:.12f}"),
            ("jitted, later calls", f"{again:.4f} s", f"{slow / again:,.0f} times as fast"),
        ]
    )
    say(f"jit finds what is alike in one name: {_found(loss)}.")
    guess = len(model.logit)
    say(
        f"A uniform guess among {guess} letters would have the loss log {guess} = {math.log(guess):.3f}. The "
        f"{len(gradient):,} derivatives differ by at most {error:.0e}. At this speed {steps:,} eager steps would take "
        f"{_duration(slow * steps)}."
    )


def _found(loss: Jitted) -> str:
    return next(line.strip() for line in loss.report().splitlines() if " -> " in line)


def _timed(loss: Jitted, batch: Batch) -> tuple[float, float]:
    started = time.perf_counter()
    found, _ = loss.value_and_grad(batch)
    return time.perf_counter() - started, found


def train(model: GPT, loss: Jitted, drawn: Iterator[Batch], steps: int) -> None:
    """Trains, with ten progress lines. Ctrl-C ends the training early, and the story goes on."""
    title(f"Training: {steps:,} steps of Adam, each on names of equal length")
    step, rng = jitted(loss, steps), random.Random(0)
    recent, compiling = list[float](), dict[int, float]()
    started, done = time.perf_counter(), 0
    try:
        for done in range(1, steps + 1):
            batch, began = next(drawn), time.perf_counter()
            recent.append(step(batch))
            compiling.setdefault(len(batch[0]), time.perf_counter() - began)
            if done * _REPORTS // steps > (done - 1) * _REPORTS // steps:
                loss.sync()
                print(f"  step {done:>5,}   {_score(fmean(recent))}   {decoded(model.sample(rng))}", flush=True)
                recent.clear()
    except KeyboardInterrupt:
        say(f"Stopped at step {done:,}. The parameters so far are kept.")
    loss.sync()
    say(
        f"{time.perf_counter() - started:.1f} s, of which {sum(compiling.values()):.1f} s for the first step on each "
        f"of {len(compiling)} lengths: jit traces and compiles one program per length. Perplexity is exp(loss): as "
        "uncertain as a guess among that many letters."
    )


def invent(model: GPT, known: Sequence[str]) -> None:
    """Samples names; counts the new ones, and those that follow the rule."""
    title(f"After training: {_SAMPLES} samples")
    rng = random.Random(0)
    samples = [decoded(model.sample(rng)) for _ in range(_SAMPLES)]
    copied, allowed = set(known), set(ALL)
    shown = [name + "*" * (name in copied) + "?" * (name not in allowed) for name in samples]
    for row in range(0, _SAMPLES, _COLUMNS):
        print("  " + "".join(f"{name:<18}" for name in shown[row : row + _COLUMNS]).rstrip())
    new, right = sum(name not in copied for name in samples), sum(name in allowed for name in samples)
    say(
        f"{new} of {_SAMPLES} are new; * marks a name from the data. {right} of {_SAMPLES} follow the rule that the "
        "network never saw; ? marks one that does not."
    )


def test(loss: Jitted, unseen: Sequence[str]) -> None:
    """The loss on names that are not in the data, and the least that is possible."""
    title(f"Test: {len(unseen)} names that it has never seen")
    texts = list(map(encoded, unseen))
    losses = [
        found
        for length in sorted(set(map(len, texts)))
        for found in loss.batch([text for text in texts if len(text) == length]).tolist()
    ]
    least = fmean(math.log(len(ALL)) / (len(text) - 1) for text in texts)
    table([("the network", _score(fmean(losses)), ""), ("the rule itself", _score(least), "the optimum on average")])
    say("What remains is chance: the rule draws each part of a name at random.")


def _score(loss: float) -> str:
    return f"loss {loss:.3f}   perplexity {math.exp(loss):4.1f}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
