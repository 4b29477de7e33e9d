"""Tools for checking an exercise: running the learner's file, drawing numbers, wording the misconception."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograd.shown import number


class Wrong(Exception):  # noqa: N818 - it tells what was found, of a learner who did nothing exceptional
    """A misconception, shown on the learner's own numbers.

    Args:
        misconception: the misconception in a few words.
        shown: the wrong numbers and the right ones.
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

    `fault` occurs in the file once; replacing it with `fix` solves the exercise.
    """

    name: str
    teaches: str
    """The misconception that its check finds in the original file."""
    check: Check
    fault: str
    fix: str
    hints: tuple[str, ...]
    """Hints, from vague to nearly the solution."""

    @property
    def source(self) -> str:
        """The original file."""
        return (Path(__file__).parent / "exercises" / f"{self.name}.py").read_text(encoding="utf-8")

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
        """The goal, in two sentences."""
        return " ".join(self.source.split('"""')[1].split("\n\n", 1)[1].split())


@dataclass
class Learner:
    """The names defined by a learner's file."""

    names: dict[str, Any]
    random: random.Random = field(default_factory=random.Random)

    def call(self, function: str, *arguments: object) -> Any:  # noqa: ANN401 - a learner's function may return anything
        """Calls a function of the file.

        Raises:
            Wrong: the function is missing, or raises.
        """
        if not callable(self.names.get(function)):
            raise Wrong("something is missing", f"the function {function} is gone from the file")
        try:
            return self.names[function](*arguments)
        except RecursionError as error:
            raise Wrong("it recurses too deeply", f"{function} recurses until Python gives up: {error}") from error
        except Exception as error:
            raise Wrong(
                "it stops with an error", f"{function}: {type(error).__name__}: {error}{_where(error)}"
            ) from error

    def draw(self, low: float = -2.0, high: float = 2.0) -> float:
        """A random number with two decimals, at least 0.1 in size."""
        while True:
            x = round(self.random.uniform(low, high), 2)
            if abs(x) >= 0.1:
                return x


def _where(error: BaseException) -> str:
    """The line of the learner's file at which an error arose."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(FILE)]
    return f"\n(line {frames[-1].lineno} of the file)" if frames else ""


FILE = ".py⟨exercise⟩"
"""The suffix of the file name under which exercises are compiled, by which their frames are recognised."""


def run(source: str, name: str = "exercise", seed: int | None = None) -> Learner:
    """Runs the file as a module.

    Raises:
        Wrong: the file has a syntax error, or raises.
    """
    names: dict[str, Any] = {"__name__": f"autograd.learn.{name}"}
    try:
        exec(compile(source, f"{name}{FILE}", "exec"), names)
    except SyntaxError as error:
        raise Wrong("it is not valid Python", f"line {error.lineno}: {error.msg}") from error
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
        shown = f"the check cannot use what a function of the file returned: {type(error).__name__}: {error}"
        raise Wrong("it returns something of a different kind", shown) from error


def close(x: float, y: float, tolerance: float = 1e-6) -> bool:
    """Whether two numbers are equal up to rounding. nan equals nothing."""
    return abs(x - y) <= tolerance * max(1.0, abs(x), abs(y))


def all_close(xs: Sequence[float], ys: Sequence[float], tolerance: float = 1e-6) -> bool:
    """Whether two rows of numbers are equal up to rounding."""
    return len(xs) == len(ys) and all(close(x, y, tolerance) for x, y in zip(xs, ys, strict=True))


def row(xs: Sequence[float]) -> str:
    """Joins numbers for a sentence."""
    return ", ".join(map(number, xs))
