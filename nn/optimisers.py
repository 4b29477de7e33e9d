"""Optimisers: they change parameters by their gradients.

An optimiser takes a list of Values, or a compiled program, whose parameters and gradients are one vector each. Each
optimiser's rule is written once and works on a number as on a vector.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd import Value
from autograd.arguments import a_mapping, a_number, a_whole_number, iterated
from autograd.atomic import assign, run
from autograd.graph import gradient, named
from autograd.shown import as_code, many, printable, shown, some
from nn import schedules

if TYPE_CHECKING:
    from autograd.annotations import Quantity, Structure
    from nn.trainable import Parameters

Rate = float | Callable[[int], float]
Moments: TypeAlias = "tuple[Quantity, ...]"
"""An optimiser's memory of one parameter, numbers or vectors; empty before the first step."""

Update: TypeAlias = "Callable[[Quantity, Quantity, Moments], tuple[Quantity, Moments]]"
"""`rule(p, g, state)`: how far a parameter moves against its gradient, and its next state; numbers or vectors."""


class Optimiser:
    """Steps downhill.

    Its state belongs to each parameter, not to a position: `params` may be reordered or extended at any time.

    Args:
        params: the Values to change; or pairs of a name and a Value, as `Module.named_parameters()` returns, in which
            case `state_dict()` uses the names; or a compiled program.
        lr: the learning rate, a number above 0, or a schedule (see `nn.schedules`): a function of the step, from 0.

    Raises:
        ValueError: the rate is not above 0 and finite; there are no parameters; one is listed twice or is not a leaf.
        TypeError: a parameter is not a Value.
    """

    def __init__(self, params: Parameters, lr: Rate) -> None:
        given: Structure = params
        self._program = given if hasattr(given, "value_and_grad") else None
        self._names: dict[Value, str] = {}
        self.params: list[Value] = []
        if self._program is None:
            self._names, self.params = _leaves(params)
        if not (self.params or (self._program is not None and len(self._program.params))):
            later = "; a jitted function finds those of modules among its arguments when it is first called"
            raise ValueError(f"there are no parameters to optimise{'' if self._program is None else later}")
        self.lr = lr if callable(lr) else a_number(lr, "the learning rate", above=0.0)
        self.steps = 0
        self._states: dict[Any, Moments] = {}

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self.lr(self.steps) if callable(self.lr) else self.lr

    def step(self) -> None:
        """Changes each parameter by its gradient: all of them, or none if anything is wrong.

        If a gradient is a Value, as after `backward(create_graph=True)`, its number is used.

        Raises:
            ValueError: a schedule returns a rate that is below 0 or not finite.
            TypeError: a gradient is not a number.
        """
        rate = self.rate
        if type(rate) is not float or not 0.0 <= rate < math.inf:
            rate = a_number(rate, f"the learning rate of step {self.steps}", least=0.0)
        change, known, params = self._rule(rate), self._states, self.params
        counted = partial(setattr, self, "steps", self.steps + 1)
        if self._program is not None:
            vector = self._program.params
            step, state = change(vector, self._program.grads, known.get(None, ()))
            stored = [partial(setattr, self, "_states", {None: state})] if state else []
            run([partial(operator.isub, vector, step), *stored, counted])
            return
        data = [p._data for p in params]
        found = list(map(change, data, _numbers(params), map(known.get, params, repeat(())) if known else repeat(())))
        steps, kept = zip(*found, strict=True)
        moved = list(map(operator.sub, data, steps))
        states = known | dict(zip(params, kept, strict=True)) if any(kept) else known
        assign(params, "_data", moved, [partial(setattr, self, "_states", states), counted])

    def zero_grad(self) -> None:
        """Sets the gradients to 0, like `Module.zero_grad`. A program computes new gradients each time anyway."""
        assign(self.params, "grad", repeat(0.0))

    def state_dict(self) -> dict[str, Any]:
        """Everything the next steps depend on except the parameters, in lists, dicts, numbers and strings.

        A parameter's state is stored under its name; without names, under its label if all labels are set and unique;
        else under its position in the list. `json` preserves it to the last digit.
        """
        names = self._keys()
        states = {names[key]: _lists(state) for key, state in self._states.items() if key in names}
        return {"kind": type(self).__name__, "steps": self.steps, "options": self._options(), "states": states}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continues where another optimiser of the same class stopped, with its options and schedule.

        A schedule that is a plain function is not part of the state: this optimiser then keeps its own.

        Raises:
            ValueError: the state belongs to another class of optimiser, or to other parameters. Nothing has changed.
            TypeError: the state is not a dict, or holds something else than numbers.
        """
        kind = type(self).__name__
        a_mapping(state, "the state", "a dict, as from state_dict()")
        if state.get("kind") != kind:
            raise ValueError(f"this is the state of {as_code(state.get('kind'))}, not of {kind!r}")
        if missing := [name for name in ("steps", "options", "states") if name not in state]:
            raise ValueError(f"the state has no {some(missing)}")
        keys = {name: key for key, name in self._keys().items()}
        kept = a_mapping(state["states"], "the states of the parameters", "a dict")
        if unknown := [name for name in kept if name not in keys]:
            raise ValueError(f"there is no parameter {some(unknown)} here: the state belongs to others")
        states = {keys[name]: self._as_kept(name, held) for name, held in kept.items()}
        steps = a_whole_number(state["steps"], "the number of steps", least=0)
        changes = {**self._chosen(state["options"]), "_states": states, "steps": steps}
        run([partial(setattr, self, name, value) for name, value in changes.items()])

    def _chosen(self, given: Structure) -> dict[str, Any]:
        """The options that a state holds, as attributes."""
        now = self._options()
        if set(a_mapping(given, "the options", "a dict")) != set(now):
            raise ValueError(
                f"a {type(self).__name__} has the options {some(now, 9)}, and the state has {some(given, 9)}"
            )
        found: dict[str, Any] = {}
        for name, x in given.items():
            if name == "lr" and (x is None or isinstance(x, Mapping)):
                found |= {} if x is None else {name: schedules.schedule(x)}
            elif isinstance(now[name], list):
                found[name] = tuple(a_number(part, name) for part in iterated(x, name))
            else:
                found[name] = a_number(x, name) if name == "lr" or isinstance(now[name], float) else x
        return found

    def _options(self) -> dict[str, Any]:
        shown = {name: x for name, x in vars(self).items() if name[0] != "_" and name not in ("params", "steps")}
        if callable(self.lr):
            shown["lr"] = self.lr.state_dict() if isinstance(self.lr, schedules.Schedule) else None
        return {name: list(x) if isinstance(x, tuple) else x for name, x in shown.items()}

    def _keys(self) -> dict[Any, str]:
        """The key of each parameter in a state."""
        if self._program is not None:
            return {None: "params"}
        labels = [self._names.get(p) or p.label for p in self.params]
        if not all(labels) or len(set(labels)) < len(labels):
            labels = [str(i) for i in range(len(self.params))]
        return dict(zip(self.params, labels, strict=True))

    def _as_kept(self, name: str, given: Structure) -> Moments:
        """Checks and converts the state of one parameter."""
        what = f"the state of {printable(name, 60)}"
        held = list(iterated(given, what))
        if self._program is None:
            for part in held:
                a_number(part, what, finite=False)
            return tuple(held)
        import numpy as np

        kept = [np.array(part, float) if isinstance(part, list) else part for part in held]
        if any(isinstance(part, np.ndarray) and part.shape != self._program.params.shape for part in kept):
            raise ValueError(
                f"this program has {many(len(self._program.params), 'parameter')}: the state belongs to another"
            )
        return tuple(kept)

    def _rule(self, rate: float) -> Update:
        """The update of a parameter at this rate; computes what all parameters share once."""
        raise NotImplementedError


class SGD(Optimiser):
    """Gradient descent: each parameter moves against its gradient, times the learning rate.

    Args:
        params: the Values to change, or a compiled program.
        lr: the learning rate, or a schedule.
        momentum: the fraction of the previous velocity that is kept, from 0 (none) to below 1:
            v ← momentum · v + g, p ← p - lr · v. Source: B. Polyak, 1964, in PyTorch's form.
        weight_decay: this multiple of the parameter is added to its gradient, which pulls it towards 0.
    """

    def __init__(
        self, params: Parameters, lr: Rate = 0.01, *, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr)
        self.momentum = a_number(momentum, "momentum", least=0.0, below=1.0)
        self.weight_decay = a_number(weight_decay, "weight_decay", least=0.0)

    def _rule(self, rate: float) -> Update:
        momentum, decay = self.momentum, self.weight_decay

        def rule(p: Quantity, g: Quantity, state: Moments) -> tuple[Quantity, Moments]:
            if decay:
                g = g + decay * p
            if not momentum:
                return rate * g, ()
            velocity = momentum * (state[0] if state else 0.0) + g
            return rate * velocity, (velocity,)

        return rule


class Adam(Optimiser):
    """Gradient descent with a rate for each parameter, from running means of its gradient and squared gradient.

    m ← β₁m + (1 - β₁)g, v ← β₂v + (1 - β₂)g², p ← p - lr · m̂ / (√v̂ + ε), where m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ) at the parameter's own step t. Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic
    Optimization", 2015, algorithm 1.

    Args:
        params: the Values to change, or a compiled program.
        lr: the learning rate, or a schedule.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: ε, above 0.
        weight_decay: this multiple of the parameter is added to its gradient, and so enters the means; see `AdamW`.
    """

    def __init__(
        self,
        params: Parameters,
        lr: Rate = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr)
        self.betas = tuple(a_number(beta, "beta", least=0.0, below=1.0) for beta in iterated(betas, "betas"))
        if len(self.betas) != 2:
            raise ValueError(f"betas must be two numbers, not {len(self.betas)}")
        self.eps = a_number(eps, "eps", above=0.0)
        self.weight_decay = a_number(weight_decay, "weight_decay", least=0.0)

    def _rule(self, rate: float) -> Update:
        adapted, decay = self._adapted(rate), self.weight_decay
        return (lambda p, g, state: adapted(p, g + decay * p, state)) if decay else adapted

    def _adapted(self, rate: float) -> Update:
        """The rule without weight decay."""
        (beta1, beta2), eps = self.betas, self.eps
        rest1, rest2 = 1.0 - beta1, 1.0 - beta2
        at_step = cache(lambda t: (rate / (1.0 - beta1**t), 1.0 - beta2**t))  # most parameters are at the same one

        def rule(p: Quantity, g: Quantity, state: Moments) -> tuple[Quantity, Moments]:
            t, m, v = state or (0, 0.0, 0.0)
            t += 1
            m = beta1 * m + rest1 * g
            v = beta2 * v + rest2 * g * g
            rate_at, by = at_step(t)
            return rate_at * m / ((v / by) ** 0.5 + eps), (t, m, v)

        return rule


class AdamW(Adam):
    """Adam with decoupled weight decay: p ← p - lr · λ · p before each step, without effect on the running means.

    Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2, in PyTorch's form.

    Args:
        params: as for `Adam`.
        lr: as for `Adam`.
        betas: as for `Adam`.
        eps: as for `Adam`.
        weight_decay: λ, at least 0.
    """

    def __init__(
        self,
        params: Parameters,
        lr: Rate = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def _rule(self, rate: float) -> Update:
        adapted, decay = self._adapted(rate), rate * self.weight_decay

        def rule(p: Quantity, g: Quantity, state: Moments) -> tuple[Quantity, Moments]:
            step, state = adapted(p, g, state)
            return step + decay * p, state

        return rule


def _numbers(params: list[Value]) -> list[float]:
    grads = [p.grad for p in params]
    if set(map(type, grads)) == {float}:
        return grads
    for p, grad in zip(params, grads, strict=True):
        if grad is None:
            raise TypeError(f"{named(p)} has no gradient: call backward() before step()")
    return list(map(gradient, params))


def _lists(state: Moments) -> list[Quantity]:
    return [part.tolist() if hasattr(part, "tolist") else part for part in state]


def _leaves(params: Structure) -> tuple[dict[Value, str], list[Value]]:
    if hasattr(params, "parameters"):
        raise TypeError(f"an optimiser takes Values: pass {type(params).__name__.lower()}.parameters()")
    given = list(iterated(params, "the parameters", "Values"))
    named = [pair for pair in given if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)]
    leaves = [pair[1] for pair in named] if named and len(named) == len(given) else given
    for i, parameter in enumerate(leaves):
        if not isinstance(parameter, Value):
            raise TypeError(f"a parameter must be a Value, not {shown(parameter)}")
        if parameter._prev:
            raise ValueError(f"parameter {i} is not a leaf: it is computed from other Values: {parameter!r}")
    if len(set(leaves)) < len(leaves):
        raise ValueError("a parameter is in the list twice, and would be updated twice in each step")
    return {value: name for name, value in named}, leaves
