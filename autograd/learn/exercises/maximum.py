"""The larger takes it all.

`maximum` shares the gradient equally, which seems fair.
Make the shares those of two nudges, one of each operand.
"""

from autograd import Value


def maximum(a, b):
    out = Value(max(a.data, b.data), (a, b), "mymax")

    def backward():
        a.grad += 0.5 * out.grad
        b.grad += 0.5 * out.grad

    out._backward = backward
    return out
