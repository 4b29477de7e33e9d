"""Softmax of large numbers.

`softmax` is right for small scores, but fails for a score of 1000.
Make it right for every float, gradients included.
"""


def softmax(xs):
    powers = [x.exp() for x in xs]
    total = sum(powers)
    return [power / total for power in powers]
