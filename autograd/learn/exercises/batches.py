"""Every example counts.

`batches` splits the examples into batches of the given size.
Make sure that every example is in one of them.
"""


def batches(examples, size):
    return [examples[i : i + size] for i in range(0, len(examples) - size, size)]
