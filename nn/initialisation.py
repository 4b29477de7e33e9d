"""How weights start: random, from a seed, and of a size that suits the neuron's."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TypeAlias

Initialiser: TypeAlias = Callable[[random.Random, int, int], float]
"""`draw(rng, nin, nout)`: one weight of a layer with so many inputs and outputs."""


def uniform(rng: random.Random, nin: int, nout: int) -> float:
    """Evenly from -1 to 1, whatever the layer's size, as micrograd does."""
    return rng.uniform(-1, 1)


def normal(rng: random.Random, nin: int, nout: int) -> float:
    """Normal, with mean 0 and variance 1, whatever the layer's size, as tables of embeddings start in PyTorch."""
    return rng.gauss(0.0, 1.0)


def he(rng: random.Random, nin: int, nout: int) -> float:
    """Normal, with variance 2 / nin: keeps the size of signals through relu layers.

    Source: K. He et al., "Delving Deep into Rectifiers", 2015, equation 10.
    """
    return rng.gauss(0.0, math.sqrt(2.0 / nin))


def xavier(rng: random.Random, nin: int, nout: int) -> float:
    """Evenly within ±√(6 / (nin + nout)): keeps the size of signals and gradients through tanh layers.

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    2010, equation 16.
    """
    bound = math.sqrt(6.0 / (nin + nout))
    return rng.uniform(-bound, bound)


INITIALISERS: dict[str, Initialiser] = {"uniform": uniform, "normal": normal, "he": he, "xavier": xavier}


def find(init: str | Initialiser) -> Initialiser:
    """The initialiser of that name, or the function itself.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(init, str):
        return init
    try:
        return INITIALISERS[init]
    except KeyError:
        raise ValueError(f"unknown initialisation {init!r}; there are {', '.join(INITIALISERS)}") from None


def generator(seed: int | random.Random | None) -> random.Random:
    """The source of random numbers: its own for a seed, a given one, or that of the `random` module."""
    if seed is None:
        return random._inst
    return seed if isinstance(seed, random.Random) else random.Random(seed)
