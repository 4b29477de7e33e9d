"""The derivative of an exponential.

Somebody applied the rule for powers to e to the power of a.
Write the real slope of the exponential.
"""

import math

from autograd import Value


def exp(a):
    out = Value(math.exp(a.data), (a,), "myexp")

    def backward():
        a.grad += a.data * math.exp(a.data - 1) * out.grad

    out._backward = backward
    return out
