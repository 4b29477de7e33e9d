"""Each node once.

The order is right, except that some nodes stand in it more than once.
Let each node send its gradient exactly once.
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
