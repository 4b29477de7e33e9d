"""Calls that a program cannot repeat: what prints, draws random numbers, asks the time, or reads files.

A trace that could come to such a call is watched: Python tells of each call of a builtin, which takes several times as
long as the function. Where all that the function can reach by the names in its code is known to do nothing of the kind,
nobody needs to watch.
"""

from __future__ import annotations

import dis
import io
import os
import random
from types import BuiltinFunctionType, CodeType, FrameType
from typing import Any

from autograd.jitted.guards import current

_CALLS = {print, open, input, os.urandom}
_NAMES = {
    "print", "open", "input", "exec", "eval", "compile", "breakpoint", "help", "exit", "quit", "getattr", "setattr",
    "delattr", "globals", "locals", "vars", "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "save", "savetxt",
    "savez", "tofile", "tour", "quiz", "__import__",
}  # fmt: skip
"""Names that may lead to such a call, or to what no one can see in the code."""
_IMPORT = dis.opmap["IMPORT_NAME"]
_PURE = {
    "math", "cmath", "operator", "_operator", "itertools", "functools", "_functools", "collections", "_collections",
    "typing", "types", "enum", "abc", "copy", "dataclasses", "fractions", "decimal", "_decimal", "numbers",
    "statistics", "string", "re", "bisect", "_bisect", "heapq", "_heapq", "contextlib",
    "builtins", "numpy", "autograd", "nn",
}  # fmt: skip
"""Packages whose functions compute and do nothing else, apart from:"""
_IMPURE = (
    "numpy.random", "autograd.learn", "autograd.walk", "autograd.backprop", "autograd.cursor", "autograd.files",
    "autograd.archives", "autograd.entry", "autograd.prompt", "nn.data", "nn.saving", "nn.initialisation",
)  # fmt: skip


def watch(frame: FrameType, event: str, function: Any) -> None:
    """Ends the trace before a call whose effect or answer a program cannot repeat."""
    if event == "c_call":
        name = getattr(function, "__name__", str(function)) if _forbidden(function) else ""
    else:  # `random` keeps every other number that it draws for the next call
        name = frame.f_code.co_name if event == "call" and frame.f_code.co_filename == random.__file__ else ""
    trace = current()
    if name and trace is not None and not _importing(frame):
        trace.stop(f"a call of {name}")


def _forbidden(function: Any) -> bool:
    try:
        if function in _CALLS:
            return True
    except TypeError:
        return False
    owner = getattr(function, "__self__", None)
    return (
        isinstance(owner, (random.Random, io.IOBase))
        or getattr(function, "__module__", None) in ("time", "_io", "_random", "posix", "nt")
        or type(owner).__module__.startswith(("numpy.random", "socket"))
    )


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def pure_module(name: str | None) -> bool:
    """Whether the functions of a library's module compute and do nothing else."""
    return name is not None and name.partition(".")[0] in _PURE and not name.startswith(_IMPURE)


def pure_code(code: CodeType) -> bool:
    """Whether the names in code, and in the functions within it, lead to nothing that could not be seen."""
    if not _NAMES.isdisjoint(code.co_names) or _IMPORT in code.co_code[::2]:
        return False
    return all(pure_code(each) for each in code.co_consts if isinstance(each, CodeType))


def pure_object(x: Any) -> bool:
    """Whether something that a library made does nothing but compute when it is used."""
    if isinstance(x, type):  # networks draw their first weights
        return pure_module(x.__module__) and not x.__module__.startswith("nn")
    if isinstance(x, BuiltinFunctionType):
        owner = x.__self__
        return x not in _CALLS and (pure_module(x.__module__) or isinstance(owner, (list, dict, set, tuple)))
    return pure_module(type(x).__module__)
