"""A small assembler: translates the part of WebAssembly's text format that our kernel needs into its binary format.

The instructions have the standard's names (https://webassembly.github.io/spec/core/binary/), one per line, unfolded.
Every function takes 32-bit integers and returns nothing; all share one memory, which is imported as `env.memory`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PLAIN = {
    "loop": b"\x03\x40", "if": b"\x04\x40", "else": b"\x05", "end": b"\x0b",
    "i32.ne": b"\x47", "i32.add": b"\x6a", "i32.mul": b"\x6c",
    "f64x2.add": b"\xfd\xf0\x01", "f64x2.mul": b"\xfd\xf2\x01",
    "f64x2.zero": b"\xfd\x0c" + bytes(16),
}  # fmt: skip
"""The instructions without operands; `f64x2.zero` is `v128.const f64x2 0 0`."""
_OF_LOCALS = {"local.get": b"\x20", "local.set": b"\x21"}
_OF_MEMORY = {
    "v128.load": (b"\xfd\x00", 4),
    "v128.load64_splat": (b"\xfd\x0a", 3),
    "v128.store": (b"\xfd\x0b", 4),
}
"""The code of each instruction, and its alignment hint as a power of two; other addresses also work, but slower."""
_TYPES = {"i32": b"\x7f", "v128": b"\x7b"}


@dataclass(frozen=True)
class Function:
    """A function: the names of its parameters, the types of its local variables, and its instructions."""

    params: Sequence[str]
    variables: Mapping[str, str]
    lines: Sequence[str]


def assembled(functions: Mapping[str, Function]) -> bytes:
    """A module that exports the functions under their names.

    Raises:
        ValueError: a line is not an instruction that this assembler knows, or names an unknown variable.
    """
    each = list(functions.values())
    types = [b"\x60" + _vector([_TYPES["i32"]] * len(f.params)) + _vector([]) for f in each]
    memory = _name("env") + _name("memory") + b"\x02\x00" + _unsigned(1)
    exports = [_name(name) + b"\x00" + _unsigned(i) for i, name in enumerate(functions)]
    sections = (
        (1, types),
        (2, [memory]),
        (3, [_unsigned(i) for i in range(len(each))]),
        (7, exports),
        (10, [_sized(_body(f)) for f in each]),
    )
    return b"\x00asm\x01\x00\x00\x00" + b"".join(
        bytes([number]) + _sized(_vector(entries)) for number, entries in sections
    )


def _body(function: Function) -> bytes:
    names = [*function.params, *function.variables]
    variables = _vector([_unsigned(1) + _TYPES[kind] for kind in function.variables.values()])
    code = b"".join(_instruction(line, names) for line in function.lines)
    return variables + code + _PLAIN["end"]


def _instruction(line: str, names: list[str]) -> bytes:
    head, *operands = line.split()
    if head in _PLAIN and not operands:
        return _PLAIN[head]
    if len(operands) == 1:
        (operand,) = operands
        if head in _OF_LOCALS and operand in names:
            return _OF_LOCALS[head] + _unsigned(names.index(operand))
        if head in _OF_MEMORY:
            code, align = _OF_MEMORY[head]
            return code + _unsigned(align) + _unsigned(int(operand.removeprefix("offset=")))
        if head == "i32.const":
            return b"\x41" + _signed(int(operand))
        if head == "br_if":
            return b"\x0d" + _unsigned(int(operand))
    raise ValueError(f"{line!r} is not an instruction that this assembler knows, or names an unknown variable")


def _vector(entries: Sequence[bytes]) -> bytes:
    return _unsigned(len(entries)) + b"".join(entries)


def _sized(content: bytes) -> bytes:
    return _unsigned(len(content)) + content


def _name(text: str) -> bytes:
    return _sized(text.encode())


def _unsigned(x: int) -> bytes:
    """An unsigned integer in LEB128: seven bits per byte, lowest first.

    Example:
        >>> _unsigned(624485).hex()
        'e58e26'
    """
    found = bytearray()
    while x > 0x7F:
        found.append(x & 0x7F | 0x80)
        x >>= 7
    return bytes([*found, x])


def _signed(x: int) -> bytes:
    """A signed integer in LEB128; bit 6 of the last byte is the sign.

    Example:
        >>> _signed(-123456).hex()
        'c0bb78'
    """
    found = bytearray()
    while not -0x40 <= x < 0x40:
        found.append(x & 0x7F | 0x80)
        x >>= 7
    return bytes([*found, x & 0x7F])
