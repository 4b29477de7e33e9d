"""A derivative is the answer to a nudge.

`slope` increases x by a little h and looks at what f does.
Make it return the slope of f at x: how much f changes for each unit that x changes.
"""


def slope(f, x, h):
    before = f(x)
    after = f(x + h)
    return after - before
