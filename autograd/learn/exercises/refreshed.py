"""A graph remembers its numbers.

The loss is built once, before the loop, which saves time; and w runs away in a straight line.
Have the graph computed again from the present w in each step.
"""


def train(w, xs, ys):
    loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
    for step in range(40):
        w.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
