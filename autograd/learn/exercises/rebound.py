"""The same Value, another number.

The loop finds the w in y = w * x, but its caller never sees it.
Make it train the weight that was passed in.
"""

from autograd import Value


def train(w, xs, ys):
    for step in range(40):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        w.grad = 0.0
        loss.backward()
        w = Value(w.data - 0.1 * w.grad)
