"""Twins.

`hidden_weights` returns the initial weights of the units in a hidden layer.
Choose them so that the units can learn different things; `random` is a random.Random.
"""


def hidden_weights(units, inputs, random):
    return [[0.5 for _ in range(inputs)] for _ in range(units)]
