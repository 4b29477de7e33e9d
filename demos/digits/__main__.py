"""The digit demo, from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np

import nn
from autograd.entry import run
from autograd.shown import WHOLE, path_shown
from demos.command_line import need
from demos.digits import report, sizes, story
from demos.digits.augmentation import Augmented, augment
from demos.digits.data import DataError, Images, split
from demos.digits.engines import Compiled, DivergedError, Eager, Engine
from demos.digits.formats import read
from demos.digits.options import HIDDEN, parse
from demos.digits.report import Run
from demos.digits.resizing import resize
from demos.digits.sizes import Sizes
from demos.digits.training import learning_rate, suitable_rate
from demos.telling import can_draw
from nn.schedules import Schedule


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo.

    Returns:
        The exit code: 0; 1 if the loss diverged; 2 for bad options or files.
    """
    options = parse(arguments)
    need("tqdm", *["matplotlib"] * bool(options.report))
    try:
        saved = sizes.of(options.load) if options.load else None
        in_file = _data(options)
        options.pixels = options.pixels or (sizes.side(saved, in_file[0]) if saved else None)
        network = _network(options, saved, in_file[0])
        augmented = augment(in_file[0]) if options.augment and options.epochs else Augmented(in_file[0], 0, 0)
    except ValueError as error:
        return _failed(str(error), 2)
    except OSError as error:
        return _failed(f"{path_shown(error.filename)} cannot be read: {error.strerror}", 2)
    images, test = (_resized(options, each) for each in (augmented.images, in_file[1]))
    story.begin(network, in_file[0], augmented, test, options.load)
    if options.report:
        can_draw("picture of the network as an expression in the page")
    rate = options.rate or suitable_rate(images.pixels.shape[1])
    engine = _engine(options, network, learning_rate(rate, len(images), epochs=options.epochs, batch=options.batch))
    before = engine.confidences(test.pixels)
    history = None
    row = story.choose(before, images, test, options.seed)
    try:
        if options.epochs:
            story.introduce(before, test, row, random=options.load is None)
            story.differentiate(network, test, row)
            story.descend(engine, network, images, test, row, rate)
            history = story.learn(engine, images, test, epochs=options.epochs, batch=options.batch, seed=options.seed)
    except DivergedError as error:
        return _failed(str(error), 1)
    after = engine.confidences(test.pixels) if history else before
    story.conclude(before, after, test, row, trained=history is not None)
    return _keep(options, Run(network, *in_file, options.pixels, before, after, history, augmented, row))


def _resized(options: argparse.Namespace, images: Images) -> Images:
    return resize(images, options.pixels) if options.pixels else images


def _keep(options: argparse.Namespace, run: Run) -> int:
    """Writes the model and the report, as requested; returns the exit code."""
    code = 0
    if options.save:
        try:
            nn.save(run.network, options.save)
        except OSError as error:
            code = _failed(f"{path_shown(options.save)} cannot be written: {error.strerror}", 2)
        else:
            saved = path_shown(options.save, WHOLE)
            print(f"\nSaved to {saved}. To begin there: --load {saved}.")
    if options.report:
        page = path_shown(options.report, WHOLE)
        print(f"\nWriting {page} …", flush=True)
        try:
            report.write(run, options.report)
        except OSError as error:
            return _failed(f"{path_shown(options.report)} cannot be written: {error.strerror}", 2)
        print(f"\nOpen {page} in a browser: curves, mistakes, weights, and a canvas to draw digits on.")
    return code


def _data(options: argparse.Namespace) -> tuple[Images, Images]:
    """The images for training and those for the test, as in the file."""
    images, test = split(read(options.data, options.size))
    if options.images is not None:
        if options.images > len(images):
            raise DataError(f"--images {options.images}: there are only {len(images)} to train on")
        images = images.take(np.random.default_rng(0).permutation(len(images))[: options.images])
    return images, test


def _network(options: argparse.Namespace, saved: Sizes | None, images: Images) -> nn.MLP:
    """A network with random weights, or a saved one."""
    if not saved:
        inputs = options.pixels**2 if options.pixels else images.pixels.shape[1]
        hidden = options.hidden or HIDDEN
        sizes.check(inputs, hidden)
        return nn.MLP(inputs, [*hidden, 10], output="sigmoid", init="he", seed=options.seed)
    if options.hidden and options.hidden != saved.hidden:
        raise ValueError(
            f"{path_shown(options.load)} has hidden layers of {saved.hidden}, but --hidden is {options.hidden}"
        )
    network = saved.network()
    nn.load(network, options.load)
    return network


def _engine(options: argparse.Namespace, network: nn.MLP, rate: Schedule) -> Engine:
    return Eager(network, rate) if options.engine == "eager" else Compiled(network, rate)


def _failed(message: str, code: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    run(main)
