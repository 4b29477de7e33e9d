"""Questions about a gradient: what a nudge does, why it is zero, and what goes wrong without its rules."""

from __future__ import annotations

from autograd import ops
from autograd.arithmetic import strict
from autograd.graph import describe, topological
from autograd.nary import DOT
from autograd.ops import Operation
from autograd.value import Value
from autograd.words.names import Names
from autograd.words.paths import check_known, consumers, gradients
from autograd.words.text import Text, number


def nudge(loss: Value, a: Value, step: float = 0.001) -> Text:
    """If `a` increases slightly, what happens to the loss? As the derivative predicts, and as it really is.

    The graph is left as it was.

    Args:
        loss: what is watched.
        a: what is nudged; a leaf, or a value on the way.
        step: by how much.

    Raises:
        ValueError: the loss does not depend on `a`.
        TypeError: a node was made by hand and cannot be computed again.

    Example:
        >>> w = Value(3.0, label="w")
        >>> loss = w * w
        >>> nudge(loss, w, 0.01)
        w goes from 3.0 to 3.01: what happens to w * w?
          predicted: ∂(w * w)/∂w · 0.01 = 6.0 · 0.01 = 0.06
          really:    9.0601 - 9.0       = 0.0601
          they differ by 0.0001
    """
    slope = gradients(loss).get(a)
    if slope is None:
        raise ValueError(f"{loss!r} does not depend on {a!r}: a nudge changes nothing")
    names = Names(loss)
    before, after = _evaluated(loss, a, a.data), _evaluated(loss, a, a.data + step)
    predicted, real = slope * step, after - before
    rows = [
        (
            f"predicted: ∂{names.atom(loss)}/∂{names.atom(a)} · {number(step)}",
            f"{number(slope)} · {number(step)}",
            predicted,
        ),
        (f"really:    {number(after)} - {number(before)}", "", real),
    ]
    width = max(len(row[0]) for row in rows)
    return Text(
        "\n".join(
            [
                f"{names(a)} goes from {number(a.data)} to {number(a.data + step)}: what happens to {names(loss)}?",
                *(f"  {what.ljust(width)} = {f'{how} = ' if how else ''}{number(x)}" for what, how, x in rows),
                f"  they {_differ(predicted, real)}",
            ]
        )
    )


def _differ(predicted: float, real: float) -> str:
    difference = abs(real - predicted)
    return f"differ by {difference:.3g}" if difference > 1e-9 * abs(predicted) else "agree, up to rounding"


def _evaluated(loss: Value, a: Value, data: float) -> float:
    """What the loss is if `a` has that number; nothing is changed."""
    found: dict[Value, float] = {a: data}
    for node in topological(loss, known=[a]):
        rule = node._rule
        if not isinstance(rule, Operation):
            raise TypeError(f"{describe(node)} was made by hand and cannot be computed again")
        found[node] = rule.forward(strict, *[found.get(operand, operand.data) for operand in node._prev])
    return found.get(loss, loss.data)


def why_zero(a: Value, loss: Value | None = None) -> Text:
    """Why is this gradient zero, or missing?

    Args:
        a: whose gradient.
        loss: what was differentiated, or should be. Without it only `a` itself can be looked at.

    Example:
        >>> w, x = Value(-2.0, label="w"), Value(3.0, label="x")
        >>> loss = (w * x).relu()
        >>> loss.backward()
        >>> why_zero(w, loss)
        w.grad is 0: every way from the loss to it is cut.
          relu(-6.0): its operand is not above 0, so it passes nothing on (a dead ReLU)
    """
    name = a.label or repr(a)
    if loss is None:
        if a.grad != 0:
            return Text(f"{name}.grad is {number(a.grad)}: it is not zero.")
        return Text(
            f"{name}.grad is 0. A value does not know what it is used for: pass the loss, why_zero(a, loss).\n"
            "  Has loss.backward() been run, and have the gradients not been zeroed since?"
        )
    gradient = gradients(loss)
    if a not in gradient:
        return Text(_not_in(a, name, gradient))
    if gradient[a] != 0:
        if a.grad != 0:
            return Text(f"{name}.grad is {number(a.grad)}: it is not zero.")
        why = "backward() has not been run on this loss" if loss.grad == 0 else "it was zeroed after backward()"
        return Text(f"{name}.grad is 0, but the derivative is {number(gradient[a])}: {why}.")
    return Text("\n".join([f"{name}.grad is 0: {_cut(a, loss, gradient)}"]))


def _not_in(a: Value, name: str, gradient: dict[Value, float]) -> str:
    twin = any(not v._prev and v.data == a.data for v in gradient)
    copied = " A leaf with the same number is there: was it made by detach(), or from .data?" if twin else ""
    return f"{name} is not part of this loss: the loss was not computed from it.{copied}"


def _cut(a: Value, loss: Value, gradient: dict[Value, float]) -> str:
    """Where the ways from the loss to `a` end."""
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
        return "the contributions of the ways to it cancel further up."
    lines = list(cuts)[:8]
    more = [f"  and {len(cuts) - 8} more"] if len(cuts) > 8 else []
    return "\n".join(["every way from the loss to it is cut.", *lines, *more])


def _reason(node: Value, i: int, operand: Value) -> str:
    rule = node._rule
    if rule is ops.RELU:
        return "its operand is not above 0, so it passes nothing on (a dead ReLU)"
    if rule in (ops.MUL, DOT):
        return "the other factor is 0"
    if rule is ops.STOP:
        return "the gradient is stopped here on purpose"
    if rule in (ops.MAXIMUM, ops.MINIMUM):
        return "the other operand was chosen"
    if rule in (ops.TANH, ops.SIGMOID):
        return f"saturated: {number(operand.data)} is so far out that the curve is flat"
    if node._local_grads[i] == 0:
        return f"its derivative at {number(operand.data)} is 0"
    return "the product is too small for a float"


def misconceptions(loss: Value) -> Text:
    """Why topological order, why `+=`, why clear the gradients? The tempting wrong ways, on your own graph.

    Each is run beside the right one, and shown with the first node where it goes wrong, and with the path whose share
    it lost or counted twice. The graph is left as it was.

    Raises:
        TypeError: a node was made by hand, and only its `_backward` knows its derivatives.

    Example:
        >>> a = Value(3.0, label="a")
        >>> b = a + a
        >>> b.label = "b"
        >>> L = a * b
        >>> L.label = "L"
        >>> misconceptions(L)  # doctest: +ELLIPSIS
        Three tempting ways to do it wrong, on the graph of L:
        <BLANKLINE>
        1. Send a gradient on as soon as a node is reached, without topological order:
           ...
    """
    right, names = gradients(loss), Names(loss)
    order = [*reversed(topological(loss))]
    parts = [f"Three tempting ways to do it wrong, on the graph of {names(loss)}:"]
    for title, wrong in (
        ("1. Send a gradient on as soon as a node is reached, without topological order:", _without_order(loss, right)),
        ("2. Write `=` in place of `+=`:", _without_plus(loss)),
        ("3. Run a second pass without clearing the gradients of the first:", _without_clearing(loss)),
    ):
        parts.append(f"\n{title}\n   {_first_wrong(names, loss, order, right, wrong)}")
    return Text("\n".join(parts))


def _first_wrong(
    names: Names, loss: Value, order: list[Value], right: dict[Value, float], wrong: dict[Value, float]
) -> str:
    nodes = dict.fromkeys([*order, *(operand for node in order for operand in node._prev)])
    for node in nodes:
        got, expected = wrong.get(node, 0.0), right[node]
        if abs(got - expected) > 1e-12 * max(1.0, abs(expected)):
            users = [user for user in order if node in user._prev]
            shares = [
                f"{names(loss)} → … → {names(user)} → {names(node)}"
                if user is not loss
                else f"{names(loss)} → {names(node)}"
                for user in users
            ]
            ways = "; ".join(dict.fromkeys(shares[:3]))
            return (
                f"the first to go wrong is {names.atom(node)}.grad: {number(got)}, and {number(expected)} is right.\n"
                f"   Its gradient comes along: {ways}"
            )
    return "comes out right on this graph. It goes wrong where a computed value is used in several places."


def _without_order(loss: Value, right: dict[Value, float]) -> dict[Value, float]:
    """Depth first, each node once, sending on whatever it has when it is first reached.

    With the first operand first, or else the last: of the two, one that goes wrong.
    """
    for direction in (-1, 1):
        found: dict[Value, float] = {loss: 1.0}
        reached = {loss}
        pending = [loss]
        while pending:
            node = pending.pop()
            for operand, local in zip(node._prev, node._local_grads, strict=True):
                found[operand] = found.get(operand, 0.0) + local * found[node]
            new = [operand for operand in dict.fromkeys(node._prev) if operand not in reached]
            reached.update(new)
            pending.extend(new[::direction])
        if any(abs(found[node] - right[node]) > 1e-12 * max(1.0, abs(right[node])) for node in found):
            break
    return found


def _without_plus(loss: Value) -> dict[Value, float]:
    found: dict[Value, float] = {loss: 1.0}
    for node in reversed(topological(loss)):
        for operand, local in zip(node._prev, node._local_grads, strict=True):
            found[operand] = local * found[node]
    return found


def _without_clearing(loss: Value) -> dict[Value, float]:
    """Twice in the right order, adding to what the first pass left, and taking half for comparison."""
    order = list(reversed(topological(loss)))
    found: dict[Value, float] = {}
    for _ in range(2):
        found[loss] = 1.0
        for node in order:
            check_known(node)
            for operand, local in zip(node._prev, node._local_grads, strict=True):
                found[operand] = found.get(operand, 0.0) + local * found[node]
    return found
