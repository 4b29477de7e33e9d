"""Initial weights: random, from a seed, scaled to the layer's size."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TypeAlias, cast

from autograd.arguments import a_choice, a_generator

Initialiser: TypeAlias = Callable[[random.Random, int, int], float]
"""`draw(rng, nin, nout)` returns one weight of a layer with `nin` inputs and `nout` outputs."""


def uniform(rng: random.Random, nin: int, nout: int) -> float:
    """Uniform from -1 to 1, whatever the layer's size, as in micrograd."""
    return rng.uniform(-1, 1)


def normal(rng: random.Random, nin: int, nout: int) -> float:
    """Normal with mean 0 and variance 1, whatever the layer's size, as for PyTorch's embeddings."""
    return rng.gauss(0.0, 1.0)


def he(rng: random.Random, nin: int, nout: int) -> float:
    """Normal with variance 2 / nin, which preserves the size of signals through relu layers.

    Source: K. He et al., "Delving Deep into Rectifiers", 2015, equation 10.
    """
    return rng.gauss(0.0, math.sqrt(2.0 / nin))


def xavier(rng: random.Random, nin: int, nout: int) -> float:
    """Uniform within ±√(6 / (nin + nout)), which preserves the size of signals and gradients through tanh layers.

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    2010, equation 16.
    """
    bound = math.sqrt(6.0 / (nin + nout))
    return rng.uniform(-bound, bound)


INITIALISERS: dict[str, Initialiser] = {"uniform": uniform, "normal": normal, "he": he, "xavier": xavier}


def find(init: str | Initialiser) -> Initialiser:
    """The initialiser with that name, or the given function itself.

    Raises:
        ValueError: no initialiser has that name.
    """
    if callable(init):
        return init
    return INITIALISERS[a_choice(init, "initialisation", INITIALISERS)]


def generator(seed: int | random.Random | None) -> random.Random:
    """A new generator for a seed, the given generator, or the global one of the `random` module."""
    if seed is None or seed is _GLOBAL:
        return _GLOBAL
    return a_generator(seed)


_GLOBAL = cast(random.Random, random)
"""The module itself, which has the methods of its generator."""
