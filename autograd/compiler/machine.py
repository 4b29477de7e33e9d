"""Runs a compiled program: each thread has its own arrays, allocated once for each batch size."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograd.compiler import domain, ir, special
from autograd.compiler.build import Built
from autograd.compiler.indexing import rows
from autograd.compiler.reference import MEANING

if TYPE_CHECKING:
    from autograd.annotations import Numbers


_SIZES = 8
"""The number of batch sizes whose arrays are kept for the next call."""


class Machine:
    """Runs a compiled program. Threads may share it."""

    def __init__(self, built: Built, vector: Numbers, dtype: np.dtype[Any]) -> None:
        self.built, self.vector, self.dtype = built, vector, dtype
        self.constants = np.array(built.grouping.constants, dtype=dtype).reshape(-1, 1)
        namespace: dict[str, Any] = {}
        exec(built.emitted.source, namespace)
        self.prepare: Callable[..., Any] = namespace["prepare"]
        self.exact = [partial(MEANING["contract"], array) for array in built.emitted.contractions]
        self.local = _Local(len(vector), dtype)

    @property
    def grads(self) -> Numbers:
        """(parameters,), this thread's gradient."""
        return self.local.grads

    def forward(self, X: Numbers) -> tuple[Numbers, ...]:
        """The results for a batch, each (1, batch), or (1, 1) if it is the same for all examples.

        Raises:
            ValueError, ZeroDivisionError, OverflowError: an operation is undefined for one of the examples.
        """
        try:
            return self.run(X, bool(self.built.fallible))
        except FloatingPointError:
            leaves = {ir.PARAMS: self.vector[:, None], ir.INPUTS: X.T, ir.CONSTANTS: self.constants}
            self.local.quiet.run(domain.check, self.built.fallible, self.built.results, leaves, len(X))
            return self.run(X, False)

    def run(self, X: Numbers, strict: bool) -> tuple[Numbers, ...]:
        """The results, finite or not.

        Raises:
            FloatingPointError: `strict` is set, and a result is not finite.
        """
        prepared = self.local.sizes.get(len(X))
        if prepared is None:
            prepared = self._prepared(len(X))
        self.local.current = prepared
        return (prepared.strict if strict else prepared.quiet)(prepared.forward, X, strict)

    def mean(self, losses: Numbers) -> float:
        """The mean of a result of the last batch over its examples."""
        if losses.size == 1:
            return float(losses.item())
        return float(losses[0].dot(self.local.current.weights))

    def backward(self) -> tuple[Numbers, ...]:
        """The gradients of the batch of the last `forward`."""
        prepared = self.local.current
        if prepared.backward is None:
            prepared.backward = prepared.quiet(prepared.prepare_backward)
        return prepared.quiet(prepared.backward)

    def _prepared(self, batch: int) -> _Prepared:
        local = self.local
        while len(local.sizes) >= _SIZES:
            del local.sizes[next(iter(local.sizes))]
        seed = np.full((1, batch), 1.0 / batch, self.dtype)
        if not self.built.results[0].batched:
            seed = np.ones((1, 1), self.dtype)
        emitted = self.built.emitted
        forward, prepare_backward = local.quiet.run(
            self.prepare, np, special, rows, self.vector[:, None], local.grads[:, None], self.constants, seed,
            emitted.indices, self.exact, batch, self.dtype,
        )  # fmt: skip
        local.sizes[batch] = prepared = _Prepared(
            forward, prepare_backward, local, np.full(batch, 1.0 / batch, self.dtype)
        )
        return prepared


class _Local(threading.local):
    """The state of one thread.

    Floating-point errors are ignored or raised in contexts that are made once. Entering `np.errstate` at each call
    would cost as much as two operations of a small network.
    """

    def __init__(self, parameters: int, dtype: np.dtype[Any]) -> None:
        self.grads = np.zeros(parameters, dtype)
        self.sizes: dict[int, _Prepared] = {}
        self.current: _Prepared
        """The functions of the last call."""
        self.quiet, self.strict = _context("ignore"), _context("raise")


def _context(errors: Literal["ignore", "raise"]) -> Context:
    context = copy_context()
    context.run(partial(np.seterr, divide=errors, over=errors, invalid=errors, under="ignore"))
    return context


class _Prepared:
    """The functions of one thread for one batch size."""

    __slots__ = ("backward", "forward", "prepare_backward", "quiet", "strict", "weights")

    def __init__(
        self, forward: Callable[..., Any], prepare_backward: Callable[..., Any], local: _Local, weights: Numbers
    ) -> None:
        self.forward, self.prepare_backward = forward, prepare_backward
        self.quiet, self.strict = local.quiet.run, local.strict.run
        self.backward: Callable[[], tuple[Numbers, ...]] | None = None
        self.weights = weights
        """The weight of each example in a mean."""
