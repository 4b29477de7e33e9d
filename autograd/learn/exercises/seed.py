"""Where a backward pass starts.

`backward` visits the nodes in the right order, but all gradients come out as 0.
Give it something to propagate.
"""

from autograd.graph import topological


def backward(loss):
    order = topological(loss)
    for node in reversed(order):
        node._backward()
