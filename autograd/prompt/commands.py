"""Translates input lines: strips pasted prompts, and turns debugger commands into calls on the latest pass."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograd.cursor import Cursor

COMMANDS = {
    "next": "take a step; next 3: take three",
    "back": "undo a step",
    "goto": "goto 3: go to step 3; goto a: go to where a is complete",
    "run": "go to the end or a breakpoint; run a: until a is complete",
    "reset": "go back to the start",
    "break": "break a, break *: make run stop there; break alone lists them",
    "watch": "watch a: show its gradient at each step",
    "clear": "remove all breakpoints and watches",
    "show": "show where the pass is",
}
"""The commands, with their help. They act on the latest pass."""

METHODS = {"break": "break_at"}
_PROMPT = re.compile(r"\s*(>>>|\.\.\.)( |$)")
_ARGUMENT = r"""[\w.\[\]#]+|"[^"]*"|'[^']*'|[-+*/]|\*\*[\d.]*"""
_COMMAND = re.compile(rf"({'|'.join(COMMANDS)})(?:\s+(?:until\s+)?({_ARGUMENT}))?\s*")


def pasted(line: str) -> str:
    """Strips a pasted prompt from a line."""
    found = _PROMPT.match(line)
    return line[found.end() :] if found else line


def session(lines: list[str]) -> list[str]:
    """The input lines of a pasted session, without its output; other lines are returned unchanged.

    Example:
        >>> session([">>> a = 2", ">>> a", "2"])
        ['a = 2', 'a']
    """
    if not lines or pasted(lines[0]) == lines[0]:
        return lines
    return [pasted(line) for line in lines if pasted(line) != line]


def latest(namespace: Mapping[str, object]) -> tuple[str, Cursor] | None:
    """The pass on which commands act, with its name: the one that was created or moved last.

    One that was only shown has a name too: that of the answer, as in IPython.
    """
    found = [(name, thing) for name, thing in namespace.items() if isinstance(thing, Cursor) and name.strip("_")]
    return max(found, key=lambda each: (each[1].used, each[0][0] != "_")) if found else None


def translated(line: str, namespace: Mapping[str, object]) -> str:
    """Translates a command into a method call; any other line is returned unchanged.

    A word is a command only if it is the whole line (with its argument), and no variable has that name.

    Example:
        >>> from autograd import Backprop, Value
        >>> translated("goto a", {"bp": Backprop(Value(2.0, label="a"))})
        "bp.goto('a')"
        >>> translated("next(bp)", {})
        'next(bp)'
    """
    found = _COMMAND.fullmatch(line.rstrip())
    if not found or found[1] in namespace:
        return line
    pass_ = latest(namespace)
    if pass_ is None:
        return line
    word, argument = found[1], (found[2] or "").strip()
    if argument and word in ("reset", "clear", "show"):
        return line
    if word == "show":
        return pass_[0]
    return f"{pass_[0]}.{METHODS.get(word, word)}({_argument(word, argument)})"


def _argument(word: str, text: str) -> str:
    if not text or (text.isdigit() and word in ("next", "back", "goto")):
        return text
    return repr(text.strip("'\""))
