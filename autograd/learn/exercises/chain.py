"""A link of a chain.

`double` is right on its own, but wrong inside any larger expression.
Make it take the gradient of its result into account.
"""

from autograd import Value


def double(a):
    out = Value(2 * a.data, (a,), "double")

    def backward():
        a.grad += 2.0

    out._backward = backward
    return out
