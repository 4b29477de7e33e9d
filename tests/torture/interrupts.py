"""An interrupt, such as Ctrl-C, at each place where Python checks for signals."""

from __future__ import annotations

import dis
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any, NamedTuple

_NOWHERE = -1


class Place(NamedTuple):
    """One interrupted run of an action."""

    number: int
    where: str
    """`backprop.py:120 in next`."""
    interrupted: bool
    """Whether the action raised the interrupt; if not, it was swallowed."""


def places(
    action: Callable[[], object],
    *,
    before: Callable[[], object] = lambda: None,
    files: Sequence[str] = (),
    every: int = 1,
) -> Iterator[Place]:
    """Runs an action repeatedly, interrupted at each place in turn, until it completes.

    Python checks for signals at the start of a function, after a call, and when a loop jumps back.

    Args:
        action: the action to interrupt.
        before: restores the state before each run.
        files: interrupt only in files of our packages with these suffixes; by default in all.
        every: try only every n-th place.

    Yields:
        The place, after each interrupted run; the caller checks the state that it left.
    """
    number, usual = 0, sys.gettrace()  # a measurement of coverage traces too
    while True:
        before()
        tracer = _Tracer(number, tuple(files))
        interrupted = False
        try:
            if hasattr(sys, "monitoring"):  # since 3.12, instructions are traced from a function's second call on
                sys.settrace(_Tracer(_NOWHERE, ()))
                action()
                before()
            sys.settrace(tracer)
            action()
        except KeyboardInterrupt:
            interrupted = True
        finally:
            sys.settrace(usual)
        if not tracer.where:
            return
        yield Place(number, tracer.where, interrupted)
        number += every


class _Tracer:
    def __init__(self, target: int, files: tuple[str, ...]) -> None:
        self.left, self.files, self.where = target, files, ""

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Called for each new frame; returns what is called for each of its instructions."""
        code = frame.f_code
        if self.where or not _is_ours(code.co_filename, self.files):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        looks = _looks(code)

        def instruction(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "opcode" and frame.f_lasti in looks and not self.where:
                if self.left == 0:
                    self.where = f"{os.path.basename(code.co_filename)}:{frame.f_lineno} in {code.co_name}"
                    raise KeyboardInterrupt
                self.left -= 1
            return instruction

        return instruction


@cache
def _is_ours(name: str, files: tuple[str, ...]) -> bool:
    name = name.replace(os.sep, "/")
    ours = any(f"/{package}/" in name for package in ("autograd", "nn", "viz", "demos")) and "site-packages" not in name
    return (ours and "/tests/" not in name and (not files or name.endswith(files))) or name.startswith("<kernel")


@cache
def _looks(code: CodeType) -> frozenset[int]:
    """The offsets before which Python checks for signals."""
    found = set()
    instructions = [each for each in dis.get_instructions(code) if each.opname != "CACHE"]
    for here, following in pairwise(instructions):
        if here.opname == "RESUME" or (here.opname.startswith("CALL") and "INTRINSIC" not in here.opname):
            found.add(following.offset)
        if here.opname.startswith("JUMP_BACKWARD"):
            found.add(here.argval)
    return frozenset(found)
