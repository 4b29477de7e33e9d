"""The digit demo, from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np

import nn
from demos.digits import report, story
from demos.digits.data import DataError, Images, split
from demos.digits.engines import Compiled, DivergedError, Eager, Engine
from demos.digits.formats import read
from demos.digits.options import parse
from demos.digits.report import Run
from demos.digits.resizing import resize
from demos.digits.training import History, learning_rate, suitable_rate


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo; returns the exit code: 0, or 2 for bad options or files, or 1 for a loss that blew up."""
    options = parse(arguments)
    try:
        in_file = _data(options)
        images, test = in_file if options.pixels is None else (resize(each, options.pixels) for each in in_file)
        network = _network(options, images)
    except (DataError, ValueError) as error:
        return _failed(str(error), 2)
    except OSError as error:
        return _failed(f"{error.filename} cannot be read: {error.strerror}", 2)
    engine = _engine(options, network, images)
    row = options.seed % len(test)
    before, history = None, History([], [])
    try:
        if options.epochs:
            before = engine.confidences(test.pixels)
            story.introduce(engine, test, row, random=options.load is None)
            history = story.learn(engine, images, test, epochs=options.epochs, batch=options.batch, seed=options.seed)
    except DivergedError as error:
        return _failed(str(error), 1)
    story.conclude(engine, test, row)
    run = Run(network, *in_file, options.pixels, before, engine.confidences(test.pixels), history)
    return _keep(options, run)


def _keep(options: argparse.Namespace, run: Run) -> int:
    """Writes the model and the report, each where it is asked for; returns the exit code."""
    if options.save:
        try:
            nn.save(run.network, options.save)
        except OSError as error:
            return _failed(f"{options.save} cannot be written: {error.strerror}", 2)
        print(f"\nSaved to {options.save}; --load {options.save} begins there.")
    if options.report:
        try:
            report.write(run, options.report)
        except OSError as error:
            return _failed(f"{options.report} cannot be written: {error.strerror}", 2)
        print(f"\nOpen {options.report} in a browser: curves, mistakes, weights, and a canvas to draw digits on.")
    return 0


def _data(options: argparse.Namespace) -> tuple[Images, Images]:
    """The images to learn from, and those for the test, as they are in the file."""
    images, test = split(read(options.data, options.size))
    if options.images is not None:
        if options.images > len(images):
            raise DataError(f"--images {options.images}: there are {len(images)} to train on")
        images = images.take(np.random.default_rng(0).permutation(len(images))[: options.images])
    return images, test


def _network(options: argparse.Namespace, images: Images) -> nn.MLP:
    """A network of random weights, or of saved ones."""
    inputs = images.pixels.shape[1]
    network = nn.MLP(inputs, [*options.hidden, 10], output="sigmoid", init="he", seed=options.seed)
    if options.load:
        nn.load(network, options.load)
    print(
        f"A network of {inputs:,} pixels, {' and '.join(map(str, options.hidden))} hidden neurons and 10 confidences: "
        f"{len(network.parameters()):,} weights and biases, {f'from {options.load}' if options.load else 'all random'}."
    )
    return network


def _engine(options: argparse.Namespace, network: nn.MLP, images: Images) -> Engine:
    peak = options.rate or suitable_rate(images.pixels.shape[1])
    rate = learning_rate(peak, len(images), epochs=options.epochs, batch=options.batch)
    return Eager(network, rate) if options.engine == "eager" else Compiled(network, rate)


def _failed(message: str, code: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
