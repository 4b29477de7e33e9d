"""Chapter 4: networks and training loops, up to a reader of digits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from autograd.learn.checking import Exercise, Learner, Wrong, close
from autograd.learn.glyphs import digits
from autograd.questions import why_zero
from autograd.shown import number
from autograd.value import Value

RATE, STEPS = 0.1, 40
"""The learning rate and the steps of the exercises' training loops."""

Loop = Callable[[float, list[float], list[float]], float]
"""The final weight of a loop, from the initial one and the data."""


def _slope(w: float, xs: list[float], ys: list[float]) -> float:
    """The derivative of the mean squared error of y = w * x."""
    return sum(2 * (w * x - y) * x for x, y in zip(xs, ys, strict=True)) / len(xs)


def _not_zeroed(w: float, xs: list[float], ys: list[float]) -> float:
    grad = 0.0
    for _ in range(STEPS):
        grad += _slope(w, xs, ys)
        w -= RATE * grad
    return w


def _uphill(w: float, xs: list[float], ys: list[float]) -> float:
    for _ in range(STEPS):
        w += RATE * _slope(w, xs, ys)
    return w


def _never(w: float, xs: list[float], ys: list[float]) -> float:
    return w


def _frozen(w: float, xs: list[float], ys: list[float]) -> float:
    """Every step with the derivative of the first."""
    return w - STEPS * RATE * _slope(w, xs, ys)


NOT_ZEROED = "the gradients of the previous step are not cleared"
UPHILL = "the step goes uphill"
REBOUND = "a new Value is made instead of changing the old one"
FROZEN = "the graph is not computed again"
TOO_LONG = "the learning rate is too large"
_LOOPS: dict[str, Loop] = {NOT_ZEROED: _not_zeroed, UPHILL: _uphill, REBOUND: _never, FROZEN: _frozen}


def _check_loop(learner: Learner) -> None:
    """A learner's `train(w, xs, ys)` must bring the weight of y = w * x to where it belongs."""
    tries = []
    for _ in range(4):
        slope, start = learner.draw(), learner.draw(3.0, 5.0)
        xs = [learner.draw(0.8, 1.8) * learner.random.choice([-1, 1]) for _ in range(8)]
        ys = [slope * x for x in xs]
        w = Value(start, label="w")
        learner.call("train", w, xs, ys)
        tries.append((start, slope, xs, ys, w.data))
    if all(abs(end - slope) < 0.05 for _, slope, _, _, end in tries):
        return
    start, slope, xs, ys, end = next(each for each in tries if not abs(each[4] - each[1]) < 0.05)
    shown = f"w starts at {number(start)} and ends at {number(end)}, but the examples were made with {number(slope)}"
    first = start - RATE * _slope(start, xs, ys)
    shown += (
        f"\nthe derivative is {number(_slope(start, xs, ys))} at first, so that a step of {RATE} times it leads to "
    )
    shown += f"{number(first)}, where it is {number(_slope(first, xs, ys))}"
    for misconception, loop in _LOOPS.items():
        if all(close(end, loop(start, xs, ys)) for start, _, xs, ys, end in tries):
            raise Wrong(misconception, shown)
    if any(not abs(end - slope) < abs(start - slope) for start, slope, _, _, end in tries):
        raise Wrong(TOO_LONG, f"{shown}\neach step goes past the minimum, and further up the other side")
    raise Wrong("it does not converge", shown)


def _check_alike(learner: Learner) -> None:
    weights = [[float(x) for x in row] for row in learner.call("hidden_weights", 4, 2, learner.random)]
    if [len(row) for row in weights] != [2] * 4:
        raise Wrong("another shape", f"4 rows of 2 numbers are needed, not {[len(row) for row in weights]}")
    rows = [[Value(x, label=f"w[{i}][{j}]") for j, x in enumerate(row)] for i, row in enumerate(weights)]
    inputs = [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, -1.0), (0.5, -1.0, 1.0)]
    for _ in range(20):
        loss = Value(0.0)
        for x, y, target in inputs:
            out = sum(((row[0] * x + row[1] * y).tanh() * 0.5 for row in rows), Value(0.0))
            loss = loss + (out - target) ** 2
        for row in rows:
            for w in row:
                w.grad = 0.0
        loss.backward()
        for row in rows:
            for w in row:
                w.data -= 0.05 * w.grad
    ends = {tuple(round(w.data, 9) for w in row) for row in rows}
    if len(ends) < len(rows):
        shown = f"after 20 steps of training the weights of the {len(rows)} units are {sorted(ends)}: {len(ends)} "
        shown += "kind(s) of "
        shown += f"unit. All got the same gradient, {number(rows[0][0].grad)}, at every step"
        raise Wrong("all units start alike, and stay alike", shown)


def _check_dead(learner: Learner) -> None:
    alive, example = 0, None
    for _ in range(40):
        w1, w2 = (Value(learner.draw(-1.0, 1.0), label=name) for name in ("w1", "w2"))
        out = learner.call("neuron", w1, w2, learner.draw(-1.0, 1.0), learner.draw(-1.0, 1.0))
        if not isinstance(out, Value):
            raise Wrong("the graph is cut", f"neuron returns {out!r}, not a Value")
        w1.grad = 0.0
        out.backward()
        alive += w1.grad != 0
        example = (out, w1) if w1.grad == 0 else example
    if alive < 8 and example is not None:
        shown = f"of 40 neurons with random weights and inputs, {alive} let a gradient through\n{why_zero(*example)}"
        raise Wrong("the relus are dead", shown)
    if alive == 40:
        raise Wrong("the relu is gone", "all of 40 neurons let every gradient through: they are linear")


def _check_bend(learner: Learner) -> None:
    parameters = [Value(learner.draw(), label=f"p[{i}]") for i in range(9)]

    def at(x: float, y: float) -> float:
        out = learner.call("forward", Value(x), Value(y), parameters)
        return float(out.data)

    bends = [abs(at(a, b) + at(c, d) - at(a + c, b + d) - at(0.0, 0.0)) for a, b, c, d in _fours(learner)]
    if max(bends) < 1e-9:
        x, y, z, t = 0.0, 1.0, 1.0, 0.0
        shown = f"f(0, 1) + f(1, 0) - f(0, 0) = {number(at(x, y) + at(z, t) - at(0.0, 0.0))} = f(1, 1), with these "
        shown += "weights and with any: xor, where f(0, 1) = f(1, 0) = 1 and f(0, 0) = f(1, 1) = 0, it cannot be"
        raise Wrong("without a nonlinearity, two layers are one", shown)
    out = learner.call("forward", Value(0.7), Value(-0.4), parameters)
    out.backward()
    still = [p.label for p in parameters if p.grad == 0]
    if len(still) > 5:
        raise Wrong("the relus are dead", f"the gradients of {', '.join(still)} are all 0")


def _fours(learner: Learner) -> list[tuple[float, float, float, float]]:
    return [(learner.draw(), learner.draw(), learner.draw(), learner.draw()) for _ in range(6)]


def _check_scale(learner: Learner) -> None:
    pixels = [float(learner.random.randrange(256)) for _ in range(16)]
    prepared = [float(x) for x in learner.call("prepare", pixels)]
    weights = [Value(learner.draw(-1.0, 1.0), label=f"w[{i}]") for i in range(len(prepared))]
    order = sorted(range(len(pixels)), key=pixels.__getitem__)
    if len(prepared) != len(pixels) or any(
        (prepared[i] < prepared[j]) != (pixels[i] < pixels[j]) for i, j in pairwise(order)
    ):
        raise Wrong("the image is lost", f"{pixels[:4]} became {prepared[:4]}: darker must stay darker")
    out = sum((w * x for w, x in zip(weights, prepared, strict=True)), Value(0.0)).tanh()
    out.label = "out"
    out.backward()
    largest = max(abs(w.grad) for w in weights)
    if max(map(abs, prepared)) > 10 or largest < 1e-6:
        shown = (
            f"the inputs go up to {number(max(prepared))}, the sum that tanh gets is {number(out._prev[0].data)}, and "
        )
        shown += f"the largest gradient of a weight is {number(largest)}\n{why_zero(out, weights[0])}"
        raise Wrong("the inputs are so large that tanh is flat", shown)


def _check_shuffle(learner: Learner) -> None:
    inputs = [[float(i), float(i * i)] for i in range(30)]
    labels = [i % 10 for i in range(30)]
    mixed, theirs = learner.call("shuffled", list(inputs), list(labels), learner.random)
    mixed, theirs = list(mixed), list(theirs)
    if sorted(mixed) != inputs or sorted(theirs) != sorted(labels):
        raise Wrong("examples are lost", f"{len(inputs)} examples went in, and different ones came out")
    torn = [int(x[0]) for x, label in zip(mixed, theirs, strict=True) if label != int(x[0]) % 10]
    if torn:
        shown = f"example {torn[0]} has the label {torn[0] % 10}, and came out with "
        shown += f"{theirs[mixed.index(inputs[torn[0]])]}; "
        raise Wrong("inputs and labels no longer match", shown + f"so did {len(torn)} of 30")
    if mixed == inputs:
        raise Wrong("nothing is shuffled", "all examples are still in their old places")


def _check_split(learner: Learner) -> None:
    examples = [(learner.draw(), i) for i in range(50)]
    training, test = learner.call("split", list(examples), learner.random)
    training, test = list(training), list(test)
    both = [each for each in test if each in training]
    if both:
        shown = (
            f"{len(both)} of the {len(test)} examples for the test are among the {len(training)} for training, such as "
        )
        raise Wrong("it is tested on what it was trained on", f"{shown}number {both[0][1]}")
    if not 5 <= len(test) <= 25 or len(training) + len(test) != len(examples):
        raise Wrong(
            "examples are lost", f"of {len(examples)}, {len(training)} are for training and {len(test)} for the test"
        )


def _check_batches(learner: Learner) -> None:
    for count in (30, 33, 37):
        examples = list(range(count))
        found = [list(batch) for batch in learner.call("batches", examples, 10)]
        seen = Counter(each for batch in found for each in batch)
        missing = [each for each in examples if each not in seen]
        if missing:
            shown = (
                f"of {count} examples in batches of 10, {len(missing)} are in no batch: {missing[0]} to {missing[-1]}"
            )
            raise Wrong("the last examples are never seen", shown)
        if max(seen.values()) > 1 or any(len(batch) > 10 for batch in found):
            raise Wrong("an example comes twice", f"the batches are {found}")


def _check_accuracy(learner: Learner) -> None:
    scores = [[learner.draw() for _ in range(5)] for _ in range(40)]
    best = [row.index(max(row)) for row in scores]
    labels = [b if learner.random.random() < 0.7 else learner.random.randrange(5) for b in best]
    right = sum(b == label for b, label in zip(best, labels, strict=True)) / 40
    found = float(learner.call("accuracy", scores, labels))
    if not close(found, right):
        row, label = scores[0], labels[0]
        shown = f"it returns {number(found)}, not {number(right)}. The first scores are {row}, its label is {label}"
        worst = sum(row.index(min(row)) == label for row, label in zip(scores, labels, strict=True)) / 40
        if close(found, worst):
            raise Wrong("the smallest score is taken as the answer", shown)
        raise Wrong("the loss is wrong", shown)


def _check_digits(learner: Learner) -> None:
    seed = learner.random.randrange(10**6)
    model = learner.call("train", digits(random.Random(seed)), random.Random(seed))
    test = digits(random.Random(seed + 1), 4)
    answers: list[Any] = [learner.call("read", model, list(pixels)) for pixels, _ in test]
    right = sum(answer == digit for answer, (_, digit) in zip(answers, test, strict=True))
    if right >= 0.8 * len(test):
        return
    often, times = Counter(answers).most_common(1)[0]
    shown = f"of {len(test)} digits that it has not seen, it recognises {right}; it answers {often} {times} times"
    if times > 0.8 * len(test):
        raise Wrong("every step learns from the same few examples", shown)
    raise Wrong("it has not learned to read", shown)


EXERCISES = [
    Exercise(
        "zeroed",
        NOT_ZEROED,
        _check_loop,
        "        loss.backward()",
        "        w.grad = 0.0\n        loss.backward()",
        (
            "Print w.data and w.grad in each step.",
            "backward() adds to the gradients of leaves. Of how many steps is w.grad the sum?",
            "Set w.grad = 0.0 before loss.backward().",
        ),
    ),
    Exercise(
        "downhill",
        UPHILL,
        _check_loop,
        "w.data += 0.1 * w.grad",
        "w.data -= 0.1 * w.grad",
        (
            "Print the loss in each step.",
            "The gradient says which way the loss grows.",
            "w.data -= 0.1 * w.grad",
        ),
    ),
    Exercise(
        "rebound",
        REBOUND,
        _check_loop,
        "w = Value(w.data - 0.1 * w.grad)",
        "w.data -= 0.1 * w.grad",
        (
            "Look at w.data after train(w, xs, ys), outside.",
            "w = … gives the name w to another Value. The caller still has the first one.",
            "Change the number in place: w.data -= 0.1 * w.grad",
        ),
    ),
    Exercise(
        "refreshed",
        FROZEN,
        _check_loop,
        "        w.grad = 0.0\n",
        "        loss.refresh()\n        w.grad = 0.0\n",
        (
            "Print loss.data in each step.",
            "The loss was computed once, with the first w, and so were its local derivatives.",
            "Call loss.refresh() at the start of each step.",
        ),
    ),
    Exercise(
        "rate",
        TOO_LONG,
        _check_loop,
        "rate = 2.5",
        "rate = 0.1",
        (
            "Print w.data in each step.",
            "It goes past the minimum, and further with each step.",
            "Try a tenth of the rate, and a tenth of that.",
        ),
    ),
    Exercise(
        "alike",
        "all units start alike, and stay alike",
        _check_alike,
        "0.5 for _ in range(inputs)",
        "random.uniform(-1, 1) for _ in range(inputs)",
        (
            "Train it, and look at the weights of two units.",
            "Two units with the same weights get the same gradients. What could ever make them differ?",
            "Draw each weight: random.uniform(-1, 1).",
        ),
    ),
    Exercise(
        "dead",
        "the relus are dead",
        _check_dead,
        "bias = Value(-10.0",
        "bias = Value(0.1",
        (
            "Ask why_zero(out, w1).",
            "The sum must be above 0 for some inputs. How large can w1 * x1 + w2 * x2 be?",
            "Start with a bias near 0.",
        ),
    ),
    Exercise(
        "bend",
        "without a nonlinearity, two layers are one",
        _check_bend,
        "    h1 = x * p[0] + y * p[1] + p[2]\n    h2 = x * p[3] + y * p[4] + p[5]",
        "    h1 = (x * p[0] + y * p[1] + p[2]).tanh()\n    h2 = (x * p[3] + y * p[4] + p[5]).tanh()",
        (
            "Multiply it out on paper: what remains of p[0], p[6] and x?",
            "A sum of linear functions is linear.",
            "Make the hidden units nonlinear: (…).tanh()",
        ),
    ),
    Exercise(
        "scale",
        "the inputs are so large that tanh is flat",
        _check_scale,
        "return [p for p in pixels]",
        "return [p / 255 for p in pixels]",
        (
            "What is the slope of tanh at 300?",
            "Pixels go from 0 to 255; the weights were made for numbers about as large as 1.",
            "Divide by 255.",
        ),
    ),
    Exercise(
        "shuffle",
        "inputs and labels no longer match",
        _check_shuffle,
        "    random.shuffle(inputs)\n    return inputs, labels",
        "    order = list(range(len(inputs)))\n    random.shuffle(order)\n"
        "    return [inputs[i] for i in order], [labels[i] for i in order]",
        (
            "Print the first input and its label, before and after.",
            "One list was shuffled, the other was not.",
            "Shuffle the indices, and put both lists in that order.",
        ),
    ),
    Exercise(
        "split",
        "it is tested on what it was trained on",
        _check_split,
        "return examples, examples[:10]",
        "return examples[10:], examples[:10]",
        (
            "What does an exam measure if its questions were handed out with the answers?",
            "No example may be in both lists.",
            "return examples[10:], examples[:10]",
        ),
    ),
    Exercise(
        "batches",
        "the last examples are never seen",
        _check_batches,
        "range(0, len(examples) - size, size)",
        "range(0, len(examples), size)",
        (
            "Print the batches of 25 examples, 10 each.",
            "The last batch may be shorter.",
            "range(0, len(examples), size): a slice stops at the end of the list.",
        ),
    ),
    Exercise(
        "accuracy",
        "the smallest score is taken as the answer",
        _check_accuracy,
        "row.index(min(row))",
        "row.index(max(row))",
        (
            "It is worse than guessing. What does that mean?",
            "The answer is the one with the highest score.",
            "row.index(max(row))",
        ),
    ),
    Exercise(
        "digits",
        "every step learns from the same few examples",
        _check_digits,
        "batch = examples[:10]",
        "batch = random.sample(examples, 10)",
        (
            "Print the labels of the batch, in each step.",
            "The examples come in order: first all zeros, then all ones.",
            "batch = random.sample(examples, 10)",
        ),
    ),
]
