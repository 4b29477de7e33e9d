"""Every example counts.

`batches` cuts the examples into pieces of the given size.
Make sure that each example is in one of them.
"""


def batches(examples, size):
    return [examples[i : i + size] for i in range(0, len(examples) - size, size)]
