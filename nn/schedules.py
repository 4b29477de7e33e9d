"""Learning-rate schedules: functions from the step, counted from 0, to the rate."""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """The same rate at every step."""
    return lambda step: lr


def exponential(lr: float, factor: float, every: int = 1) -> Schedule:
    """Begins at `lr`, and is multiplied by `factor` after every so many steps.

    Example:
        >>> halving = exponential(0.8, 0.5, every=10)
        >>> halving(0), halving(10), halving(25)
        (0.8, 0.4, 0.2)
    """
    return lambda step: lr * factor ** (step // every)


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """Falls from `lr` to `end` along half a wave of the cosine over `steps` steps, and stays there.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, equation 5.
    """
    return lambda step: end + (lr - end) * (1.0 + math.cos(math.pi * min(step / steps, 1.0))) / 2.0


def warmup(schedule: Schedule, steps: int) -> Schedule:
    """Climbs evenly to the schedule's first rate over `steps` steps, then follows it from its beginning."""
    return lambda step: schedule(0) * (step + 1) / steps if step < steps else schedule(step - steps)
