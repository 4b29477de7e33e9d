"""The derivative of a difference.

`sub` treats both of its operands alike.
Give each the derivative that a nudge would show.
"""

from autograd import Value


def sub(a, b):
    out = Value(a.data - b.data, (a, b), "sub")

    def backward():
        a.grad += out.grad
        b.grad += out.grad

    out._backward = backward
    return out
