"""Learning-rate schedules: functions from the step, counted from 0, to the rate."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """The same rate at every step."""
    return partial(_constant, lr)


def exponential(lr: float, factor: float, every: int = 1) -> Schedule:
    """Begins at `lr`, and is multiplied by `factor`, above 0, after every so many steps, at least 1.

    Raises:
        ValueError: a number is out of these bounds.

    Example:
        >>> halving = exponential(0.8, 0.5, every=10)
        >>> halving(0), halving(10), halving(25)
        (0.8, 0.4, 0.2)
    """
    if not factor > 0:
        raise ValueError(f"the factor must be above 0, not {factor!r}")
    return partial(_exponential, lr, factor, _steps(every))


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """Falls from `lr` to `end` along half a wave of the cosine over `steps` steps, at least 1, and stays there.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, equation 5.

    Raises:
        ValueError: there are no steps.
    """
    return partial(_cosine, lr, _steps(steps), end)


def warmup(schedule: Schedule, steps: int) -> Schedule:
    """Climbs evenly to the schedule's first rate over `steps` steps, then follows it from its beginning.

    Raises:
        TypeError: the first argument is no schedule.
        ValueError: there are less than 0 steps.
    """
    if not callable(schedule):
        raise TypeError(f"warmup goes before a schedule, such as constant({schedule!r})")
    return partial(_warmup, schedule, _steps(steps, least=0))


# Functions of their own, so that what holds a schedule can be pickled.


def _constant(lr: float, step: int) -> float:
    return lr


def _exponential(lr: float, factor: float, every: int, step: int) -> float:
    return lr * factor ** (step // every)


def _cosine(lr: float, steps: int, end: float, step: int) -> float:
    return end + (lr - end) * ((1.0 + math.cos(math.pi * min(step / steps, 1.0))) / 2.0)


def _warmup(schedule: Schedule, steps: int, step: int) -> float:
    return schedule(0) * ((step + 1) / steps) if step < steps else schedule(step - steps)


def _steps(steps: int, least: int = 1) -> int:
    if steps < least:
        raise ValueError(f"a schedule needs at least {least} steps, not {steps!r}")
    return steps
