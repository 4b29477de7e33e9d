"""The derivative of a product.

`mul` makes a node by hand, and its `backward` adds to the gradient of each factor.
Make the derivatives right: how much does the product change when one of its factors does?
"""

from autograd import Value


def mul(a, b):
    out = Value(a.data * b.data, (a, b), "mul")

    def backward():
        a.grad += a.data * out.grad
        b.grad += b.data * out.grad

    out._backward = backward
    return out
