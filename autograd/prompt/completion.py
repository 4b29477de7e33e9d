"""Completion at the prompt: names, attributes and, inside quotes, the labels of the session's graphs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from itertools import count, takewhile

from autograd.cursor import Cursor
from autograd.graph import every_node
from autograd.prompt.commands import COMMANDS
from autograd.value import Value

MOST = 200
_QUOTED = re.compile(r"""(?:^|[(,\s=])["']([^"']*)$""")


def labels(namespace: Mapping[str, object]) -> list[str]:
    """The labels in all graphs of a session, in alphabetical order."""
    roots = [thing for thing in namespace.values() if isinstance(thing, Value)]
    roots += [thing.loss for thing in namespace.values() if isinstance(thing, Cursor)]
    return sorted({node.label for node in every_node(*roots) if node.label and node.label.isprintable()})[:MOST]


def within_quotes(line: str, namespace: Mapping[str, object]) -> list[str] | None:
    """The labels that complete an open quote at the end of a line; None if there is no open quote.

    Example:
        >>> within_quotes('bp.goto("a', {"L": Value(2.0, label="alpha") * 3})
        ['alpha']
    """
    found = _QUOTED.search(line)
    return None if found is None else [label for label in labels(namespace) if label.startswith(found[1])]


def after_command(line: str, namespace: Mapping[str, object]) -> list[str] | None:
    """The labels that complete a command such as `goto a`; None if the line is not a command."""
    word, blank, rest = line.lstrip().partition(" ")
    if not blank or word not in COMMANDS or word in namespace:
        return None
    return [label for label in labels(namespace) if label.startswith(rest)]


class Completer:
    """A completer for `readline`, which asks for one candidate at a time."""

    def __init__(self, namespace: dict[str, object]) -> None:
        import rlcompleter

        self._namespace = namespace
        self._names = rlcompleter.Completer(namespace)
        self._found: list[str] = []

    def __call__(self, text: str, state: int) -> str | None:
        """Candidate number `state`; None after the last."""
        import readline

        if state == 0:
            line = readline.get_line_buffer()[: readline.get_endidx()]
            self._found = self._candidates(line, text)
        return self._found[state] if state < len(self._found) else None

    def _candidates(self, line: str, text: str) -> list[str]:
        found = within_quotes(line, self._namespace)
        if found is None:
            found = after_command(line, self._namespace)
        if found is None:
            return list(takewhile(bool, map(partial(self._names.complete, text), count())))  # type: ignore[arg-type]
        before = len(line) - len(text)
        begun = max(line.rfind('"'), line.rfind("'"), line.rfind(" ") if not _QUOTED.search(line) else -1) + 1
        return [label[max(0, before - begun) :] for label in found]
