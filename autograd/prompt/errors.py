"""Errors at the prompt: the message, without the engine's stack frames."""

from __future__ import annotations

import re
import sys
from contextlib import redirect_stderr
from io import StringIO
from itertools import takewhile
from types import TracebackType

from autograd.cursor import PassDone
from autograd.looks import OURS
from autograd.value import Value
from autograd.words.text import Text, folded, width

WORDED = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""Errors whose message says what was wrong, so that the engine's stack frames add nothing."""

ELSEWHERE = {
    "item": "v.data is the number",
    "numpy": "v.data is the number",
    "value": "v.data is the number",
    "forward": "v.refresh() computes it again from its leaves",
    "zero_grad": "set v.grad = 0.0; modules and optimisers have zero_grad() for all parameters",
    "requires_grad": "every Value has a gradient; within no_grad() none is recorded",
    "is_leaf": "a leaf has no operands: not v._prev",
    "grad_fn": "v._op is the operation, and v._prev are its operands",
    "pow": "write v ** 2",
    "square": "write v ** 2",
    "abs": "write abs(v)",
    "sum": "autograd.sum([a, b]) adds up a list",
    "mean": "mean([a, b]) is that of a list",
    "softmax": "softmax([a, b]) takes a list",
}
"""Substitutes for attributes of other libraries' numbers, which their users try first on a Value."""


def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Prints an error: the message alone if the engine raised it, else as Python does, "Did you mean" included."""
    if issubclass(kind, KeyboardInterrupt):
        print("\nKeyboardInterrupt", file=sys.stderr)
        return
    told = in_words(kind, error, trace)
    if told is not None:
        print(told, file=sys.stdout if isinstance(error, PassDone) else sys.stderr)
        return
    trace = shortened(kind, trace)
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
    if instead := elsewhere(error):
        print(instead, file=sys.stderr)


def in_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str | None:
    """The message alone, if the engine refused the input; None for any other error."""
    if isinstance(error, PassDone):
        return repr(Text(error))
    ours = [each for each in _frames(trace) if _is_ours(each)]
    theirs = [each for each in _frames(trace) if not _is_ours(each)]
    if not ours or not _is_ours(_frames(trace)[-1]) or len(theirs) != 1 or not issubclass(kind, WORDED):
        return None
    return "\n".join(part for line in f"{kind.__name__}: {error}".split("\n") for part in folded(line, width()))


def shortened(kind: type[BaseException], trace: TracebackType | None) -> TracebackType | None:
    """The traceback up to the engine's first frame, if the error's message says what was wrong."""
    frames = _frames(trace)
    theirs = list(takewhile(lambda each: not _is_ours(each), frames))
    if not theirs or len(theirs) == len(frames) or not _is_ours(frames[-1]) or not issubclass(kind, WORDED):
        return trace
    kept = None
    for each in reversed(theirs):
        kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept


def suggestion(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Python's own suggestion for an unknown name; empty if it has none."""
    written = StringIO()
    with redirect_stderr(written):
        sys.__excepthook__(kind, error, trace)
    found = re.search(r"Did you mean: .*\?", written.getvalue())
    return found[0] if found else ""


def elsewhere(error: BaseException) -> str:
    """What to use instead of an attribute that a Value lacks; empty for any other error."""
    if isinstance(error, AttributeError) and isinstance(error.obj, Value):
        return ELSEWHERE.get(error.name or "", "")
    return ""


def _frames(trace: TracebackType | None) -> list[TracebackType]:
    frames = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    return frames


def _is_ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(OURS)
