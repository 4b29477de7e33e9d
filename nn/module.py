"""Neurons, layers and networks, built of Values."""

from __future__ import annotations

import itertools
import math
import operator
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from autograd import Value, no_grad, sum as total
from autograd.arguments import a_mapping, a_text, a_whole_number, iterated, sized
from autograd.atomic import assign
from autograd.later import later
from autograd.scalars import as_float
from autograd.shown import as_code, many, printable, shown, some
from autograd.structure import mapped
from autograd.value import data_of, dotted, operand
from nn import activations, initialisation
from nn.activations import Activation
from nn.initialisation import Initialiser

if TYPE_CHECKING:
    from autograd.annotations import Structure
    from autograd.value import Number

Seed = int | random.Random | None


class Module:
    """Something with parameters: Values, modules, and lists of them, held as attributes.

    A parameter is a leaf that an attribute holds, directly or inside (nested) lists, tuples, dicts, object arrays and
    modules. Its name is the path to it, the first if there are several: `layers[0].neurons[3].w[5]`. An input that a
    module keeps as an attribute therefore counts as a parameter. Attributes include slots and class attributes. A set
    has no order by which to name its elements, so a set of parameters is refused.

    Example:
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope, self.offset = Value(2.0), Value(1.0)
        ...     def __call__(self, x):
        ...         return self.slope * x + self.offset
        >>> [name for name, _ in Line().named_parameters()]
        ['slope', 'offset']
    """

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Every parameter with its name, in the order in which attributes were set. A shared parameter appears once."""
        seen: set[Value] = set()
        found = []
        for name, held in _named(self):
            for i, value in enumerate(held if isinstance(held, list) else [held]):
                if value not in seen:
                    seen.add(value)
                    found.append((f"{name}[{i}]" if isinstance(held, list) else name, value))
        return found

    def parameters(self) -> list[Value]:
        """Every parameter, in the order of `named_parameters`."""
        found: list[Value] = []
        for _, held in _held(self):
            found += held if isinstance(held, list) else [held]
        return found if len(set(found)) == len(found) else list(dict.fromkeys(found))

    def predict(self, examples: Iterable[Structure]) -> list[Structure]:
        """The module's outputs for each example, as plain numbers, nested as the module nests them. Records no graph.

        Example:
            >>> MLP(2, [3, 1], init=lambda rng, nin, nout: 1.0).predict([[1.0, 2.0], [0.0, 0.5]])
            [9.0, 1.5]
        """
        call: Any = self
        with no_grad():
            return [
                mapped(lambda y: y.data if isinstance(y, Value) else y, call(example))
                for example in iterated(examples, "the examples", "examples")
            ]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """For IPython and Jupyter: the text and, if the number of inputs is known, the graph of the output for ones."""
        shown: dict[str, str] = later("display")(repr(self), *self._example())
        return shown

    def _example(self) -> list[Value]:
        """The output for ones, as one Value in a list; empty if the module does not take a list of numbers."""
        call: Any = self
        inputs = [Value(1.0, label=f"x[{i}]") for i in range(self._takes())]
        try:
            answers = call(inputs) if inputs else None
        except (TypeError, ValueError, ArithmeticError):
            return []
        root = total(answers) if isinstance(answers, list) and answers else answers
        if not isinstance(root, Value) or not root._prev:
            return []
        root.label = root.label or ("output" if root is answers else "sum of outputs")
        return [root]

    def _takes(self) -> int:
        """The number of inputs; 0 if it is unknown."""
        return 0

    def zero_grad(self) -> None:
        """Sets every parameter's gradient to 0; otherwise the next `backward()` would add to it."""
        assign(self.parameters(), "grad", itertools.repeat(0.0))

    def state_dict(self) -> dict[str, float | list[float]]:
        """The current numbers by name: a float for a Value, a list of floats for a list of Values."""
        return {name: [v.data for v in held] if isinstance(held, list) else held.data for name, held in _named(self)}

    def load_state_dict(self, state: Mapping[str, Structure]) -> None:
        """Sets each parameter to the number that `state` holds for it.

        Args:
            state: as returned by `state_dict()`; arrays may stand for lists.

        Raises:
            ValueError: a name or a length does not match this module, or a number is not finite. Nothing has changed.
        """
        a_mapping(state, "the state", "a dict, as from state_dict()")
        mine = dict(_named(self))
        if missing := [name for name in mine if name not in state]:
            raise ValueError(f"the state has no numbers for {some(missing)}: it belongs to another module")
        if unknown := [name for name in state if name not in mine]:
            raise ValueError(f"this module has no {some(unknown)}: the state belongs to another module")
        numbers: list[tuple[Value, float]] = []
        for name, held in mine.items():
            values = held if isinstance(held, list) else [held]
            given = _numbers(name, state[name]) if isinstance(held, list) else [state[name]]
            if len(given) != len(values):
                known = many(len(values), "number")
                raise ValueError(f"{printable(name, 60)} has {known} in this module, and {len(given)} in the state")
            numbers += [(value, _finite(name, number)) for value, number in zip(values, given, strict=True)]
        assign([value for value, _ in numbers], "_data", [number for _, number in numbers])


def _numbers(name: str, given: Structure) -> list[Structure]:
    try:
        return list(given)
    except TypeError:
        raise ValueError(f"{printable(name, 60)} takes a list of numbers, not {shown(given)}") from None


def _finite(name: str, number: object) -> float:
    try:
        found = as_float(number)
    except (TypeError, OverflowError):
        raise ValueError(f"{printable(name, 60)} holds {as_code(number)}, which is not a number") from None
    if not math.isfinite(found):
        raise ValueError(f"{printable(name, 60)} holds {found}, which is not a finite number")
    return found


_Way = tuple[Any, str]
"""The path to a part: its container's path, and the text that the part appends to the name."""


def _held(module: Module) -> Iterator[tuple[_Way, Value | list[Value]]]:
    """The parameters in a module's attributes, with the path to each. A list of leaves comes as one item.

    Each container is entered once, along the first path to it: the time grows with the number of objects, not with
    the number of paths. There is no recursion, so no nesting is too deep.
    """
    met = {id(module)}
    kept: list[Any] = []  # an id is unique only while its object lives
    path = [_parts(module, None)]
    while path:
        for way, part in path[-1]:
            if isinstance(part, Value):
                if not part._prev:
                    yield way, part
                continue
            if isinstance(part, (set, frozenset)):
                _refuse_set(way, part)
            if getattr(getattr(part, "dtype", None), "kind", "") == "O":
                if id(part) in met:
                    continue
                met.add(id(part))
                part = part.tolist()  # the same objects, in lists; an array without axes gives its one object
                kept.append(part)
            if isinstance(part, Value):
                if not part._prev:
                    yield way, part
            elif isinstance(part, (Module, dict, list, tuple)) and id(part) not in met:
                met.add(id(part))
                if type(part) is Neuron and part.is_plain():
                    if id(part.w) not in met:
                        met.add(id(part.w))
                        yield (way, ".w"), list(part.w)
                    yield (way, ".b"), part.b
                elif isinstance(part, (list, tuple)) and part and _all_leaves(part):
                    yield way, list(part)
                else:
                    path.append(_parts(part, way))
                    break
        else:
            path.pop()


def _is_leaf(part: object) -> bool:
    return isinstance(part, Value) and not part._prev


def _all_leaves(parts: Sequence[object]) -> bool:
    """Whether each part is a leaf. The first test is fast and settles the usual case: Values that no operation made."""
    if set(map(type, parts)) == {Value} and set(map(_rule_of, parts)) == {None}:
        return True
    return all(map(_is_leaf, parts))


_rule_of = operator.attrgetter("_rule")


def _parts(whole: Structure, above: object) -> Iterator[tuple[_Way, Any]]:
    if isinstance(whole, Module):
        dot_ = "." if above is not None else ""
        return (
            ((above, f"{dot_}{name}"), part) for name, part in _attributes(whole) if type(part) not in _HOLDS_NOTHING
        )
    pairs = whole.items() if isinstance(whole, dict) else enumerate(whole)
    return (((above, f"[{key!r}]"), part) for key, part in pairs)


def _attributes(module: Module) -> Iterator[tuple[str, Any]]:
    """The attributes of an instance in the order they were set, then its slots, then its class attributes."""
    own = vars(module)
    yield from own.items()
    for kind in type(module).__mro__:
        if kind.__module__ == __name__:
            break  # our own classes have no such attributes
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in own and hasattr(module, name):
                yield name, getattr(module, name)
        for name, held in kind.__dict__.items():
            if isinstance(held, _HOLDERS) and name[:2] != "__" and name not in own:
                yield name, held


_HOLDS_NOTHING = {bool, float, int, str, type(None)}
_HOLDERS = (Value, Module, list, tuple, dict, set, frozenset)


def _refuse_set(way: _Way, part: Iterable[object]) -> None:
    if any(isinstance(each, (Value, Module)) for each in part):
        raise TypeError(f"{way[1].lstrip('.')} is a set, which has no order: keep parameters in a list")


def _named(module: Module) -> Iterator[tuple[str, Value | list[Value]]]:
    """The parameters with unique names: different keys of a dict may have the same repr."""
    met: set[str] = set()
    for way, held in _held(module):
        parts: list[str] = []
        rest: Any = way
        while rest is not None:
            rest, part = rest
            parts.append(part)
        name = "".join(reversed(parts))
        unique, number = name, 2
        while unique in met:
            unique, number = f"{name}#{number}", number + 1
        met.add(unique)
        yield unique, held


class _Inputs(list[Value]):
    """The inputs of a layer as Values and as numbers, converted once for all its neurons."""

    __slots__ = ("data", "values")

    def __init__(self, x: Iterable[Number]) -> None:
        super().__init__(iterated(cast("Iterable[Value]", x), "the inputs"))
        if set(map(type, self)) != {Value}:
            self[:] = map(operand, self)
        self.values = tuple(self)
        self.data = data_of(self.values)


class _Weights:
    """The weights and the bias of a neuron as a tuple: the same tuple for as long as they are the same Values.

    The graphs of many examples share that tuple, and a pass visits it once.
    """

    __slots__ = ("_b", "_last", "_w", "leaves")

    def __init__(self) -> None:
        self._last: tuple[Value, ...] = ()
        self._w: list[Value] = []
        self._b: Value | None = None
        self.leaves = False
        """Whether all of them are leaves. A leaf never becomes an inner node."""

    def of(self, w: Sequence[Value], b: Value) -> tuple[Value, ...]:
        if type(w) is list and w == self._w and b is self._b:
            return self._last
        now = (*w, b)
        if now != self._last:
            self._last = now
            self.leaves = isinstance(w, (list, tuple)) and _all_leaves(now)
        self._w, self._b = list(w), b
        return self._last

    def __reduce__(self) -> tuple[Any, ...]:
        return _Weights, ()


class Neuron(Module):
    """A weighted sum of inputs plus a bias, and an activation.

    Args:
        nin: how many inputs, at least 1.
        nonlin: whether to apply the activation; if not, the output is the sum itself.
        activation: `relu`, `leaky_relu`, `tanh`, `sigmoid`, `softplus` or `linear`; or a function of a Value.
        init: `uniform`, `he`, `xavier`, or a function (see `nn.initialisation`); the bias starts at 0.
        seed: a number, a `random.Random`, or None for the generator of the `random` module.
        nout: how many neurons share the inputs; `xavier` needs it.
        place: the neuron's path in its network, such as `layers[0].neurons[3]`: a prefix for its parameters' names.

    Raises:
        ValueError: `nin` is below 1, or the activation or initialisation is not known.
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        activation: str | Activation = "relu",
        *,
        init: str | Initialiser = "uniform",
        seed: Seed = None,
        nout: int = 1,
        place: str = "",
    ) -> None:
        check_size("a neuron's inputs", nin)
        a_text(place, "place")
        draw, rng = initialisation.find(init), initialisation.generator(seed)
        prefix = f"{place}." if place else ""
        self.w = [Value(draw(rng, nin, nout), label=f"{prefix}w[{i}]") for i in range(nin)]
        self.b = Value(0.0, label=f"{prefix}b")
        self._weights = _Weights()
        self.nonlin = nonlin
        named = activations.find(activation)  # an unknown name is refused even if it is not used
        chosen = activation if nonlin else "linear"
        self.place = place
        self._shown, self._activate = named if nonlin else activations.find(chosen)
        self.activation = chosen if isinstance(chosen, str) else self._shown.lower()

    def __call__(self, x: Sequence[Number]) -> Value:
        """The neuron's output for `nin` inputs, numbers or Values."""
        inputs = x if type(x) is _Inputs else _Inputs(x)
        if len(inputs) != len(self.w):
            raise ValueError(f"{self!r} takes {many(len(self.w), 'input')}, not {len(inputs)}")
        answer = self._activate(dotted(self._weights.of(self.w, self.b), inputs.values, inputs.data))
        answer.place = self.place or "neuron"
        return answer

    def is_plain(self) -> bool:
        """Whether it holds nothing but weights and a bias, all leaves. This is the fast path for most parameters."""
        self._weights.of(self.w, self.b)
        return self._weights.leaves and len(vars(self)) == _ATTRIBUTES

    def _takes(self) -> int:
        return len(self.w)

    def __repr__(self) -> str:
        return f"{self._shown}Neuron({len(self.w)})"


LARGEST = 10**8
"""No module has more Values: they would take some 20 GB."""

_ATTRIBUTES = 8
"""The number of attributes of a neuron to which the user has added none."""


class Options(TypedDict, total=False):
    """The arguments that a layer passes on to its neurons."""

    nonlin: bool
    activation: str | Activation
    init: str | Initialiser


class Layer(Module):
    """Neurons side by side, sharing their inputs.

    Args:
        nin: how many inputs.
        nout: how many neurons.
        seed: as for `Neuron`; the neurons draw from it in turn.
        place: the layer's path in its network, such as `layers[0]`.
        **kwargs: passed on to each `Neuron`.
    """

    def __init__(self, nin: int, nout: int, *, seed: Seed = None, place: str = "", **kwargs: Unpack[Options]) -> None:
        check_size("a layer's neurons", nout)
        check_size("a layer's weights", check_size("a layer's inputs", nin) * nout)
        rng = initialisation.generator(seed)
        prefix = f"{a_text(place, 'place')}." if place else ""
        self.neurons = [Neuron(nin, **kwargs, seed=rng, nout=nout, place=f"{prefix}neurons[{j}]") for j in range(nout)]

    def __call__(self, x: Sequence[Number]) -> Structure:
        """The outputs of all neurons: a list, or a single Value if there is one neuron."""
        inputs = _Inputs(x)
        answers = [neuron(inputs) for neuron in self.neurons]
        return answers[0] if len(answers) == 1 else answers

    def _takes(self) -> int:
        return self.neurons[0]._takes()

    def __repr__(self) -> str:
        return f"Layer of [{compact(map(repr, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: each neuron takes all outputs of the previous layer.

    Args:
        nin: how many inputs.
        nouts: the sizes of the layers; the last is the number of outputs.
        activation: the activation of the hidden layers.
        output: the activation of the last layer.
        init: as for `Neuron`.
        seed: as for `Neuron`; the same seed gives the same weights.

    Example:
        >>> MLP(2, [3, 1], seed=7)
        MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        *,
        init: str | Initialiser = "uniform",
        seed: Seed = None,
    ) -> None:
        if not hasattr(nouts, "__len__") or not sized(nouts, "the sizes of the layers"):
            raise ValueError(
                f"a network needs a list of its layers' sizes, such as MLP(2, [3, 1]), not {as_code(nouts)}"
            )
        activations.find(activation)  # an unknown name is refused even without hidden layers
        rng = initialisation.generator(seed)
        sizes = [nin, *iterated(nouts, "the sizes of the layers")]
        self.layers = [
            Layer(
                sizes[i],
                sizes[i + 1],
                seed=rng,
                place=f"layers[{i}]",
                nonlin=i < len(nouts) - 1 or output != "linear",
                activation=activation if i < len(nouts) - 1 else output,
                init=init,
            )
            for i in range(len(nouts))
        ]

    def __call__(self, x: Sequence[Number]) -> Structure:
        """The network's outputs for `nin` inputs: a list, or a single Value if there is one output."""
        answers: Structure = x
        for i, layer in enumerate(self.layers):
            answers = layer(answers if i == 0 or isinstance(answers, list) else [answers])
        return answers

    def _takes(self) -> int:
        return self.layers[0]._takes()

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


def compact(parts: Iterable[str], most: int = 16) -> str:
    """The parts separated by commas; runs of equal parts are counted if the list is long: `32 × ReLUNeuron(64)`."""
    listed = list(parts)
    if len(listed) <= most:
        return ", ".join(listed)
    runs = [(text, len(list(alike))) for text, alike in itertools.groupby(listed)]
    return ", ".join(f"{count} × {text}" if count > 1 else text for text, count in runs)


def a_module(module: object, function: str) -> Module:
    """The argument, if it is a module.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(module, Module):
        raise TypeError(f"{function} needs a module, not {shown(module)}")
    return module


def check_size(what: str, size: int) -> int:
    """The size, if it is a whole number from 1 that memory has room for."""
    return a_whole_number(size, what, least=1, most=LARGEST)
