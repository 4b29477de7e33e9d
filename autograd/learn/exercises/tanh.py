"""The derivative of tanh.

One minus a square: the formula was copied from a page that called the result a.
Make the slope right for large and for small inputs.
"""

import math

from autograd import Value


def tanh(a):
    out = Value(math.tanh(a.data), (a,), "mytanh")

    def backward():
        a.grad += (1 - a.data**2) * out.grad

    out._backward = backward
    return out
