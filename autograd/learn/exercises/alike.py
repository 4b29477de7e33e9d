"""Twins.

`hidden_weights` gives the weights that the units of a hidden layer begin with.
Choose them such that the units can learn to look for different things; `random` is a random.Random.
"""


def hidden_weights(units, inputs, random):
    return [[0.5 for _ in range(inputs)] for _ in range(units)]
