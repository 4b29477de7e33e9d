"""A graph five thousand deep.

The pass is right, but on a long sum it recurses until Python gives up.
Find the same order without recursion.
"""


def backward(loss):
    order = []
    seen = set()

    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for operand in node._prev:
            visit(operand)
        order.append(node)

    visit(loss)
    loss.grad = 1.0
    for node in reversed(order):
        node._backward()
