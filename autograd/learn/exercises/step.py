"""How small is a small nudge?

`slope` measures between two points close to x, one on either side, and comes out as 0 for every function.
Choose h so that the slopes of exp, sin and a steep parabola are right to six digits.
"""


def slope(f, x):
    h = 1e-18
    return (f(x + h) - f(x - h)) / (2 * h)
