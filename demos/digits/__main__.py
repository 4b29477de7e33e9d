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
    """Runs the demo.

    Returns:
        The exit code: 0; 1 for a loss that blew up; 2 for bad options or files; 130 where Ctrl-C ended it.
    """
    options = parse(arguments)
    try:
        return _run(options)
    except KeyboardInterrupt:
        return _failed("interrupted", 130)


def _run(options: argparse.Namespace) -> int:
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
            before = engine.confidences(test.pixels[report.few(test.labels)])
            story.introduce(engine, test, row, random=options.load is None)
            history = story.learn(engine, images, test, epochs=options.epochs, batch=options.batch, seed=options.seed)
    except DivergedError as error:
        return _failed(str(error), 1)
    after = engine.confidences(test.pixels)
    story.conclude(after, test, row)
    return _keep(options, Run(network, *in_file, options.pixels, before, after, history))


def _keep(options: argparse.Namespace, run: Run) -> int:
    """Writes the model and the report, each where it is asked for; returns the exit code."""
    code = 0
    if options.save:
        try:
            nn.save(run.network, options.save)
            print(f"\nSaved to {options.save}. To begin there: --load {options.save}, with {_repeated(options)}.")
        except OSError as error:
            code = _failed(f"{options.save} cannot be written: {error.strerror}", 2)
    if options.report:
        print(f"\nWriting {options.report} …", flush=True)
        try:
            report.write(run, options.report)
        except OSError as error:
            return _failed(f"{options.report} cannot be written: {error.strerror}", 2)
        print(f"\nOpen {options.report} in a browser: curves, mistakes, weights, and a canvas to draw digits on.")
    return code


def _repeated(options: argparse.Namespace) -> str:
    """The options that a saved network has to be loaded with, since they decide its size."""
    pixels = ["--pixels", str(options.pixels)] if options.pixels else []
    return " ".join(["--hidden", *map(str, options.hidden), *pixels])


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
        try:
            nn.load(network, options.load)
        except ValueError as error:
            raise ValueError(f"{error}; give the --hidden, --pixels and --data that it was trained with") from None
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
