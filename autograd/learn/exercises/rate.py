"""Steps that are too long.

The direction of each step is right, yet the loss explodes.
Find a learning rate with which w converges within forty steps.
"""


def train(w, xs, ys):
    rate = 2.5
    for step in range(40):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        w.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
