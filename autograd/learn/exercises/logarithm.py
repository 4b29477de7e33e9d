"""The derivative of a logarithm.

The slope of `log` is one over something, but not over this.
Repair it: where is a logarithm steep, and where is it flat?
"""

import math

from autograd import Value


def log(a):
    out = Value(math.log(a.data), (a,), "mylog")

    def backward():
        a.grad += 1 / out.data * out.grad

    out._backward = backward
    return out
