"""The numbers from `.data` during a trace, which programs compute anew at each call, without a derivative."""

from __future__ import annotations

import gc
import math
import operator
import sys
from collections import deque
from collections.abc import Callable
from functools import reduce
from types import CellType
from typing import Any

from autograd import ops
from autograd.jitted.guards import TRACE, current
from autograd.scalars import is_scalar
from autograd.value import Value, apply


class Read:
    """A number that was read from a Value.

    Arithmetic makes more of them. A comparison is a guard, as for Values. If it is converted to a Python float, as by
    the functions of `math`, the path is for this exact number: another number takes another path.
    """

    __slots__ = ("_read_from",)

    def __init__(self, value: Value) -> None:
        self._read_from = value
        trace = TRACE.get()
        if trace is not None:
            trace.reads.append(self)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """Makes `isinstance(x, float)` true."""
        return float

    def _only(self) -> float:
        """The exact number, on which the path then depends."""
        trace, v = current(), self._read_from
        if trace is not None:
            trace.compared("eq", v, v if v._data != v._data else v._data)  # nan equals nothing
            if v._data == 0.0:  # and there are two zeros
                trace.compared("gt", apply(_DIV, Value(1.0), v), 0.0)
        return v._data

    def _within(self, whole: int, least: str, below: str, low: float, high: float) -> int:
        trace = current()
        if trace is not None:
            trace.compared(least, self._read_from, low)
            trace.compared(below, self._read_from, high)
        return whole

    def __float__(self) -> float:
        return self._only()

    def __int__(self) -> int:
        number = self._read_from._data
        if not math.isfinite(number):
            return int(self._only())
        whole = int(number)
        if whole > 0:
            return self._within(whole, "ge", "lt", whole, whole + 1)
        if whole < 0:
            return self._within(whole, "gt", "le", whole - 1, whole)
        return self._within(0, "gt", "lt", -1, 1)

    __trunc__ = __int__

    def __floor__(self) -> int:
        number = self._read_from._data
        if not math.isfinite(number):
            return math.floor(self._only())
        whole = math.floor(number)
        return self._within(whole, "ge", "lt", whole, whole + 1)

    def __ceil__(self) -> int:
        number = self._read_from._data
        if not math.isfinite(number):
            return math.ceil(self._only())
        whole = math.ceil(number)
        return self._within(whole, "gt", "le", whole - 1, whole)

    def __round__(self, digits: Any = None) -> Any:
        return round(self._only(), digits)

    def __floordiv__(self, other: Any) -> Any:
        return self._only() // other

    def __rfloordiv__(self, other: Any) -> Any:
        return other // self._only()

    def __divmod__(self, other: Any) -> Any:
        return divmod(self._only(), other)

    def __rdivmod__(self, other: Any) -> Any:
        return divmod(other, self._only())

    def __hash__(self) -> int:
        return hash(self._only())

    def __bool__(self) -> bool:
        return bool(self._read_from)

    def __repr__(self) -> str:
        trace = current()
        if trace is not None:
            trace.stop("the text of a number read from .data")
        return repr(self._read_from._data)

    def __format__(self, spec: str) -> str:
        repr(self)
        return format(self._read_from._data, spec)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._only(), name)

    def __eq__(self, other: object) -> Any:
        return _compared(operator.eq, self, other)

    def __ne__(self, other: object) -> Any:
        equal = _compared(operator.eq, self, other)
        return equal if equal is NotImplemented else not equal


_DIV = ops.quietly(ops.DIV)


def _compared(compare: Callable[[Any, Any], Any], one: Read, other: Any) -> Any:
    if isinstance(other, Value):
        return compare(one._read_from, Read(other)) if compare is not operator.eq else other == one
    return compare(one._read_from, other) if is_scalar(other) else NotImplemented


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Read, Any], Any]:
    return lambda one, other: _compared(compare, one, other)


def _arithmetic(compute: Callable[..., Any], reflected: bool) -> Callable[[Read, Any], Any]:
    def computed(one: Read, other: Any) -> Any:
        if not (isinstance(other, Value) or is_scalar(other)):
            return NotImplemented
        mine, given = one._read_from, getattr(other, "_read_from", other)
        answer = compute(given, mine) if reflected else compute(mine, given)
        return answer if isinstance(other, Value) else Read(answer)

    return computed


def _sign(compute: Callable[[Any], Any]) -> Callable[[Read], Read]:
    return lambda one: Read(compute(one._read_from))


for _name in ("lt", "le", "gt", "ge"):
    setattr(Read, f"__{_name}__", _comparison(getattr(operator, _name)))
for _name in ("add", "sub", "mul", "truediv", "mod", "pow"):
    setattr(Read, f"__{_name}__", _arithmetic(getattr(operator, _name), False))
    setattr(Read, f"__r{_name}__", _arithmetic(getattr(operator, _name), True))
for _name in ("neg", "pos", "abs"):
    setattr(Read, f"__{_name}__", _sign(getattr(operator, _name)))


def settle(reads: list[Any]) -> None:
    """Replaces numbers that a function kept in lists, dicts, attributes or closures by floats, after its trace."""
    (usual,) = [sys.getrefcount(x) for x in [object()]]
    kept = [x for x in reads if sys.getrefcount(x) > usual]
    numbers = {id(x): x._read_from._data for x in kept}
    for holder in gc.get_referrers(*kept) if kept else ():
        if holder is reads or holder is kept:
            continue
        if isinstance(holder, CellType):
            holder.cell_contents = numbers.get(id(holder.cell_contents), holder.cell_contents)
            continue
        held = holder if isinstance(holder, (list, deque, dict)) else getattr(holder, "__dict__", {})
        for key, x in list(held.items() if isinstance(held, dict) else enumerate(held)):
            if id(x) in numbers:
                held[key] = numbers[id(x)]


def extreme(name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
    """Python's `max` or `min`; for numbers that were read, one path serves whichever of them it is."""
    operation = ops.MAXIMUM if name == "max" else ops.MINIMUM

    def found(*args: Any, **kwargs: Any) -> Any:
        trace = current()
        if trace is None or kwargs or not args:
            return usual(*args, **kwargs)
        given = list(args[0] if len(args) == 1 else args)
        if not any(type(x) is Read for x in given) or not all(is_scalar(x) and not isinstance(x, Value) for x in given):
            return usual(given) if given else usual(*args)
        values = [Value(x) if type(x) is not Read else x._read_from for x in given]
        if any(v._data != v._data for v in values):
            return usual(given)
        best = reduce(lambda one, other: apply(operation, one, other), values)
        trace.compared("ge", best, best)  # it is a number, and so are all others
        return Read(apply(ops.STOP, best))

    return found
