"""Learning-rate schedules: functions from the step, counted from 0, to the rate."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from autograd.arguments import a_choice, a_function, a_mapping, a_number, a_whole_number
from autograd.floats import quiet_power

Rate: TypeAlias = "float | Callable[[int], float]"
"""A number, or another schedule."""


class Schedule:
    """A learning rate for each step, made by the functions below. Any function of the step may take its place.

    `state_dict()` describes it in dicts, numbers and strings, from which `schedule` makes it again.

    Example:
        >>> falling = cosine(0.1, 100)
        >>> falling
        cosine(lr=0.1, steps=100, end=0.0)
        >>> schedule(falling.state_dict())(50) == falling(50)
        True
    """

    def __init__(self, name: str, **options: Rate) -> None:
        self.name, self.options = name, options

    def __call__(self, step: int) -> float:
        return _RATES[self.name](a_whole_number(step, "a step", least=0, most=10**15), **self.options)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self.options.items())})"

    def state_dict(self) -> dict[str, Any]:
        """The description from which `schedule` makes an equal schedule.

        Raises:
            TypeError: it includes a plain function, which cannot be described.
        """
        state: dict[str, Any] = {"kind": self.name}
        for key, value in self.options.items():
            if callable(value) and not isinstance(value, Schedule):
                raise TypeError(f"a state can contain only schedules from nn.schedules, not {value!r}")
            state[key] = value.state_dict() if isinstance(value, Schedule) else value
        return state


def schedule(state: Mapping[str, Any]) -> Schedule:
    """Makes a schedule from its `state_dict()`.

    Raises:
        ValueError: there is no such schedule, or its numbers are out of bounds.
    """
    options = dict(a_mapping(state, "the state of a schedule", "a dict, as from state_dict()"))
    name = a_choice(options.pop("kind", None), "schedule", _MAKERS)
    parts = {key: schedule(value) if isinstance(value, Mapping) else value for key, value in options.items()}
    try:
        inspect.signature(_MAKERS[name]).bind(**parts)
    except TypeError as error:
        raise ValueError(f"this is not a state of a schedule {name!r}: {error}") from None
    return _MAKERS[name](**parts)


def constant(lr: float) -> Schedule:
    """The same rate at every step."""
    return Schedule("constant", lr=a_number(lr, "the learning rate"))


def exponential(lr: float, factor: float, every: int = 1) -> Schedule:
    """Starts at `lr` and is multiplied by `factor` after every `every` steps.

    Raises:
        ValueError: `factor` is not above 0, or `every` is below 1.

    Example:
        >>> halving = exponential(0.8, 0.5, every=10)
        >>> halving(0), halving(10), halving(25)
        (0.8, 0.4, 0.2)
    """
    lr, factor = a_number(lr, "the learning rate"), a_number(factor, "the factor", above=0.0)
    return Schedule("exponential", lr=lr, factor=factor, every=a_whole_number(every, "every", least=1))


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """Falls from `lr` to `end` along half a cosine wave over `steps` steps, and stays there.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, equation 5.

    Raises:
        ValueError: `steps` is below 1.
    """
    lr, end = a_number(lr, "the learning rate"), a_number(end, "the last learning rate")
    return Schedule("cosine", lr=lr, steps=a_whole_number(steps, "the number of steps", least=1), end=end)


def warmup(schedule: Callable[[int], float], steps: int) -> Schedule:
    """Rises linearly to the schedule's first rate over `steps` steps, then follows the schedule from its start.

    Raises:
        TypeError: `schedule` is not callable.
        ValueError: `steps` is below 0.
    """
    a_function(schedule, "the schedule after a warmup", "constant(0.1)")
    return Schedule("warmup", schedule=schedule, steps=a_whole_number(steps, "the number of steps", least=0))


def _constant(step: int, lr: float) -> float:
    return lr


def _exponential(step: int, lr: float, factor: float, every: int) -> float:
    return lr * float(quiet_power(factor, step // every))


def _cosine(step: int, lr: float, steps: int, end: float) -> float:
    return end + (lr - end) * ((1.0 + math.cos(math.pi * min(step / steps, 1.0))) / 2.0)


def _warmup(step: int, schedule: Callable[[int], float], steps: int) -> float:
    return schedule(0) * ((step + 1) / steps) if step < steps else schedule(step - steps)


_MAKERS: dict[str, Callable[..., Schedule]] = {
    "constant": constant,
    "exponential": exponential,
    "cosine": cosine,
    "warmup": warmup,
}
_RATES: dict[str, Callable[..., float]] = {
    "constant": _constant,
    "exponential": _exponential,
    "cosine": _cosine,
    "warmup": _warmup,
}
