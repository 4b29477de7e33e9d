"""How an operation is written: templates with precedence, from which parentheses follow."""

from __future__ import annotations

import re

LOOSEST, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
"""The precedence of an expression's outermost operation; `LOOSEST` is below all that have a place of their own."""


class Template:
    """The notation of an operation, as text or as LaTeX.

    Args:
        form: the text, with `{}` for each operand.
        binding: the precedence of the whole.
        needs: the precedence that each operand needs to be written without parentheses. By default the operation
            groups from the left: its own precedence for the first operand, and a higher one for the second.

    Example:
        >>> quotient = Template("{} / {}", PRODUCT)
        >>> quotient.filled(["a", "b"]), quotient.needs == (PRODUCT, SIGN)
        ('a / b', True)
    """

    __slots__ = ("binding", "form", "needs")

    def __init__(self, form: str, binding: int, needs: tuple[int, ...] | None = None) -> None:
        self.form, self.binding = form, binding
        self.needs = (binding, binding + 1) if needs is None else needs

    def filled(self, operands: list[str]) -> str:
        """The text with these operands, which have their parentheses."""
        return self.form.format(*operands)


def enclosed(form: str, count: int = 1) -> Template:
    """A template that brackets its operands: a call, a root, an absolute value. Nothing in it needs parentheses."""
    return Template(form, ATOM, (LOOSEST,) * count)


def as_call(name: str, count: int, latex: bool = False) -> Template:
    """A call: `atan2({}, {})`."""
    before, after = (rf"{latex_name(name)}\left(", r"\right)") if latex else (f"{name}(", ")")
    before = before.replace("{", "{{").replace("}", "}}")
    return enclosed(before + ", ".join(["{}"] * count) + after, count)


def from_user(form: str, count: int) -> Template:
    """A user's template. Unless brackets enclose all of its operands, they get parentheses, and so does the whole.

    Raises:
        ValueError: the text does not have a place for each operand.

    Example:
        >>> from_user("swish({})", 1).needs == (LOOSEST,), from_user("{} @ {}", 2).needs == (ATOM, ATOM)
        (True, True)
    """
    marks = [chr(i) for i in range(count)]  # control characters, which no notation has
    try:
        outside = form.format(*marks)
    except (LookupError, ValueError):
        outside = ""
    if not set(marks) <= set(outside):
        raise ValueError(f"the notation {form!r} must have {{}} for each of the {count} operands, and {{{{ for a brace")
    found = 1
    while found:
        outside, found = _BRACKETED.subn("", outside)
    is_enclosed = re.fullmatch(r"[\\\w]*", outside)
    return enclosed(form, count) if is_enclosed else Template(form, LOOSEST, (ATOM,) * count)


_BRACKETED = re.compile(r"\\left\([^()]*\\right\)|\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\|[^|]*\|")


def latex_name(name: str) -> str:
    r"""A name in LaTeX: `x1` gets a subscript, longer names are upright, special characters are escaped.

    Example:
        >>> print(latex_name("x1"), latex_name("w[0]"), latex_name("50%"))
        x_{1} \mathrm{w[0]} \mathrm{50\%}
    """
    if len(name) == 1 and name.isalpha():
        return name
    if re.fullmatch(r"[A-Za-z]\d+", name):
        return f"{name[0]}_{{{name[1:]}}}"
    return rf"\mathrm{{{''.join(_LATEX.get(c, c) for c in name)}}}"


_LATEX = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\backslash{}",
    "^": r"\hat{}",
    "~": r"\sim{}",
    " ": r"\ ",
}
