"""The demo's options, checked before anything else happens."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from demos.digits.data import OURS


def whole(least: int) -> Callable[[str], int]:
    """Takes whole numbers from `least`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least}")
        return number

    return parse


def positive(text: str) -> float:
    """Takes finite numbers above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of a command line; a bad one ends the program with a line about it and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.digits",
        description="Trains a small network to recognise handwritten digits, and tells how it learns.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--hidden", type=whole(1), nargs="+", default=[16], metavar="N", help="sizes of the hidden layers")
    add("--epochs", type=whole(0), default=8, metavar="N", help="how often to go through all training images")
    add("--batch", type=whole(1), default=8, metavar="N", help="images between two steps downhill")
    add("--rate", type=positive, default=0.5, metavar="R", help="learning rate: how far each step goes")
    add("--seed", type=int, default=0, metavar="N", help="decides first weights and order; same seed, same numbers")
    add("--images", type=whole(1), default=None, metavar="N", help="use only so many training images; default: all")
    add("--data", type=Path, default=OURS, metavar="FILE", help="CSV file of images, gzipped or not")
    return parser.parse_args(arguments)
