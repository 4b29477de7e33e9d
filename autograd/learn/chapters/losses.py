"""Chapter 3: losses. What is minimised must be what is meant, and finite."""

from __future__ import annotations

import math

from autograd.learn.checking import STOPS, Exercise, Learner, Wrong, all_close, close, row
from autograd.questions import nudge
from autograd.shown import number
from autograd.value import Value


def _value(found: object, function: str) -> Value:
    if not isinstance(found, Value):
        raise Wrong("the graph is cut", f"{function} returns {found!r}, not a Value: nothing can be learned from it")
    return found


def _check_mean(learner: Learner) -> None:
    for count in (64, 8, 2):
        outputs = [Value(learner.draw(), label=f"y[{i}]") for i in range(count)]
        targets = [learner.draw() for _ in outputs]
        loss = _value(learner.call("squared_error", outputs, targets), "squared_error")
        total = sum((y.data - t) ** 2 for y, t in zip(outputs, targets, strict=True))
        if close(loss.data, total / count):
            continue
        shown = f"for {count} examples it is {number(loss.data)}, but the mean is {number(total / count)}"
        if close(loss.data, total):
            loss.backward()
            shown += f"\nthe gradients grow with the number of examples: y[0].grad = {number(outputs[0].grad)}, and a "
            shown += f"step that suits 2 examples is {count / 2:g} times as long here"
            raise Wrong("a sum where a mean is meant", shown)
        raise Wrong("the loss is wrong", shown)


def _check_sign(learner: Learner) -> None:
    for _ in range(5):
        p = Value(round(learner.random.uniform(0.05, 0.95), 2), label="p")
        loss = _value(learner.call("surprise", p), "surprise")
        if close(loss.data, -math.log(p.data)):
            continue
        loss.label = "loss"
        shown = f"at p = {number(p.data)} the loss is {number(loss.data)}, and it falls as p falls:\n{nudge(loss, p)}"
        if close(loss.data, math.log(p.data)):
            raise Wrong("the loss has the wrong sign", shown)
        raise Wrong("the loss is wrong", f"{number(loss.data)} at p = {number(p.data)}, not {-math.log(p.data):.6g}")


def _softmax(xs: list[float]) -> list[float]:
    top = max(xs)
    powers = [math.exp(x - top) for x in xs]
    return [power / sum(powers) for power in powers]


def _check_softmax(learner: Learner) -> None:
    for shift in (0.0, 20.0, 1000.0, -1000.0):
        xs = [round(learner.draw() + shift, 2) for _ in range(4)]
        values = [Value(x, label=f"x[{i}]") for i, x in enumerate(xs)]
        try:
            found = list(learner.call("softmax", values))
        except Wrong as wrong:
            if wrong.misconception == STOPS and ("Overflow" in wrong.shown or "ZeroDivision" in wrong.shown):
                shown = f"softmax of {row(xs)} is {row(_softmax(xs))}: ordinary numbers, but on the way "
                shown += f"there\n{wrong.shown}"
                raise Wrong("an exponential overflows", shown) from wrong
            raise
        if not all_close([_value(y, "softmax").data for y in found], _softmax(xs)):
            got = row([y.data for y in found])
            raise Wrong("the loss is wrong", f"softmax of {row(xs)} came out as {got}, not {row(_softmax(xs))}")
        (found[0] * 1.0).backward()
        p = _softmax(xs)
        right = [p[0] * ((i == 0) - p[i]) for i in range(4)]
        if not all_close([v.grad for v in values], right):
            shown = f"the derivatives of the first are {row([v.grad for v in values])}, not {row(right)}"
            raise Wrong("another slope", shown)


def _check_cross_entropy(learner: Learner) -> None:
    for spread in (1.0, 30.0, 1000.0):
        xs = [round(learner.draw() * spread, 2) for _ in range(4)]
        label = xs.index(min(xs))
        xs[label] -= spread
        scores = [Value(x, label=f"s[{i}]") for i, x in enumerate(xs)]
        top = max(xs)
        right = top + math.log(sum(math.exp(x - top) for x in xs)) - xs[label]
        try:
            loss = _value(learner.call("cross_entropy", scores, label), "cross_entropy")
        except Wrong as wrong:
            if wrong.misconception == STOPS and "log(" in wrong.shown:
                shown = f"the scores are {row(xs)}, and softmax gives the right answer, {label}, a probability of "
                shown += f"{_softmax(xs)[label]}:"
                raise Wrong("the logarithm of a probability that is 0", f"{shown}\n{wrong.shown}") from wrong
            raise
        if not close(loss.data, right):
            raise Wrong("the loss is wrong", f"for {row(xs)} and label {label}: {number(loss.data)}, not {right:.6g}")
        loss.backward()
        expected = [p - (i == label) for i, p in enumerate(_softmax(xs))]
        if not all_close([s.grad for s in scores], expected):
            shown = f"the derivatives are {row([s.grad for s in scores])}, not softmax minus the label, {row(expected)}"
            raise Wrong("another slope", shown)


def _check_log_sigmoid(learner: Learner) -> None:
    for scale in (1.0, -1.0, 10.0, -10.0, 1000.0, -1000.0):
        for _ in range(2):
            x = Value(round(abs(learner.draw(0.8, 2.0)) * scale, 2), label="x")
            right = -math.log1p(math.exp(-x.data)) if x.data > 0 else x.data - math.log1p(math.exp(x.data))
            try:
                found = _value(learner.call("log_sigmoid", x), "log_sigmoid")
            except Wrong as wrong:
                if wrong.misconception == STOPS and ("log(" in wrong.shown or "Overflow" in wrong.shown):
                    shown = f"log(sigmoid({number(x.data)})) is {right:.6g}: an ordinary number, but on the way there\n"
                    raise Wrong("a tail is rounded to 0 before its logarithm", shown + wrong.shown) from wrong
                raise
            if not close(found.data, right):
                raise Wrong("the loss is wrong", f"at x = {number(x.data)} it is {number(found.data)}, not {right:.6g}")


def _check_hinge(learner: Learner) -> None:
    for _ in range(20):
        s, label = Value(learner.draw(-3.0, 3.0), label="score"), learner.random.choice([-1, 1])
        loss = _value(learner.call("hinge", s, label), "hinge")
        right = max(0.0, 1 - label * s.data)
        if close(loss.data, right):
            continue
        loss.label = "loss"
        shown = f"score {number(s.data)} for label {label} costs {number(loss.data)}, not {number(right)}\n"
        if close(loss.data, max(0.0, 1 + label * s.data)):
            raise Wrong("the margin is on the wrong side", shown + str(nudge(loss, s)))
        if close(loss.data, max(0.0, -label * s.data)):
            raise Wrong("there is no margin", shown)
        raise Wrong("the loss is wrong", shown)


EXERCISES = [
    Exercise(
        "mean",
        "a sum where a mean is meant",
        _check_mean,
        "return total",
        "return total / len(outputs)",
        (
            "Call it with one example, and with the same example twice.",
            "The learning rate should not depend on the number of examples.",
            "Divide by len(outputs).",
        ),
    ),
    Exercise(
        "sign",
        "the loss has the wrong sign",
        _check_sign,
        "return p.log()",
        "return -p.log()",
        (
            "Is it smaller when p, the probability of the right answer, is larger?",
            "A loss should be small when the answer is good.",
            "return -p.log()",
        ),
    ),
    Exercise(
        "margin",
        "the margin is on the wrong side",
        _check_hinge,
        "1 + label * score",
        "1 - label * score",
        (
            "What is the loss of a score of 5 with the label 1?",
            "It should be 0 once label * score is at least 1.",
            "(1 - label * score).relu()",
        ),
    ),
    Exercise(
        "overflow",
        "an exponential overflows",
        _check_softmax,
        "    powers = [x.exp() for x in xs]",
        "    top = max(x.data for x in xs)\n    powers = [(x - top).exp() for x in xs]",
        (
            "What is the largest number whose exponential fits a float?",
            "What happens to softmax if you subtract the same number from every score?",
            "Subtract the largest: (x - top).exp(), where top is a plain number.",
        ),
    ),
    Exercise(
        "surprise",
        "the logarithm of a probability that is 0",
        _check_cross_entropy,
        "    return -softmax(scores)[label].log()",
        "    top = max(s.data for s in scores)\n"
        "    return sum((s - top).exp() for s in scores).log() + top - scores[label]",
        (
            "How small can a probability be before a float calls it 0?",
            "log(a / b) = log(a) - log(b), and log(exp(s)) = s.",
            "log of the sum of exp(s - top), plus top, minus scores[label].",
        ),
    ),
    Exercise(
        "tail",
        "a tail is rounded to 0 before its logarithm",
        _check_log_sigmoid,
        "return x.sigmoid().log()",
        "return -(-x).softplus()",
        (
            "Print Value(-800.0).sigmoid().",
            "log(1 / (1 + exp(-x))) = -log(1 + exp(-x)), and softplus(x) = log(1 + exp(x)).",
            "return -(-x).softplus()",
        ),
    ),
]
