"""Calls that a program cannot repeat, which print, draw random numbers, ask for the time, or read files.

A trace that may reach such a call is watched: Python reports each call of a builtin, which makes the function several
times slower. If all that the function can reach by the names in its code is known to be pure, it is not watched.
"""

from __future__ import annotations

import dis
import io
import os
import random
import sys
from types import BuiltinFunctionType, CodeType, FrameType, ModuleType
from typing import Any

from autograd.jitted.guards import current

_CALLS = {print, open, input, os.urandom}
_CODE = {globals, eval, exec}
"""Calls that libraries make for functions that they write themselves, such as our kernels."""
_NAMES = {
    "print", "open", "input", "exec", "eval", "compile", "breakpoint", "help", "exit", "quit", "getattr", "setattr",
    "delattr", "globals", "locals", "vars", "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "save", "savetxt",
    "savez", "tofile", "tour", "quiz", "__import__",
}  # fmt: skip
"""Names that may lead to such a call, or to something that the code does not show."""
_IMPORT = dis.opmap["IMPORT_NAME"]
_PURE = {
    "math", "cmath", "operator", "_operator", "itertools", "functools", "_functools", "collections", "_collections",
    "typing", "types", "enum", "abc", "copy", "dataclasses", "fractions", "numbers",
    "statistics", "string", "re", "bisect", "_bisect", "heapq", "_heapq", "contextlib", "_collections_abc", "array",
    "struct", "_struct", "json", "contextvars", "_contextvars", "_thread", "weakref", "_weakref",
    "builtins", "numpy", "autograd", "nn",
}  # fmt: skip
"""Packages whose functions compute and do nothing else, apart from:"""
_IMPURE = (
    "numpy.random", "autograd.learn", "autograd.walk", "autograd.backprop", "autograd.cursor", "autograd.files",
    "autograd.archives", "autograd.entry", "autograd.prompt", "nn.data", "nn.saving", "nn.initialisation",
)  # fmt: skip


def watch(frame: FrameType, event: str, function: Any) -> None:
    """Ends the trace before a call whose effect or result a program cannot repeat.

    The user's code may call functions that are known to be pure. Calls that libraries make in turn are allowed, unless
    they are known to be impure.
    """
    name = ""
    if event == "c_call" and (_forbidden(function) or not (_of_library(frame) or pure_object(function))):
        name = getattr(function, "__name__", str(function))
    elif event == "call" and _of_library(frame) and (_draws(frame) or _called_impure(frame)):
        name = frame.f_code.co_name
    trace = current()
    if name == "__exit__":  # a block that the function entered ends
        return
    if name and trace is not None and not _importing(frame):
        trace.stop(f"a call of {name}")


def _draws(frame: FrameType) -> bool:
    """Whether a frame is in `random`, which caches every second number, so that the next call calls nothing in C."""
    return frame.f_code.co_filename == random.__file__


def _called_impure(frame: FrameType) -> bool:
    """Whether the user's code has called library code that may be impure."""
    return not (_of_library(frame.f_back) or pure_module(frame.f_globals.get("__name__")))


def _of_library(frame: FrameType | None) -> bool:
    return frame is None or library(frame.f_globals.get("__name__", ""))


def library(module: Any, *but: str) -> bool:
    """Whether a module, by its name, is one of Python's, numpy's or ours, except those given."""
    top = module.partition(".")[0] if isinstance(module, str) else ""
    return (
        top not in but and (top in sys.stdlib_module_names or top in ("autograd", "nn", "numpy")) and top != "__main__"
    )


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


def pure_module(name: Any) -> bool:
    """Whether the functions of a library's module are pure."""
    return isinstance(name, str) and name.partition(".")[0] in _PURE and not name.startswith(_IMPURE)


def pure_code(code: CodeType) -> bool:
    """Whether the names in code, and in the functions within it, lead only to visible things."""
    if not _NAMES.isdisjoint(code.co_names) or _IMPORT in code.co_code[::2]:
        return False
    return all(pure_code(each) for each in code.co_consts if isinstance(each, CodeType))


def pure_object(x: Any) -> bool:
    """Whether using an object from a library is pure."""
    if isinstance(x, type):  # networks draw their initial weights
        return pure_module(x.__module__) and not x.__module__.startswith("nn")
    if isinstance(x, BuiltinFunctionType):
        return x not in _CALLS | _CODE and _pure_builtin(x)
    return pure_module(type(x).__module__)


def _pure_builtin(x: BuiltinFunctionType) -> bool:
    """Whether a function implemented in C, or a method of such an object, belongs to something pure."""
    if isinstance(x.__self__, ModuleType) or x.__self__ is None:
        return pure_module(x.__module__)
    kind = x.__self__ if isinstance(x.__self__, type) else type(x.__self__)
    return kind is object or any(pure_module(base.__module__) for base in kind.__mro__ if base is not object)
