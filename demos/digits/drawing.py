"""Draws images and confidences with characters, for terminals of 80 columns or more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from demos.digits.data import Array

UNSURE = 0.5
"""Below this confidence the network's answer is a guess."""

_SHADES = " ░▒▓█"
_BAR = 30
_WIDEST = 30


def image(pixels: Array, height: int, width: int) -> list[str]:
    """The lines of an image, with two characters per pixel, darker for more ink; a large image is scaled down."""
    step = -(-max(height, width) // _WIDEST)
    rows = pixels.reshape(height, width)[: height // step * step, : width // step * step]
    blocks = rows.reshape(height // step, step, width // step, step).mean(axis=(1, 3))
    shades = np.minimum((blocks * len(_SHADES)).astype(int), len(_SHADES) - 1)
    return ["".join(_SHADES[shade] * 2 for shade in row).rstrip() for row in shades]


def confidences(outputs: Sequence[float], label: int) -> list[str]:
    """Ten bars, one for each digit, with a mark at the right one."""
    top = int(np.argmax(outputs))
    lines = []
    for digit, confidence in enumerate(outputs):
        bar = "█" * round(confidence * _BAR)
        notes = ["the label"] * (digit == label) + ["the network's answer"] * (digit == top)
        lines.append(f"  {digit}  {confidence:.3f} {bar:<{_BAR}}  {', '.join(notes)}".rstrip())
    return lines


def answer(outputs: Sequence[float]) -> str:
    """The network's answer, in a sentence.

    Example:
        >>> answer([0, 0, 0, 0, 0, 0, 0, 0, 0.91, 0.02])
        'It looks like an 8, with confidence 0.91.'
        >>> answer([0.1, 0, 0, 0.31, 0, 0, 0, 0, 0, 0])
        'Not sure: perhaps a 3, with confidence 0.31.'
    """
    top = int(np.argmax(outputs))
    likely = "It looks like" if outputs[top] >= UNSURE else "Not sure: perhaps"
    return f"{likely} {a(top)}, with confidence {outputs[top]:.2f}."


def a(digit: int) -> str:
    """A digit with its indefinite article.

    Example:
        >>> a(8), a(1)
        ('an 8', 'a 1')
    """
    return f"an {digit}" if digit == 8 else f"a {digit}"


def squared_error(outputs: Sequence[float], label: int) -> list[str]:
    """The squared error against the right answer, position by position, with its sum and mean."""
    lines = ["  digit  confidence  should be   difference²"]
    total = 0.0
    for digit, confidence in enumerate(outputs):
        target = float(digit == label)
        error = (confidence - target) ** 2
        total += error
        squared = f"({confidence:.3f} - {target:.0f})² = {error:.4f}"
        lines.append(f"    {digit}      {confidence:.3f}       {target:.0f}       {squared}")
    lines.append(f"  squared error: their sum, {total:.4f}; their mean (MSE), {total / len(outputs):.4f}")
    return lines
