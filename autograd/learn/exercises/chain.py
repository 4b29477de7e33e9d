"""A link of a chain.

`double` is right as long as nothing follows it, and wrong inside any larger expression.
Let it pass on what it is told by those who use it.
"""

from autograd import Value


def double(a):
    out = Value(2 * a.data, (a,), "double")

    def backward():
        a.grad += 2.0

    out._backward = backward
    return out
