"""Called a second time.

`gradients` is right the first time, but returns something else when it is called again.
Make it return the same every time.
"""


def gradients(loss, leaves):
    loss.backward()
    return [leaf.grad for leaf in leaves]
