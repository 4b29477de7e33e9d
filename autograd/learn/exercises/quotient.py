"""The derivative of a quotient.

The numerator gets what it should, the denominator does not.
Repair its share: what does a / b do when b grows?
"""

from autograd import Value


def div(a, b):
    out = Value(a.data / b.data, (a, b), "div")

    def backward():
        a.grad += out.grad / b.data
        b.grad += a.data * out.grad

    out._backward = backward
    return out
