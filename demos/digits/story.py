"""Tells the story of learning in the terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import nn
from autograd.shown import path_shown
from demos.digits import descent, drawing
from demos.digits.augmentation import Augmented
from demos.digits.data import Array, Images, Labels
from demos.digits.descent import NUDGE, STEPS, Nudged
from demos.digits.engines import Engine
from demos.digits.training import History, train
from demos.telling import lines, say, table, title

if TYPE_CHECKING:
    from tqdm import tqdm

_MISTAKES = 3


def choose(before: Array, images: Images, test: Images, seed: int) -> int:
    """Chooses the test image to follow: one that is wrong now, and should be right after training.

    The seed chooses the digit. Of its images that are wrong, the nearest to the mean of the digit's training images is
    taken, since there are enough of that kind to learn from. If none is wrong, the next digit is taken.
    """
    wrong = before.argmax(axis=1) != test.labels
    for digit in np.roll(np.arange(10), -int(test.labels[seed % len(test)])).tolist():
        rows, known = np.flatnonzero(wrong & (test.labels == digit)), images.labels == digit
        if len(rows) and known.any():
            far = np.square(test.pixels[rows] - images.pixels[known].mean(axis=0)).sum(axis=1)
            return int(rows[far.argmin()])
    return seed % len(test)


def begin(network: nn.MLP, images: Images, augmented: Augmented, test: Images, file: Path | None) -> None:
    """Introduces the network and the images."""
    hidden = " and ".join(str(len(layer.neurons)) for layer in network.layers[:-1])
    say(
        f"A network of {test.pixels.shape[1]:,} pixels, {hidden} hidden neurons and 10 confidences: "
        f"{len(network.parameters()):,} weights and biases, {f'from {path_shown(file)}' if file else 'all random'}.",
        indent="",
    )
    if augmented.written:
        kinds = [f"{len(images):,} images"]
        kinds += [f"{augmented.copies:,} copies of them, slightly moved"] * bool(augmented.copies)
        kinds += [f"{augmented.written:,} digits written by simulated hands"]
        say(f"It will learn from {', '.join(kinds[:-1])}, and {kinds[-1]}.", indent="")


def introduce(before: Array, test: Images, row: int, *, random: bool) -> None:
    """Shows one image, the network's answer before training, and how wrong it is."""
    outputs = before[row].tolist()
    label = int(test.labels[row])
    wrong = int(np.argmax(outputs)) != label
    title(f"Pixels in: a test image. Someone wrote {drawing.a(label)}")
    if wrong:
        say("The network gets it wrong now, and there are many like it to learn from: training should fix it.")
    lines(drawing.image(test.pixels[row], test.height, test.width))
    title("Ten confidences out, before training" + (": garbage" if random else ""))
    lines(drawing.confidences(outputs, label))
    title("How wrong? The squared error against the correct answer")
    lines(drawing.squared_error(outputs, label))


def differentiate(network: nn.MLP, test: Images, row: int) -> None:
    """Nudges one weight, and compares the change of the loss with the derivative's prediction."""
    found = descent.nudge(network, test.pixels[row], test.targets[row])
    title("If this weight increases slightly, what happens to the loss?")
    say(f"{found.name}, from {_source(found)} to the confidence for {found.neuron}:")
    table(
        [
            ("the weight", f"{found.weight:.6f} → {found.weight + NUDGE:.6f}", f"{NUDGE} more"),
            ("the loss", f"{found.before:.6f} → {found.after:.6f}", f"{found.after - found.before:+.6f}"),
            ("the slope: their quotient", f"{found.slope:.6f}", ""),
            ("the derivative, by backward()", f"{found.derivative:.6f}", "without a second evaluation"),
        ]
    )
    direction = "less" if found.derivative < 0 else "more"
    say(f"So a slightly larger weight means {direction} loss, and backward() computes this for all weights at once.")


def descend(engine: Engine, network: nn.MLP, images: Images, test: Images, row: int, rate: float) -> None:
    """Takes one step downhill, then ten with each of three learning rates. The weights are restored afterwards."""
    one = descent.step(network, test.pixels[row], test.targets[row], rate)
    title("One step downhill: each weight against its derivative")
    say(
        f"weight ← weight - {one.rate:.3g} · derivative, for all {len(network.parameters()):,} of them; "
        f"on average they move by {one.changed:.2g}."
    )
    table([("the loss of this image", f"{one.before:.4f} → {one.after:.4f}", "")])
    title(f"The learning rate: {STEPS} steps on one training image of each digit")
    table(
        [
            (f"{each.name}, {each.rate:.2g}", f"{each.losses[0]:.3f} → {each.losses[-1]:.3f}", each.words)
            for each in descent.descents(engine, images, rate)
        ]
    )


def learn(engine: Engine, images: Images, test: Images, *, epochs: int, batch: int, seed: int) -> History:
    """Trains, with a progress bar, the loss and the accuracy."""
    batches = -(-len(images) // batch)
    title(f"Repeat: {len(images):,} images, {epochs:,} times, a step after every {batch}: {epochs * batches:,} steps")
    say(engine.method)
    started = time.perf_counter()
    from tqdm import tqdm  # here, so that a demo without it can say so

    # Without a terminal, a bar that redraws itself is noise; ten plain lines say the same.
    with tqdm(
        total=epochs * batches,
        bar_format="  {desc} {bar}",
        dynamic_ncols=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        history = _watched(bar, engine, images, test, epochs=epochs, batch=batch, seed=seed)
    if history.interrupted:
        say(f"Stopped after {len(history.losses)} complete epochs; the weights so far are kept.")
    print(f"  {time.perf_counter() - started:.1f} s")
    return history


def _watched(
    bar: tqdm[object], engine: Engine, images: Images, test: Images, *, epochs: int, batch: int, seed: int
) -> History:
    batches = -(-len(images) // batch)
    recognised = ""

    def report(epoch: int, loss: float, accuracy: float) -> None:
        nonlocal recognised
        recognised = f", {accuracy:.1%} right"
        show(epoch * batches, loss)
        if bar.disable and (epoch == 1 or epoch * 10 // epochs > (epoch - 1) * 10 // epochs):
            print(f"  epoch {epoch:>3}   loss {loss:.4f}   test images recognised {accuracy:6.1%}", flush=True)

    def show(done: int, loss: float) -> None:
        if bar.disable:
            return
        epoch = f"epoch {-(-done // batches)} of {epochs}"
        bar.set_description_str(f"{epoch}, loss {loss:.4f}{recognised}", refresh=False)
        bar.update(done - bar.n)

    return train(engine, images, test, epochs=epochs, batch=batch, seed=seed, report=report, progress=show)


def conclude(before: Array, after: Array, test: Images, row: int, *, trained: bool) -> None:
    """Shows the same image again, the accuracy, and some mistakes, from the confidences for all test images."""
    right, was_right = (each.argmax(axis=1) == test.labels for each in (after, before))
    label = int(test.labels[row])
    title(f"The same image again: {drawing.a(label)}" if trained else f"A test image: {drawing.a(label)}")
    _answered(after[row], label)
    learned = np.flatnonzero(right & ~was_right)
    if trained and not right[row] and len(learned):
        other = int(learned[0])
        label = int(test.labels[other])
        title(f"Still wrong. This one, {drawing.a(label)}, was wrong before and is right now")
        lines(drawing.image(test.pixels[other], test.height, test.width))
        print("  before:")
        _answered(before[other], label)
        print("  now:")
        _answered(after[other], label)
    _mistakes(after, test, np.flatnonzero(~right))


def _answered(outputs: Array, label: int) -> None:
    lines(drawing.confidences(outputs.tolist(), label))
    say(drawing.answer(outputs.tolist()))
    lines(drawing.squared_error(outputs.tolist(), label)[-1:])


def _mistakes(outputs: Array, test: Images, wrong: Labels) -> None:
    share = nn.accuracy(outputs, test.labels)
    title(f"Of {len(test)} images that it has never seen, it recognises {len(test) - len(wrong)}: {share:.1%}")
    for row in wrong[:_MISTAKES].tolist():
        answer = int(outputs[row].argmax())
        print(f"  Written: {test.labels[row]}. The network says {answer}, with {outputs[row, answer]:.2f}:")
        lines("    " + line for line in drawing.image(test.pixels[row], test.height, test.width))


def _source(found: Nudged) -> str:
    return f"hidden neuron {found.source}" if found.layer else f"pixel {found.source}"
