"""Questions about a gradient: what does a nudge do, why is it zero, and why is it computed this way?"""

from __future__ import annotations

import math

from autograd.arguments import a_number, a_value
from autograd.graph import describe, gradient as gradient_of, topological
from autograd.ops import Operation
from autograd.shown import number
from autograd.stale import stale
from autograd.sweep import stored, sweep
from autograd.value import Value
from autograd.words.again import differentiated, recomputed
from autograd.words.dependence import a_pair, called, depends
from autograd.words.names import Names
from autograd.words.paths import consumers, gradients
from autograd.words.text import Text, cells, folded, padded, unbroken, width


def nudge(loss: Value, a: Value, step: float = 0.001) -> Text:
    """If `a` increases slightly, what happens to the loss? Compares the derivative's prediction with the real change.

    Both use the leaves' current numbers, even if they changed since the forward pass. If the two differ, a tenth of the
    step is tried too: on a smooth curve the difference shrinks to about a hundredth. The graph is left unchanged.

    Args:
        loss: the result to observe.
        a: the Value to nudge, a leaf or an inner node.
        step: the size of the nudge.

    Raises:
        ValueError: the loss does not depend on `a`, or the step is 0 or not finite.
        TypeError: an argument is not a Value, or a node was made by hand and cannot be computed again.

    Example:
        >>> w = Value(3.0, label="w")
        >>> loss = w * w
        >>> nudge(loss, w, 0.01)
        w goes from 3.0 to 3.01: what happens to w * w?
          predicted: ∂(w * w)/∂w · 0.01 = 6.0 · 0.01 = 0.06
          actual:    9.0601 - 9.0       = 0.0601
          they differ by 0.0001: the curve bends
          with a tenth of the step they differ by 1e-06, about a hundredth of that
    """
    a_pair(loss, a, "nudge")
    step = a_number(step, "the step of a nudge")
    if step == 0:
        raise ValueError(f"a nudge must be a small number other than 0, such as 0.001, not {step!r}")
    names = Names(loss)
    slope, now = differentiated(loss)[1][a], recomputed(loss)
    here = now.get(a, a.data)
    after = recomputed(loss, {a: here + step})[loss]
    predicted, real = slope * step, after - now[loss]
    ratio = f"∂{names.atom(loss)}/∂{names.atom(a)} · {number(step)}"
    rows = [
        (f"predicted: {ratio}", f"{number(slope)} · {number(step)}", predicted),
        (f"actual:    {number(after)} - {number(now[loss])}", "", real),
    ]
    columns = width()
    left = max(cells(row[0]) for row in rows)
    lines = [f"  {padded(what, left)} = {f'{how} = ' if how else ''}{number(x)}" for what, how, x in rows]
    if max(map(cells, lines)) > columns:
        lines = [f"  {what} = {f'{how} = ' if how else ''}{number(x)}" for what, how, x in rows]
    title = f"{names(a)} goes from {number(here)} to {number(here + step)}: what happens to {names(loss)}?"
    outdated = stale(loss)
    lines = [
        title,
        *lines,
        *(f"  {sentence}" for sentence in _difference(loss, a, slope, step, now)),
        *([f"  {outdated}", "  both numbers above are for the present data"] if outdated else []),
        *(f"  {note}" for note in names.notes),
    ]
    return Text("\n".join(part for line in lines for part in folded(line, columns, "    ")))


def _difference(loss: Value, a: Value, slope: float, step: float, now: dict[Value, float]) -> list[str]:
    """The difference between prediction and reality. How it shrinks with a tenth of the step tells its cause."""
    here = now.get(a, a.data)

    def missed(step: float) -> float:
        moved = (here + step) - here  # the actual step, after rounding
        return abs(recomputed(loss, {a: here + step})[loss] - now[loss] - slope * moved)

    whole = missed(step)
    rounding = 4e-16 * (abs(now[loss]) + abs(slope * here) + abs(slope * step))
    if whole <= max(rounding, 1e-9 * abs(slope * step)):
        return ["they agree, up to rounding"]
    tenth = missed(step / 10)
    differ, less = f"they differ by {whole:.3g}", f"with a tenth of the step they differ by {tenth:.3g}"
    if not math.isfinite(whole) or not math.isfinite(tenth):
        return [differ]
    if tenth <= 20 * rounding:
        return [f"{differ}: the curve bends", "with a tenth of the step they agree, up to rounding"]
    if 50 < whole / tenth < 200:
        return [f"{differ}: the curve bends", f"{less}, about a hundredth of that"]
    if 5 < whole / tenth < 20:
        return [f"{differ}: the slope differs on that side, as at a kink", f"{less}, about a tenth of that"]
    return [f"{differ}: the curve bends, or has a kink on the way", less]


def why_zero(loss: Value, a: Value | None = None) -> Text:
    """Why is this gradient zero, or missing?

    Args:
        loss: the Value that was differentiated, or should be.
        a: the Value whose gradient is zero. The two arguments may be swapped. With one argument, the answer is limited
            to what that Value itself knows.

    Raises:
        TypeError: an argument is not a Value.

    Example:
        >>> w, x = Value(-2.0, label="w"), Value(3.0, label="x")
        >>> loss = (w * x).relu()
        >>> loss.backward()
        >>> why_zero(loss, w)
        w.grad is 0: every path from the loss to it is cut.
          relu(-6.0): its operand is not above 0, so it passes nothing on (a dead ReLU)
    """
    a_value(loss, "why_zero(loss, a)")
    if a is None:
        return _alone(loss)
    a_value(a, "why_zero(loss, a)")
    if a is not loss and (depends(a, loss) or (a._prev and not loss._prev)):
        loss, a = a, loss
    name = called(a)
    gradient = gradients(loss)
    if a not in gradient:
        return Text(_not_in(a, name, gradient))
    if gradient[a] != 0:
        if gradient_of(a) != 0:
            return Text(f"{name}.grad is {number(gradient_of(a))}: it is not zero.")
        why = "backward() has not been run on this loss" if gradient_of(loss) == 0 else "it was zeroed after backward()"
        return Text(f"{name}.grad is 0, but the derivative is {number(gradient[a])}: {why}.")
    if gradient_of(a) != 0:
        return Text(
            f"{name}.grad is {number(gradient_of(a))}, and none of it comes from this loss: {_cut(a, loss, gradient)}"
        )
    return Text(f"{name}.grad is 0: {_cut(a, loss, gradient)}")


def _alone(a: Value) -> Text:
    """The answer if the loss is unknown."""
    name = called(a)
    if gradient_of(a) != 0:
        return Text(f"{name}.grad is {number(gradient_of(a))}: it is not zero.")
    return Text(
        f"{name}.grad is 0. A value does not know what it is used for: pass the loss, why_zero(loss, {name}).\n"
        "  Has loss.backward() been run, and have the gradients not been zeroed since?"
    )


def _not_in(a: Value, name: str, gradient: dict[Value, float]) -> str:
    twin = any(not v._prev and v.data == a.data for v in gradient)
    copied = " There is a leaf with the same number: was it made by detach(), or from .data?" if twin else ""
    return f"{name} is not part of this loss: the loss was not computed from it.{copied}"


def _cut(a: Value, loss: Value, gradient: dict[Value, float]) -> str:
    """The nodes at which the paths from the loss to `a` are cut."""
    users = consumers(loss, a)
    cuts: dict[str, None] = {}
    for operand, edges in users.items():
        for node, i in edges:
            if gradient.get(node, 0.0) != 0 and node._local_grads[i] * gradient[node] == 0:
                cuts[f"  {describe(node)}: {_reason(node, i, operand)}"] = None
    if not cuts:
        shares = [number(node._local_grads[i] * gradient[node]) for node, i in users[a]]
        if len(shares) > 1 and any(float(share) for share in shares):
            return f"the contributions cancel: {' + '.join(shares)} = 0."
        return "the contributions along the paths to it cancel further up."
    lines = list(cuts)[:8]
    more = [f"  and {len(cuts) - 8} more"] if len(cuts) > 8 else []
    return "\n".join(["every path from the loss to it is cut.", *lines, *more])


def _reason(node: Value, i: int, operand: Value) -> str:
    rule = node._rule
    if node._local_grads[i] != 0:
        return "the product is too small for a float"
    why = rule.zero if isinstance(rule, Operation) else "its derivative at {} is 0"
    return why.format(number(operand.data))


def misconceptions(loss: Value) -> Text:
    """Why topological order, why `+=`, why zero the gradients? Runs the tempting mistakes on your own graph.

    For the first two, it shows the first node with a wrong gradient. For the third, it shows the effect of a second
    `backward()`, which adds to the gradients of leaves only. The graph is left unchanged.

    Raises:
        TypeError: `loss` is not a Value, or only the `_backward` of a node made by hand knows its derivatives.

    Example:
        >>> a = Value(3.0, label="a")
        >>> b = a + a
        >>> b.label = "b"
        >>> L = a * b
        >>> L.label = "L"
        >>> misconceptions(L)  # doctest: +ELLIPSIS
        Three tempting mistakes, tried on the graph of L:
        <BLANKLINE>
        1. Propagate a gradient as soon as a node is reached, without topological order:
           ...
    """
    a_value(loss, "misconceptions(loss)")
    right, names = gradients(loss), Names(loss)
    order = [*reversed(topological(loss))]
    parts = [
        f"Three tempting mistakes, tried on the graph of {names(loss)}:",
        "",
        "1. Propagate a gradient as soon as a node is reached, without topological order:",
        *_first_wrong(names, loss, order, right, _without_order(loss, right)),
        "",
        "2. Write `=` in place of `+=`:",
        *_first_wrong(names, loss, order, right, _without_plus(loss)),
        "",
        "3. Run backward() twice, without zeroing the gradients in between:",
        *_twice(names, loss, right),
        *names.notes,
    ]
    columns = width()
    return Text("\n".join(part for line in parts for part in folded(line, columns)))


def _twice(names: Names, loss: Value, right: dict[Value, float]) -> list[str]:
    """The gradients after a second pass: leaves have accumulated, all others are those of one pass."""
    leaves = [v for v in right if not v._prev and right[v] != 0 and not names.is_constant(v)]
    if not leaves:
        return ["   no leaf here has a gradient to accumulate."]
    leaf = leaves[0]
    twice, once = number(2 * right[leaf]), number(right[leaf])
    said = [
        f"   {names.atom(leaf)}.grad is then {twice} instead of {once}: leaf gradients add up until they are zeroed."
    ]
    inner = [v for v in right if v._prev and v is not loss]
    if inner:
        said.append(f"   Only leaves do: {names.atom(inner[0])}.grad is {number(right[inner[0]])} after either pass.")
    return said


def _first_wrong(
    names: Names, loss: Value, order: list[Value], right: dict[Value, float], wrong: dict[Value, float]
) -> list[str]:
    nodes = dict.fromkeys([*order, *(operand for node in order for operand in node._prev)])
    for node in nodes:
        got, expected = wrong.get(node, 0.0), right[node]
        if not names.is_constant(node) and abs(got - expected) > 1e-12 * max(1.0, abs(expected)):
            users = [user for user in order if any(each is node for each in user._prev)]
            shares = [
                " → ".join("…" if each is None else unbroken(names(each)) for each in (loss, None, user, node))
                if user is not loss
                else f"{unbroken(names(loss))} → {unbroken(names(node))}"
                for user in users
            ]
            return [
                f"   the first to go wrong is {names.atom(node)}.grad: {number(got)} instead of {number(expected)}.",
                f"   Its gradient flows along: {'; '.join(dict.fromkeys(shares[:3]))}",
            ]
    return ["   gives the right gradients on this graph. It fails if a computed value is used in several places."]


def _without_order(loss: Value, right: dict[Value, float]) -> dict[Value, float]:
    """Visits each node once, depth first, and propagates the gradient it has at that moment.

    Of the two orders, first operand first or last operand first, it prefers one that goes wrong.
    """
    for direction in (-1, 1):
        found: dict[Value, float] = {loss: 1.0}
        reached = {loss}
        pending = [loss]
        while pending:
            node = pending.pop()
            operands, slope = node._prev, stored(node)
            for i in node._order():
                found[operands[i]] = found.get(operands[i], 0.0) + slope(i) * found[node]
            new = [operand for operand in dict.fromkeys(node._prev) if operand not in reached]
            reached.update(new)
            pending.extend(new[::direction])
        if any(abs(found[node] - right[node]) > 1e-12 * max(1.0, abs(right[node])) for node in found):
            break
    return found


def _without_plus(loss: Value) -> dict[Value, float]:
    return sweep(topological(loss), {loss: 1.0}, stored, plus=lambda before, share: share)
