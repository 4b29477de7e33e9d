"""One path through a function: its trace, its program, and the rows that take it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

import autograd.functions
from autograd.compiler.build import build
from autograd.compiler.machine import Machine
from autograd.graph import topological
from autograd.jitted.guards import Guard
from autograd.jitted.parameters import Parameters
from autograd.jitted.reads import settle
from autograd.jitted.tracing import tracing
from autograd.lines import Where
from autograd.structure import flat, mapped
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.annotations import Numbers


Taken: TypeAlias = "bool | Numbers"
"""The rows that take a path: all, none, or a mask."""

_RESULTS = (Value, bool, int, float, complex, str, bytes, type(None), np.generic)


class Refused(NamedTuple):
    """A run of a function that cannot become a program, with its result or error, and the reason."""

    result: Any
    reason: str
    error: Exception | None = None


@dataclass(eq=False)
class Path:
    """A traced path through a function.

    Attributes:
        result: the function's result; each number in it is a Value, or the same for all rows.
        roots: the Values in it, in order.
        guards: the decisions for this path.
        failed: the number of guards that a row violates; None if there are no guards.
        inputs: the leaves of the arguments' numbers.
        parameters: the Values that the function found outside, whose numbers are read anew at each call.
        others: Values that it found there unforeseen; their numbers are read too, but they are not parameters.
        traced, compiled, ran: seconds.
        rows, calls: the numbers of rows that took it, and of calls.
    """

    result: Any
    roots: list[Value]
    guards: list[Guard]
    failed: Value | None
    inputs: list[Value]
    parameters: Parameters
    others: list[Value]
    traced: float
    compiled: float = 0.0
    ran: float = 0.0
    rows: int = 0
    calls: int = 0
    machines: dict[bool, Machine] = field(default_factory=dict)
    leaves: list[Any] = field(init=False)
    """The numbers and other objects in the result, in order."""

    def __post_init__(self) -> None:
        self.leaves = list(flat(self.result))

    @property
    def constant(self) -> bool:
        """Whether the result is the same for all rows, and each row takes this path."""
        return not self.roots and self.failed is None

    def machine(self, learning: bool) -> Machine:
        """The machine that runs it; with `learning`, it also computes the derivatives of the first root."""
        learning = learning or True in self.machines  # what learns also answers
        if learning not in self.machines:
            started = time.perf_counter()
            roots = [*self.roots, *([] if self.failed is None else [self.failed])]
            learned = slice(None) if learning else None
            built = build(roots, [*self.inputs, *self.others], self.parameters.values, learned=learned)
            self.machines[learning] = Machine(built, self.parameters.vector, self.parameters.vector.dtype)
            self.compiled += time.perf_counter() - started
        return self.machines[learning]

    def run(self, X: Numbers, learning: bool) -> tuple[Taken, Sequence[Numbers]]:
        """Finds the rows that take this path, and their results, each (rows,) or (1,).

        With `learning`, the gradient of the mean of the first one over these rows is in `machine(True).grads`.

        Raises:
            ValueError, ZeroDivisionError, OverflowError: an operation is undefined for a row that takes this path.
        """
        if self.constant:
            self.rows, self.calls = self.rows + len(X), self.calls + 1
            return True, ()
        if self.others:
            X = np.hstack([X, np.tile([v._data for v in self.others], (len(X), 1))])
        machine = self.machine(learning)
        started = time.perf_counter()
        try:
            found = machine.run(X, bool(machine.built.fallible))
            ok = self._taken(found)
        except FloatingPointError:  # perhaps for a row that takes another path
            ok = self._taken(machine.run(X, False))
            found = () if ok is False else machine.forward(X if ok is True else X[ok])
        else:
            if learning and not isinstance(ok, bool):
                found = machine.run(X[ok], False)
        count = len(X) * ok if isinstance(ok, bool) else int(ok.sum())
        if learning and count:
            machine.backward()
        numbers = found[: len(self.roots)]
        whole = isinstance(ok, bool)
        results = [each[0] if whole or each.shape[1] != len(X) else each[0].compress(ok) for each in numbers]
        self.ran += time.perf_counter() - started
        self.rows += count
        self.calls += count > 0
        return ok, results

    def _taken(self, found: Sequence[Numbers]) -> Taken:
        if self.failed is None:
            return True
        violated = found[-1][0]
        if len(violated) == 1:  # one row, or the same for all
            return bool(violated[0] == 0.0)
        ok = violated == 0.0
        return ok if ok.any() and not ok.all() else bool(ok[0])


def trace(
    call: Callable[[], Any],
    inputs: list[Value],
    parameters: Parameters,
    computed: Iterable[int],
    line: Where,
    watched: bool,
) -> Path | Refused:
    """Traces one call of a function.

    Args:
        call: calls it with `inputs` among its arguments.
        inputs: the leaves that replace the numbers.
        parameters: the Values that the function is known to find outside.
        computed: Values outside that were computed before, by identity.
        line: the function's line.
        watched: whether it may do something that a program cannot repeat.
    """
    started = time.perf_counter()
    with tracing(watched) as seen:
        try:
            result = call()
        except Exception as error:
            settle(seen.reads)
            return Refused(None, seen.stopped, error)
    result = mapped(lambda x: getattr(x, "_read_from", x), result)
    settle(seen.reads)
    if seen.stopped:
        return Refused(result, seen.stopped)
    if seen.failed is not None:
        return Refused(result, f"an error of an operation, which the function catches, at {seen.failed}")
    for x in flat(result):
        if not isinstance(x, _RESULTS):
            what = f"a result that is neither a number nor a string, but {type(x).__name__}"
            return Refused(result, f"{what} at {line}")
    roots = [x for x in flat(result) if isinstance(x, Value)]
    varying = {*map(id, inputs), *map(id, parameters.values)}
    ends = [*roots, *[v for guard in seen.guards for v in (guard.a, guard.b)]]
    order = topological(*ends)
    others: dict[Value, None] = {}
    used = [*ends, *chain.from_iterable([node._prev for node in order])]
    for v in dict(zip(map(id, used), used, strict=True)).values():  # each once: there are several times as many uses
        if id(v) in computed:
            return Refused(result, f"the use of a Value that was computed before the call at {line}")
        if not v._prev and id(v) not in varying and id(v) not in seen.made:
            others[v] = None
            varying.add(id(v))
    for node in order if seen.guards else ():
        if any(id(operand) in varying for operand in node._prev):
            varying.add(id(node))
    guards = [guard for guard in seen.guards if id(guard.a) in varying or id(guard.b) in varying]
    failed = autograd.functions.sum([guard.violated() for guard in guards]) if guards else None
    return Path(result, roots, guards, failed, inputs, parameters, list(others), time.perf_counter() - started)
