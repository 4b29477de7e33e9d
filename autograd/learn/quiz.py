"""`quiz`: the backward pass with hidden numbers, which the reader fills in."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from autograd.arguments import a_function, a_text
from autograd.backprop import Backprop
from autograd.shown import factor, number
from autograd.steps import Change, Step
from autograd.value import Value
from autograd.words.text import Text, folded, width

Ask = Callable[[str], str]


def quiz(loss: Value, ask: Ask = input) -> Text:
    """Steps through the backward pass, asks for each gradient, and says what a wrong answer forgot.

    An answer is a number or arithmetic such as `1 + 3*2`. An empty line shows the right answer, `q` ends the quiz. The
    graph is left unchanged.

    Args:
        loss: the root of the pass.
        ask: shows a prompt and returns the answer, like `input`.

    Returns:
        The number of gradients that were right at the first try, in words.

    Raises:
        TypeError: `loss` is not a Value.
    """
    a_function(ask, "ask", "input")
    bp, right, asked = Backprop(loss), 0, 0
    try:
        for step in bp:
            _say(f"Step {step.number} of {step.total}: {step.title}", f"  {step.reason}")
            for i, change in enumerate(step.changes):
                if change.constant or not change.rule:
                    continue
                asked += 1
                outcome = _asked(bp, step, i, change, ask)
                if outcome is None:
                    return _score(right, asked - 1)
                right += outcome
    finally:
        bp.reset()
    return _score(right, asked)


def _score(right: int, asked: int) -> Text:
    return Text(f"{right} of {asked} right at the first try.")


def _say(*lines: str) -> None:
    for line in lines:
        print("\n".join(folded(line, width())))


def _asked(bp: Backprop, step: Step, i: int, change: Change, ask: Ask) -> bool | None:
    """Asks for one gradient until it is right. Returns whether the first answer was; None if the reader quits."""
    name = bp.names.atom(change.node)
    after = float(change.after)
    first = True
    while True:
        try:
            answer = a_text(ask(f"  {name}.grad: {number(change.before)} → "), "an answer").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return None
        if answer.lower() in ("q", "quit"):
            return None
        if not answer:
            _say(f"    {change.rule}", f"    {change.sum}")
            return False
        try:
            given = evaluated(answer)
        except ValueError as error:
            _say(f"    {error}")
            continue
        if abs(given - after) <= 0.005 * abs(after) + 1e-9:
            _say(f"    right: {change.sum}")
            return first
        first = False
        _say(f"    not {number(given)}: {mistake(given, step, i, change)}")


def mistake(given: float, step: Step, i: int, change: Change) -> str:
    """The likely mistake behind a wrong number."""
    node = step.node
    before, after, upstream = float(change.before), float(change.after), float(node.grad)
    share = after - before
    slopes = node._local_grads
    guesses = []
    if before:
        guesses.append((share, f"the earlier contribution, {number(before)}, is missing: contributions add up"))
    if len(slopes) > i:
        local = slopes[i]
        if upstream != 1:
            guesses += [
                (
                    before + local,
                    f"that is the local derivative alone, {number(local)}: multiply it by {factor(upstream)}",
                ),
                (local, f"that is the local derivative alone: multiply it by {factor(upstream)}, and add it"),
            ]
        guesses += [
            (before + slopes[k] * upstream, "that is the contribution to the other operand")
            for k in range(len(slopes))
            if k != i and slopes[k] != local
        ]
    guesses += [
        (before - share, "the sign is flipped"),
        (-share, "the sign is flipped"),
        (before, "this step's contribution is not 0"),
        (before + upstream, "that is the node's own gradient: multiply it by the local derivative"),
    ]
    for number_, words in guesses:
        if abs(given - number_) <= 0.005 * abs(number_) + 1e-9:
            return words
    return "multiply the node's gradient by the local derivative, and add it to what was there"


_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def evaluated(text: str) -> float:
    """Evaluates a number or arithmetic.

    Raises:
        ValueError: the text is neither.

    Example:
        >>> evaluated("1 + -3*2")
        -5.0
    """
    try:
        return float(_evaluated(ast.parse(text.replace("·", "*").replace("−", "-"), mode="eval").body))
    except (ArithmeticError, KeyError, RecursionError, SyntaxError, TypeError, ValueError):
        raise ValueError(f"type a number, such as -2.5 or 1 + 3*2, not {text[:40]!r}") from None


def _evaluated(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_evaluated(node.left), _evaluated(node.right))
    if isinstance(node, ast.UnaryOp):
        return _OPERATORS[type(node.op)](_evaluated(node.operand))
    raise ValueError
