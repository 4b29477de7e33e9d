"""From groups to numpy source: a few calls for each group, forwards and backwards.

The source is a function that allocates all arrays for one size of batch, and returns the functions that compute in
them. Every array has its rows first and the examples of the batch last; what is the same for all examples has a last
axis of one. So a run of rows is a view, and a matrix product needs no transposed copy.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd.compiler.backwards import Backwards
from autograd.compiler.grouping import CONSTANTS, Group, Grouping, Index


@dataclass
class Emitted:
    """Source, and what it refers to."""

    source: str
    indices: list[Index]
    forward_calls: int
    backward_calls: int
    calls: dict[int, list[str]]
    """For each group, the lines that compute it."""


def emit(grouping: Grouping) -> Emitted:
    """Writes the source for a grouping."""
    return _Emitter(grouping).run()


class _Emitter(Backwards):
    def run(self) -> Emitted:
        for each in self.groups[CONSTANTS + 1 :]:
            self._begin(each)
            if each.rule is None:
                self._sum(each)
            else:
                self._operation(each)
            self._end(each)
        self.emit_backward()
        return Emitted(
            self._assembled(),
            self.indices,
            sum(line.startswith(("np.", "special.")) for line in self.forward),
            sum(line.startswith(("np.", "special.")) for line in self.backward),
            self.calls,
        )

    def _assembled(self) -> str:
        """The function that prepares for a batch."""
        views = [name for name in self.per_call if name != "inputs"]
        guarded = "".join(f"{each.name}, " for each in self.groups if each.rule is not None and each.rule.domain)
        roots = ", ".join(f"{root.name}[{row}]" for root, row in self.grouping.roots)
        wanted = "".join(f"{self._wanted(each, row)}, " for each, row in self.grouping.wanted)
        lines = [
            "def prepare(np, special, rows, params, grads, constants, index, batch, dtype):",
            *_indented([*self.scratch["setup"].made, *self.setup], 1),
            *_indented([f"{name} = None" for name in self.per_call], 1),
            "",
            "    def forward(X):",
            f"        nonlocal {', '.join(['inputs', *views])}",
            "        inputs = X.T",
            *_indented(self.forward, 2),
            f"        return ({roots},)",
            "",
            "    def guarded():",
            "        # what is computed by operations that are undefined somewhere",
            f"        return ({guarded})",
            "",
            "    def prepare_backward():",
            *_indented([*self.scratch["late"].made, *self.late], 2),
            "",
            "        def backward():",
            *_indented(self.backward, 3),
            f"            return ({wanted})",
            "",
            "        return backward",
            "",
            "    return forward, guarded, prepare_backward",
            "",
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _wanted(self, each: Group, row: int) -> str:
        return f"{self.gradients[each.number]}[{row}]" if each.number in self.gradients else "np.zeros(batch)"


def _indented(lines: list[str], depth: int) -> list[str]:
    return ["    " * depth + line for line in lines]
