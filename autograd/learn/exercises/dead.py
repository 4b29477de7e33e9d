"""Units that never speak.

The inputs and weights of this neuron lie between -1 and 1, and it answers 0 to everything.
Change what it begins with, such that it can learn.
"""

from autograd import Value


def neuron(w1, w2, x1, x2):
    bias = Value(-10.0, label="bias")
    return (w1 * x1 + w2 * x2 + bias).relu()
