"""On the right side, and by a margin.

`hinge` charges for a score that is on the wrong side of its label, -1 or 1, or not far enough on the right one.
Make it charge for the right ones: nothing at all once label * score is at least 1.
"""


def hinge(score, label):
    return (1 + label * score).relu()
