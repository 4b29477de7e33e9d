"""Which end comes first.

`topological` lists the operations of a graph, operands before results.
Make every gradient complete before it is passed on.
"""

from autograd.graph import topological


def backward(loss):
    loss.grad = 1.0
    order = topological(loss)
    for node in order:
        node._backward()
