"""Forgetting, on purpose.

The loop is to find the w of y = w * x, and swings around it instead of coming to rest.
Make each step use the gradient of its own loss alone.
"""


def train(w, xs, ys):
    for step in range(40):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        loss.backward()
        w.data -= 0.1 * w.grad
