"""The digit demo, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

import nn
from demos.digits import story
from demos.digits.data import DataError, read_csv, split
from demos.digits.options import parse
from demos.digits.training import DivergedError, Eager


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo; returns the exit code: 0, or 2 for bad options or data, or 1 for a loss that blew up."""
    options = parse(arguments)
    try:
        train_images, test = split(read_csv(options.data))
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.images is not None:
        if options.images > len(train_images):
            print(f"error: --images {options.images}: there are {len(train_images)} to train on", file=sys.stderr)
            return 2
        train_images = train_images.take(np.random.default_rng(0).permutation(len(train_images))[: options.images])
    inputs = test.pixels.shape[1]
    network = nn.MLP(inputs, [*options.hidden, 10], output="sigmoid", init="he", seed=options.seed)
    print(
        f"A network of {inputs} pixels, {' and '.join(map(str, options.hidden))} hidden neurons and 10 confidences: "
        f"{len(network.parameters()):,} weights and biases, all random."
    )
    engine = Eager(network, options.rate)
    row = options.seed % len(test)
    story.introduce(engine, test, row)
    try:
        story.learn(engine, train_images, test, epochs=options.epochs, batch=options.batch, seed=options.seed)
    except DivergedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    story.conclude(engine, test, row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
