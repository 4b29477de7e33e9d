"""How often is it right?

`accuracy` is the share of examples whose answer is that of the label, and it says that a good network is bad.
Take the right one of the scores for the answer.
"""


def accuracy(scores, labels):
    right = 0
    for row, label in zip(scores, labels):
        answer = row.index(min(row))
        right += answer == label
    return right / len(labels)
