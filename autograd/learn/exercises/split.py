"""An honest test.

`split` returns the examples to learn from and those to test with, and every network looks brilliant.
Test with ten examples that it has not seen.
"""


def split(examples, random):
    random.shuffle(examples)
    return examples, examples[:10]
