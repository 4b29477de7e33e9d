"""Less is better.

`surprise` is the loss for an answer that was given the probability p, and training makes it smaller.
Make sure that it then gets better, not worse.
"""


def surprise(p):
    return p.log()
