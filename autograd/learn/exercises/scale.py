"""Pixels from 0 to 255.

`prepare` passes the pixels of an image to a tanh neuron, whose gradients all come out as 0.
Scale the pixels to a range in which tanh is not flat.
"""


def prepare(pixels):
    return [p for p in pixels]
