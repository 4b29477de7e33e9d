"""Two examples or two thousand.

`squared_error` measures how far outputs are from their targets, but it grows with their number.
Make it the mean, so that one learning rate suits batches of any size.
"""


def squared_error(outputs, targets):
    total = 0.0
    for y, t in zip(outputs, targets):
        total = total + (y - t) ** 2
    return total
