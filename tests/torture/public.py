"""Every public function and method of autograd, nn and viz, found by introspection, with valid arguments.

New functions are found automatically. For a new parameter without a default, `calls` raises: add a valid argument to
`GOOD`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import autograd
import nn
import viz
from autograd import Value

OURS = ("autograd", "nn", "viz")

SPECIAL = {
    "__call__", "__getitem__", "__next__", "__add__", "__radd__", "__mul__", "__rmul__", "__sub__", "__rsub__",
    "__truediv__", "__rtruediv__", "__pow__", "__rpow__", "__mod__", "__rmod__", "__eq__", "__lt__", "__le__",
    "__gt__", "__ge__",
}  # fmt: skip
"""Methods that are called by operators or call syntax."""


class Scene:
    """A small graph with a network, and objects made from them; each use has its own."""

    def __init__(self) -> None:
        self.a, self.b = Value(2.0, label="a"), Value(-0.5, label="b")
        self.product = self.a * self.b
        self.loss = (self.product + self.a).tanh() * self.b
        self.loss.label = "loss"
        self.whole = self.loss

    @staticmethod
    def network() -> nn.MLP:
        return nn.MLP(2, [2, 1], "tanh", seed=1)

    def program(self) -> autograd.Program:
        """A program with one input and one parameter, whose result is the square of `whole`."""
        x, w = Value(1.0), Value(3.0)
        self.whole = x * w - 1.0
        return autograd.compile(self.whole**2, inputs=[x], params=[w])

    def saved(self) -> str:
        """The path of a file with a network."""
        nn.save(self.network(), "network.npz")
        return "network.npz"

    @staticmethod
    def optimised(kind: Callable[..., Any]) -> Any:
        parameter = Value(1.0, label="p")
        parameter.grad = 0.5
        return kind([parameter])


Maker = Callable[[Scene], Any]


@dataclass(frozen=True)
class Call:
    """A function that is called by name, with a way to make valid arguments."""

    name: str
    function: Callable[[Scene], Callable[..., Any]]
    """Makes the function; a bound method gets a new object each time."""
    positional: tuple[Maker, ...]
    keywords: Mapping[str, Maker]


def _square(x: Any) -> Any:
    return x * x


INSTANCES: dict[str, Maker] = {
    "Adam": lambda s: s.optimised(nn.Adam),
    "AdamW": lambda s: s.optimised(nn.AdamW),
    "Backprop": lambda s: autograd.Backprop(s.loss),
    "Drawing": lambda s: viz.draw_dot(s.product),
    "Edge": lambda s: viz.trace(s.loss)[1][0],
    "Embedding": lambda s: nn.Embedding(3, 2, seed=1),
    "Forward": lambda s: autograd.Forward(s.loss),
    "Jitted": lambda s: autograd.jit(_square),
    "Layer": lambda s: nn.Layer(2, 2, seed=1),
    "LayerNorm": lambda s: nn.LayerNorm(2),
    "LayoutError": lambda s: viz.LayoutError("no"),
    "Live": lambda s: viz.Live(s.loss),
    "MLP": lambda s: s.network(),
    "Module": lambda s: s.network(),
    "Neuron": lambda s: nn.Neuron(2, seed=1),
    "Program": lambda s: s.program(),
    "SGD": lambda s: s.optimised(nn.SGD),
    "Sequential": lambda s: nn.Sequential(nn.Layer(2, 2, seed=1), autograd.tanh),
    "Value": lambda s: s.a,
}
"""The instances for trying methods of classes that need more than their required arguments."""

NOT_CALLED = {"Program", "Jitted", "Edge", "LayoutError", "Module", "Drawing"}
"""Classes that users do not call, or that accept anything."""

_ROW = [0.5, -1.0]
GOOD: dict[str, Maker] = {
    "X": lambda s: [[1.0], [2.0]],
    "a": lambda s: s.a,
    "activation": lambda s: "tanh",
    "also": lambda s: [],
    "argnums": lambda s: 0,
    "args": lambda s: [3.0],
    "ask": lambda s: lambda prompt: "",
    "base": lambda s: 2.0,
    "betas": lambda s: (0.9, 0.99),
    "bias": lambda s: 0.5,
    "browse": lambda s: False,
    "budget": lambda s: 4,
    "cleanup": lambda s: True,
    "clip_value": lambda s: 1.0,
    "collapse": lambda s: "none",
    "condition": lambda s: 1.0,
    "constants": lambda s: True,
    "count": lambda s: 2,
    "data": lambda s: 1.0,
    "depth": lambda s: 2,
    "directions": lambda s: [1.0],
    "directory": lambda s: ".",
    "embedding_dim": lambda s: 2,
    "eps": lambda s: 1e-6,
    "every": lambda s: 2,
    "examples": lambda s: [_ROW],
    "exponent": lambda s: 2.0,
    "f": lambda s: _square,
    "factor": lambda s: 0.5,
    "filename": lambda s: "drawing",
    "folder": lambda s: "pictures",
    "format": lambda s: "dot",
    "forward": lambda s: lambda m, a: a * a,
    "function": lambda s: _square,
    "highlight": lambda s: [],
    "i": lambda s: 0,
    "index": lambda s: 1,
    "init": lambda s: "uniform",
    "inputs": lambda s: [],
    "interactive": lambda s: False,
    "label": lambda s: "name",
    "labels": lambda s: [1, -1],
    "latex": lambda s: False,
    "local_derivatives": lambda s: True,
    "logits": lambda s: [Value(0.5), 1.0],
    "loss": lambda s: s.loss,
    "lr": lambda s: 0.1,
    "max": lambda s: 1.0,
    "max_norm": lambda s: 1.0,
    "min": lambda s: 0.0,
    "module": lambda s: s.network(),
    "momentum": lambda s: 0.5,
    "name": lambda s: "squared_in_torture",
    "names": lambda s: {"p": Value(1.0)},
    "nin": lambda s: 2,
    "nout": lambda s: 2,
    "nouts": lambda s: [2, 1],
    "num_embeddings": lambda s: 3,
    "numbers": lambda s: ".3g",
    "other": lambda s: 2.0,
    "outputs": lambda s: [Value(0.5), 1.0],
    "parameters": lambda s: [],
    "params": lambda s: [Value(1.0)],
    "partials": lambda s: [lambda m, y, a: 2.0 * a],
    "path": lambda s: "file.svg",
    "place": lambda s: "here",
    "pos_weight": lambda s: 2.0,
    "probabilities": lambda s: [Value(0.5), 0.25],
    "quiet": lambda s: True,
    "rankdir": lambda s: "LR",
    "rng": lambda s: 1,
    "root": lambda s: s.product,
    "roots": lambda s: s.loss,
    "schedule": lambda s: nn.constant(0.1),
    "scores": lambda s: [Value(0.5), 1.0],
    "seed": lambda s: 1,
    "size": lambda s: 2,
    "slope": lambda s: 0.1,
    "state": lambda s: s.network().state_dict(),
    "step": lambda s: 0.01,
    "steps": lambda s: 1,
    "symbol": lambda s: "sq",
    "table": lambda s: [Value(1.0), 2.0, 3.0],
    "targets": lambda s: [0.0, 1.0],
    "title": lambda s: "A title",
    "until": lambda s: "a",
    "v": lambda s: s.loss,
    "weight_decay": lambda s: 0.1,
    "where": lambda s: 1,
    "ws": lambda s: [Value(0.5), 2.0],
    "x": lambda s: 0.5,
    "xs": lambda s: [Value(0.5), 2.0],
    "y": lambda s: 0.25,
}
"""Valid arguments by parameter name, or by function and parameter, as in `pick.index`, which takes precedence."""

GOOD |= {
    "Jitted.__call__.args": lambda s: 3.0,
    "Adam.load_state_dict.state": lambda s: s.optimised(nn.Adam).state_dict(),
    "AdamW.load_state_dict.state": lambda s: s.optimised(nn.AdamW).state_dict(),
    "SGD.load_state_dict.state": lambda s: s.optimised(nn.SGD).state_dict(),
    "Embedding.load_state_dict.state": lambda s: nn.Embedding(3, 2, seed=2).state_dict(),
    "Embedding.predict.examples": lambda s: [0, 1],
    "Layer.load_state_dict.state": lambda s: nn.Layer(2, 2, seed=2).state_dict(),
    "LayerNorm.load_state_dict.state": lambda s: nn.LayerNorm(2).state_dict(),
    "Neuron.load_state_dict.state": lambda s: nn.Neuron(2, seed=2).state_dict(),
    "Program.params": lambda s: [1.0],
    "Program.sibling.roots": lambda s: s.whole * 2.0,
    "Sequential.load_state_dict.state": lambda s: nn.Sequential(nn.Layer(2, 2, seed=2), autograd.tanh).state_dict(),
    "break_at.where": lambda s: "a",
    "Forward.run.until": lambda s: "loss",
    "Jitted.batch.args": lambda s: _ROW,
    "Jitted.value_and_grad.args": lambda s: _ROW,
    "Layer.__call__.x": lambda s: _ROW,
    "LayerNorm.__call__.x": lambda s: _ROW,
    "Live.update.loss": lambda s: 0.5,
    "MLP.__call__.x": lambda s: _ROW,
    "Neuron.__call__.x": lambda s: _ROW,
    "Program.grads_of.nodes": lambda s: [],
    "Sequential.__call__.x": lambda s: _ROW,
    "Sequential.parts": lambda s: autograd.tanh,
    "compile.params": lambda s: [],
    "cross_entropy.labels": lambda s: 1,
    "accuracy.outputs": lambda s: [_ROW],
    "accuracy.labels": lambda s: [1],
    "hvp.args": lambda s: [3.0],
    "load.path": lambda s: s.saved(),
    "play.path": lambda s: "page.html",
    "save.path": lambda s: "file.npz",
    "vjp.args": lambda s: 3.0,
    "viz.save.path": lambda s: "file.dot",
    "worksheet.path": lambda s: "sheet.html",
    "watch.nodes": lambda s: "a",
    "gradcheck.args": lambda s: [3.0],
    "maximum.others": lambda s: 1.0,
    "maximum.xs": lambda s: 2.0,
    "minimum.others": lambda s: 1.0,
    "minimum.xs": lambda s: 2.0,
    "minibatches.sequences": lambda s: [1, 2, 3],
}  # fmt: skip


def calls() -> Iterator[Call]:
    """Every public function, every public method of a public class, and every attribute that can be assigned.

    Raises:
        LookupError: a parameter has a new name, and no default.
    """
    for module in (autograd, nn, viz):
        for name in _names(module):
            thing = getattr(module, name)
            full = f"{module.__name__}.{name}"
            if not inspect.isclass(thing):
                yield _call(full, _always(thing), _signature(thing, name))
                continue
            if name not in NOT_CALLED:
                yield _call(full, _always(thing), inspect.signature(thing))
            yield from _methods(full, thing, INSTANCES.get(name) or _instance(full, thing))
    yield from _made()


def _names(module: ModuleType) -> list[str]:
    extra = {"abs", "sum", "compile"} if module is autograd else set()
    return sorted({*module.__all__, *extra})


def _always(thing: Any) -> Maker:
    return lambda s: thing


def _methods(full: str, kind: type, make: Maker) -> Iterator[Call]:
    for name in sorted(dir(kind)):
        owner = next(base for base in kind.__mro__ if name in base.__dict__)
        if not owner.__module__.startswith(OURS) or (name.startswith("_") and name not in SPECIAL):
            continue
        held = inspect.getattr_static(kind, name)
        if isinstance(held, property):
            if held.fset is not None:
                yield Call(
                    f"{full}.{name} =", _setter(make, name), (GOOD.get(f"{kind.__name__}.{name}", GOOD["x"]),), {}
                )
        elif callable(held):
            yield _call(f"{full}.{name}", _method(make, name), inspect.signature(getattr(make(Scene()), name)))


def _instance(full: str, kind: type) -> Maker:
    """An instance of a class that is not in `INSTANCES`, made with its required arguments."""
    parameters = inspect.signature(kind).parameters.values()
    needed = [
        _good(full, each) for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    ]
    return lambda s: kind(*[make(s) for make in needed])


def _method(make: Maker, name: str) -> Maker:
    return lambda s: getattr(make(s), name)


def _setter(make: Maker, name: str) -> Maker:
    return lambda s: partial(setattr, make(s), name)


def _signature(function: Callable[..., Any], name: str) -> inspect.Signature:
    found = inspect.signature(function)
    if list(found.parameters) != ["x", "args", "kwargs"]:
        return found
    # A function of numbers that is a method of Value: what follows the number is that method's.
    method = inspect.signature(getattr(Value, {"abs": "__abs__"}.get(name, name)))
    others = [each for each in method.parameters.values() if each.name != "self"]
    return inspect.Signature([found.parameters["x"], *others])


def _call(full: str, function: Maker, signature: inspect.Signature) -> Call:
    positional: list[Maker] = []
    keywords: dict[str, Maker] = {}
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        good = _good(full, parameter)
        if parameter.kind is parameter.KEYWORD_ONLY:
            keywords[parameter.name] = good
        else:
            positional.append(good)
    return Call(full, function, tuple(positional), keywords)


def _good(full: str, parameter: inspect.Parameter) -> Maker:
    parts = full.split(".")
    for start in range(len(parts) + 1):
        key = ".".join([*parts[start:], parameter.name])
        if key in GOOD:
            return GOOD[key]
    if parameter.default is parameter.empty:
        raise LookupError(f"say in GOOD what {full} takes as {parameter.name}")
    return _always(parameter.default)


def _made() -> Iterator[Call]:
    """Functions that others return, and those outside `__all__`."""
    x, y, step = GOOD["x"], GOOD["y"], GOOD["steps"]
    for transform in (autograd.grad, autograd.value_and_grad, autograd.jacobian, autograd.hessian):
        yield Call(f"autograd.{transform.__name__}(f)", _always(transform(_square)), (x,), {})
    yield Call("autograd.vjp(f)[1]", _always(autograd.vjp(_square, 3.0)[1]), (x,), {})
    yield Call("autograd.grad(f, (0, 1))", _always(autograd.grad(_times, (0, 1))), (x, y), {})
    for schedule in (nn.constant(0.1), nn.cosine(0.1, 10), nn.exponential(0.1, 0.5), nn.warmup(nn.constant(0.1), 3)):
        yield Call(f"nn.{schedule!r}", _always(schedule), (step,), {})


def _times(x: Any, y: Any) -> Any:
    return x * y
