"""Why topological order.

This pass goes down from the loss, and each node sends its gradient on as soon as it is reached.
Make each wait until all who use it have sent theirs.
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
