"""The sizes of a saved network, from its file: what was trained with other options is loaded without repeating them."""

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
"""As scalars they take two gigabytes."""


@dataclass(frozen=True)
class Sizes:
    """What a saved network looks like."""

    path: Path
    inputs: int
    hidden: list[int]
    activation: str
    output: str

    def network(self) -> nn.MLP:
        """A network into which the file can be loaded."""
        return nn.MLP(self.inputs, [*self.hidden, 10], self.activation, self.output)


def of(path: Path) -> Sizes:
    """The sizes of the network in a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no saved model, or not one of a network with ten outputs, or too large a one.
    """
    description = nn.saving.description(path)
    found = re.fullmatch(r"MLP (\d+)-((?:\d+-)+)10 \((\w+)(?:, \3)*, (\w+)\)", description)
    if not found:
        held = description or "nothing known"
        raise ValueError(f"{path_shown(path)} holds {held}, and no network of hidden layers and ten outputs")
    hidden = [int(size) for size in found[2].rstrip("-").split("-")]
    check(int(found[1]), hidden)
    return Sizes(path, int(found[1]), hidden, found[3], found[4])


def check(inputs: int, hidden: list[int]) -> None:
    """Refuses a network that is too large to be made of scalars here.

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
    """To which side images are to be scaled for the network; None: they fit as they are.

    Raises:
        ValueError: the network takes no square image, and these are of another size.
    """
    if sizes.inputs == images.pixels.shape[1]:
        return None
    root = math.isqrt(sizes.inputs)
    if root * root != sizes.inputs:
        raise ValueError(
            f"{path_shown(sizes.path)} takes {sizes.inputs:,} pixels, and the images are "
            f"{images.height}×{images.width}: give the --data that it was trained with"
        )
    return root
