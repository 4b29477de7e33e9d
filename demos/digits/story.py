"""The story of learning, told in the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

import numpy as np
from tqdm import tqdm

import nn
from demos.digits import drawing
from demos.digits.data import Array, Images
from demos.digits.engines import Engine
from demos.digits.training import History, train

_MISTAKES = 3


def introduce(engine: Engine, test: Images, row: int, *, random: bool) -> None:
    """One image, what the network says of it before training, and how wrong that is."""
    outputs = engine.confidences(test.pixels[row : row + 1])[0].tolist()
    label = int(test.labels[row])
    _title(f"A test image: someone wrote a {label}")
    _lines(drawing.image(test.pixels[row], test.height, test.width))
    _title("Before training: ten confidences" + (", and they are garbage" if random else ""))
    _lines(drawing.confidences(outputs, label))
    _title("How wrong? The squared error against the correct answer")
    _lines(drawing.squared_error(outputs, label))


def learn(engine: Engine, images: Images, test: Images, *, epochs: int, batch: int, seed: int) -> History:
    """Trains, with a bar that shows the loss falling and the accuracy rising."""
    _title(f"Training: {len(images):,} images, {epochs} times, a step downhill after every {batch}")
    print(f"  {engine.method}")
    started = time.perf_counter()
    # Where nobody watches, a bar that redraws itself is noise: there ten plain lines tell the same.
    with tqdm(total=epochs, unit="epoch", disable=not sys.stderr.isatty(), leave=True) as bar:

        def report(epoch: int, loss: float, accuracy: float) -> None:
            bar.set_postfix_str(f"loss {loss:.4f}, test images recognised {accuracy:.1%}", refresh=False)
            bar.update()
            if bar.disable and (epoch == 1 or epoch * 10 // epochs > (epoch - 1) * 10 // epochs):
                print(f"  epoch {epoch:>3}   loss {loss:.4f}   test images recognised {accuracy:6.1%}", flush=True)

        history = train(engine, images, test, epochs=epochs, batch=batch, seed=seed, report=report)
    if history.interrupted:
        print(f"  Stopped after {len(history.losses)} whole epochs; the weights so far are kept.")
    print(f"  {time.perf_counter() - started:.1f} s")
    return history


def conclude(outputs: Array, test: Images, row: int) -> None:
    """The same image again, the accuracy, and some of the mistakes, by the confidences for all test images."""
    label = int(test.labels[row])
    _title(f"A test image, a {label}, and the network's answer")
    _lines(drawing.confidences(outputs[row].tolist(), label))
    _lines(drawing.squared_error(outputs[row].tolist(), label)[-1:])
    share = nn.accuracy(outputs, test.labels)
    wrong = np.flatnonzero(outputs.argmax(axis=1) != test.labels)
    _title(f"Of {len(test)} images that it never saw, it recognises {len(test) - len(wrong)}: {share:.1%}")
    for mistake in wrong[:_MISTAKES]:
        answer = int(outputs[mistake].argmax())
        print(f"  Written: {test.labels[mistake]}. The network says {answer}, with {outputs[mistake, answer]:.2f}:")
        _lines("    " + line for line in drawing.image(test.pixels[mistake], test.height, test.width))


def _title(text: str) -> None:
    print(f"\n{text}\n{'─' * len(text)}")


def _lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
