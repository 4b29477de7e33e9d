"""A neuron that never fires.

The inputs and weights of this neuron are between -1 and 1, and its output is always 0.
Change its initial parameters so that it can learn.
"""

from autograd import Value


def neuron(w1, w2, x1, x2):
    bias = Value(-10.0, label="bias")
    return (w1 * x1 + w2 * x2 + bias).relu()
