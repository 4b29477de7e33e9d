"""The whole idea, on one page: numbers that remember how they were computed.

Everything else in this project makes this fast, checks it, explains it and draws it. `autograd.Value` computes the same
numbers, to the bit, except for the derivative of tanh far from 0, where 1 - y² would lose its digits.
Run it: `python -m autograd.plain`.
"""

from __future__ import annotations

import math


class Number:
    """A number, the operands that it was computed from, and its derivative with respect to each."""

    def __init__(self, data: float, operands: tuple[Number, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.operands, self.slopes = data, operands, slopes
        self.grad = 0.0

    # Each operation: the result, the operands, and the derivative of the result for each operand.

    def __add__(a, b: Number) -> Number:
        return Number(a.data + b.data, (a, b), (1.0, 1.0))

    def __sub__(a, b: Number) -> Number:
        return Number(a.data - b.data, (a, b), (1.0, -1.0))

    def __mul__(a, b: Number) -> Number:
        return Number(a.data * b.data, (a, b), (b.data, a.data))

    def __truediv__(a, b: Number) -> Number:
        y = a.data / b.data
        return Number(y, (a, b), (1.0 / b.data, -y / b.data))

    def __pow__(a, n: float) -> Number:
        return Number(a.data**n, (a,), (n * a.data ** (n - 1),))

    def exp(a) -> Number:
        y = math.exp(a.data)
        return Number(y, (a,), (y,))

    def log(a) -> Number:
        return Number(math.log(a.data), (a,), (1.0 / a.data,))

    def tanh(a) -> Number:
        y = math.tanh(a.data)
        return Number(y, (a,), (1.0 - y * y,))

    def relu(a) -> Number:
        y = 0.0 if a.data <= 0 else a.data
        return Number(y, (a,), (0.0 if y == 0 else 1.0,))

    def topological(self) -> list[Number]:
        """This number and all that it was computed from, operands before results, without recursion."""
        order, met, path = [], {self}, [(self, iter(self.operands))]
        while path:
            number, operands = path[-1]
            for operand in operands:
                if operand not in met:  # it comes before the result, and its own operands before it
                    met.add(operand)
                    path.append((operand, iter(operand.operands)))
                    break
            else:  # all its operands have been added
                order.append(number)
                path.pop()
        return order

    def backward(self) -> None:
        """Computes the derivative of this number for each number below it, in `grad`, which accumulates in leaves."""
        order = self.topological()
        before = [(number, number.grad) for number in order if not number.operands]
        for number in order:
            number.grad = 0.0
        self.grad = 1.0
        for number in reversed(order):  # results before operands, so that grad is complete
            for operand, slope in zip(number.operands, number.slopes, strict=True):
                operand.grad += slope * number.grad  # the chain rule; += since a number may be used several times
        for leaf, grad in before:
            leaf.grad += grad


if __name__ == "__main__":  # a neuron learns to return 0.8
    w, x, b = Number(-2.0), Number(0.5), Number(0.25)
    for _ in range(8):
        loss = ((w * x + b).tanh() - Number(0.8)) ** 2
        w.grad = b.grad = 0.0
        loss.backward()
        print(f"loss {loss.data:.4f}   d(loss)/dw {w.grad:+.4f}   d(loss)/db {b.grad:+.4f}")
        w.data -= 0.5 * w.grad
        b.data -= 0.5 * b.grad
