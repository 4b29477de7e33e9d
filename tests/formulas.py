"""Readers of formulas, independent of what wrote them: text as Python reads it, LaTeX as a mathematician does."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from autograd.ops import Operation
from tests.declared import DECLARED


def _function(operation: Operation) -> Callable[..., float]:
    return lambda *operands: operation.evaluate(*operands)[0]


FUNCTIONS = {name: _function(rule) for name, rule in DECLARED.items() if isinstance(rule, Operation)}


def text_read(text: str, names: Mapping[str, float]) -> float:
    """The number of a formula in text, by Python's own precedence."""
    found: float = eval(_without_bars(text), {"__builtins__": {}}, FUNCTIONS | dict(names))
    return found


def _without_bars(text: str) -> str:
    """`abs(…)` for `|…|`: a bar opens where an operand is due, and closes after one."""
    read, operand_due = [], True
    for token in re.findall(r"\w+(?:\.\w+)?|[^\s\w]", text):
        if token == "|":
            read.append("abs(" if operand_due else ")")
        else:
            read.append(token)
            operand_due = re.fullmatch(r"[\w.]+|\)", token) is None
    return " ".join(read).replace("* *", "**")


class Latex:
    r"""A formula in LaTeX as it looks. Braces that only group are not seen: `{a + b}^2` is not the square of a sum."""

    TOKEN = re.compile(
        r"\\left\\lfloor|\\right\\rfloor|\\left.|\\right.|\\operatorname\{\w+\}|\\mathrm\{[^}]*\}|\\\w+|\d+(?:\.\d+)?|\S"
    )
    CALLS: Mapping[str, Callable[..., float]] = {
        r"\log": math.log,
        r"\tanh": math.tanh,
        r"\max": max,
        r"\sigma": FUNCTIONS["sigmoid"],
        r"\Phi": FUNCTIONS["ndtr"],
        r"\operatorname{ReLU}": FUNCTIONS["relu"],
        r"\operatorname{atan2}": math.atan2,
    }

    def __init__(self, text: str, names: Mapping[str, float]) -> None:
        self.tokens = self.TOKEN.findall(text)
        self.names = names

    def read(self) -> float:
        """The number of the whole formula."""
        found = self._loosest()
        assert not self.tokens, f"left over: {self.tokens}"
        return found

    def _next(self, *expected: str) -> bool:
        """Takes the next token if it is one of these."""
        if self.tokens and self.tokens[0] in expected:
            del self.tokens[0]
            return True
        return False

    def _must(self, *expected: str) -> None:
        assert self._next(*expected), f"{expected[0]} expected, not {self.tokens[:1]}"

    def _loosest(self) -> float:
        left = self._sum()
        while self._next(r"\bmod"):
            left %= self._sum()
        return left

    def _sum(self) -> float:
        left = self._product()
        while self.tokens and self.tokens[0] in "+-":
            left += self._product() if self._next("+") else -self._product() if self._next("-") else 0.0
        return left

    def _product(self) -> float:
        left = self._signed()
        while self._next(r"\cdot"):
            left *= self._signed()
        return left

    def _signed(self) -> float:
        return -self._signed() if self._next("-") else self._power()

    def _power(self) -> float:
        base = self._visible() if self._next("{") else self._atom()
        if not self._next("^"):
            return base
        return float(base ** (self._braced() if self.tokens[0] == "{" else self._atom()))

    def _visible(self) -> float:
        """A single atom in braces, which LaTeX does not show."""
        found = self._atom()
        self._must("}")
        return found

    def _braced(self) -> float:
        self._must("{")
        found = self._loosest()
        self._must("}")
        return found

    def _list(self, end: str) -> list[float]:
        found = [self._loosest()]
        while self._next(","):
            found.append(self._loosest())
        self._must(end)
        return found

    def _atom(self) -> float:
        token = self.tokens.pop(0)
        if token == r"\frac":
            return self._braced() / self._braced()
        if token == r"\sqrt":
            return math.sqrt(self._braced())
        if token == r"\left(":
            return self._list(r"\right)")[0]
        if token == r"\left|":
            return abs(self._list(r"\right|")[0])
        if token == r"\left\lfloor":
            return float(math.floor(self._list(r"\right\rfloor")[0]))
        if token == r"\left[":
            left = self._loosest()
            self._must(">")
            return float(left > self._list(r"\right]")[0])
        if token in self.CALLS:
            self._must(r"\left(")
            return self.CALLS[token](*self._list(r"\right)"))
        if token == "e":
            return math.e
        if re.fullmatch(r"\d+(\.\d+)?", token):
            return float(token)
        assert token in self.names, f"a number or name expected, not {token}"
        return self.names[token]
