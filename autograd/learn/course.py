"""The exercises in their order, from a nudge to reading digits."""

from __future__ import annotations

from autograd.learn.chapters import losses, passes, slopes, training
from autograd.learn.checking import Exercise

CHAPTERS: list[tuple[str, list[Exercise]]] = [
    ("Local derivatives", slopes.EXERCISES),
    ("The backward pass", passes.EXERCISES),
    ("Losses", losses.EXERCISES),
    ("Networks and training", training.EXERCISES),
]

EXERCISES: list[Exercise] = [exercise for _, chapter in CHAPTERS for exercise in chapter]


def find(name: str) -> Exercise:
    """The exercise with that name or number.

    Raises:
        ValueError: there is no such exercise.
    """
    for i, exercise in enumerate(EXERCISES, 1):
        if name.removesuffix(".py") in (exercise.name, str(i), f"{i:02}", f"{i:02}_{exercise.name}"):
            return exercise
    raise ValueError(f"there is no exercise {name!r}; choose from {', '.join(each.name for each in EXERCISES)}")
