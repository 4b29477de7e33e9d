"""Forgetting, on purpose.

The loop should find the w in y = w * x, but it oscillates instead of converging.
Make each step use only the gradient of its own loss.
"""


def train(w, xs, ys):
    for step in range(40):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        loss.backward()
        w.data -= 0.1 * w.grad
