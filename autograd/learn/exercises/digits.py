"""Reading digits.

`train` learns to read digits of three by five pixels, and all of it is right except for one line.
Make `read` recognise eight in ten digits that it has not seen.
"""

from autograd import Value, dot, logsumexp


def train(examples, random):
    weights = [[Value(random.uniform(-0.1, 0.1)) for _ in range(15)] for _ in range(10)]
    for step in range(80):
        batch = examples[:10]
        losses = []
        for pixels, label in batch:
            s = scores(weights, pixels)
            losses.append(logsumexp(s) - s[label])
        loss = sum(losses) / len(losses)
        for row in weights:
            for w in row:
                w.grad = 0.0
        loss.backward()
        for row in weights:
            for w in row:
                w.data -= 1.0 * w.grad
    return weights


def scores(weights, pixels):
    return [dot(row, pixels) for row in weights]


def read(weights, pixels):
    s = [score.data for score in scores(weights, pixels)]
    return s.index(max(s))
