"""Sure, and wrong.

`cross_entropy` is the loss of a classifier, but it fails where the classifier is very sure and wrong.
These are the examples that it can learn most from: make the loss finite for every score.
"""

from autograd import softmax


def cross_entropy(scores, label):
    return -softmax(scores)[label].log()
