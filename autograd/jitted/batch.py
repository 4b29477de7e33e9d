"""Runs rows of arguments along their paths, or eagerly if there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from autograd.differentiable import adjoints
from autograd.jitted.arguments import Shape
from autograd.jitted.parameters import Parameters
from autograd.jitted.path import Path
from autograd.jitted.state import State
from autograd.lines import Where
from autograd.structure import flat, is_structure, like, same
from autograd.sweep import stored
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.annotations import Numbers, Rows
    from autograd.jitted.function import Jitted


@dataclass
class Structure:
    """The paths for one structure of arguments, and why it runs eagerly, if it does."""

    shapes: tuple[Shape, ...]
    paths: list[Path] = field(default_factory=list)
    eager: str = ""


@dataclass
class Scope:
    """The state that the function finds besides its numbers, and the traces made with it."""

    state: State
    parameters: Parameters
    structures: dict[tuple[Shape, ...], Structure] = field(default_factory=dict)


Part: TypeAlias = "tuple[Rows, list[Any]]"
"""Some rows, and their results: arrays of one number for each row, or for all; or other objects, the same for all."""


@dataclass
class Found:
    """The results of a batch, in parts, and the gradient of the mean of the first one."""

    structure: Any
    X: Numbers
    parts: list[Part]
    gradient: Numbers | None

    def columns(self) -> list[Any]:
        """Each result for all rows."""
        return [self._column([(rows, x[i]) for rows, x in self.parts]) for i in range(len(self.parts[0][1]))]

    def _column(self, parts: list[tuple[Rows, Any]]) -> Any:
        """An array for all rows from several paths; an object that is not a number, and equal for all, stays."""
        kinds = {_kind(x) for _, x in parts}
        first = parts[0][1]
        if kinds == {"other"} and all(type(x) is type(first) and x == first for _, x in parts):
            return first
        if len(self.X) == 1 and not isinstance(first, np.ndarray):
            return np.array([first], dtype=object)  # unchanged, as the function returned it
        dtype = self.X.dtype if kinds == {"number"} else bool if kinds == {"truth"} else object
        column = np.empty(len(self.X), dtype)
        for rows, x in parts:
            column[rows] = x.tolist() if dtype is object and isinstance(x, np.ndarray) else x
        return column

    def first_row(self) -> Any:
        """The first row's results, in the function's structure."""
        ((_, numbers),) = self.parts
        row = [x.item() if isinstance(x, (np.ndarray, np.generic)) else x for x in numbers]
        return row[0] if not is_structure(self.structure) else like(self.structure, row)


@dataclass
class Batch:
    """Rows of one structure, each of which runs along its path."""

    owner: Jitted
    scope: Scope
    structure: Structure
    X: Numbers
    learning: bool
    one_number: bool
    result: Any = None
    found: list[Part] = field(default_factory=list)
    gradient: Numbers | None = None

    def run(self) -> Found:
        left = np.arange(len(self.X))
        # The busiest path first, so that few rows are left for the others.
        for path in sorted(self.structure.paths, key=attrgetter("rows"), reverse=True):
            if len(left):
                left = self._along(path, left)
        while len(left) and not self.structure.eager:
            left = self._along_new(left)
        if len(left):
            self.owner._warn(self.structure)
            for i in left.tolist():
                self._eagerly(i, self.owner._called(self.structure.shapes, self.X[i].tolist())[0]())
        return Found(self.result, self.X, self.found, self.gradient)

    def _along_new(self, left: Rows) -> Rows:
        """Traces the path of the first row, and runs all rows that take it."""
        first, paths = int(left[0]), self.structure.paths
        if len(paths) >= self.owner.budget:
            self.structure.eager = f"more than {self.owner.budget} paths, most of them through {_busiest(paths)}"
            return left
        path = self.owner._trace(self.scope, self.structure, self.X[first].tolist(), self.learning)
        if path is None:
            return left
        if self.structure.eager or not isinstance(path, Path):
            self.owner._warn(self.structure)
            self._eagerly(first, path.result)
            return left[1:]
        paths.append(path)
        left = self._along(path, left)
        if len(left) and left[0] == first:  # such as nan, which is not equal to itself
            self._eagerly(first, path.result)
            left = left[1:]
        return left

    def _along(self, path: Path, left: Rows) -> Rows:
        """Runs a path; returns the rows that do not take it."""
        X = self.X if len(left) == len(self.X) else self.X.take(left, axis=0)
        try:
            ok, results = path.run(X, self.learning)
        except (ArithmeticError, ValueError, IndexError) as error:
            self._raise_eagerly(left)
            self.structure.eager = f"an error that the function catches: {error}"
            return left
        if ok is False:
            return left
        rows = left if ok is True else left.compress(ok)
        if self.learning and path.roots:
            self._learn(path.machine(True).grads, len(rows))
        numbers = iter(results)
        self._keep(rows, path.result, [next(numbers) if isinstance(x, Value) else x for x in path.leaves])
        return left[:0] if ok is True else left.compress(~ok)

    def _learn(self, gradient: Numbers, rows: int) -> None:
        """Takes the gradient of the mean over some rows into account."""
        part = gradient if rows == len(self.X) else gradient * (rows / len(self.X))
        self.gradient = part if self.gradient is None else self.gradient + part

    def _raise_eagerly(self, left: Rows) -> None:
        """Raises the function's error for the first row with one."""
        for i in left.tolist():
            call, _ = self.owner._called(self.structure.shapes, self.X[i].tolist())
            try:
                call()
            except (ArithmeticError, ValueError, IndexError) as error:
                raise (error if len(self.X) == 1 else type(error)(f"{error} (row {i} of the batch)")) from None

    def _eagerly(self, row: int, result: Any) -> None:
        """Takes the numbers and derivatives of a row from what the function returned."""
        self.owner._eager_rows += 1
        numbers = [x._data if isinstance(x, Value) else x for x in flat(result)]
        self._keep(np.array([row]), result, numbers)
        root = next(flat(result))
        if self.learning and isinstance(root, Value):
            self._learn(np.array(adjoints([root], [1.0], self.scope.parameters.values, stored), self.X.dtype), 1)

    def _keep(self, rows: Rows, result: Any, numbers: list[Any]) -> None:
        if self.one_number and is_structure(result):
            raise ValueError(f"a gradient needs a function of one number, and {self.owner.__name__} returns several")
        if not self.found:
            self.result = result
        elif not same(self.result, result):
            raise ValueError(
                f"{self.owner.__name__} returns a different structure for row {rows[0]} than for the first row"
            )
        self.found.append((rows, numbers))


def _kind(x: Any) -> str:
    if isinstance(x, (bool, np.bool_)):
        return "truth"
    return "number" if isinstance(x, (np.ndarray, np.number, float, int)) else "other"


def _busiest(paths: Sequence[Path]) -> Where:
    """The line with the most guards."""
    counts = Counter(guard.where for path in paths for guard in path.guards)
    return counts.most_common(1)[0][0]
