"""Digits of three by five pixels, small enough to be learned scalar by scalar within an exercise."""

from __future__ import annotations

import random

ROWS = """
###  .#.  ###  ###  #.#  ###  ###  ###  ###  ###
#.#  ##.  ..#  ..#  #.#  #..  #..  ..#  #.#  #.#
#.#  .#.  ###  ###  ###  ###  ###  .#.  ###  ###
#.#  .#.  #..  ..#  ..#  ..#  #.#  .#.  #.#  ..#
###  ###  ###  ###  ..#  ###  ###  .#.  ###  ###
"""

Example = tuple[list[float], int]
"""Pixels, row by row, and their digit."""


def glyph(digit: int) -> list[float]:
    """The pixels of a digit: 1 where there is ink."""
    return [float(c == "#") for line in ROWS.split("\n")[1:-1] for c in line.split()[digit]]


def digits(draw: random.Random, of_each: int = 12) -> list[Example]:
    """Noisy digits, all zeros first, then all ones, and so on."""
    return [([p + draw.gauss(0.0, 0.1) for p in glyph(digit)], digit) for digit in range(10) for _ in range(of_each)]
