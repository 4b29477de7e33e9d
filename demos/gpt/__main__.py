"""The GPT demo, from the command line."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import autograd
import viz
from autograd import Value
from autograd.entry import run
from demos.command_line import whole, writable
from demos.gpt import inside, story
from demos.gpt.model import GPT
from demos.gpt.names import encoded, names
from demos.gpt.training import batches
from demos.telling import say

KNOWN, UNSEEN = 1000, 200
"""The numbers of names for training and for the test."""
BATCH = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo.

    Returns:
        The exit code: 0; 2 for bad options.

    Raises:
        OSError: the page cannot be written.
    """
    options = _options(arguments)
    prediction = _story(options)
    if options.page:
        viz.play(prediction, options.page)
        print()
        say(f"Open {options.page} in a browser, step through this prediction, and change its numbers.", indent="")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demos.gpt",
        description="Trains a small GPT, written with scalars, to invent names of villages, and looks inside it.",
    )
    parser.add_argument("--steps", type=whole(1), default=1000, metavar="N", help="training steps (1000)")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of the names and the initial parameters (0)"
    )
    parser.add_argument(
        "--width", type=whole(1), default=16, metavar="N", help="size of an embedding, a multiple of 4 (16)"
    )
    parser.add_argument(
        "--page", type=_page, default="gpt.html", metavar="FILE", help="where to write the page (gpt.html)"
    )
    parser.add_argument("--no-page", dest="page", action="store_const", const=None, help="write no page")
    options = parser.parse_args(arguments)
    if options.width % 4:
        parser.error(f"argument --width: {options.width} is not a multiple of 4, the number of heads")
    return options


def _page(text: str) -> Path:
    path = writable(text)
    if path.suffix.lower() != ".html":
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .html")
    return path


def _story(options: argparse.Namespace) -> Value:
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
    return inside.tell(model)


if __name__ == "__main__":
    run(main)
