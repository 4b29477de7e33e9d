"""`Cursor`: a position in the sequence of a graph's nodes, with the commands of a debugger."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from autograd.arguments import a_value, a_whole_number
from autograd.graph import topological
from autograd.ops import Operation
from autograd.shown import as_code, printable, shown
from autograd.steps import Step
from autograd.value import Value
from autograd.words.names import Names
from autograd.words.text import Text, several

Condition = Callable[[Value], object]

_clock = itertools.count()


class PassDone(StopIteration):
    """There is no next step. The message says what is final and what to do next."""


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A condition at which `run` stops."""

    words: str
    holds: Condition
    everywhere: bool = False
    """Whether the condition applies to the operands of the visited node too."""


class Cursor:
    """A position in the sequence of a graph's nodes, which can move forward and back.

    Every command returns a text that shows the new position. `run` stops at breakpoints; watched nodes are shown after
    each step.
    """

    def __init__(self, loss: Value) -> None:
        self.loss = a_value(loss, f"{type(self).__name__}(loss)")
        self.names = Names(loss)
        self._order = self._sequence()
        self._breakpoints: list[Breakpoint] = []
        self._watched: list[Value] = []
        self.used = next(_clock)
        """An increasing number: the cursor with the largest was created or moved last."""

    # Defined by each kind of pass

    def _sequence(self) -> list[Value]:
        """The nodes in the order of their visits."""
        raise NotImplementedError

    def _visit(self) -> None:
        """Does the work of the next step."""
        raise NotImplementedError

    def _told(self) -> Step:
        """The lesson of the last step."""
        raise NotImplementedError

    def _undo_one(self) -> None:
        """Undoes the last step."""
        raise NotImplementedError

    def _complete_after(self, node: Value) -> int:
        """The number of steps after which a node is complete."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Repairs the state that an interrupt left behind."""

    def _finished(self) -> str:
        """The message of a pass that is done."""
        raise NotImplementedError

    def _state(self, node: Value) -> str:
        """The state of a watched node, as text."""
        raise NotImplementedError

    # Position

    @property
    def position(self) -> int:
        """The number of steps taken so far."""
        raise NotImplementedError

    @property
    def done(self) -> bool:
        """Whether all nodes have been visited."""
        return self.position == len(self._order)

    @property
    def remaining(self) -> int:
        """The number of steps left."""
        return len(self._order) - self.position

    @property
    def current(self) -> Value | None:
        """The node that the next step visits; None at the end."""
        return None if self.done else self._order[self.position]

    # Going

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        self._step()
        return self._arrived()

    def _step(self) -> None:
        self.used = next(_clock)
        if self.done:
            raise PassDone(self._finished())
        self._visit()

    def _arrived(self, *notes: str) -> Step:
        self.used = next(_clock)
        step = self._told()
        watched = [f"watching: {', '.join(map(self._state, self._watched))}"] if self._watched else []
        return replace(step, notes=(*notes, *step.notes, *watched, *self.names.notes))

    def next(self, steps: int = 1) -> Step:
        """Takes one step, or several, and returns the last.

        Raises:
            ValueError: `steps` is below 1.
            PassDone: all steps have been taken. It is a `StopIteration` whose message says what to do next.
        """
        if a_whole_number(steps, "the number of steps") < 1:
            raise ValueError(f"next() takes at least one step, not {as_code(steps)}; back() goes the other way")
        self._step()
        for _ in range(min(steps - 1, self.remaining)):
            self._step()
        return self._arrived()

    def back(self, steps: int = 1) -> Text:
        """Undoes the last step exactly, or several, and returns the new position as text.

        Raises:
            ValueError: `steps` is below 1.
        """
        if a_whole_number(steps, "the number of steps") < 1:
            raise ValueError(f"back() undoes at least one step, not {as_code(steps)}; next() goes the other way")
        self._settle()
        if self.position == 0:
            return Text(f"At the start: there is no step to undo. {self._next_is()}")
        undone = self.position
        for _ in range(min(steps, self.position)):
            self._undo_one()
        return self._place(self._undone(undone))

    def _undone(self, last: int) -> str:
        first = self.position + 1
        return f"Undone: step {first}" if first == last else f"Undone: steps {last} to {first}"

    def goto(self, where: int | Value | str) -> Step | Text:
        """Moves forward or back to a position, or to the step after which a node is complete.

        Args:
            where: a number of steps, from 0; or a node or its name. A leaf is complete once all its consumers have been
                visited.

        Raises:
            ValueError: there is no such position or node.
        """
        if isinstance(where, (Value, str)):
            node = self._node(where)
            return self._go(self._complete_after(node), node)
        where = a_whole_number(where, "a position, unless it is a Value or a name,")
        if not 0 <= where <= len(self._order):
            raise ValueError(f"the position must be from 0 to {len(self._order)}, not {as_code(where)}")
        return self._go(where)

    def _go(self, position: int, node: Value | None = None) -> Step | Text:
        self._settle()
        before = self.position
        while self.position < position:
            self._visit()
        while self.position > position:
            self._undo_one()
        notes = [] if node is None else [self._complete(node)]
        if position > before:
            return self._arrived(*notes)
        return self._place(self._undone(before) if before > position else "Nothing to do", *notes)

    def reset(self) -> Text:
        """Goes back to the start and restores everything as it was before the pass."""
        self._settle()
        before = self.position
        while self.position:
            self._undo_one()
        taken = "step was" if before == 1 else f"{before} steps were"
        undone = (
            f"The one {taken} undone: everything is as it was"
            if before == 1
            else f"All {taken} undone: everything is as it was"
        )
        return self._place(undone if before else "No step had been taken")

    def run(self, until: Value | str | None = None) -> Step | Text:
        """Runs to the end, to the next breakpoint, or until a node is complete, and returns the last step.

        Args:
            until: a node or its name; leaves count.

        Raises:
            ValueError: there is no such node, or it is complete already.
        """
        if self.done and until is None:
            return Text(self._finished())
        node = None if until is None else self._node(until)
        end = len(self._order) if node is None else self._complete_after(node)
        if node is not None and end <= self.position:
            name, ago = self.names.atom(node), f"since step {end}" if end else "from the start"
            raise ValueError(f"{name} has been complete {ago}: goto({self._typed(node)}) goes back there")
        while self.position < end:
            self._visit()
            if met := [b.words for b in self._breakpoints if self._holds(b)]:
                return self._arrived(f"stopped at the breakpoint {several(met)}")
        return self._arrived(*([self._complete(node)] if node is not None else []))

    # Breakpoints and watched nodes

    def break_at(self, *where: Value | str | Condition) -> Text:
        """Sets breakpoints, at which `run` stops; without arguments, lists them.

        Args:
            where: nodes or their names; operations by symbol or name, such as `"*"` or `"tanh"`; or a condition, a
                function called with the node of each step and its operands, such as `lambda v: abs(v.grad) > 10`.

        Raises:
            ValueError: the graph has no such node or operation.
        """
        self._breakpoints += [self._breakpoint(each) for each in where]
        if not self._breakpoints:
            return Text('No breakpoints. break_at("a"), break_at("*") or break_at(lambda v: v.grad > 1) sets one.')
        return Text(f"run() stops at {several([b.words for b in self._breakpoints], 20)}.")

    def clear(self) -> Text:
        """Removes all breakpoints and watches."""
        self._breakpoints, self._watched = [], []
        return Text("No breakpoints, and nothing watched.")

    def watch(self, *nodes: Value | str) -> Text:
        """Shows the gradients of these nodes after each step; without arguments, shows them now."""
        self._watched += [node for node in map(self._node, nodes) if node not in self._watched]
        if not self._watched:
            return Text('Nothing is watched. watch("a") or watch(a) does.')
        return Text(f"watching: {', '.join(map(self._state, self._watched))}")

    def _breakpoint(self, where: Value | str | Condition) -> Breakpoint:
        if isinstance(where, str) and any(where in _operation_names(node) for node in self._order):
            return Breakpoint(f"operation {printable(where)}", lambda node: where in _operation_names(node))
        if isinstance(where, (Value, str)):
            node = self._node(where)
            end = self._complete_after(node)
            return Breakpoint(self.names.atom(node), lambda _: self.position == end)
        if not callable(where):
            raise TypeError(f"break_at() takes a Value, a name, an operation or a condition, not {shown(where)}")
        return Breakpoint(getattr(where, "__name__", "condition").replace("<lambda>", "condition"), where, True)

    def _holds(self, breakpoint: Breakpoint) -> bool:
        visited = self._order[self.position - 1]
        nodes = [visited, *dict.fromkeys(visited._prev)] if breakpoint.everywhere else [visited]
        return any(breakpoint.holds(node) for node in nodes)

    # Words

    def _node(self, where: Value | str) -> Value:
        if isinstance(where, str):
            return self.names.find(where)
        a_value(where, "this")
        if not any(where is node for node in self.names.nodes):
            raise ValueError(f"{self.names(where)} is not part of {self.names(self.loss)}: this pass never reaches it")
        return where

    def _typed(self, node: Value) -> str:
        name = self.names(node)
        return name if name.isidentifier() else f'"{name}"'

    def _complete(self, node: Value) -> str:
        after = self._complete_after(node)
        name = self.names.atom(node)
        return f"{name} is complete after step {after}" if after else f"{name} is given from the start"

    def _place(self, what: str, *notes: str) -> Text:
        self.used = next(_clock)
        where = f"After step {self.position} of {len(self._order)}" if self.position else "At the start"
        watched = [f"watching: {', '.join(map(self._state, self._watched))}"] if self._watched else []
        lines = [f"{what}. {where}. {self._next_is()}", *(f"  {note}" for note in (*notes, *watched))]
        return Text("\n".join(lines))

    def _next_is(self) -> str:
        if self.current is None:
            return "All steps have been taken."
        return f"The next step, {self.position + 1} of {len(self._order)}, is at {self.names(self.current)}."

    def __repr__(self) -> str:
        kind, total = type(self).__name__, len(self._order)
        where = "done" if self.current is None else f"next: {self.names(self.current)}"
        return f"<{kind} of {self.names(self.loss)}: {self.position} of {total} steps taken, {where}>"


def _operation_names(node: Value) -> tuple[str, ...]:
    rule = node._rule
    if rule is None:
        return ()
    return (node._op, rule.name) if isinstance(rule, Operation) else (node._op,)


def operations(loss: Value) -> list[Value]:
    """The operations of a graph in the order of computation; the loss itself if it is a leaf."""
    return topological(loss) or [loss]
