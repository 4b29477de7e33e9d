"""Why topological order.

This pass goes down from the loss, and each node passes its gradient on as soon as it is reached.
Make each node wait until all its users have passed theirs on.
"""


def backward(loss):
    loss.grad = 1.0
    seen = set()

    def visit(node):
        if node in seen:
            return
        seen.add(node)
        node._backward()
        for operand in node._prev:
            visit(operand)

    visit(loss)
