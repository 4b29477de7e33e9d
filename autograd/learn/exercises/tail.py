"""Far out in the tail.

`log_sigmoid` is right near 0, but fails far to the left, where the answer is simply x.
Write it so that nothing is rounded to 0 on the way.
"""


def log_sigmoid(x):
    return x.sigmoid().log()
