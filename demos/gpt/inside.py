"""A look inside the GPT: one of its predictions as an expression, and the derivatives of that."""

from __future__ import annotations

import autograd
from autograd import Backprop, Value, explain, label, nudge
from demos.gpt.model import GPT, Matrix, Vector
from demos.gpt.names import VOCABULARY, encoded
from demos.telling import say, title

BEGINNING, TARGET = "thimblet", "o"
"""The start of thimbleton or thimblethorpe, whose first letter occurs twice; and one of the letters that may follow."""
_BARS, _LONGEST = 3, 40


def tell(model: GPT) -> Value:
    """Takes the loss of one letter apart: by paths, by a nudge, and by two steps of the backward pass.

    Returns:
        The loss.
    """
    logits = _logits(model)
    right = logits[VOCABULARY.index(TARGET)]
    loss = _loss(logits, right)
    title(f"Inside: what follows “{BEGINNING}”, and why?")
    _bars(logits)
    say(
        f"The rule allows two names here, so one half each would be best. If “{TARGET}” is right, the loss is "
        f"{loss.data:.4f}. How does its logit change that?"
    )
    print(f"\n{explain(loss, right)}\n")
    say(f"This is the probability of “{TARGET}” minus 1. And the weight with the steepest derivative in this logit?")
    loss.backward()
    weight = _steepest(model.logit[VOCABULARY.index(TARGET)])
    number = _steepest(model.token[VOCABULARY.index(BEGINNING[0])])
    model.zero_grad()
    print(f"\n{nudge(loss, weight, 0.01)}\n")
    steps = Backprop(loss)
    say(
        f"This loss takes {steps.remaining:,} operations. backward() visits each of them once. Here are the first "
        f"step, and the one that reaches the embedding of the last “{BEGINNING[0]}”:"
    )
    print(f"\n{next(steps)}\n\n{steps.goto(steps.consumers[number][-1])}\n")
    say(f"“{BEGINNING[0]}” is there twice, so two gradients add up. How many paths do they cover?")
    print(f"\n{explain(loss, number)}")
    return loss


def _logits(model: GPT) -> Vector:
    """The logits after `BEGINNING`, labelled, as all parameters are."""
    label(vars(model))
    keys: Matrix = []
    values: Matrix = []
    logits: Vector = []
    for place, token in enumerate(encoded(BEGINNING)[:-1]):
        logits = model(token, place, keys, values)
    for character, logit in zip(VOCABULARY, logits, strict=True):
        logit.label = f"logit[{character}]"
    return logits


def _loss(logits: Vector, right: Value) -> Value:
    """The cross-entropy of the right token, spelled out."""
    total = autograd.sum([logit.exp() for logit in logits])
    loss = total.log() - right
    label({"total": total, "loss": loss})
    return loss


def _bars(logits: Vector) -> None:
    probabilities = [p.data for p in autograd.softmax(logits)]
    for p, character in sorted(zip(probabilities, VOCABULARY, strict=True), reverse=True)[:_BARS]:
        print(f"  {character}  {p:.3f} {'█' * round(_LONGEST * p)}".rstrip())


def _steepest(weights: Vector) -> Value:
    return max(weights, key=lambda weight: abs(weight.grad))
