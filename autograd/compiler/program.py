"""`compile`: a scalar graph as a program that runs on batches of examples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd.arguments import a_dtype, values
from autograd.compiler import ir, report
from autograd.compiler.build import build
from autograd.compiler.frozen import warn_of_frozen
from autograd.compiler.grouping import CONSTANTS, Group
from autograd.compiler.machine import Machine
from autograd.files import write_whole
from autograd.graph import describe, topological
from autograd.value import Value
from autograd.words.display import bundle

if TYPE_CHECKING:
    from autograd.annotations import Numbers, Structure


def compile(
    roots: Value | Sequence[Value],
    inputs: Iterable[Value] = (),
    params: Iterable[Value] = (),
    dtype: str | type = "float64",
    *,
    also: Iterable[Value] = (),
) -> Program:
    """Compiles a graph of scalars into a few numpy calls, which compute it for a whole batch of examples.

    The graph describes one example. Its leaves in `inputs` take new numbers for each example; those in `params` are
    learned; all others are constants, with their current data. Control flow is frozen: decisions that Python made while
    it built the graph, by comparisons or `.data`, stay as they were, and so do numbers computed from `.data`. A warning
    names the lines. `autograd.jit` compiles a function together with its decisions.

    Args:
        roots: the results: one Value, such as a loss, or several.
        inputs: leaves, in the order of the columns of the data. Leaves that the graph does not use are ignored.
        params: leaves, in the order of `program.params`. If the graph does not use one, its gradient is 0.
        dtype: `float64` or `float32`, the type of all computation.
        also: other results of the same graph, such as a network's outputs beside its loss. They are computed in the
            same pass and returned with each result.

    Raises:
        TypeError: a root, an input or a parameter is not a Value; or a node was made by hand and has no rule.
        ValueError: the graph is a chain of more than 50,000 operations, or as irregular; an input or parameter is not a
            leaf, or is given twice; no root depends on a parameter; or the dtype is neither of the two.

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
    kind = a_dtype(dtype)
    single = isinstance(roots, Value)
    results = values([roots] if isinstance(roots, Value) else roots, "the roots of a program")
    if not results:
        raise ValueError("there is nothing to compile: pass a Value or a list of Values")
    program = Program(
        results, values(also, "also"), _leaves("input", inputs), _leaves("parameter", params), kind, single
    )
    constants = program.graph()[CONSTANTS].nodes
    warn_of_frozen([*results, *program._also], program._inputs, program._parameters, constants, stacklevel=2)
    return program


def _leaves(what: str, given: Iterable[Value]) -> list[Value]:
    leaves = values(given, f"{what}s")
    for i, leaf in enumerate(leaves):
        if leaf._prev:
            raise ValueError(f"{what} {i} is computed by {describe(leaf)}; only leaves can be inputs or parameters")
    return leaves


class Program:
    """A compiled graph; see `autograd.compile`."""

    def __init__(
        self,
        roots: list[Value],
        also: list[Value],
        inputs: list[Value],
        params: list[Value],
        dtype: np.dtype[Any],
        single: bool,
        vector: Numbers | None = None,
        learned: slice = slice(None),
    ) -> None:
        _check_distinct(inputs, params)
        self._roots, self._also, self._inputs, self._parameters = roots, also, inputs, params
        self._dtype, self._single, self._learned = dtype, single, learned
        self._vector = np.array([v.data for v in params], dtype=dtype) if vector is None else vector
        """The numbers of all parameters, which siblings share."""
        self._start()
        if params and not any(array.attr is ir.PARAMS for array in ir.walk(*self._built.results)):
            raise ValueError("no root depends on any of the parameters: were they computed from other Values?")

    def _start(self) -> None:
        self._built = build([*self._roots, *self._also], self._inputs, self._parameters, learned=self._learned)
        self._machine = Machine(self._built, self._vector, self._dtype)
        self._of_nodes: dict[tuple[int, ...], Machine] = {}

    # Running

    def __call__(self, X: npt.ArrayLike | None = None) -> Structure:
        """Computes the roots for each example.

        Args:
            X: (batch, inputs), numbers. nan and inf propagate as in floats. A program without inputs needs no X.

        Returns:
            (batch,) for one root, (batch, roots) for a list of them. If the program was compiled with `also`, a pair of
            that and (batch, also).

        Raises:
            TypeError: X does not hold real numbers.
            ValueError: X has another shape.
            ValueError, ZeroDivisionError, OverflowError: the same operation on Values raises. The message names the
                operation and the example.
        """
        X = self._checked(X)
        results = self._machine.forward(X)
        count = len(self._roots)
        answers = _columns(results[:count], len(X), self._dtype)
        found = answers[:, 0] if self._single else answers
        return (found, _columns(results[count:], len(X), self._dtype)) if self._also else found

    def value_and_grad(self, X: npt.ArrayLike | None = None) -> tuple[Structure, Numbers]:
        """The mean of the root over a batch, and its gradient.

        Args:
            X: (batch, inputs). A program without inputs needs no X.

        Returns:
            The mean and its gradient, (parameters,). That array is `program.grads`; the next call overwrites it. If the
            program was compiled with `also`, the pair of the mean and (batch, also) takes the
            place of the mean, as with JAX's `has_aux`.

        Raises:
            TypeError, ValueError, ZeroDivisionError, OverflowError: as for a call.
            ValueError: the program has several roots, or no parameters.
        """
        self._check_learnable()
        X = self._checked(X)
        machine = self._machine
        results = machine.forward(X)
        loss = machine.mean(results[0])
        found = (loss, _columns(results[1:], len(X), self._dtype)) if self._also else loss
        machine.backward()
        return found, self.grads

    def _check_learnable(self) -> None:
        if not self._single:
            raise ValueError(f"a gradient needs one root, and this program has a list of {len(self._roots)}")
        if not self._parameters:
            raise ValueError("this program has no parameters: compile(loss, inputs=..., params=model.parameters())")

    def grads_of(self, nodes: Sequence[Value], X: npt.ArrayLike | None = None) -> Numbers:
        """The derivative of the root with respect to inner nodes or inputs, for each example.

        Args:
            nodes: nodes of the graph. For parameters, use `value_and_grad`.
            X: (batch, inputs).

        Returns:
            (batch, nodes).

        Raises:
            ValueError: a node is not in the graph, or is a parameter or a constant.
        """
        if not self._single:
            raise ValueError(f"a gradient needs one root, and this program has a list of {len(self._roots)}")
        nodes = values(nodes, "nodes")
        known = {*map(id, topological(self._roots[0])), *map(id, self._inputs)}
        for node in nodes:
            if id(node) not in known:
                raise ValueError(f"{node!r} is neither computed in this program nor one of its inputs")
        X = self._checked(X)
        key = tuple(map(id, nodes))
        if key not in self._of_nodes:
            built = build(self._roots, self._inputs, self._parameters, nodes)
            self._of_nodes[key] = Machine(built, self._vector, self._dtype)
        machine = self._of_nodes[key]
        machine.forward(X)
        found = iter(machine.backward())
        columns = [None if each is None else next(found) for each in machine.built.wanted]
        return _columns([np.zeros((1, 1)) if c is None else c * len(X) for c in columns], len(X), self._dtype)

    def sibling(
        self,
        roots: Value | Sequence[Value],
        inputs: Iterable[Value] | None = None,
        params: Iterable[Value] | None = None,
        *,
        also: Iterable[Value] = (),
    ) -> Program:
        """A program for other results of the same graph, which shares this program's parameters.

        A network is trained by its loss, for example, while its outputs need no targets:
        `predict = program.sibling(outputs, inputs=pixels)`.

        Args:
            roots: as for `compile`.
            inputs: leaves; by default those of this program.
            params: the parameters that the sibling learns, consecutive ones of this program; by default all. The others
                keep this program's numbers.
            also: as for `compile`.

        Raises:
            TypeError, ValueError: as for `compile`.
            ValueError: `params` are not consecutive parameters of this program.
        """
        single = isinstance(roots, Value)
        given = self._inputs if inputs is None else _leaves("input", inputs)
        learned = self._learned if params is None else self._slice(_leaves("parameter", params))
        results = values([roots] if isinstance(roots, Value) else roots, "the roots of a program")
        return Program(
            results, values(also, "also"), given, self._parameters, self._dtype, single, self._vector, learned
        )

    def _slice(self, params: list[Value]) -> slice:
        own = list(map(id, self._parameters))
        start = own.index(id(params[0])) if params and id(params[0]) in own else 0
        if not params or own[start : start + len(params)] != list(map(id, params)):
            raise ValueError("the parameters of a sibling must be consecutive parameters of this program")
        return slice(start, start + len(params))

    # Parameters and gradients

    @property
    def params(self) -> Numbers:
        """The parameters' numbers, (parameters,). Optimisers change them in place; `sync()` writes them to the Values.

        Assigning an array copies its numbers.
        """
        return self._vector[self._learned]

    @params.setter
    def params(self, numbers: npt.ArrayLike) -> None:
        given = self._as_array("params", numbers)
        if given.shape != self.params.shape:
            raise ValueError(
                f"params has the shape {self.params.shape}, and cannot take numbers of shape {given.shape}"
            )
        self.params[...] = given

    @property
    def grads(self) -> Numbers:
        """The gradient of this thread's last `value_and_grad`, (parameters,); zeros before the first."""
        return self._machine.grads[self._learned]

    def refresh(self) -> Program:
        """Reads the parameters' numbers from their Values, for example after loading, and returns the program.

        It is the inverse of `sync()`.
        """
        self.params[...] = [v.data for v in self._parameters[self._learned]]
        return self

    def sync(self) -> None:
        """Writes the parameters into the `data` of their Values, and this thread's gradients into their `grad`."""
        own = self._parameters[self._learned]
        for value, data, grad in zip(own, self.params.tolist(), self.grads.tolist(), strict=True):
            value.data, value.grad = data, grad

    # Data

    def _checked(self, X: npt.ArrayLike | None) -> Numbers:
        count = len(self._inputs)
        if type(X) is np.ndarray and X.dtype == self._dtype and X.ndim == 2 and X.shape[1] == count and len(X):
            return X
        if X is None and not count:
            return np.empty((1, 0), self._dtype)
        X = self._as_array("X", X)
        if X.ndim != 2 or X.shape[1] != count or not len(X):
            hint = "; for one example pass X[None]" if X.shape == (count,) else ""
            raise ValueError(f"X has the shape {X.shape}, and should have (batch, {count}), batch at least 1{hint}")
        with np.errstate(over="ignore"):  # numbers too large for float32 become inf
            numbers: Numbers = X.astype(self._dtype, copy=False)
        return numbers

    @staticmethod
    def _as_array(what: str, given: npt.ArrayLike | None) -> Numbers:
        try:
            found: Numbers = np.asarray(given)
        except ValueError:
            raise ValueError(f"the rows of {what} differ in length") from None
        if found.dtype.kind not in "biuf":
            raise TypeError(f"{what} must contain real numbers, not {found.dtype}")
        return found

    # Looking inside

    @property
    def source(self) -> str:
        """The numpy source of the program."""
        return self._built.emitted.source

    def listing(self) -> str:
        """The array program, forward and backward, as readable text."""
        gradient = [] if self._built.gradient is None else [self._built.gradient]
        return ir.listing(*self._built.results, *gradient)

    @property
    def scalars(self) -> int:
        """The number of scalar operations in the graph."""
        return self._built.grouping.scalars

    def graph(self) -> list[Group]:
        """The groups of alike scalars, in the order of computation."""
        return self._built.grouping.groups

    def __repr__(self) -> str:
        return report.report(self._built)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """For IPython and Jupyter: the report and, if the Values hold the program's numbers, their graph."""
        held = np.array([value.data for value in self._parameters], dtype=self._dtype)
        if not np.array_equal(held, self._vector, equal_nan=True):
            return bundle(f"{self!r}\nThe Values are out of date: call program.sync() to see their graph here.")
        return bundle(repr(self), *self._roots)

    # Elsewhere

    def to_jax(self) -> Callable[[Any, Any], Any]:
        """The program as a pure JAX function `f(params, X)`, for computations that outgrow one core.

        It takes (parameters,) and (batch, inputs), and returns (batch,), or (batch, roots) for a list of roots.
        `jax.jit`, `grad`, `vmap` and `hessian` apply; derivatives at corners are those of this project. It computes in
        the type of `params`. An undefined operation gives nan or inf.

        Raises:
            ModuleNotFoundError: JAX is not installed.

        Example: `jax.jit(jax.grad(lambda params, X: f(params, X).mean()))` is the gradient of the mean loss.
        """
        from autograd.compiler.jax_backend import function

        results = self._built.results[: len(self._roots)]
        return function(results, self._built.grouping.constants, self._single, self._vector.copy(), self._learned)

    def to_onnx(self, path: str | os.PathLike[str], *, grads: bool = False) -> None:
        """Writes the program as an ONNX model, which runs without Python and without this project.

        The input is `X`, (batch, inputs), for any batch size. The output is `Y`, (batch,), or (batch, roots) for a list
        of roots; and `also`, (batch, also), if the program was compiled with it. The model contains the parameters'
        current numbers. It computes in the type of this program. An undefined operation gives nan or inf.

        Args:
            path: the file; its folder must exist.
            grads: make the parameters an input, `params`, and add two outputs: `loss`, the mean of the root over the
                batch, and `grads`, its gradient for `params`. The model can then be trained wherever it runs.

        Raises:
            ModuleNotFoundError: ONNX is not installed.
            ValueError: `grads` is set, and the program has several roots or no parameters.
            OSError: the file cannot be written. An existing file is left unchanged.
        """
        if grads:
            self._check_learnable()
        from autograd.compiler.onnx_backend import model

        roots = None if self._single else len(self._roots)
        learned = self._learned if grads else None
        write_whole(path, model(self._built, roots, len(self._inputs), self._vector, learned))

    def to_js(self) -> str:
        """The program as JavaScript: the source of one self-contained ES module, for browsers and node.

        It exports `parameters`, their current numbers; `forward(params, X)`, which returns an array for each root; and
        `valueAndGrad(params, X)`, if there are parameters and one root. X is the rows of a batch, as arrays or
        flattened. Matrices are multiplied in WebAssembly or, if it is missing or forbidden, in JavaScript. The module
        computes in float64. An undefined operation gives nan or inf.

        Example:
            >>> import autograd
            >>> x, w = autograd.Value(0.0), autograd.Value(3.0)
            >>> text = autograd.compile((w * x - 1) ** 2, inputs=[x], params=[w]).to_js()
            >>> "export function valueAndGrad(params, X)" in text
            True

        In JavaScript: `const [loss, derivatives] = valueAndGrad(parameters, [[1], [2]])`.
        """
        from autograd.compiler.javascript_backend import module

        roots = None if self._single else len(self._roots)
        return module(self._built, roots, len(self._inputs), self._vector, self._learned)

    # Copies

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("_built", "_machine", "_of_nodes")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()


def _columns(results: Sequence[Numbers], batch: int, dtype: np.dtype[Any]) -> Numbers:
    """Joins results as the columns of one array."""
    answers = np.empty((batch, len(results)), dtype)
    for i, result in enumerate(results):
        answers[:, i] = result
    return answers


def _check_distinct(inputs: list[Value], params: list[Value]) -> None:
    seen: dict[int, str] = {}
    for what, leaves in (("input", inputs), ("parameter", params)):
        for i, leaf in enumerate(leaves):
            if id(leaf) in seen:
                raise ValueError(f"{what} {i} is the same Value as {seen[id(leaf)]}: {leaf!r}")
            seen[id(leaf)] = f"{what} {i}"
