"""The derivative of a sigmoid.

The slope of a sigmoid is a product of two numbers, but not of these two.
Repair it: the curve is steepest in the middle and flat at both ends.
"""

import math

from autograd import Value


def sigmoid(a):
    out = Value(1 / (1 + math.exp(-a.data)), (a,), "mysigmoid")

    def backward():
        a.grad += a.data * (1 - a.data) * out.grad

    out._backward = backward
    return out
