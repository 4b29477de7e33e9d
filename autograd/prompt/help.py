"""`help()` at the prompt: a list of the main functions and commands."""

from __future__ import annotations

import pydoc

from autograd.prompt.commands import COMMANDS
from autograd.prompt.documentation import documentation
from autograd.words.text import Text, folded, width

THINGS = [
    ("a = Value(2.0)", "a number that remembers how it was made; messages here call it a"),
    ("formula(L), tree(L)", "how L was computed, as a formula and as a tree"),
    ("L.backward(); a.grad", "all derivatives at once"),
    ("bp = Backprop(L)", "the same, one step at a time: next, back, goto a, run, break *, watch a, reset"),
    ("fw = Forward(L)", "the forward pass, one step at a time"),
    ("explain(L, a)", "the gradient of a, path by path"),
    ("derivation(L, a)", "the chain rule written out"),
    ("nudge(L, a)", "if a increases slightly, what happens to L?"),
    ("why_zero(L, a)", "why a gradient is zero"),
    ("misconceptions(L)", "three tempting mistakes, on your own graph"),
    ("quiz(L)", "the steps with hidden numbers: you fill them in"),
    ("gradcheck(L)", "derivatives against finite differences"),
    ("viz.show(L)", "the graph as an interactive page"),
    ("tour()", "an introduction in eight short screens"),
]


class Help:
    """Replaces `help` at the prompt: without arguments it lists functions and commands, else it is Python's."""

    def __init__(self, names: dict[str, object]) -> None:
        self._names = names

    def __call__(self, *about: object) -> Text | None:
        """Lists functions and commands; with an argument, shows Python's help, wrapped to the terminal."""
        if not about:
            return Text(repr(self))
        if len(about) == 1 and not isinstance(about[0], str):
            pydoc.pager(documentation(about[0], width()))
        else:
            pydoc.help(*about)
        return None

    def __repr__(self) -> str:
        commands = [(word, does) for word, does in COMMANDS.items()]
        lines = ["What you can do here:", *_columns([t for t in THINGS if self._is_here(t[0])]), ""]
        lines += ["Commands for the latest pass, each alone on a line:", *_columns(commands), ""]
        lines += folded("help(explain) tells more about one of them; Ctrl-D ends the session.", width())
        return "\n".join(lines)

    def _is_here(self, call: str) -> bool:
        owner, _, name = call.partition("(")[0].partition(".")
        if owner == "viz":
            return hasattr(self._names.get("viz"), name)
        return " = " in call or name == "backward" or owner in self._names


def _columns(rows: list[tuple[str, str]]) -> list[str]:
    """Calls and their descriptions, side by side if there is room."""
    columns, left = width(), max(len(what) for what, _ in rows) + 4
    if columns < left + 30:
        return [line for what, does in rows for line in (f"  {what}", *folded(f"      {does}", columns, "      "))]
    lines = []
    for what, does in rows:
        first, *rest = folded("." * left + does, columns, " " * left)
        lines += [f"  {what}".ljust(left) + first[left:], *rest]
    return lines
