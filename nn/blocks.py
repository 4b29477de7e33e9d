"""Building blocks beside layers of neurons: sequences, normalisation, embeddings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from autograd import Value, mean, pick
from autograd.arguments import a_number, a_text, sized
from autograd.picking import position
from autograd.shown import as_code, many, shown
from autograd.structure import too_deep
from nn import initialisation
from nn.module import Module, Seed, check_size

if TYPE_CHECKING:
    from autograd.annotations import Structure


class Sequential(Module):
    """Modules and functions in sequence: each takes the output of the previous one.

    Args:
        *parts: modules, or functions of a number such as `autograd.tanh`, which are applied to each number of a list.

    Raises:
        TypeError: a part is not callable.

    Example:
        >>> import autograd
        >>> from nn import Layer
        >>> network = Sequential(Layer(2, 4, nonlin=False, seed=1), autograd.gelu, Layer(4, 1, nonlin=False, seed=2))
        >>> network
        Sequential(Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)], gelu, \
Layer of [LinearNeuron(4)])
    """

    def __init__(self, *parts: Callable[[Structure], Structure]) -> None:
        for part in parts:
            if not callable(part):
                raise TypeError(f"Sequential takes modules and functions as separate arguments, not {shown(part)}")
        self.parts = list(parts)

    def __call__(self, x: Structure) -> Structure:
        """Applies all parts to `x` in turn."""
        for part in self.parts:
            if not isinstance(part, Module) and isinstance(x, (list, tuple)):
                x = [part(each) for each in x]
            else:
                x = part([x] if isinstance(part, Module) and isinstance(x, Value) else x)
        return x

    def __getitem__(self, i: int) -> Structure:
        try:
            return self.parts[i]
        except IndexError:
            raise IndexError(f"part {as_code(i)} of a Sequential of {len(self.parts)}") from None
        except TypeError:
            raise TypeError(f"the index of a part of a Sequential must be a whole number, not {shown(i)}") from None

    def __len__(self) -> int:
        return len(self.parts)

    def _takes(self) -> int:
        return self.parts[0]._takes() if self.parts and isinstance(self.parts[0], Module) else 0

    def __repr__(self) -> str:
        shown = [
            repr(part) if isinstance(part, Module) else getattr(part, "__name__", "function") for part in self.parts
        ]
        return f"Sequential({', '.join(shown)})"


class LayerNorm(Module):
    """Layer normalisation: numbers are standardised, then each has its own weight and bias.

    yᵢ = (xᵢ - mean) / √(variance + ε) · weightᵢ + biasᵢ, where the variance is the mean squared deviation.
    Source: J. Ba, J. Kiros and G. Hinton, "Layer Normalization", 2016, in PyTorch's form.

    Args:
        size: how many numbers, at least 1.
        eps: ε, at least 0.
        bias: whether to add a bias.
        place: the path in a network, a prefix for the parameters' names.

    Raises:
        ValueError: the size is below 1.
    """

    def __init__(self, size: int, eps: float = 1e-5, *, bias: bool = True, place: str = "") -> None:
        check_size("what a LayerNorm normalises", size)
        prefix = f"{a_text(place, 'place')}." if place else ""
        self.eps = a_number(eps, "eps", least=0.0)
        self.weight = [Value(1.0, label=f"{prefix}weight[{i}]") for i in range(size)]
        self.bias = [Value(0.0, label=f"{prefix}bias[{i}]") for i in range(size)] if bias else None

    def __call__(self, x: Sequence[Structure]) -> list[Value]:
        """Normalises `size` numbers."""
        if sized(x, "the input of a LayerNorm") != len(self.weight):
            raise ValueError(f"{self!r} takes {many(len(self.weight), 'number')}, not {len(x)}")
        centre = mean(x)
        apart = [each - centre for each in x]
        scale = (mean([each * each for each in apart]) + self.eps).sqrt()
        scaled = [weight * (each / scale) for weight, each in zip(self.weight, apart, strict=True)]
        return scaled if self.bias is None else [y + offset for y, offset in zip(scaled, self.bias, strict=True)]

    def _takes(self) -> int:
        return len(self.weight)

    def __repr__(self) -> str:
        return f"LayerNorm({len(self.weight)})"


class Embedding(Module):
    """A table with a row of numbers for each item of a vocabulary, such as letters. An index picks a row.

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the number of columns.
        init: as for `Neuron`; by default normal with variance 1, as in PyTorch.
        seed: as for `Neuron`.
        place: the path in a network, a prefix for the parameters' names.

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
        check_size("the numbers of an Embedding", num_embeddings * embedding_dim)
        draw, rng = initialisation.find(init), initialisation.generator(seed)
        prefix = f"{a_text(place, 'place')}." if place else ""
        self.weight = [
            [
                Value(draw(rng, num_embeddings, embedding_dim), label=f"{prefix}weight[{i}][{j}]")
                for j in range(embedding_dim)
            ]
            for i in range(num_embeddings)
        ]

    def __call__(self, index: Structure) -> Structure:
        """The row at an index, an int or a Value that holds a whole number; for a list of indices, a list of rows.

        Raises:
            IndexError: there is no such row.
        """
        if isinstance(index, (list, tuple)):
            try:
                return [self(each) for each in index]
            except RecursionError:
                raise too_deep() from None
        if isinstance(index, Value):
            return pick(self.weight, index)
        return self.weight[position(index, len(self.weight))]

    def __repr__(self) -> str:
        return f"Embedding({len(self.weight)}, {len(self.weight[0])})"
