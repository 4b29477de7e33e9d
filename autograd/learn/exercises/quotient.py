"""The derivative of a quotient.

The numerator gets the right gradient, the denominator does not.
Repair it: what does a / b do when b grows?
"""

from autograd import Value


def div(a, b):
    out = Value(a.data / b.data, (a, b), "div")

    def backward():
        a.grad += out.grad / b.data
        b.grad += a.data * out.grad

    out._backward = backward
    return out
