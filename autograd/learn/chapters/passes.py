"""Chapter 2: the backward pass. Which node is visited when, how often, and with what gradient."""

from __future__ import annotations

import random
from collections.abc import Callable

from autograd.graph import every_node, topological
from autograd.learn.checking import Exercise, Learner, Wrong, close
from autograd.questions import misconceptions
from autograd.shown import number
from autograd.value import Value
from autograd.words.formula import formula
from autograd.words.names import Names
from autograd.words.paths import consumers, count_paths, explain, paths

Algorithm = Callable[[Value], None]

UNSEEDED = "the gradient of the loss itself is not 1"
UNORDERED = "no topological order"
FORWARDS = "the order is not reversed"
AGAIN = "a node is visited once for each path to it"


def random_graph(draw: random.Random) -> Value:
    """A graph in which inner values are used in several places."""
    a, b, c = (Value(round(draw.uniform(0.5, 1.5), 2), label=name) for name in "abc")
    d = a * b
    e = d + draw.choice([a, c])
    f = d * e
    g = (e * c).tanh()
    loss = draw.choice([f * g + d, g * f + e, d + f * g, e * f * g])
    for node, name in ((d, "d"), (e, "e"), (f, "f"), (g, "g"), (loss, "L")):
        node.label = name
    return loss


def _check_backward(learner: Learner) -> None:
    """Compares a learner's `backward(loss)` with the engine's, and with wrong ways to tell apart."""
    seeds = [learner.random.randrange(10**6) for _ in range(10)]
    tries = [
        (_after(seed, lambda loss: learner.call("backward", loss)), _after(seed, Value.backward)) for seed in seeds
    ]
    if all(_same(found, right) for found, right in tries):
        return
    worst = next(i for i, (found, right) in enumerate(tries) if not _same(found, right))
    misconception = "a different mistake"
    for name, algorithm in _WRONG.items():
        if all(_same(found, _after(seed, algorithm)) for (found, _), seed in zip(tries, seeds, strict=True)):
            misconception = name
            break
    raise Wrong(misconception, _shown(misconception, seeds[worst], *tries[worst]))


def _after(seed: int, algorithm: Algorithm) -> list[float]:
    loss = random_graph(random.Random(seed))
    algorithm(loss)
    return [float(node.grad) for node in every_node(loss)]


def _same(xs: list[float], ys: list[float]) -> bool:
    return all(close(x, y) for x, y in zip(xs, ys, strict=True))


def _shown(misconception: str, seed: int, found: list[float], right: list[float]) -> str:
    """The first node from the loss down whose gradient is wrong, why it should be another, and the wrong ways."""
    loss = random_graph(random.Random(seed))
    nodes, names = every_node(loss), Names(loss)
    wrong = [i for i, (x, y) in enumerate(zip(found, right, strict=True)) if not close(x, y)]
    i = max(wrong)
    name, got, expected = names.atom(nodes[i]), number(found[i]), number(right[i])
    lines = [
        f"on L = {formula(loss)}, {name}.grad became {got}, not {expected}:",
        str(explain(loss, nodes[i])),
    ]
    if misconception == UNORDERED:
        lines.append(_paragraph(loss, 1))
    return "\n".join(lines)


def _paragraph(loss: Value, which: int) -> str:
    """One of the three that `misconceptions` tells of."""
    return "misconceptions(L) says:\n" + str(misconceptions(loss)).split("\n\n")[which]


def _order(loss: Value) -> list[Value]:
    return topological(loss)


def _unseeded(loss: Value) -> None:
    for node in reversed(_order(loss)):
        node._backward()


def _forwards(loss: Value) -> None:
    loss.grad = 1.0
    for node in _order(loss):
        node._backward()


def _unordered(loss: Value) -> None:
    """Depth first, each node once, as soon as it is reached."""
    loss.grad = 1.0
    seen: set[Value] = set()

    def visit(node: Value) -> None:
        if node not in seen:
            seen.add(node)
            node._backward()
            for operand in node._prev:
                visit(operand)

    visit(loss)


def _again(loss: Value) -> None:
    """Every node as often as it is reached, in reverse postorder."""
    loss.grad = 1.0
    order: list[Value] = []

    def visit(node: Value) -> None:
        for operand in node._prev:
            visit(operand)
        order.append(node)

    visit(loss)
    for node in reversed(order):
        node._backward()


_WRONG: dict[str, Algorithm] = {UNSEEDED: _unseeded, FORWARDS: _forwards, UNORDERED: _unordered, AGAIN: _again}


def _check_deep(learner: Learner) -> None:
    _check_backward(learner)
    a = x = Value(1.0, label="a")
    for _ in range(5000):
        x = x + 0.5
    learner.call("backward", x)
    if a.grad != 1.0:
        raise Wrong("a different mistake", f"along a chain of 5,000 sums a.grad became {a.grad}, not 1.0")


def _check_twice(learner: Learner) -> None:
    seed = learner.random.randrange(10**6)
    loss = random_graph(random.Random(seed))
    leaves = [node for node in every_node(loss) if not node._prev]
    first = list(learner.call("gradients", loss, leaves))
    second = list(learner.call("gradients", loss, leaves))
    right = _leaves(seed)
    if _same(first, right) and _same(second, right):
        return
    leaf = leaves[0].label
    asked = f"called twice on the same graph, it returns {leaf}.grad = {number(first[0])} and then {number(second[0])}"
    shown = f"{asked}: it should be {number(right[0])} both times\n{_paragraph(loss, 3)}"
    if _same(first, right) and _same(second, [2 * x for x in right]):
        raise Wrong("the gradients of the previous pass are not cleared", shown)
    raise Wrong("a different mistake", shown)


def _leaves(seed: int) -> list[float]:
    loss = random_graph(random.Random(seed))
    loss.backward()
    return [node.grad for node in every_node(loss) if not node._prev]


def _check_paths(learner: Learner) -> None:
    for _ in range(6):
        loss = random_graph(random.Random(learner.random.randrange(10**6)))
        a = next(node for node in every_node(loss) if node.label == "a")
        found = float(learner.call("derivative", loss, a))
        products = []
        for way in paths(loss, a, consumers(loss, a)):
            product = 1.0
            for node, i in way:
                product *= node._local_grads[i]
            products.append(product)
        if close(found, sum(products)):
            continue
        shown = f"∂L/∂a came out as {number(found)}\n{explain(loss, a)}"
        if any(close(found, product) for product in products) and count_paths(loss, a, consumers(loss, a)) > 1:
            raise Wrong("only one of the paths is counted", shown)
        raise Wrong("a different mistake", shown)


def _check_detached(learner: Learner) -> None:
    for _ in range(4):
        w, x, target = (Value(learner.draw(), label=name) for name in ("w", "x", "target"))
        loss = learner.call("loss", w, x, target)
        right = (w * x - target) ** 2
        if not isinstance(loss, Value) or not close(loss.data, right.data):
            raise Wrong("the result itself is wrong", f"(w * x - target) ** 2 is {number(right.data)} there")
        nodes = every_node(loss)
        if not any(node is w for node in nodes):
            reached = ", ".join(node.label or number(node.data) for node in nodes if not node._prev)
            shown = f"the loss was computed from {reached}, not from w, whose gradient stays 0\n"
            raise Wrong(
                "a number is taken out of the graph by .data", shown + f"to the engine, the loss is {formula(loss)}"
            )
        loss.backward()
        found, w.grad = w.grad, 0.0
        right.backward()
        if not close(found, w.grad):
            raise Wrong("a different mistake", f"w.grad became {number(found)}, not {number(w.grad)}")


EXERCISES = [
    Exercise(
        "seed",
        UNSEEDED,
        _check_backward,
        "    order = topological(loss)",
        "    loss.grad = 1.0\n    order = topological(loss)",
        (
            "Print loss.grad after the pass.",
            "Every gradient is a multiple of loss.grad. What is the derivative of L with respect to L?",
            "Set loss.grad = 1.0 before the loop.",
        ),
    ),
    Exercise(
        "reversed",
        FORWARDS,
        _check_backward,
        "for node in order:",
        "for node in reversed(order):",
        (
            "Print the labels of the nodes in the order in which they are visited.",
            "A node can pass on only the gradient that it has received. Which nodes must come before it?",
            "for node in reversed(order):",
        ),
    ),
    Exercise(
        "visited",
        AGAIN,
        _check_backward,
        "        for operand in node._prev:",
        "        if node in seen:\n            return\n        seen.add(node)\n        for operand in node._prev:",
        (
            "Print the length of the order, and the number of nodes.",
            "A value that is used in two places is reached twice. It must pass its gradient on once.",
            "If the node is in seen, return at once; otherwise add it.",
        ),
    ),
    Exercise(
        "order",
        UNORDERED,
        _check_backward,
        "        node._backward()\n        for operand in node._prev:\n            visit(operand)\n\n    visit(loss)",
        "        for operand in node._prev:\n            visit(operand)\n        order.append(node)\n\n    order = []\n"
        "    visit(loss)\n    for node in reversed(order):\n        node._backward()",
        (
            "Which node is the first whose gradient is wrong, and who uses it?",
            "A node passes its gradient on when it is reached, before some of its users have been visited.",
            "First list the nodes, each after its operands; then go through the list backwards.",
        ),
    ),
    Exercise(
        "deep",
        "it recurses too deeply",
        _check_deep,
        """    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for operand in node._prev:
            visit(operand)
        order.append(node)

    visit(loss)
""",
        """    path = [(loss, iter(loss._prev))]
    seen.add(loss)
    while path:
        node, operands = path[-1]
        operand = next((each for each in operands if each not in seen), None)
        if operand is None:
            order.append(node)
            path.pop()
        else:
            seen.add(operand)
            path.append((operand, iter(operand._prev)))
""",
        (
            "How deeply may a function recurse? See sys.getrecursionlimit().",
            "A list can store what a call stores: the node, and how many of its operands it has visited.",
            "Keep a list of (node, iter(node._prev)): take the next operand of the last entry, or pop the entry.",
        ),
    ),
    Exercise(
        "again",
        "the gradients of the previous pass are not cleared",
        _check_twice,
        "    loss.backward()",
        "    for leaf in leaves:\n        leaf.grad = 0.0\n    loss.backward()",
        (
            "Call it three times and look at the numbers.",
            "Gradients of leaves accumulate over passes, on purpose. Who clears them?",
            "Set leaf.grad = 0.0 for each leaf before the pass.",
        ),
    ),
    Exercise(
        "paths",
        "only one of the paths is counted",
        _check_paths,
        "            return product * derivative(operand, a)",
        "            total += product * derivative(operand, a)",
        (
            "Along how many paths does a influence L?",
            "Along a path, derivatives are multiplied. And over several paths?",
            "Add to total, and go on with the next operand.",
        ),
    ),
    Exercise(
        "detached",
        "a number is taken out of the graph by .data",
        _check_detached,
        "prediction = Value(w.data * x.data)",
        "prediction = w * x",
        (
            "Print loss._prev, and the _prev of each of these.",
            "How could the loss know that its numbers came from w?",
            "Compute with the Values themselves: prediction = w * x.",
        ),
    ),
]
