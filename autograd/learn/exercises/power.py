"""The derivative of a power.

`cube` brings its exponent down, but that is only half of the rule.
Make its slope match a nudge.
"""

from autograd import Value


def cube(a):
    out = Value(a.data**3, (a,), "cube")

    def backward():
        a.grad += 3 * a.data**3 * out.grad

    out._backward = backward
    return out
