"""The GPT demo, from the command line."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence

import autograd
from autograd.entry import run
from demos.arguments import whole
from demos.gpt import inside, story
from demos.gpt.model import GPT
from demos.gpt.names import encoded, names
from demos.gpt.training import batches

KNOWN, UNSEEN = 1000, 200
"""The numbers of names for training and for the test."""
BATCH = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo.

    Returns:
        The exit code: 0; 2 for bad options.
    """
    _run(_options(arguments))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demos.gpt",
        description="Trains a small GPT, written with scalars, to invent names of villages, and looks inside it.",
    )
    parser.add_argument("--steps", type=whole(1), default=1000, metavar="N", help="training steps (1000)")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="determines the names and the initial parameters (0)"
    )
    parser.add_argument(
        "--width", type=whole(1), default=16, metavar="N", help="size of an embedding, a multiple of 4 (16)"
    )
    options = parser.parse_args(arguments)
    if options.width % 4:
        parser.error(f"argument --width: {options.width} is not a multiple of 4, the number of heads")
    return options


def _run(options: argparse.Namespace) -> None:
    every = names(KNOWN + UNSEEN, options.seed)
    known, unseen = every[:KNOWN], every[KNOWN:]
    model = GPT(options.width, options.seed)
    loss = autograd.jit(model.loss)
    drawn = batches([encoded(name) for name in known], BATCH, random.Random(options.seed))
    story.begin(model, known)
    story.compare(model, loss, next(drawn), options.steps)
    story.train(model, loss, drawn, options.steps)
    story.invent(model, known)
    story.test(loss, unseen)
    inside.tell(model)


if __name__ == "__main__":
    run(main)
