"""Python's interactive console, with labels, commands and short error messages."""

from __future__ import annotations

import ast
import builtins
import code
import linecache
import select
import sys
from types import CodeType
from typing import Any, TextIO

from autograd.cursor import Cursor
from autograd.entry import is_of_output
from autograd.prompt import errors
from autograd.prompt.commands import pasted, translated
from autograd.prompt.labels import Labels
from autograd.value import Value
from autograd.words.text import Text


class Console(code.InteractiveConsole):
    """A session over a namespace.

    Args:
        namespace: the session's variables.
        commands: whether `next`, `goto a`, … act on the latest pass.
    """

    def __init__(self, namespace: dict[str, object], commands: bool = True) -> None:
        super().__init__(namespace, "<prompt>")
        self._commands = commands
        self.labels = Labels(namespace)
        self.failed = False
        self._in_paste = False
        self._at_once = False
        self._statements = 0

    def raw_input(self, prompt: str = "") -> str:
        """Reads a line, and records whether it was waiting already, as a pasted line is."""
        self._at_once = _waiting()
        return super().raw_input(prompt)

    def push(self, line: str, *arguments: Any, **keywords: Any) -> bool:  # noqa: ANN401 - as in the library
        """Takes a line, and returns whether more are needed.

        If a pasted line starts with a prompt, then pasted lines without one are a session's output, and are skipped.
        """
        typed = pasted(line)
        if typed == line and self._in_paste and self._at_once:
            if self.buffer:
                super().push("", *arguments, **keywords)
            return False
        self._in_paste = typed != line
        line = typed
        if self._commands and not self.buffer:
            line = translated(line, self.locals)
        return super().push(line, *arguments, **keywords)

    def runsource(self, source: str, filename: str = "<prompt>", symbol: str = "single") -> bool:
        """Runs a statement if it is complete, and returns whether more lines are needed."""
        if not any(line.strip() and line.strip()[0] != "#" for line in source.splitlines()):
            return False  # nothing to run
        try:
            complete = self.compile(source, filename, symbol)
            if complete is None:
                return True
            tree = ast.parse(source, filename, symbol)
        except (OverflowError, SyntaxError, ValueError):
            self.failed = True
            self.showsyntaxerror(filename)
            return False
        self._statements += 1
        filename = f"<prompt {self._statements}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        flags = self.compile.compiler.flags
        self.runcode(compile(self.labels.woven(tree), filename, symbol, flags))
        return False

    def runcode(self, code: CodeType) -> None:
        """Runs a statement, and shows errors in the prompt's short form."""
        shown, sys.displayhook = sys.displayhook, _display
        try:
            exec(code, self.locals)
        except SystemExit:
            raise
        except BaseException as error:
            if is_of_output(error):
                raise
            self.failed = not isinstance(error, StopIteration)
            trace = error.__traceback__
            errors.show(type(error), error, trace.tb_next if trace else None)
        finally:
            sys.displayhook = shown
        if isinstance(last := getattr(builtins, "_", None), Cursor):
            self.locals["_pass"] = last
        self.labels.update()

    def run_all(self, stream: TextIO) -> int:
        """Runs a file or pipe, shows the result of each statement, and stops at the first error.

        Returns:
            The exit status.
        """
        more = False
        for line in stream:
            more = self.push(line.rstrip("\r\n"))
            if self.failed:
                return 1
        if more:
            self.push("")
        return int(self.failed)


def _display(thing: object) -> None:
    """Shows the result of a line and keeps it as `_`. A Value's long repr is wrapped between words."""
    if thing is None:
        return
    builtins._ = None  # type: ignore[attr-defined]
    print(repr(Text(repr(thing))) if isinstance(thing, Value) else repr(thing))
    builtins._ = thing  # type: ignore[attr-defined]


def _waiting() -> bool:
    """Whether more input is waiting to be read."""
    try:
        return bool(select.select([sys.stdin], [], [], 0)[0])
    except (OSError, ValueError):  # `select` does not work on this input, as on Windows
        return False
