"""A GPT on scalars. It reads a text token by token, and predicts the next token.

It has the parts of a large language model: embeddings, multi-head attention, RMS normalisation, residual connections,
an MLP, and cross-entropy as its loss. It has one layer, no biases, and no tensors: each number is a `Value`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import nn
from autograd import Value, dot, mean, no_grad, pick, softmax

if TYPE_CHECKING:
    from autograd.value import Number

Vector = list[Value]
Matrix = list[Vector]


class GPT(nn.Module):
    """A transformer with one layer.

    Args:
        width: the size of an embedding, a multiple of `heads`.
        seed: determines the initial parameters.
        tokens: the size of the vocabulary. Token 0 marks the start and the end of a text.
        places: the number of positions, the longest text that the model can read.
        heads: the number of attention heads.

    Raises:
        ValueError: the width is not a multiple of the number of heads.
    """

    def __init__(self, width: int = 16, seed: int = 0, tokens: int = 27, places: int = 16, heads: int = 4) -> None:
        if width % heads:
            raise ValueError(f"the width must be a multiple of the {heads} heads, not {width}")
        rng = random.Random(seed)

        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(rng.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.heads = heads
        self.token, self.place = matrix(tokens, width), matrix(places, width)
        self.query, self.key, self.value, self.output = (matrix(width, width) for _ in range(4))
        self.up, self.down = matrix(4 * width, width), matrix(width, 4 * width)
        self.logit = matrix(tokens, width)

    def __call__(self, token: Number, place: int, keys: Matrix, values: Matrix) -> Vector:
        """The logits of the next token.

        Args:
            token: the token at this position, an int or a Value that holds one.
            place: the position, from 0.
            keys: the keys of the earlier positions; this one's is appended.
            values: the values of the earlier positions; this one's are appended.
        """
        x = add(pick(self.token, token), self.place[place])

        # Attention: how much each earlier position matters here.
        y = rms_norm(x)
        keys.append(linear(self.key, y))
        values.append(linear(self.value, y))
        y = self.attention(linear(self.query, y), keys, values)
        x = add(x, linear(self.output, y))

        # MLP: at this position alone.
        y = [v.relu() for v in linear(self.up, rms_norm(x))]
        x = add(x, linear(self.down, y))
        return linear(self.logit, x)

    def attention(self, query: Vector, keys: Matrix, values: Matrix) -> Vector:
        """The outputs of all heads, concatenated."""
        size = len(query) // self.heads
        outputs = []
        for start in range(0, len(query), size):
            head = slice(start, start + size)
            weights = softmax([dot(query[head], key[head]) / size**0.5 for key in keys])
            outputs += [dot(weights, column) for column in zip(*[value[head] for value in values], strict=True)]
        return outputs

    def loss(self, text: Sequence[Number]) -> Value:
        """The mean cross-entropy of each token of a text but the first, given those before it."""
        keys: Matrix = []
        values: Matrix = []
        losses = []
        for place, (token, target) in enumerate(pairwise(text)):
            losses.append(nn.cross_entropy(self(token, place, keys, values), target))
        return mean(losses)

    def sample(self, rng: random.Random) -> list[int]:
        """Generates a text: draws one token after the other, until the end token or the last position."""
        keys: Matrix = []
        values: Matrix = []
        text = [0]
        with no_grad():
            for place in range(len(self.place)):
                probabilities = [p.data for p in softmax(self(text[-1], place, keys, values))]
                text += rng.choices(range(len(probabilities)), probabilities)
                if text[-1] == 0:
                    break
        return text


def linear(weights: Matrix, x: Vector) -> Vector:
    """A matrix times a vector."""
    return [dot(row, x) for row in weights]


def add(x: Vector, y: Vector) -> Vector:
    """The sum of two vectors."""
    return [a + b for a, b in zip(x, y, strict=True)]


def rms_norm(x: Vector) -> Vector:
    """A vector scaled to a mean square of 1."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * each for each in x]
