"""Pixels from 0 to 255.

`prepare` hands the pixels of a picture to a neuron with tanh, whose gradients all come out as 0.
Bring the pixels into a range in which tanh is not flat.
"""


def prepare(pixels):
    return [p for p in pixels]
