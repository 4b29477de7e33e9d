"""The derivative of a product.

`mul` makes a node by hand, and its `backward` sends each factor its share of the gradient.
Make the shares right: how far does the product move when one of its factors does?
"""

from autograd import Value


def mul(a, b):
    out = Value(a.data * b.data, (a, b), "mul")

    def backward():
        a.grad += a.data * out.grad
        b.grad += b.data * out.grad

    out._backward = backward
    return out
