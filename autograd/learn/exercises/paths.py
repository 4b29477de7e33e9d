"""Along every path.

`derivative` multiplies the local derivatives along a path from the loss to a.
Make it right for graphs in which several paths lead to a.
"""


def derivative(loss, a):
    if loss is a:
        return 1.0
    total = 0.0
    for operand, product in zip(loss._prev, loss._local_grads):
        if leads_to(operand, a):
            return product * derivative(operand, a)
    return total


def leads_to(node, a):
    return node is a or any(leads_to(operand, a) for operand in node._prev)
