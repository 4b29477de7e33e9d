"""What a Value is, and what backward means."""

from autograd import Value


def test_published_expression() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    g = (c - d) ** 2 / 2.0
    g += 10.0 / (c - d) ** 2
    g.backward()
    assert (round(g.data, 4), round(a.grad, 4), round(b.grad, 4)) == (24.7041, 138.8338, 645.5773)


def test_two_passes_give_exactly_twice() -> None:
    x = Value(0.1)
    y = x * x + x * 0.7 + x.tanh()
    y.backward()
    once = x.grad
    y.backward()
    assert x.grad == 2 * once


def test_million_deep() -> None:
    x = Value(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + x
    y.backward()
    assert x.grad == 1_000_001
    del y
