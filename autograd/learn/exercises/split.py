"""An honest test.

`split` returns training and test examples, but with it every network looks brilliant.
Test with ten examples that are not used for training.
"""


def split(examples, random):
    random.shuffle(examples)
    return examples, examples[:10]
