"""Asked a second time.

`gradients` is right the first time, and says something else when it is asked again.
Make it say the same every time.
"""


def gradients(loss, leaves):
    loss.backward()
    return [leaf.grad for leaf in leaves]
