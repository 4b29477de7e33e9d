"""The primitives that numpy lacks, over arrays. Each takes `out=`, as numpy's functions do.

`definitions.py` defines and explains the same functions, in terms of other primitives. Those here take fewer calls, and
all but `sigmoid` compute in float64 for any operand.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.definitions import ERF_SERIES, ERFC_FARTHEST, ERFC_TAIL, polynomial

if TYPE_CHECKING:
    import numpy.typing as npt

    from autograd.annotations import Numbers


_SPLITTER = 134217729.0  # 2**27 + 1: cuts the 53 bits of a float into halves


def sigmoid(a: Numbers, out: Numbers | None = None) -> Numbers:
    """1 / (1 + exp(-a)), accurate in both tails, since the argument of exp is never positive."""
    a = np.asarray(a)
    z = np.exp(-np.abs(a))
    return np.divide(np.where(a < 0.0, z, 1.0), 1.0 + z, out=out)


def erf(a: Numbers, out: Numbers | None = None) -> Numbers:
    """The error function, within 2 units in the last place."""
    a = np.asarray(a)
    x = np.asarray(a, dtype=np.float64)
    far = np.copysign(1.0 - _erfc(np.abs(x)), x)
    return _given(np.where(np.abs(x) < 0.5, x * polynomial(ERF_SERIES, np.minimum(x * x, 1.0)), far), a, out)


def ndtr(a: Numbers, out: Numbers | None = None) -> Numbers:
    """Φ(a), the normal distribution function: half of erfc(-a/√2), accurate in the lower tail too.

    The rounding error of a/√2 is corrected in the exponential, exp(-a²/2), where it would be magnified.
    """
    a = np.asarray(a)
    z = np.asarray(a, dtype=np.float64)
    x = np.abs(z) * math.sqrt(0.5)
    half = 0.5 * _scaled(x) * exp_product(-0.5 * z, z)
    near = 0.5 + 0.5 * np.copysign(erf(np.minimum(x, 0.5)), z)
    return _given(np.where(x < 0.5, near, np.where(z < 0.0, half, 1.0 - half)), a, out)


def exp_product(a: Numbers, b: Numbers, out: Numbers | None = None) -> Numbers:
    """exp(a·b), corrected for the rounding error of the product, which exp would magnify a·b times."""
    with np.errstate(over="ignore", invalid="ignore"):
        x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
        p = x * y
        c, d = _SPLITTER * x, _SPLITTER * y
        high, upper = c - (c - x), d - (d - y)
        low, lower = x - high, y - upper
        lost = ((high * upper - p) + high * lower + low * upper) + low * lower
    power = np.exp(p)  # outside errstate, so that an overflow is reported
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.where(np.isfinite(power), power + power * np.where(np.isfinite(lost), lost, 0.0), power)
    return _given(found, np.result_type(a, b), out)


def _erfc(x: Numbers) -> Numbers:
    """erfc(x) for x ≥ 0.5."""
    return _scaled(x) * exp_product(-x, x)


def _scaled(x: Numbers) -> Numbers:
    """exp(x²) · erfc(x) for x ≥ 0.5."""
    x = np.minimum(x, ERFC_FARTHEST)
    scaled: Numbers = polynomial(ERFC_TAIL, (x - 3.0) / (x + 3.0)) / (1.0 + 2.0 * x)
    return scaled


def _given(found: Numbers, like: np.dtype[Any] | Numbers, out: Numbers | None) -> Numbers:
    """Writes the result to `out`, or else returns it in the operand's precision."""
    if out is None:
        return found.astype(getattr(like, "dtype", like), copy=False)
    np.copyto(out, found, casting="same_kind")
    return out


# Elements selected by an index


def pick(table: Numbers, index: Numbers, strict: bool = False, out: Numbers | None = None) -> Numbers:
    """The number at the index in each row of a table.

    Args:
        table: (rows, numbers, batch or 1).
        index: (rows, batch or 1), integers from 0.
        strict: raise for an index that is out of range or not an integer; otherwise its result is nan.
        out: the output, (rows, batch or 1).

    Raises:
        FloatingPointError: `strict` is set, and an index is out of range or not an integer.
    """
    at = _within(index, table.shape[1])
    right = at == index
    missing = not right.all()
    if missing and strict:
        raise FloatingPointError("an index is out of range")
    found: Numbers = table[np.arange(len(table))[:, None], at, _examples(table)]
    if missing:
        found = np.where(right, found, np.nan)
    return found if out is None else _given(found, found, out)


def scatter(index: Numbers, x: Numbers, count: int, batched: bool, out: Numbers | None = None) -> Numbers:
    """Zeros, with an element of x at the index of each row; summed over the examples if not batched.

    Args:
        index: (rows, batch or 1).
        x: (rows, batch or 1).
        count: the length of a row.
        batched: whether the result has a table for each example.
        out: the output, (rows, count, batch or 1).
    """
    rows, batch = len(index), max(index.shape[1], x.shape[1])
    at = _within(index, count)
    if out is None:
        out = np.empty((rows, count, batch if batched else 1), x.dtype)
    if batched:
        out.fill(0.0)
        out[np.arange(rows)[:, None], at, np.arange(batch)] = x
    else:
        flat = np.arange(rows)[:, None] * count + at
        if flat.shape != x.shape:
            flat, x = np.broadcast_to(flat, (rows, batch)), np.broadcast_to(x, (rows, batch))
        out[..., 0] = np.bincount(flat.reshape(-1), x.reshape(-1), rows * count).reshape(rows, count)
    return out


def _within(index: Numbers, count: int) -> Numbers:
    """The index as integers, each the nearest that counts to a number; nan becomes 0."""
    found: Numbers = np.fmin(np.fmax(index, 0.0), count - 1.0).astype(np.intp)
    return found


def _examples(table: Numbers) -> npt.NDArray[np.intp] | int:
    return np.arange(table.shape[-1]) if table.shape[-1] > 1 else 0
