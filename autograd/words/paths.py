"""`explain` and `derivation`: the chain rule for one gradient, along all the ways that lead to it."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.graph import topological
from autograd.value import Value
from autograd.words.names import Names
from autograd.words.notation import Written, latex_name
from autograd.words.rules import symbols
from autograd.words.text import WIDTH, Text, factor, number

MOST = 20
"""So many paths are written out; where there are more, the last step of each."""

Edge = tuple[Value, int]
"""A node and which of its operands comes next."""


def gradients(loss: Value) -> dict[Value, float]:
    """The derivative of the loss for each node, as of the forward pass, without touching any `.grad`.

    Raises:
        TypeError: a node was made by hand, and only its `_backward` knows its derivatives.
    """
    found: dict[Value, float] = {loss: 1.0}
    for node in reversed(topological(loss)):
        check_known(node)
        operands, slopes = node._prev, node._local_grads
        for i in node._order():
            found[operands[i]] = found.get(operands[i], 0.0) + slopes[i] * found[node]
    return found


def check_known(node: Value) -> None:
    """Raises if the local derivatives of a node are not known."""
    if len(node._local_grads) != len(node._prev):
        raise TypeError(
            f"{node!r} was made by hand, and only its _backward knows its derivatives: declare the operation with "
            "autograd.operation to have it explained"
        )


def consumers(loss: Value, a: Value) -> dict[Value, list[Edge]]:
    """For `a` and each node that depends on it: who uses it, and as which operand; loss first."""
    users: dict[Value, list[Edge]] = {a: []}
    for node in topological(loss):
        for i, operand in enumerate(node._prev):
            if operand in users:
                users[operand].append((node, i))
                users.setdefault(node, [])
    return users


def count_paths(loss: Value, a: Value, users: dict[Value, list[Edge]]) -> int:
    """How many ways lead from the loss to `a`."""
    ways: dict[Value, int] = {loss: 1}
    for node in [*reversed(topological(loss)), a]:
        if node in users and node is not loss:
            ways[node] = sum(ways.get(user, 0) for user, _ in users[node])
    return ways.get(a, 0)


def paths(loss: Value, a: Value, users: dict[Value, list[Edge]]) -> Iterator[list[Edge]]:
    """Each way from the loss to `a`, as the edges along it, without recursion."""
    pending: list[list[Edge]] = [[edge] for edge in reversed(users[a])]
    while pending:
        way = pending.pop()
        top = way[0][0]
        if top is loss:
            yield way
        else:
            pending.extend([edge, *way] for edge in reversed(users[top]))


def explain(loss: Value, a: Value) -> Text:
    """Why `a` has its gradient: each way from the loss to it, the product along the way, and their sum.

    Where there are more than 20 ways, it shows what each direct consumer of `a` contributes.

    Raises:
        ValueError: the loss does not depend on `a`.
        TypeError: a node was made by hand, and only its `_backward` knows its derivatives.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> L = a * b + a
        >>> L.label = "L"
        >>> explain(L, a)
        ∂L/∂a = -2.0, by 2 paths:
          L → a * b → a   1.0 · (-3.0) = -3.0
          L → a           1.0          = 1.0
          their sum                    = -2.0
    """
    names, users, gradient = _prepared(loss, a)
    title = f"∂{names.atom(loss)}/∂{names.atom(a)} = {number(gradient[a])}"
    if a is loss:
        return Text(f"{title}: the derivative of a value with respect to itself")
    total = count_paths(loss, a, users)
    if total > MOST:
        return Text(
            "\n".join(
                [
                    f"{title}, by {total:,} paths: too many to list, so by direct consumer:",
                    *_by_user(names, users[a], gradient),
                ]
            )
        )
    ways = list(paths(loss, a, users))
    lefts = [" → ".join([*(names(node) for node, _ in way), names(a)]) for way in ways]
    middles = [" · ".join(factor(node._local_grads[i]) for node, i in way) for way in ways]
    rights = [number(_product(way)) for way in ways]
    many = f"{total} paths" if total > 1 else "one path"
    if total > 1:
        lefts, middles, rights = [*lefts, "their sum"], [*middles, ""], [*rights, number(gradient[a])]
    return Text("\n".join([f"{title}, by {many}:", *_columns(lefts, middles, rights)]))


def _by_user(names: Names, edges: list[Edge], gradient: dict[Value, float]) -> list[str]:
    lefts = [f"through {names(node)}" for node, _ in edges[:MOST]]
    middles = [f"{factor(node._local_grads[i])} · {factor(gradient[node])}" for node, i in edges[:MOST]]
    rights = [number(node._local_grads[i] * gradient[node]) for node, i in edges[:MOST]]
    rest = edges[MOST:]
    if rest:
        lefts.append(f"and {len(rest):,} more")
        middles.append("")
        rights.append(number(sum(node._local_grads[i] * gradient[node] for node, i in rest)))
    return _columns(lefts, middles, rights)


def _columns(lefts: list[str], middles: list[str], rights: list[str]) -> list[str]:
    """Three columns within the width of a terminal; a long way keeps its end."""
    left = min(max(map(len, lefts)), 48)
    middle = min(max(map(len, middles)), 34)
    cut = [text if len(text) <= left else f"…{text[1 - left :]}" for text in lefts]
    products = [text if len(text) <= middle else f"{text[: middle - 1]}…" for text in middles]
    rows = zip(cut, products, rights, strict=True)
    return [f"  {a.ljust(left)}   {b.ljust(middle)} = {c}" for a, b, c in rows]


def _product(way: list[Edge]) -> float:
    product = 1.0
    for node, i in way:
        product *= node._local_grads[i]
    return product


def _prepared(loss: Value, a: Value) -> tuple[Names, dict[Value, list[Edge]], dict[Value, float]]:
    gradient = gradients(loss)
    if a not in gradient:
        raise ValueError(f"{loss!r} does not depend on {a!r}: there is nothing to explain")
    return Names(loss), consumers(loss, a), gradient


def derivation(loss: Value, a: Value, latex: bool = False) -> Text:
    r"""The chain rule for one derivative, written out: in derivatives, in symbols, in numbers.

    Args:
        loss: what is differentiated.
        a: what it is differentiated by.
        latex: write LaTeX.

    Raises:
        ValueError: the loss does not depend on `a`, or there are more than 20 ways to it: then see `explain`.
        TypeError: a node was made by hand, and only its `_backward` knows its derivatives.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> d = a * b
        >>> d.label = "d"
        >>> L = d.tanh() + a
        >>> L.label = "L"
        >>> derivation(L, b)
        ∂L/∂b = ∂L/∂tanh(d) · ∂tanh(d)/∂d · ∂d/∂b
              = 1 · (1 - tanh(d) * tanh(d)) · a
              = 1.0 · 2.45765e-05 · 2.0
              = 4.91531e-05
    """
    names, users, gradient = _prepared(loss, a)
    total = count_paths(loss, a, users)
    if total > MOST:
        raise ValueError(f"{total:,} paths lead to {names(a)}: too many to write out; explain(loss, a) sums them up")
    ways = list(paths(loss, a, users))
    dot = r" \cdot " if latex else " · "
    rows = [
        [dot.join(_fraction(names, node, node._prev[i], latex) for node, i in way) for way in ways] or ["1"],
        [dot.join(_rule(names, edge, latex) for edge in way) for way in ways] or ["1"],
        [dot.join(factor(node._local_grads[i]) for node, i in way) for way in ways] or ["1.0"],
        [number(gradient[a])],
    ]
    head = _fraction(names, loss, a, latex)
    if latex:
        lines = [rf"{head} &= {' + '.join(rows[0])} \\", *(rf"&= {' + '.join(row)} \\" for row in rows[1:])]
        return Text("\n".join([r"\begin{aligned}", *dict.fromkeys(lines), r"\end{aligned}"]))
    indent = " " * len(head)
    lines = [line for row in rows for line in _folded(f"{indent} = ", row)]
    return Text("\n".join(dict.fromkeys([head + lines[0][len(head) :], *lines[1:]])))


def _folded(start: str, summands: list[str]) -> list[str]:
    """A sum on one line where it fits, else each summand on its own, and long products broken at their dots."""
    whole = start + " + ".join(summands)
    if len(whole) <= WIDTH:
        return [whole]
    lines = []
    for i, summand in enumerate(summands):
        line = start if i == 0 else " " * (len(start) - 2) + "+ "
        for k, piece in enumerate(summand.split(" · ")):
            text = piece if k == 0 else f" · {piece}"
            if len(line) + len(text) > WIDTH and k:
                lines.append(line)
                line = " " * len(start) + text
            else:
                line += text
        lines.append(line)
    return lines


def _fraction(names: Names, top: Value, bottom: Value, latex: bool) -> str:
    if latex:
        return rf"\frac{{\partial {_latex(names, top)}}}{{\partial {_latex(names, bottom)}}}"
    return f"∂{names.atom(top)}/∂{names.atom(bottom)}"


def _latex(names: Names, node: Value) -> str:
    return latex_name(names(node))


def _rule(names: Names, edge: Edge, latex: bool) -> str:
    node, i = edge
    rule = symbols(node, i, names)
    written = rule if rule is not None else Written(number(node._local_grads[i]))
    text = written.within(1)
    return text.replace(" * ", r" \cdot ") if latex else text
