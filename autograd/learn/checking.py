"""What a check has in hand: the learner's file as run, numbers drawn anew, and words for what it found."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograd.shown import number


class Wrong(Exception):  # noqa: N818 - it tells what was found, of a learner who did nothing exceptional
    """A misconception, found on the learner's own numbers.

    Args:
        misconception: what it is, in a few words.
        shown: the numbers that show it, and what is right.
    """

    def __init__(self, misconception: str, shown: str) -> None:
        super().__init__(f"{misconception}\n{shown}")
        self.misconception = misconception
        self.shown = shown


STOPS = "it stops with an error"

Check = Callable[["Learner"], None]


@dataclass(frozen=True)
class Exercise:
    """A file with one fault.

    `fault` stands in the file once, and `fix` in its place is a solution.
    """

    name: str
    teaches: str
    """The misconception that its check finds in the file as it is handed out."""
    check: Check
    fault: str
    fix: str
    hints: tuple[str, ...]
    """By degrees: the last all but says it."""

    @property
    def source(self) -> str:
        """The file as it is handed out."""
        return (Path(__file__).parent / "exercises" / f"{self.name}.py").read_text()

    @property
    def solution(self) -> str:
        """The file repaired."""
        return self.source.replace(self.fault, self.fix)

    @property
    def title(self) -> str:
        """The first line of the file."""
        return self.source.partition("\n")[0].strip('"').rstrip(".")

    @property
    def goal(self) -> str:
        """What is to be reached, in two sentences."""
        return " ".join(self.source.split('"""')[1].split("\n\n", 1)[1].split())


@dataclass
class Learner:
    """A learner's file, run."""

    names: dict[str, Any]
    random: random.Random = field(default_factory=random.Random)

    def call(self, function: str, *arguments: Any) -> Any:
        """Calls a function of the file.

        Raises:
            Wrong: it is not there any more, or raises.
        """
        if not callable(self.names.get(function)):
            raise Wrong("something is missing", f"there is no function {function} in the file any more")
        try:
            return self.names[function](*arguments)
        except RecursionError as error:
            raise Wrong("it goes too deep", f"{function} calls itself until Python gives up: {error}") from error
        except Exception as error:
            raise Wrong(
                "it stops with an error", f"{function}: {type(error).__name__}: {error}{_where(error)}"
            ) from error

    def draw(self, low: float = -2.0, high: float = 2.0) -> float:
        """A number of two decimals, away from 0."""
        while True:
            x = round(self.random.uniform(low, high), 2)
            if abs(x) >= 0.1:
                return x


def _where(error: BaseException) -> str:
    """The line of the learner's file at which an error arose."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(FILE)]
    return f"\n(line {frames[-1].lineno} of the file)" if frames else ""


FILE = ".py⟨exercise⟩"
"""The end of the name under which an exercise is compiled: it tells its frames from all others."""


def run(source: str, name: str = "exercise", seed: int | None = None) -> Learner:
    """The file as a module of its own.

    Raises:
        Wrong: it is no Python, or stops with an error.
    """
    names: dict[str, Any] = {"__name__": f"autograd.learn.{name}"}
    try:
        exec(compile(source, f"{name}{FILE}", "exec"), names)
    except SyntaxError as error:
        raise Wrong("it is not Python yet", f"line {error.lineno}: {error.msg}") from error
    except Exception as error:
        raise Wrong(STOPS, f"{type(error).__name__}: {error}{_where(error)}") from error
    return Learner(names, random.Random(seed))


def check(exercise: Exercise, source: str, seed: int | None = None) -> None:
    """Checks a learner's file.

    Raises:
        Wrong: it is not repaired yet; the error says which misconception was found.
    """
    learner = run(source, exercise.name, seed)
    try:
        exercise.check(learner)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        shown = f"the check cannot go on with what a function of the file returned: {type(error).__name__}: {error}"
        raise Wrong("something else is returned than before", shown) from error


def close(x: float, y: float, tolerance: float = 1e-6) -> bool:
    """Whether two numbers are the same but for rounding; nan is like nothing."""
    return abs(x - y) <= tolerance * max(1.0, abs(x), abs(y))


def all_close(xs: Sequence[float], ys: Sequence[float], tolerance: float = 1e-6) -> bool:
    """Whether two rows of numbers are the same but for rounding."""
    return len(xs) == len(ys) and all(close(x, y, tolerance) for x, y in zip(xs, ys, strict=True))


def row(xs: Sequence[float]) -> str:
    """Numbers in a sentence."""
    return ", ".join(map(number, xs))
