"""Odd arguments: one, or all, of each public function's arguments are objects that nobody should pass."""

from __future__ import annotations

import dis
import itertools
import math
import random
import re
from collections import deque, namedtuple
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np

import autograd
import nn
import viz
from autograd import Value
from tests.torture import public


class Odd:
    """Accepts everything, and is nothing in particular."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


class Liar:
    """Claims to have a length, a number and items, and has none."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, i: Any) -> Any:
        raise RuntimeError("mine")

    def __float__(self) -> float:
        raise RuntimeError("mine")


class Hostile:
    """Raises for any attribute, and for its repr."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("mine")

    def __repr__(self) -> str:
        raise RuntimeError("mine")


class Text(str):
    """A string that is not quite a string."""


class Special(Value):
    """A Value of a user's subclass."""


Pair = namedtuple("Pair", "left right")


def _deep(depth: int = 5000) -> list[Any]:
    nested: list[Any] = [1.0]
    for _ in range(depth):
        nested = [nested]
    return nested


def _in_itself() -> list[Any]:
    circle: list[Any] = [1.0]
    circle.append(circle)
    return circle


def _by_hand() -> Value:
    v = Value(1.0)
    node = Value(2.0, (v,), "odd")
    node._backward = lambda: None
    return node


def _result(gradient: Any) -> Value:
    """A result of a leaf to which a gradient has been assigned."""
    leaf = Value(1.5, label="leaf")
    leaf.grad = gradient
    return leaf * leaf.tanh()


def _fails(*args: Any, **kwargs: Any) -> Any:
    raise KeyError("mine")


VALUES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "False": lambda: False,
    "0": lambda: 0,
    "1": lambda: 1,
    "-1": lambda: -1,
    "3": lambda: 3,
    "0.5": lambda: 0.5,
    "-0.0": lambda: -0.0,
    "1e308": lambda: 1e308,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "-inf": lambda: -math.inf,
    "10**9": lambda: 10**9,
    "2**64": lambda: 2**64,
    "-2**64": lambda: -(2**64),
    "10**400": lambda: 10**400,
    "''": lambda: "",
    "'a'": lambda: "a",
    "'a.svg'": lambda: "a.svg",
    "'no/such/folder/a.html'": lambda: "no/such/folder/a.html",
    "escapes": lambda: "\x1b[31m\x00\n\u202e<script>",
    "a long text": lambda: "x" * 100_000,
    "a lone surrogate": lambda: "\ud800",
    "Text('a')": lambda: Text("a"),
    "b''": lambda: b"",
    "b'abc'": lambda: b"abc",
    "[]": list,
    "[[]]": lambda: [[]],
    "[None]": lambda: [None],
    "[1.0, 2.0]": lambda: [1.0, 2.0],
    "[nan]": lambda: [math.nan],
    "['a']": lambda: ["a"],
    "[[1.0], [2.0, 3.0]]": lambda: [[1.0], [2.0, 3.0]],
    "lists 5,000 deep": _deep,
    "a list in itself": _in_itself,
    "()": tuple,
    "(1,)": lambda: (1,),
    "{}": dict,
    "{'a': 1}": lambda: {"a": 1},
    "{1: None}": lambda: {1: None},
    "set()": set,
    "{1.0}": lambda: {1.0},
    "a pair": lambda: Pair(1.0, None),
    "a deque": lambda: deque([1.0]),
    "a proxy": lambda: MappingProxyType({"w": 1}),
    "object()": object,
    "Odd": lambda: Odd,
    "Odd()": Odd,
    "Liar()": Liar,
    "Hostile()": Hostile,
    "Value": lambda: Value,
    "a function of nothing": lambda: lambda: 1.0,
    "a function to None": lambda: lambda *args, **kwargs: None,
    "a function to text": lambda: lambda *args, **kwargs: "a",
    "a function that fails": lambda: _fails,
    "a generator": lambda: (x for x in (1.0, 2.0)),
    "an empty iterator": lambda: iter(()),
    "range(3)": lambda: range(3),
    "slice": lambda: slice(1),
    "...": lambda: ...,
    "NotImplemented": lambda: NotImplemented,
    "1j": lambda: 1j,
    "Fraction": lambda: Fraction(1, 3),
    "Decimal('sNaN')": lambda: Decimal("sNaN"),
    "Decimal('1e999')": lambda: Decimal("1e999"),
    "Path": lambda: Path("no/such/file.svg"),
    "a module": lambda: math,
    "an exception": lambda: KeyError("mine"),
    "a Value": lambda: Value(1.5),
    "a Value of nan": lambda: Value(math.nan),
    "a result": lambda: Value(2.0) * Value(3.0),
    **{
        f"a result of a leaf with gradient {gradient!r}": partial(_result, gradient)
        for gradient in (None, "a", 1j, [1.0], np.float64(2.0), np.float32(2.0), np.array(2.0), np.array([1.0, 2.0]))
    },
    "a Value with a hostile label": lambda: Value(1.0, label="\x1b[31m\x00</script>"),
    "a Value made by hand": _by_hand,
    "a Value of one's own class": lambda: Special(2.0),
    "Values": lambda: [Value(1.0), Value(2.0)],
    "one Value twice": lambda: [Value(1.0)] * 2,
    "nested Values": lambda: [[Value(1.0)], [Value(2.0), [Value(3.0)]]],
    "an iterator of Values": lambda: iter([Value(1.0)]),
    "a set of Values": lambda: {Value(1.0)},
    "a module of nn": lambda: nn.Neuron(2, seed=1),
    "a program": lambda: public.Scene().program(),
    "a cursor": lambda: autograd.Backprop(Value(1.0) * 2.0),
    "array(1.0)": lambda: np.array(1.0),
    "array of nothing": lambda: np.array([]),
    "array (2, 0)": lambda: np.zeros((2, 0)),
    "array (2, 3)": lambda: np.zeros((2, 3)),
    "array (1, 1, 1)": lambda: np.ones((1, 1, 1)),
    "array of text": lambda: np.array(["a"]),
    "array of Values": lambda: np.array([Value(1.0), Value(2.0)]),
    "array of objects": lambda: np.array([None, {}], dtype=object),
    "array of complex": lambda: np.array([1j]),
    "array of dates": lambda: np.array(["2020-01-01"], "datetime64[D]"),
    "float32": lambda: np.float32(1.5),
    "int8": lambda: np.int8(-3),
    "bool_": lambda: np.bool_(True),
}

ENDLESS = {("autograd.quiz", "a function to text")}
"""A callback that always gives the same wrong answer is asked forever."""

CLEAR = (
    r"^The truth value of an ",  # of an array, where a flag is asked for
    r"takes .*\d+ (positional )?arguments?",  # of the caller's function
    r"'[<>]=?' not supported between instances of 'float' and",  # of a number of the caller's own class
)
"""Messages of other libraries that say what was wrong with an argument."""


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """The tries, in an order that depends on the seed: a name, and a function that returns the fault, or ''."""
    rng = random.Random(seed)
    functions = list(public.calls())
    tried: list[tuple[public.Call, dict[int | str, str]]]
    tried = [(call, {slot: odd}) for call in functions for slot in _slots(call) for odd in VALUES]
    rng.shuffle(tried)
    for call, odd in itertools.chain(tried, _several(functions, rng)):
        if not any((call.name, value) in ENDLESS for value in odd.values()):
            yield _described(call, odd), partial(judged, call, odd)


def _several(functions: list[public.Call], rng: random.Random) -> Iterator[tuple[public.Call, dict[int | str, str]]]:
    """Endless calls with several odd arguments."""
    while True:
        call = rng.choice(functions)
        yield call, {slot: rng.choice(list(VALUES)) for slot in _slots(call) if rng.random() < 0.6}


def _slots(call: public.Call) -> list[int | str]:
    return [*range(len(call.positional)), *call.keywords]


def _described(call: public.Call, odd: dict[int | str, str]) -> str:
    return f"{call.name}({', '.join(f'{slot}: {value}' for slot, value in odd.items())})"


def judged(call: public.Call, odd: dict[int | str, str]) -> str:
    """The fault of a call with odd arguments; empty for a result, or an error that we raised."""
    scene = public.Scene()
    function = call.function(scene)
    args = [VALUES[odd[i]]() if i in odd else make(scene) for i, make in enumerate(call.positional)]
    kwargs = {key: VALUES[odd[key]]() if key in odd else make(scene) for key, make in call.keywords.items()}
    try:
        result = function(*args, **kwargs)
        if isinstance(result, Iterator):
            list(itertools.islice(result, 10))
        if isinstance(result, viz.Live):
            result.close()
    except Exception as error:
        return "" if is_ours(error) else f"{type(error).__name__}: {str(error)[:200]} [{_place(error)}]"
    finally:
        if isinstance(owner := getattr(function, "__self__", None), viz.Live):
            owner.close()  # it has a thread and a port
    return ""


def is_ours(error: BaseException) -> bool:
    """Whether an error was raised by our own `raise`, by the caller's objects, or by the system."""
    last = _last(error)
    if isinstance(error, OSError) or last is None or "/tests/torture/" in last.tb_frame.f_code.co_filename:
        return True
    if any(re.search(words, str(error)) for words in CLEAR) or isinstance(error, InvalidOperation):
        return True  # a signaling nan of the caller's refuses to be compared
    code = last.tb_frame.f_code
    ours = (
        any(f"/{package}/" in code.co_filename for package in public.OURS) and "site-packages" not in code.co_filename
    )
    raised = code.co_code[last.tb_lasti] in (dis.opmap["RAISE_VARARGS"], dis.opmap["RERAISE"])
    return ours and raised and not isinstance(error, (AttributeError, RecursionError))


def _last(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _place(error: BaseException) -> str:
    """The place in our code where it was raised."""
    found, trace = "?", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if (
            any(f"/{package}/" in code.co_filename for package in public.OURS)
            and "site-packages" not in code.co_filename
        ):
            found = f"{code.co_filename.split('/', 4)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
