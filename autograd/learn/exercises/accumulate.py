"""One value, used twice.

The derivative of a sum is 1 for both operands, yet `add(a, a)` gets only half of its gradient.
Make every contribution count, even if a value is used more than once.
"""

from autograd import Value


def add(a, b):
    out = Value(a.data + b.data, (a, b), "add")

    def backward():
        a.grad = out.grad
        b.grad = out.grad

    out._backward = backward
    return out
