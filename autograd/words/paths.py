"""`explain` and `derivation`: the chain rule for one gradient, summed over all paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograd.floats import NOTHING
from autograd.graph import topological
from autograd.shown import factor, number
from autograd.stale import stale
from autograd.sweep import sweep
from autograd.templates import PRODUCT, latex_name
from autograd.value import Value
from autograd.words.dependence import a_pair
from autograd.words.names import Names
from autograd.words.notation import literal
from autograd.words.rules import role, symbols, used_again
from autograd.words.text import KEPT, Text, cells, folded, padded, unbroken, width

MOST = 20
"""The maximum number of paths that are written out one by one; beyond, they are summed by direct consumer."""

COUNTED = 10**24
"""Counting of paths stops here."""

LONG = 24
"""A path with more edges is shown by its two ends, with the middle as one number."""

Hop = tuple[Value, int]
"""A node, and the position of the operand that comes next on the path."""


def gradients(loss: Value) -> dict[Value, float]:
    """The derivative of the loss with respect to each node, as of the forward pass. No `.grad` is touched.

    Raises:
        TypeError: a node was made by hand, and only its `_backward` knows its derivatives.
    """
    return sweep(topological(loss), {loss: 1.0}, _known)


def _known(node: Value) -> Callable[[int], float]:
    """The local derivatives of a node, which the words need."""
    if len(node._local_grads) != len(node._prev):
        raise TypeError(
            f"{node!r} was made by hand, and only its _backward knows its derivatives: declare the operation with "
            "autograd.operation to have it explained"
        )
    return node._local_grads.__getitem__


def consumers(loss: Value, a: Value) -> dict[Value, list[Hop]]:
    """For `a` and each node that depends on it, its consumers and their operand positions."""
    users: dict[Value, list[Hop]] = {a: []}
    for node in topological(loss):
        for i, operand in enumerate(node._prev):
            if operand in users:
                users[operand].append((node, i))
                users.setdefault(node, [])
    return users


def count_paths(loss: Value, a: Value, users: dict[Value, list[Hop]]) -> int:
    """The number of paths from the loss to `a`, at most `COUNTED`."""
    ways: dict[Value, int] = {loss: 1}
    for node in [*reversed(topological(loss)), a]:
        if node in users and node is not loss:
            ways[node] = min(sum(ways.get(user, 0) for user, _ in users[node]), COUNTED)
    return ways.get(a, 0)


def paths(loss: Value, a: Value, users: dict[Value, list[Hop]]) -> Iterator[list[Hop]]:
    """Each path from the loss to `a`, as a list of edges, without recursion."""
    way: list[Hop] = []
    pending = [iter(users[a])]
    while pending:
        edge = next(pending[-1], None)
        if edge is None:
            pending.pop()
            if way:
                way.pop()
        elif edge[0] is loss:
            yield [edge, *reversed(way)]
        else:
            way.append(edge)
            pending.append(iter(users[edge[0]]))


def explain(loss: Value, a: Value) -> Text:
    """Explains the gradient of `a`: each path from the loss, the product along it, and the sum over all paths.

    With more than 20 paths, it shows the contribution of each direct consumer of `a` instead.

    Raises:
        ValueError: the loss does not depend on `a`.
        TypeError: an argument is not a Value, or only the `_backward` of a node made by hand knows its derivatives.

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
    names, title, rows = explained(loss, a)
    notes = [f"  {note}" for note in (*names.notes, stale(loss)) if note]
    columns = width()
    lines = folded(title, columns) + (_columns(rows, columns) if rows else [])
    return Text("\n".join([*lines, *(line for note in notes for line in folded(note, columns))]))


def explained(loss: Value, a: Value) -> tuple[Names, str, list[Row]]:
    """The content of `explain` before layout: the names in use, the title, a row for each path and for their sum."""
    names, users, gradient = _prepared(loss, a, "explain")
    title = f"{_ratio(names, loss, a, False)} = {number(gradient[a])}".replace(KEPT, " ")
    if a is loss:
        return names, f"{title}: the derivative of a value with respect to itself", []
    total = count_paths(loss, a, users)
    if total > MOST:
        many = f"{total:,}" if total < COUNTED else f"{COUNTED:,} and more"
        title = f"{title}, by {many} paths: too many to list, so by direct consumer:"
        rows = _by_user(names, users[a], gradient)
    else:
        ways = list(paths(loss, a, users))
        title = f"{title}, by {f'{total} paths' if total > 1 else 'one path'}:"
        rows = [(_along(names, way, a), _factors(way), number(_product(way))) for way in ways]
    if total > 1:
        rows.append(("their sum", "", number(gradient[a])))
    return names, title, rows


Row = tuple[str, str, str]
"""A path, the product along it, and the product's number."""


def _along(names: Names, way: list[Hop], a: Value) -> str:
    """The nodes of a path; of a long path, those at its ends."""
    stops = [_stop(names, way, k, a) for k in _ends(len(way) + 1)]
    if len(way) > LONG:
        stops.insert(len(stops) // 2, f"… {len(way) + 1 - len(stops):,} more …")
    return " → ".join(stops)


def _stop(names: Names, way: list[Hop], k: int, a: Value) -> str:
    """Node k of a path, with its role if the previous node uses it more than once."""
    node = way[k][0] if k < len(way) else a
    name = unbroken(names(node))
    user, i = way[k - 1] if k else (node, 0)
    return f"{name} ({role(user, i)})" if k and used_again(user, i) else name


def _factors(way: list[Hop]) -> str:
    """The local derivatives of a path. A long path shows those at its ends, and the product and minimum of the rest."""
    shown = _ends(len(way))
    parts = [factor(way[k][0]._local_grads[way[k][1]]) for k in shown]
    if len(way) > LONG:
        half = len(shown) // 2
        between = way[shown[half - 1] + 1 : shown[half]]
        least = min((node._local_grads[i] for node, i in between), key=abs)
        parts.insert(half, f"({len(between):,} more, together {number(_product(between))}, the least {number(least)})")
    return " · ".join(parts)


def _ends(count: int) -> list[int]:
    """The positions, of `count`, that are shown."""
    if count <= LONG + 1:
        return list(range(count))
    half = LONG // 3
    return [*range(half), *range(count - half, count)]


def _by_user(names: Names, edges: list[Hop], gradient: dict[Value, float]) -> list[Row]:
    rows = []
    for node, i in edges[:MOST]:
        through = f"through {names(node)}{f' ({role(node, i)})' if used_again(node, i) else ''}"
        product = f"{factor(node._local_grads[i])} · {factor(gradient[node])}"
        rows.append((through, product, number(node._local_grads[i] * gradient[node] + 0.0)))
    rest = edges[MOST:]
    if rest:
        together = number(sum(node._local_grads[i] * gradient[node] for node, i in rest))
        rows.append((f"and through {len(rest):,} more", "", together))
    return rows


def _columns(rows: list[Row], columns: int) -> list[str]:
    """Three columns if they fit; else each path with its product on the line below."""
    left, middle = (max(cells(row[k]) for row in rows) for k in (0, 1))
    whole = [f"  {padded(way, left)}   {padded(product, middle)} = {result}" for way, product, result in rows]
    if max(map(cells, whole)) <= columns:
        return [line.replace(KEPT, " ") for line in whole]
    lines = []
    for way, product, result in rows:
        if product:
            lines += folded(f"  {way}", columns, "    ") + folded(f"      {product} = {result}", columns, "        ")
        else:
            lines += folded(f"  {way} = {result}", columns, "    ")
    return lines


def _product(way: list[Hop]) -> float:
    product = 1.0
    for node, i in way:
        if (slope := node._local_grads[i]) is NOTHING:
            return 0.0
        product *= slope
    return product + 0.0  # the sign of a zero means nothing here


def _prepared(loss: Value, a: Value, function: str) -> tuple[Names, dict[Value, list[Hop]], dict[Value, float]]:
    a_pair(loss, a, function)
    return Names(loss), consumers(loss, a), gradients(loss)


def derivation(loss: Value, a: Value, latex: bool = False) -> Text:
    r"""Writes out the chain rule for one derivative: in partial derivatives, in symbols, in numbers.

    Args:
        loss: the Value to differentiate.
        a: the Value to differentiate with respect to.
        latex: write LaTeX.

    Raises:
        ValueError: the loss does not depend on `a`; or there are more than 20 paths, or one has more than 1,000 steps,
            in which case use `explain`.
        TypeError: an argument is not a Value, or only the `_backward` of a node made by hand knows its derivatives.

    Example:
        >>> a, b = Value(0.5, label="a"), Value(-1.0, label="b")
        >>> d = a * b
        >>> d.label = "d"
        >>> L = d.tanh() + a
        >>> L.label = "L"
        >>> derivation(L, b)
        ∂L/∂b = ∂L/∂tanh(d) · ∂tanh(d)/∂d · ∂d/∂b
              = 1 · (1 - tanh(d) * tanh(d)) · a
              = 1.0 · 0.786448 · 0.5
              = 0.393224
    """
    names, users, gradient = _prepared(loss, a, "derivation")
    total = count_paths(loss, a, users)
    if total > MOST:
        many = f"{total:,}" if total < COUNTED else f"more than {COUNTED:,}"
        raise ValueError(f"{many} paths lead to {names(a)}: too many to write out; explain(loss, a) sums them up")
    ways = list(paths(loss, a, users))
    longest = max(map(len, ways), default=0)
    if longest > LONGEST:
        raise ValueError(f"a path to {names(a)} has {longest:,} steps: too many to write out; explain(loss, a) does")
    dot = r" \cdot " if latex else " · "
    symbolic = [dot.join(_fraction(names, edge, latex) for edge in way) for way in ways] or ["1"]
    rows = [
        symbolic,
        [dot.join(_rule(names, edge, latex) for edge in way) for way in ways] or ["1"],
        [dot.join(factor(node._local_grads[i]) for node, i in way) for way in ways] or ["1.0"],
        [number(gradient[a])],
    ]
    head = _ratio(names, loss, a, latex)
    different = [row for k, row in enumerate(rows) if k == 0 or row != rows[k - 1]]
    if different[0] == [head] and len(different) > 1:  # a single step: its derivative is the whole answer
        different = different[1:]
    if latex:
        lines = [f"{head if k == 0 else ''}&= {' + '.join(row)} \\\\" for k, row in enumerate(different)]
        lines[0] = lines[0].replace("&=", " &=", 1)
        return Text("\n".join([r"\begin{aligned}", *lines, r"\end{aligned}"]))
    columns = width()
    indent = " " * cells(head) if cells(head) <= columns // 3 else "  "
    lines = [line for row in different for line in _folded(f"{indent} = ", row, columns)]
    if indent == "  ":
        lines = [head.replace(KEPT, " "), *lines]
    else:
        lines[0] = head.replace(KEPT, " ") + lines[0][len(indent) :]
    notes = [note for note in (*names.notes, stale(loss)) if note]
    return Text("\n".join([*lines, *(line for note in notes for line in folded(note, columns))]))


LONGEST = 1000
"""The longest path, in steps, that is written out."""


def _folded(start: str, summands: list[str], columns: int) -> list[str]:
    """A sum on one line if it fits; else one summand a line, wrapped between words."""
    whole = start + " + ".join(summands)
    if cells(whole) <= columns:
        return [whole.replace(KEPT, " ")]
    below = " " * len(start)
    lines = []
    for i, summand in enumerate(summands):
        first = start if i == 0 else f"{below[:-2]}+ "
        pieces = folded("." * len(first) + summand, columns, f"{below}  ")
        lines += [first + pieces[0][len(first) :], *pieces[1:]]
    return lines


def _ratio(names: Names, top: Value, bottom: Value, latex: bool) -> str:
    if latex:
        return rf"\frac{{\partial {latex_name(names(top))}}}{{\partial {latex_name(names(bottom))}}}"
    return f"{unbroken(f'∂{names.atom(top)}')}{unbroken(f'/∂{names.atom(bottom)}')}"


def _fraction(names: Names, edge: Hop, latex: bool) -> str:
    """The derivative along an edge. If the node uses the operand twice, it is that of this one use."""
    node, i = edge
    if not used_again(node, i):
        return _ratio(names, node, node._prev[i], latex)
    if latex:
        return rf"\frac{{\partial {latex_name(names(node))}}}{{\partial \text{{{role(node, i)}}}}}"
    return f"∂{names.atom(node)}/∂({role(node, i)})"


def _rule(names: Names, edge: Hop, latex: bool) -> str:
    node, i = edge
    rule = symbols(node, i, names, latex)
    return (rule or literal(number(node._local_grads[i]))).within(PRODUCT, latex)
