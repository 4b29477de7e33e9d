"""Random functions of two numbers, as source, with the usual constructs of functions that decide."""

from __future__ import annotations

import random
import re
from typing import Any

HEAD = """
from autograd import pick, where, Value
import math

class Ball:
    def __init__(self, place, speed):
        self.place, self.speed = place, speed
    def fall(self, dt):
        self.place, self.speed = self.place + self.speed * dt, self.speed - dt
        if self.place < 0:
            self.place, self.speed = -self.place, -0.5 * self.speed
        return self

def halved(v, depth=0):
    if v.data <= 1 or depth == 4:
        return v
    return halved(v * 0.5, depth + 1) + 0.25

def clipped(v, low=-2.0, high=2.0):
    return low if v < low else high if v > high else v
"""


NUMBERS = """
A + B
A * B * 0.5
A - B * C
abs(A)
(A * 0.3 + C).tanh()
A * C + B
-A + C
(A - max(A.data, B.data)).exp()
A * B.data
clipped(A)
halved(A + 0.0)
max(A, B, C)
min([A, B])
sorted([A, B, A + B])[1]
Ball(A, B).fall(0.5).fall(0.5).place
where(A - B, A, C)
[A, B, C + A][int(B > A) + int(A > 1)]
sum(v * v for v in (A, B) if v > C)
A + len([v for v in (A, B, A - B) if v.data > 0])
(A if TRUTH else B) + 0.0
A * min(3, max(-3, int(B.data)))
A + round(B.data % 3)
A * (math.floor(B.data) % 2)
(lambda p, q: p - q if p >= q else q)(A, B)
max([A, B], key=lambda v: -v) + 0.0
dict(a=A, b=B)['a' if B.data < 1 else 'b'] * 1.0
""".strip().split("\n")
"""Expressions with a number as the result, in two variables and a constant."""

TRUTHS = """
A > B
A <= C
A.data >= B.data
A < B < C
not A > C
A and B > 0
A == C
A != C
A > 0 or B > 0
abs(A.data - B.data) < 0.5
bool(A)
any(v > 1 for v in (A, B))
all(v.data > C for v in (A, B))
math.copysign(1, A.data) > 0
A.data in (0.0, 1.0)
isinstance(A, Value) and A > B
""".strip().split("\n")
"""Expressions with a bool as the result."""


class Writer:
    """Writes one function. All variables in it are Values or numbers."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.names = ["x", "y", "w"]
        self.lines: list[str] = []

    def source(self) -> str:
        """The function `f(x, y)`, which uses a Value `w` of its module."""
        self._block(1, self.rnd.randint(2, 6))
        body = "\n".join(self.lines)
        return f"{HEAD}\ndef f(x, y):\n{body}\n    return {self._number()}\n"

    def _write(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def _fresh(self) -> str:
        return f"v{len(self.lines)}"

    def _block(self, depth: int, count: int) -> None:
        known = list(self.names)
        for _ in range(count):
            kind = self.rnd.choice(KINDS if depth < 4 else KINDS[:4])
            getattr(self, f"_{kind}")(depth)
        if depth > 1:
            self.names = known

    def _any(self) -> str:
        return self.rnd.choice(self.names)

    def _constant(self) -> str:
        return self.rnd.choice(["0.0", "1.0", "-0.5", "2", "0.3", "-1"])

    def _number(self) -> str:
        return self._filled(self.rnd.choice(NUMBERS))

    def _truth(self) -> str:
        return self._filled(self.rnd.choice(TRUTHS))

    def _filled(self, pattern: str) -> str:
        text = pattern.replace("TRUTH", self._truth()) if "TRUTH" in pattern else pattern
        one, other, constant = self._any(), self._any(), self._constant()
        return re.sub(r"\b[ABC]\b", lambda found: {"A": one, "B": other, "C": constant}[found[0]], text)

    def _assign(self, depth: int) -> None:
        name, number = self._fresh(), self._number()
        self._write(depth, f"{name} = {number} + 0.0 * x")
        self.names.append(name)

    def _change(self, depth: int) -> None:
        self._write(depth, f"{self.rnd.choice(['x', 'y'])} {self.rnd.choice(['+=', '-='])} {self._number()}")

    def _return(self, depth: int) -> None:
        self._write(depth, f"if {self._truth()}:")
        self._write(depth + 1, f"return {self._number()}")

    def _swap(self, depth: int) -> None:
        self._write(depth, f"x, y = ({self._any()}, {self._any()} * 0.5) if {self._truth()} else (y, x)")

    def _branch(self, depth: int) -> None:
        self._write(depth, f"if {self._truth()}:")
        self._block(depth + 1, self.rnd.randint(1, 2))
        if self.rnd.random() < 0.6:
            self._write(depth, "else:")
            self._block(depth + 1, self.rnd.randint(1, 2))

    def _loop(self, depth: int) -> None:
        count = self._fresh()
        self._write(depth, f"{count} = 0")
        self._write(depth, f"while {count} < 3 and ({self._truth()}):")
        self._write(depth + 1, f"{count} += 1")
        self._block(depth + 1, 1)
        if self.rnd.random() < 0.4:
            self._write(depth + 1, f"if {self._truth()}: {self.rnd.choice(['break', 'continue'])}")

    def _closure(self, depth: int) -> None:
        name, count = self._fresh(), f"n{len(self.lines)}"
        self._write(depth, f"{count} = 1")
        self._write(depth, f"def {name}(v):")
        self._write(depth + 1, f"nonlocal {count}")
        self._write(depth + 1, f"{count} += 1 if v > {self._any()} else 2")
        self._write(depth + 1, f"return v * {count}")
        self._write(depth, f"x = {name}({self._any()} * 0.5) - {name}({self._any()} * 0.25)")

    def _match(self, depth: int) -> None:
        self._write(depth, f"match int({self._truth()}) + int({self._truth()}):")
        for case in ("0", "1", "_"):
            self._write(depth + 1, f"case {case}:")
            self._write(depth + 2, f"y = {self._number()} + 0.0 * y")

    def _items(self, depth: int) -> None:
        name = self._fresh()
        self._write(depth, f"{name} = [{self._any()}, {self._any()}, {self._constant()}]")
        self._write(depth, f"for i, v in enumerate({name}):")
        self._write(depth + 1, f"if v > {self._any()}: {name}[i] = v * 0.5")
        self._write(depth, f"y = sum({name}) + 0.0 * x")

    def _raises(self, depth: int) -> None:
        self._write(depth, "try:")
        self._write(depth + 1, f"if {self._truth()}: raise LookupError")
        self._write(depth + 1, f"x = {self._number()} + 0.0 * x")
        self._write(depth, "except LookupError:")
        self._write(depth + 1, f"y = {self._number()} + 0.0 * y")


KINDS = ["assign", "change", "return", "swap", "branch", "loop", "closure", "match", "items", "raises"]


def written(seed: int, **names: Any) -> tuple[Any, str]:
    """A random function, whose module also has `names`; and its source."""
    source = Writer(seed).source()
    space: dict[str, Any] = dict(names, __name__="written")
    exec(source, space)
    return space["f"], source
