"""Damaged files: a truncated, flipped or mixed model or image table is read completely, or refused in one line."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import nn
from demos.digits.data import OURS, DataError, read_csv

SECONDS = 10.0
LONGEST = 300
"""The maximum number of characters of a message about a file."""


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Endless damage."""
    rng = random.Random(seed)
    while True:
        kind = rng.choice(["model", "table", "packed table"])
        number = rng.getrandbits(32)
        yield f"{kind} {number}", partial(judged, kind, number)


def judged(kind: str, number: int) -> str:
    """The fault of reading a damaged file, if any."""
    rng = random.Random(number)
    path = Path("damaged.npz" if kind == "model" else "damaged.csv")
    path.write_bytes(damaged(_whole(kind), rng))
    return _model(path) if kind == "model" else _table(path)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The content with one or a few defects."""
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 5, 50])):
        at = rng.randrange(max(len(changed), 1))
        how = rng.randrange(7)
        if how == 0:
            del changed[at:]
        elif how == 1:
            changed[at : at + 1] = bytes([rng.randrange(256)])
        elif how == 2:
            del changed[at : at + rng.choice([1, 4, 100])]
        elif how == 3:
            changed[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice([1, 4, 100])))
        elif how == 4:
            changed[at : at + 8] = rng.choice([b"\xff" * 8, b"\x00" * 8, b"9" * 8, b"nan,,,-1", b"1e999999"])
        elif how == 5:
            other = rng.randrange(max(len(changed), 1))
            changed[at:at] = changed[other : other + rng.choice([10, 1000])]
        else:
            changed[at : at + 4] = rng.randrange(2**32).to_bytes(4, "little")
    return bytes(changed)


@cache
def _whole(kind: str) -> bytes:
    if kind == "model":
        nn.save(nn.MLP(2, [3, 1], "tanh", seed=1), "whole.npz")
        return Path("whole.npz").read_bytes()
    lines = gzip.decompress(OURS.read_bytes()).splitlines(keepends=True)[:40]
    return gzip.compress(b"".join(lines), mtime=0) if kind == "packed table" else b"".join(lines)


def _model(path: Path) -> str:
    model = nn.MLP(2, [3, 1], "tanh", seed=2)
    before = model.state_dict()
    try:
        nn.load(model, path)
    except (ValueError, OSError) as error:
        return _of_message(error, path) or ("" if model.state_dict() == before else "half of it was loaded")
    saved = nn.MLP(2, [3, 1], "tanh", seed=1).state_dict()
    return "" if model.state_dict() == saved else "other numbers than the saved ones were loaded"


def _table(path: Path) -> str:
    try:
        images = read_csv(path)
    except (DataError, OSError) as error:
        return _of_message(error, path)
    inside = ((images.pixels >= 0.0) & (images.pixels <= 1.0)).all()
    return "" if inside and images.labels.min() >= 0 and images.labels.max() <= 9 else "numbers out of their bounds"


def _of_message(error: Exception, path: Path) -> str:
    said = str(error)
    if len(said) > LONGEST or not said.isprintable():
        return f"a message of {len(said)} characters: {said[:LONGEST]!r}"
    return "" if path.name in said else f"a message without the file's name: {said}"
