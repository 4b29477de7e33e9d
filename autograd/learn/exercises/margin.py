"""On the right side, and by a margin.

`hinge` penalises a score on the wrong side of its label, -1 or 1, or too close to the boundary.
Make it penalise the right scores: not at all once label * score is at least 1.
"""


def hinge(score, label):
    return (1 + label * score).relu()
