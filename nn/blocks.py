"""What networks are built of beside layers of neurons: sequences, normalisation, tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, mean, pick
from autograd.picking import position
from nn import initialisation
from nn.module import Module, Seed, check_size


class Sequential(Module):
    """Modules and functions one after the other: each takes what the one before it returned.

    Args:
        *parts: modules; or functions of a number, such as `autograd.tanh`, which are applied to each number of a list.

    Raises:
        TypeError: a part cannot be called.

    Example:
        >>> import autograd
        >>> from nn import Layer
        >>> network = Sequential(Layer(2, 4, nonlin=False, seed=1), autograd.gelu, Layer(4, 1, nonlin=False, seed=2))
        >>> network
        Sequential(Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)], gelu, \
Layer of [LinearNeuron(4)])
    """

    def __init__(self, *parts: Callable[[Any], Any]) -> None:
        for part in parts:
            if not callable(part):
                raise TypeError(f"Sequential takes modules and functions one by one, not a {type(part).__name__}")
        self.parts = list(parts)

    def __call__(self, x: Any) -> Any:
        """What the last part makes of what the others made of `x`."""
        for part in self.parts:
            if not isinstance(part, Module) and isinstance(x, (list, tuple)):
                x = [part(each) for each in x]
            else:
                x = part([x] if isinstance(part, Module) and isinstance(x, Value) else x)
        return x

    def __getitem__(self, i: int) -> Any:
        return self.parts[i]

    def __len__(self) -> int:
        return len(self.parts)

    def __repr__(self) -> str:
        shown = [
            repr(part) if isinstance(part, Module) else getattr(part, "__name__", "function") for part in self.parts
        ]
        return f"Sequential({', '.join(shown)})"


class LayerNorm(Module):
    """Numbers shifted and scaled to mean 0 and variance 1, then by a weight and an offset for each.

    yᵢ = (xᵢ - mean) / √(variance + ε) · weightᵢ + biasᵢ, with the variance as the mean of squares.
    Source: J. Ba, J. Kiros and G. Hinton, "Layer Normalization", 2016, in the form of PyTorch.

    Args:
        size: how many numbers, at least 1.
        eps: ε, at least 0.
        bias: whether there is an offset.
        place: where it stands in a network: the names of its parameters begin so.

    Raises:
        ValueError: the size is below 1.
    """

    def __init__(self, size: int, eps: float = 1e-5, *, bias: bool = True, place: str = "") -> None:
        check_size("what a LayerNorm normalises", size)
        prefix = f"{place}." if place else ""
        self.eps = eps
        self.weight = [Value(1.0, label=f"{prefix}weight[{i}]") for i in range(size)]
        self.bias = [Value(0.0, label=f"{prefix}bias[{i}]") for i in range(size)] if bias else None

    def __call__(self, x: Sequence[Any]) -> list[Value]:
        """As many numbers, normalised."""
        if len(x) != len(self.weight):
            raise ValueError(f"{self!r} takes {len(self.weight)} numbers, not {len(x)}")
        centre = mean(x)
        apart = [each - centre for each in x]
        scale = (mean([each * each for each in apart]) + self.eps).sqrt()
        scaled = [weight * (each / scale) for weight, each in zip(self.weight, apart, strict=True)]
        return scaled if self.bias is None else [y + offset for y, offset in zip(scaled, self.bias, strict=True)]

    def __repr__(self) -> str:
        return f"LayerNorm({len(self.weight)})"


class Embedding(Module):
    """A table with a row of numbers for each of so many things, such as letters; rows are picked by their place.

    Args:
        num_embeddings: how many rows.
        embedding_dim: how many numbers a row has.
        init: as for `Neuron`; by default normal with variance 1, as in PyTorch.
        seed: as for `Neuron`.
        place: where it stands in a network: the names of its parameters begin so.

    Raises:
        ValueError: a size is below 1.

    Example:
        >>> letters = Embedding(27, 2, seed=1)
        >>> letters(3) is letters.weight[3]
        True
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        init: str | initialisation.Initialiser = "normal",
        seed: Seed = None,
        place: str = "",
    ) -> None:
        check_size("the rows of an Embedding", num_embeddings)
        check_size("the columns of an Embedding", embedding_dim)
        draw, rng = initialisation.find(init), initialisation.generator(seed)
        prefix = f"{place}." if place else ""
        self.weight = [
            [
                Value(draw(rng, num_embeddings, embedding_dim), label=f"{prefix}weight[{i}][{j}]")
                for j in range(embedding_dim)
            ]
            for i in range(num_embeddings)
        ]

    def __call__(self, index: Any) -> Any:
        """The row of an index, a whole number or a Value that holds one; for a list of them, a list of rows.

        Raises:
            IndexError: there is no such row.
        """
        if isinstance(index, (list, tuple)):
            return [self(each) for each in index]
        if isinstance(index, Value):
            return pick(self.weight, index)
        return self.weight[position(index, len(self.weight))]

    def __repr__(self) -> str:
        return f"Embedding({len(self.weight)}, {len(self.weight[0])})"
