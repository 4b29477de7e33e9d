"""Each node once.

The order is right, except that it contains some nodes more than once.
Make each node propagate its gradient exactly once.
"""


def backward(loss):
    order = []
    seen = set()

    def visit(node):
        for operand in node._prev:
            visit(operand)
        order.append(node)

    visit(loss)
    loss.grad = 1.0
    for node in reversed(order):
        node._backward()
