"""Completion at the prompt: names, attributes, and within quotes the labels of the graphs at hand."""

from __future__ import annotations

import re
from typing import Any

from autograd.cursor import Cursor
from autograd.graph import every_node
from autograd.prompt.commands import COMMANDS
from autograd.value import Value

MOST = 200
_QUOTED = re.compile(r"""(?:^|[(,\s=])["']([^"']*)$""")


def labels(namespace: dict[str, Any]) -> list[str]:
    """The labels in all graphs of a session, in alphabetical order."""
    roots = [thing for thing in namespace.values() if isinstance(thing, Value)]
    roots += [thing.loss for thing in namespace.values() if isinstance(thing, Cursor)]
    return sorted({node.label for node in every_node(*roots) if node.label and node.label.isprintable()})[:MOST]


def within_quotes(line: str, namespace: dict[str, Any]) -> list[str] | None:
    """The labels that continue an open quote at the end of a line; None where there is none.

    Example:
        >>> within_quotes('bp.goto("a', {"L": Value(2.0, label="alpha") * 3})
        ['alpha']
    """
    found = _QUOTED.search(line)
    return None if found is None else [label for label in labels(namespace) if label.startswith(found[1])]


def after_command(line: str, namespace: dict[str, Any]) -> list[str] | None:
    """The labels that continue a command such as `goto a`; None where the line is none."""
    word, blank, rest = line.lstrip().partition(" ")
    if not blank or word not in COMMANDS or word in namespace:
        return None
    return [label for label in labels(namespace) if label.startswith(rest)]


class Completer:
    """For `readline`: what begins with a text, one candidate at a time."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        import rlcompleter

        self._namespace = namespace
        self._names = rlcompleter.Completer(namespace)
        self._found: list[str] = []

    def __call__(self, text: str, state: int) -> str | None:
        """Candidate number `state`; None after the last."""
        import readline

        line = readline.get_line_buffer()[: readline.get_endidx()]
        if state == 0:
            quoted, command = within_quotes(line, self._namespace), after_command(line, self._namespace)
            found = quoted if quoted is not None else command
            if found is None:
                return self._names.complete(text, 0)
            typed = len(line) - len(text)
            self._found = [label[self._known(line, typed) :] for label in found]
            self._labels = True
        elif not getattr(self, "_labels", False):
            return self._names.complete(text, state)
        if state < len(self._found):
            return self._found[state]
        self._labels = False
        self._found = []
        return None

    @staticmethod
    def _known(line: str, typed: int) -> int:
        """How many characters of a label stand before the text that readline replaces."""
        opened = max(line.rfind('"'), line.rfind("'"), line.rfind(" "))
        return max(0, typed - opened - 1)
