"""A graph remembers its numbers.

The loss is built once, before the loop, which saves time, but w runs away in a straight line.
Recompute the graph from the current w in each step.
"""


def train(w, xs, ys):
    loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
    for step in range(40):
        w.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
