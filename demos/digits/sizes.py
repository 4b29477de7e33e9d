"""Reads the sizes of a saved network from its file, so that loading it does not need its training options."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nn
from autograd.shown import path_shown, some
from demos.digits.data import Images

_MOST_WEIGHTS = 6_000_000
"""The maximum number of weights of a network; as scalars they take two gigabytes."""


@dataclass(frozen=True)
class Sizes:
    """The sizes of a saved network."""

    path: Path
    inputs: int
    hidden: list[int]
    activation: str
    output: str

    def network(self) -> nn.MLP:
        """A new network that can load the file."""
        return nn.MLP(self.inputs, [*self.hidden, 10], self.activation, self.output)


def of(path: Path) -> Sizes:
    """The sizes of the network in a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a saved model, or one of a network without ten outputs or with too many weights.
    """
    description = nn.saving.description(path)
    found = re.fullmatch(r"MLP (\d+)-((?:\d+-)+)10 \((\w+)(?:, \3)*, (\w+)\)", description)
    if not found:
        held = description or "nothing known"
        raise ValueError(f"{path_shown(path)} contains {held}, not a network of hidden layers and ten outputs")
    hidden = [int(size) for size in found[2].rstrip("-").split("-")]
    check(int(found[1]), hidden)
    return Sizes(path, int(found[1]), hidden, found[3], found[4])


def check(inputs: int, hidden: list[int]) -> None:
    """Refuses a network that is too large for a graph of scalars.

    Raises:
        ValueError: it has too many weights and biases.
    """
    weights = sum((below + 1) * above for below, above in pairwise([inputs, *hidden, 10]))
    if weights > _MOST_WEIGHTS:
        raise ValueError(
            f"a network of {inputs:,} pixels with hidden layers of {some(hidden)} has {weights:,} weights and biases, "
            f"and at most {_MOST_WEIGHTS:,} fit; --pixels N scales images to N×N"
        )


def side(sizes: Sizes, images: Images) -> int | None:
    """The side to which images must be scaled for the network; None if they already fit.

    Raises:
        ValueError: the network does not take square images, and these have another size.
    """
    if sizes.inputs == images.pixels.shape[1]:
        return None
    root = math.isqrt(sizes.inputs)
    if root * root != sizes.inputs:
        raise ValueError(
            f"{path_shown(sizes.path)} takes {sizes.inputs:,} pixels, and the images are "
            f"{images.height}×{images.width}: pass the --data that it was trained with"
        )
    return root
