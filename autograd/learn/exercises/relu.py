"""The derivative of a relu.

`relu` lets some gradients through and blocks others, but it looks at the wrong number.
Make it block the gradient where a nudge of a has no effect.
"""

from autograd import Value


def relu(a):
    out = Value(max(a.data, 0.0), (a,), "myrelu")

    def backward():
        a.grad += (out.grad > 0) * out.grad

    out._backward = backward
    return out
