"""`compile`: a scalar graph as a program that runs on batches of examples."""

from __future__ import annotations

import gc
import math
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler import report, special
from autograd.compiler.emission import emit
from autograd.compiler.grouping import Group, group
from autograd.compiler.indexing import rows
from autograd.graph import describe, topological
from autograd.ops import Operation
from autograd.value import Value, apply

Array = npt.NDArray[Any]

_SIZES = 8
"""For so many sizes of batch, arrays are kept for the next call."""


def compile(
    roots: Value | Sequence[Value],
    inputs: Iterable[Value] = (),
    params: Iterable[Value] = (),
    dtype: str | type = "float64",
) -> Program:
    """Compiles a graph of scalars into a few numpy calls, which compute it for a whole batch of examples.

    The graph stands for one example; its leaves in `inputs` get new numbers with each example, those in `params` are
    what is learned. All other leaves are constants, with the data they have now. Control flow is frozen: where the
    Python code that built the graph looked at `.data` to decide something, the decision stays as it was made.

    Args:
        roots: what to compute: one Value, such as a loss, or several.
        inputs: leaves, in the order of the columns of the data. Those that the graph does not use are ignored.
        params: leaves, in the order of `program.params`. The gradient for one that the graph does not use is 0.
        dtype: `float64` or `float32`, in which everything is computed.

    Raises:
        TypeError: a root, an input or a parameter is no Value; or a node was made by hand, and has no rule.
        ValueError: an input or parameter is not a leaf, or is given twice; no root depends on a parameter; the dtype is
            not one of the two.

    Example:
        >>> import autograd
        >>> x, w = autograd.Value(0.0), autograd.Value(3.0)
        >>> program = autograd.compile((w * x - 1) ** 2, inputs=[x], params=[w])
        >>> program([[1.0], [2.0]])
        array([ 4., 25.])
        >>> loss, gradients = program.value_and_grad([[1.0], [2.0]])
        >>> loss, gradients
        (14.5, array([12.]))
    """
    kind = np.dtype(dtype)
    if kind not in (np.dtype("float64"), np.dtype("float32")):
        raise ValueError(f"dtype must be float64 or float32, not {kind}")
    single = isinstance(roots, Value)
    results: list[Any] = [roots] if single else list(roots)  # type: ignore[arg-type]
    if not results:
        raise ValueError("there is nothing to compile: pass a Value, or a list of them")
    for root in results:
        if not isinstance(root, Value):
            raise TypeError(f"a Value can be compiled, not {type(root).__name__}")
    return Program(results, _leaves("input", inputs), _leaves("parameter", params), kind, single)


def _leaves(what: str, given: Iterable[Value]) -> list[Value]:
    leaves = list(given)
    for i, leaf in enumerate(leaves):
        if not isinstance(leaf, Value):
            raise TypeError(f"{what} {i} must be a Value, not {type(leaf).__name__}")
        if leaf._prev:
            raise ValueError(f"{what} {i} is computed by {describe(leaf)}; only a leaf can be given from outside")
    return leaves


class Program:
    """A compiled graph: see `autograd.compile`.

    Attributes:
        params: (parameters,), the parameters' numbers. Optimisers change them in place; `sync()` writes them back.
    """

    def __init__(
        self, roots: list[Value], inputs: list[Value], params: list[Value], dtype: np.dtype[Any], single: bool
    ) -> None:
        _check_distinct(inputs, params)
        self._roots, self._inputs, self._parameters = roots, inputs, params
        self._dtype, self._single = dtype, single
        self.params: Array = np.array([v.data for v in params], dtype=dtype)
        self._build([])
        if params and not any(root.differentiated for root, _ in self._grouping.roots):
            raise ValueError("no root depends on any of the parameters: were they computed from other Values?")
        _warn_of_copies(inputs, self._grouping.groups[2].nodes)

    def _build(self, wanted: list[Value]) -> None:
        with _collector_paused():
            self._grouping = group(self._roots, self._inputs, self._parameters, wanted)
        self._emitted = emit(self._grouping)
        self._constants = np.array(self._grouping.constants, dtype=self._dtype).reshape(-1, 1)
        self._start()

    def _start(self) -> None:
        self._local = threading.local()
        namespace: dict[str, Any] = {}
        exec(self._emitted.source, namespace)
        self._prepare: Callable[..., Any] = namespace["prepare"]

    # Running

    def __call__(self, X: Any) -> Array:
        """Computes the roots for each example.

        Args:
            X: (batch, inputs), numbers; nan and inf go through as they do in floats.

        Returns:
            (batch,) for one root, (batch, roots) for a list of them.

        Raises:
            TypeError: X does not hold real numbers.
            ValueError: X has another shape; or, as ZeroDivisionError and OverflowError, what the same operation on
                Values raises, with the node and the example named.
        """
        X = self._checked(X)
        results = self._forward(X)
        answers = np.empty((len(X), len(results)), self._dtype)
        for i, result in enumerate(results):
            answers[:, i] = result
        return answers[:, 0] if self._single else answers

    def value_and_grad(self, X: Any) -> tuple[float, Array]:
        """The mean of the root over a batch, and its gradient.

        Args:
            X: (batch, inputs).

        Returns:
            The mean, and (parameters,), the gradient of the mean. The array is `program.grads`, which the next call
            overwrites: copy it to keep it.

        Raises:
            TypeError, ValueError, ZeroDivisionError, OverflowError: as for a call; ValueError too if there is not
                exactly one root, or there are no parameters.
        """
        if not self._single:
            raise ValueError(f"a gradient needs one root, and this program has a list of {len(self._roots)}")
        if not self._parameters:
            raise ValueError("this program has no parameters: compile(loss, inputs=..., params=model.parameters())")
        X = self._checked(X)
        (result,) = self._forward(X)
        loss = float(np.add.reduce(result, axis=None)) / result.size
        self._backward(len(X))
        return loss, self.grads

    def grads_of(self, nodes: Sequence[Value], X: Any) -> Array:
        """The derivative of the root for nodes within the graph or inputs, for each example.

        Args:
            nodes: of the graph; for parameters there is `value_and_grad`.
            X: (batch, inputs).

        Returns:
            (batch, nodes).

        Raises:
            ValueError: a node is not in the graph, or is a parameter or a constant.
        """
        if not self._single:
            raise ValueError(f"a gradient needs one root, and this program has a list of {len(self._roots)}")
        known = {*topological(self._roots[0]), *self._inputs}
        for node in nodes:
            if node not in known:
                raise ValueError(f"{node!r} is neither computed in this program nor one of its inputs")
        other = self._with_wanted(list(nodes))
        X = other._checked(X)
        other._forward(X)
        results = other._backward(len(X))
        return np.stack([result * len(X) for result in results], axis=1)

    def _with_wanted(self, nodes: list[Value]) -> Program:
        kept: dict[tuple[Value, ...], Program] = self.__dict__.setdefault("_others", {})
        key = tuple(nodes)
        if key not in kept:
            other = Program.__new__(Program)
            other.__dict__.update({name: held for name, held in self.__dict__.items() if name != "_others"})
            other._build(nodes)
            kept[key] = other
        return kept[key]

    @property
    def grads(self) -> Array:
        """(parameters,), the gradient that this thread's last `value_and_grad` computed; zeros before."""
        if not hasattr(self._local, "grads"):
            self._local.grads = np.zeros(len(self.params), self._dtype)
        found: Array = self._local.grads
        return found

    def refresh(self) -> Program:
        """Takes the parameters' numbers from their Values again, after these were assigned to or loaded; returns this.

        It is the reverse of `sync()`.
        """
        self.params[...] = [v.data for v in self._parameters]
        return self

    def sync(self) -> None:
        """Writes the parameters into the `data` of their Values, and this thread's gradients into their `grad`."""
        for value, data, grad in zip(self._parameters, self.params.tolist(), self.grads.tolist(), strict=True):
            value.data, value.grad = data, grad

    def _forward(self, X: Array) -> tuple[Array, ...]:
        forward, guarded = self._prepared(len(X))[:2]
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
                results: tuple[Array, ...] = forward(X)
        except FloatingPointError:
            with np.errstate(all="ignore"):
                results = forward(X)
            if not all(np.isfinite(array).all() for array in guarded()):
                self._replay(X)
                with np.errstate(all="ignore"):  # for a batch of one, the replay has used the same arrays
                    results = forward(X)
        return results

    def _backward(self, batch: int) -> tuple[Array, ...]:
        prepared = self._prepared(batch)
        if prepared[3] is None:
            prepared[3] = prepared[2]()
        with np.errstate(all="ignore"):
            results: tuple[Array, ...] = prepared[3]()
        return results

    def _prepared(self, batch: int) -> list[Any]:
        """The functions and arrays of this thread for a size of batch."""
        sizes: dict[int, list[Any]] = self._local.__dict__.setdefault("sizes", {})
        if batch not in sizes:
            while len(sizes) >= _SIZES:
                del sizes[next(iter(sizes))]
            params, index = self.params[:, None], self._emitted.indices
            prepare = self._prepare(np, special, rows, params, self.grads, self._constants, index, batch, self._dtype)
            sizes[batch] = [*prepare, None]
        return sizes[batch]

    def _checked(self, X: Any) -> Array:
        try:
            X = np.asarray(X)
        except ValueError:
            raise ValueError("the rows of X are not of one length") from None
        if X.dtype.kind not in "biuf":
            raise TypeError(f"X must hold real numbers, not {X.dtype}")
        count = len(self._inputs)
        if X.ndim != 2 or X.shape[1] != count or not len(X):
            hint = "; for one example pass X[None]" if X.shape == (count,) else ""
            raise ValueError(f"X has the shape {X.shape}, and should have (batch, {count}), batch at least 1{hint}")
        numbers: Array = X.astype(self._dtype, copy=False)
        return numbers

    def _replay(self, X: Array) -> None:
        """Finds the example at which an operation is undefined, and raises what the scalar operation raises."""
        forward = self._prepared(1)[0]
        for i in range(len(X)):
            try:
                with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
                    forward(X[i : i + 1])
            except FloatingPointError:
                self._evaluate(X[i], i)

    def _evaluate(self, example: Array, i: int) -> None:
        """Computes one example with Values, on a copy of the graph."""
        data = dict(zip(self._inputs, example.tolist(), strict=True))
        data.update(zip(self._parameters, self.params.tolist(), strict=True))
        copies: dict[Value, Value] = {}
        for root in self._roots:
            for node in topological(root):
                for operand in node._prev:
                    if operand not in copies:
                        copies[operand] = Value(data.get(operand, operand.data), label=operand.label)
                assert isinstance(node._rule, Operation)
                try:
                    copies[node] = apply(node._rule, *[copies[operand] for operand in node._prev])
                except (ArithmeticError, ValueError) as error:
                    raise type(error)(f"{error} (example {i} of the batch)") from None
                copies[node].label = node.label

    # Looking inside

    @property
    def source(self) -> str:
        """The numpy that runs."""
        return self._emitted.source

    def graph(self) -> list[Group]:
        """The groups of alike scalars, in the order in which they are computed."""
        return self._grouping.groups

    def __repr__(self) -> str:
        return report.report(self._grouping, self._emitted)

    # Copies

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("_local", "_prepare", "_others")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Grouping makes many small objects, all of them in use: there is nothing to collect until it is done."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_distinct(inputs: list[Value], params: list[Value]) -> None:
    seen: dict[Value, str] = {}
    for what, leaves in (("input", inputs), ("parameter", params)):
        for i, leaf in enumerate(leaves):
            if leaf in seen:
                raise ValueError(f"{what} {i} is {seen[leaf]} already: {leaf!r}")
            seen[leaf] = f"{what} {i}"


def _warn_of_copies(inputs: list[Value], constants: list[Value]) -> None:
    """Warns of a constant that looks like a copy of an input's number, taken out of the graph while it was built."""
    telling = {v.data: i for i, v in enumerate(inputs) if not (v.data * 2).is_integer() and math.isfinite(v.data)}
    for constant in constants:
        if constant.data in telling:
            warnings.warn(
                f"the constant {constant.data!r} is the number that input {telling[constant.data]} had when the graph "
                "was built: if it was taken from the input's data, it stays as it is for every example",
                stacklevel=4,
            )
            return
