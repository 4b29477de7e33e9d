"""Which way is down.

The loop should find the w in y = w * x, but the loss grows with each step.
Make it fall.
"""


def train(w, xs, ys):
    for step in range(40):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        w.grad = 0.0
        loss.backward()
        w.data += 0.1 * w.grad
