"""The demo's options, checked before anything else happens."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from pathlib import Path

from demos.command_line import whole, writable
from demos.digits.data import OURS

HIDDEN = [128]
EPOCHS = 30


def positive(text: str) -> float:
    """Accepts finite numbers above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def size(text: str) -> tuple[int, int]:
    """Accepts a height and a width, such as 20x30."""
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a height and a width such as 20x30")
    return int(found[1]), int(found[2])


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of a command line. A bad option ends the program with a message of one line and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.digits",
        description="Trains a small network to recognise handwritten digits, and shows how it learns.",
    )
    learning = parser.add_argument_group("learning").add_argument
    learning("--hidden", type=whole(1), nargs="+", metavar="N", help="sizes of hidden layers (128)")
    learning("--epochs", type=whole(0), metavar="N", help="passes over all images (30; 0 with a loaded model)")
    learning("--batch", type=whole(1), default=16, metavar="N", help="batch size, the images for each step (16)")
    learning("--rate", type=positive, metavar="R", help="learning rate (depends on the number of pixels)")
    learning("--seed", type=int, default=0, metavar="N", help="seed of the initial weights and the order (0)")
    learning(
        "--engine",
        choices=["compiled", "eager"],
        default="compiled",
        help="run the graph as numpy, or scalar by scalar",
    )
    data = parser.add_argument_group("data").add_argument
    data("--data", type=Path, default=OURS, metavar="FILE", help="images: .npz, IDX or CSV (the 1,797 included)")
    data("--size", type=size, metavar="HxW", help="height and width, if the file does not say (square)")
    data("--pixels", type=whole(1, 200), metavar="N", help="scale images to N×N pixels (as they are)")
    data("--images", type=whole(1), metavar="N", help="use only this many training images (all)")
    data(
        "--no-augment",
        dest="augment",
        action="store_false",
        help="train on the images alone, without shifted copies and simulated handwriting",
    )
    files = parser.add_argument_group("files").add_argument
    files("--save", type=writable, metavar="FILE", help="write the trained network to this .npz file")
    files("--report", type=writable, default="digits.html", metavar="FILE", help="path of the page (digits.html)")
    files("--no-report", dest="report", action="store_const", const=None, help="write no page")
    files("--load", type=Path, metavar="FILE", help="start from a saved network instead of a random one")
    options = parser.parse_args(arguments)
    if options.epochs is None:
        options.epochs = 0 if options.load else EPOCHS
    return options
