"""Optimisers: how the gradients change the parameters.

An optimiser takes a list of Values, or a compiled program, whose parameters and gradients are one vector each. The
rule of each optimiser is written once, for a number and for a vector alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from autograd import Value

Rate = float | Callable[[int], float]


class Optimiser:
    """Steps downhill.

    Args:
        params: the Values to change, or a compiled program.
        lr: the learning rate, a number above 0, or a schedule (see `nn.schedules`): a function of the step, from 0.

    Raises:
        ValueError: the rate is not above 0 and finite; there are no parameters, or one comes twice or is no leaf.
        TypeError: a parameter is no Value.
    """

    def __init__(self, params: Iterable[Value] | Any, lr: Rate) -> None:
        given: Any = params
        self._program = given if hasattr(given, "value_and_grad") else None
        self.params: list[Value] = [] if self._program is not None else _leaves(params)
        if not (self.params or (self._program is not None and len(self._program.params))):
            raise ValueError("there are no parameters to optimise")
        if not callable(lr):
            _check("the learning rate", lr, above=0.0)
        self.lr = lr
        self.steps = 0
        self._states: list[dict[str, Any]] = [{} for _ in range(len(self.params) or 1)]

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self.lr(self.steps) if callable(self.lr) else self.lr

    def step(self) -> None:
        """Changes each parameter by its gradient.

        Raises:
            ValueError: a schedule gives a rate that is below 0 or not finite. Nothing is changed then.
        """
        rate = self.rate
        _check(f"the learning rate of step {self.steps}", rate, least=0.0)
        self.steps += 1
        if self._program is not None:
            self._program.params[...] = self._changed(self._program.params, self._program.grads, rate, self._states[0])
        for parameter, state in zip(self.params, self._states if self.params else [], strict=True):
            parameter.data = self._changed(parameter.data, parameter.grad, rate, state)

    def zero_grad(self) -> None:
        """Sets the gradients to 0, as `Module.zero_grad`; a program computes its own afresh."""
        for parameter in self.params:
            parameter.grad = 0.0

    def _changed(self, p: Any, g: Any, rate: float, state: dict[str, Any]) -> Any:
        """The parameter after a step along its gradient, a number or a vector; `state` is kept for the next."""
        raise NotImplementedError


class SGD(Optimiser):
    """Gradient descent: each parameter moves against its gradient, by the learning rate.

    Args:
        params: the Values to change, or a compiled program.
        lr: the learning rate, or a schedule.
        momentum: how much of the last change goes on, from 0 (none) to below 1:
            v ← momentum · v + g, p ← p - lr · v. Source: B. Polyak, 1964, in the form of PyTorch.
        weight_decay: adds that multiple of the parameter to its gradient, which pulls it to 0.
    """

    def __init__(
        self, params: Iterable[Value] | Any, lr: Rate = 0.01, *, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr)
        _check("momentum", momentum, least=0.0, below=1.0)
        _check("weight decay", weight_decay, least=0.0)
        self.momentum, self.weight_decay = momentum, weight_decay

    def _changed(self, p: Any, g: Any, rate: float, state: dict[str, Any]) -> Any:
        if self.weight_decay:
            g = g + self.weight_decay * p
        if self.momentum:
            g = state["velocity"] = self.momentum * state.get("velocity", 0.0) + g
        p -= rate * g
        return p


class Adam(Optimiser):
    """Gradient descent with a rate for each parameter, from running means of its gradient and the square of that.

    m ← β₁m + (1 - β₁)g, v ← β₂v + (1 - β₂)g², p ← p - lr · m̂ / (√v̂ + ε), where m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ) at step t. Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015,
    algorithm 1.

    Args:
        params: the Values to change, or a compiled program.
        lr: the learning rate, or a schedule.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: ε, above 0.
    """

    def __init__(
        self,
        params: Iterable[Value] | Any,
        lr: Rate = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, lr)
        for beta in betas:
            _check("beta", beta, least=0.0, below=1.0)
        _check("eps", eps, above=0.0)
        self.betas, self.eps = betas, eps

    def _changed(self, p: Any, g: Any, rate: float, state: dict[str, Any]) -> Any:
        beta1, beta2 = self.betas
        m = state["m"] = beta1 * state.get("m", 0.0) + (1.0 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0.0) + (1.0 - beta2) * g * g
        size = (v / (1.0 - beta2**self.steps)) ** 0.5
        p -= rate / (1.0 - beta1**self.steps) * m / (size + self.eps)
        return p


def _leaves(params: Any) -> list[Value]:
    if hasattr(params, "parameters"):
        raise TypeError(f"an optimiser takes Values: pass {type(params).__name__.lower()}.parameters()")
    leaves = list(params)
    for i, parameter in enumerate(leaves):
        if not isinstance(parameter, Value):
            raise TypeError(f"a parameter must be a Value, not {type(parameter).__name__}")
        if parameter._prev:
            raise ValueError(f"parameter {i} is computed from others, and would be computed anew: {parameter!r}")
    if len(set(leaves)) < len(leaves):
        raise ValueError("a parameter is in the list twice, and would be changed twice at each step")
    return leaves


def _check(what: str, x: float, *, least: float = -math.inf, above: float = -math.inf, below: float = math.inf) -> None:
    if not (x >= least and above < x < below):
        bounds = [f"at least {least:g}"] * (least > -math.inf) + [f"above {above:g}"] * (above > -math.inf)
        bounds += [f"below {below:g}" if below < math.inf else "finite"]
        raise ValueError(f"{what} must be {' and '.join(bounds)}, not {x!r}")
