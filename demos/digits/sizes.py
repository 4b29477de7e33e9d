"""The sizes of a saved network, from its file: what was trained with other options is loaded without repeating them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import nn
from demos.digits.data import Images


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
        ValueError: it is no saved model, or not one of a network with ten outputs.
    """
    description = nn.saving.description(path)
    found = re.fullmatch(r"MLP (\d+)-((?:\d+-)+)10 \((\w+)(?:, \3)*, (\w+)\)", description)
    if not found:
        raise ValueError(
            f"{path} holds {description or 'nothing known'}, and no network of hidden layers and ten outputs"
        )
    hidden = [int(size) for size in found[2].rstrip("-").split("-")]
    return Sizes(path, int(found[1]), hidden, found[3], found[4])


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
            f"{sizes.path} takes {sizes.inputs:,} pixels, and the images are {images.height}×{images.width}: "
            "give the --data that it was trained with"
        )
    return root
