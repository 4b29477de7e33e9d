"""How often is it right?

`accuracy` should be the fraction of examples that a network gets right, but it calls a good network bad.
Pick the right score as the answer.
"""


def accuracy(scores, labels):
    right = 0
    for row, label in zip(scores, labels):
        answer = row.index(min(row))
        right += answer == label
    return right / len(labels)
