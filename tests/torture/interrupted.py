"""Interrupts, such as Ctrl-C, at each place where Python checks for signals: see `states.py`."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from tests.torture.states import ACTIONS, Left, tried, tried_cursor

SECONDS = 120.0
LONG = ("gradcheck", "misconceptions", "nudge")
"""These have thousands of places for an interrupt."""


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Every action, repeatedly, at different places each time."""
    rng = random.Random(seed)
    while True:
        for name in rng.sample(list(ACTIONS), len(ACTIONS)):
            every = rng.randint(400, 600) if name in LONG else rng.randint(5, 25)
            yield f"{name}, at one place in {every}", partial(_first, name, every)
        number = rng.getrandbits(32)
        yield f"a cursor, {number}", partial(_first_of_cursor, number)


def _first(name: str, every: int) -> str:
    return _said(next((left for left in tried(name, every) if left is not None), None))


def _first_of_cursor(number: int) -> str:
    found = tried_cursor(random.Random(number), 40)
    return _said(next((left for left in found if left is not None), None))


def _said(left: Left | None) -> str:
    return "" if left is None else f"{left.where}: {left.what}"
