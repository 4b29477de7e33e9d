"""The innermost loops of a matrix product in WebAssembly, which computes two floats at a time; JavaScript computes one.

`rows4(a, aRow, aTerm, b, terms, c, cRow, count, add)` computes some rows of four columns of C = A · B, in `count` tiles
of four rows each. `a`, `b` and `c` are addresses; `aRow`, `aTerm` and `cRow` are strides in bytes, of A's rows, the
terms within a row of A, and C's rows. B's four columns are packed, so that the four numbers of a term are adjacent; so
are C's four columns. If `add` is set, the products are added to C. `rows2` and `rows1` compute the remaining rows in
tiles of two rows and of one.

A 4 × 4 tile is kept in eight variables of two floats; a term takes two loads from B, four from A, and eight products.
"""

from __future__ import annotations

from functools import cache

from autograd.compiler.wasm import Function, assembled

_COLUMNS = 4
_ROWS = (4, 2, 1)
_HALVES = (0, 1)
"""Two variables of two floats hold the four columns of a row."""


@cache
def kernel() -> bytes:
    """The module."""
    return assembled({f"rows{rows}": _tiles(range(rows)) for rows in _ROWS})


def _tiles(rows: range) -> Function:
    sums = {f"sum{row}{half}": "v128" for row in rows for half in _HALVES}
    pointers = {f"{what}{row}": "i32" for what in ("a", "c") for row in rows}
    variables = {**sums, "b0": "v128", "b1": "v128", "x": "v128", **pointers, "at": "i32", "end": "i32"}
    lines = [
        *_stepped("end", "b", f"local.get terms\ni32.const {8 * _COLUMNS}\ni32.mul"),
        "loop",
        *_pointers("a", rows),
        *_pointers("c", rows),
        "local.get b",
        "local.set at",
        *_begun(rows),
        "loop",
        *_term(rows),
        *_stepped("at", "at", f"i32.const {8 * _COLUMNS}"),
        "local.get at",
        "local.get end",
        "i32.ne",
        "br_if 0",
        "end",
        *[line for row in rows for half in _HALVES for line in _stored(row, half)],
        *_stepped("a", "a", f"local.get aRow\ni32.const {len(rows)}\ni32.mul"),
        *_stepped("c", "c", f"local.get cRow\ni32.const {len(rows)}\ni32.mul"),
        *_stepped("count", "count", "i32.const -1"),
        "local.get count",
        "br_if 0",
        "end",
    ]
    return Function(("a", "aRow", "aTerm", "b", "terms", "c", "cRow", "count", "add"), variables, lines)


def _stepped(name: str, start: str, distance: str) -> list[str]:
    return [f"local.get {start}", *distance.split("\n"), "i32.add", f"local.set {name}"]


def _pointers(what: str, rows: range) -> list[str]:
    """The address of each row of a tile."""
    lines = [f"local.get {what}", f"local.set {what}0"]
    for row in rows[1:]:
        lines += _stepped(f"{what}{row}", f"{what}{row - 1}", f"local.get {what}Row")
    return lines


def _begun(rows: range) -> list[str]:
    """The sums before the first term: the numbers in C, or zero."""
    there, zero = [], []
    for row in rows:
        for half in _HALVES:
            there += [f"local.get c{row}", f"v128.load offset={16 * half}", f"local.set sum{row}{half}"]
            zero += ["f64x2.zero", f"local.set sum{row}{half}"]
    return ["local.get add", "if", *there, "else", *zero, "end"]


def _term(rows: range) -> list[str]:
    """Adds one term to each sum."""
    lines = []
    for half in _HALVES:
        lines += ["local.get at", f"v128.load offset={16 * half}", f"local.set b{half}"]
    for row in rows:
        lines += [f"local.get a{row}", "v128.load64_splat offset=0", "local.set x"]
        for half in _HALVES:
            lines += [f"local.get sum{row}{half}", "local.get x", f"local.get b{half}", "f64x2.mul", "f64x2.add",
                      f"local.set sum{row}{half}"]  # fmt: skip
        lines += _stepped(f"a{row}", f"a{row}", "local.get aTerm")
    return lines


def _stored(row: int, half: int) -> list[str]:
    return [f"local.get c{row}", f"local.get sum{row}{half}", f"v128.store offset={16 * half}"]
