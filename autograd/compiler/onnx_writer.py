"""Builds an ONNX graph: its nodes and constants.

Equal nodes are made once. Operations that only rearrange constants are done here, so that the file contains a matrix of
weights as that matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir import Index

if TYPE_CHECKING:
    from collections.abc import Hashable

    from autograd.annotations import Numbers

try:
    from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper
except ModuleNotFoundError:
    raise ModuleNotFoundError("to_onnx() needs ONNX: pip install 'glassgrad[onnx]'") from None


OPEN = -1
"""The batch size in a shape, as `Reshape` encodes it."""

INTEGER: int = TensorProto.INT64

_OPERATIONS, _FORMAT = 18, 8
"""The versions of the ONNX operation set and file format."""


class Writer:
    """Makes nodes over one number type. Values are referred to by names, which contain no text from users."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.kind: int = helper.np_dtype_to_tensor_dtype(dtype)
        self._made: dict[Hashable, str] = {}
        self._count = 0
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, Numbers] = {}
        self.notes: dict[str, str] = {}
        self.note = ""
        """The origin of new nodes and constants."""
        self.batch = self.integers(1)
        """The batch size, as a value."""
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []
        self._reshaped: dict[str, tuple[str, tuple[int, ...]]] = {}
        """For each reshaped value, the original value and its shape."""

    def node(self, op: str, *inputs: str, **attributes: object) -> str:
        """The output of a node."""
        key = (op, inputs, tuple([(name, repr(value)) for name, value in attributes.items()]))
        if key not in self._made:
            self._made[key] = name = self._name(op)
            self.nodes.append(helper.make_node(op, inputs, [name], name, self.note, **attributes))
        return self._made[key]

    def constant(self, numbers: npt.ArrayLike, dtype: npt.DTypeLike | None = None, stem: str = "constant") -> str:
        """A constant of the model, in its type unless another is given; its name begins with a stem."""
        with np.errstate(over="ignore"):  # numbers too large for float32 become inf
            array = np.asarray(numbers, dtype or self.dtype)
        key = (stem, array.dtype, array.shape, array.tobytes())
        if key not in self._made:
            self._made[key] = name = self._name(stem)
            self.constants[name], self.notes[name] = array, self.note if stem != "constant" else ""
        return self._made[key]

    def integers(self, *numbers: int) -> str:
        """Integers: a shape, or axes."""
        return self.constant(numbers, np.int64)

    def choice(self, condition: str, shape: Sequence[int], holds: Callable[[], str], fails: Callable[[], str]) -> str:
        """One of two values; only the chosen one is computed.

        Args:
            condition: a scalar bool.
            shape: the shape of both values.
            holds: emits the value for a true condition.
            fails: emits the value for a false condition.
        """
        name = self._name("If")
        branches = {"then_branch": self._branch(shape, holds), "else_branch": self._branch(shape, fails)}
        self.nodes.append(helper.make_node("If", [condition], [name], name, self.note, **branches))
        return name

    def _branch(self, shape: Sequence[int], write: Callable[[], str]) -> GraphProto:
        outer, made = self.nodes, self._made
        self.nodes, self._made = [], dict(made)  # nodes of a branch are not visible outside it
        answer = self._value(write(), shape)
        branch = helper.make_graph(_needed(self.nodes, {answer.name}), answer.name, [], [answer])
        self.nodes, self._made = outer, made
        return branch

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    # Rearranging

    def _same(self, x: str, numbers: Numbers) -> str:
        return self.constant(numbers, numbers.dtype, x.partition("_")[0])

    def reshape(self, x: str, shape: Sequence[int], wanted: Sequence[int]) -> str:
        """The same elements in another shape, of which one size may be `OPEN`."""
        if tuple(shape) == tuple(wanted):
            return x
        if x in self.constants:
            return self._same(x, self.constants[x].reshape(wanted))
        x, shape = self._reshaped.get(x, (x, tuple(shape)))
        if shape == tuple(wanted):
            return x
        made = self.node("Reshape", x, self.integers(*wanted))
        self._reshaped[made] = (x, shape)
        return made

    def transpose(self, x: str, order: Sequence[int]) -> str:
        """The same elements with the axes in another order."""
        if list(order) == sorted(order):
            return x
        if x in self.constants:
            return self._same(x, self.constants[x].transpose(order))
        return self.node("Transpose", x, perm=list(order))

    def gather(self, x: str, index: Index) -> str:
        """The rows of a matrix at an index, whose axes replace the first axis."""
        if x in self.constants:
            return self._same(x, self.constants[x][index])
        return self.node("Gather", x, self.constant(index, np.int64), axis=0)

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """A slice along an axis."""
        if x in self.constants:
            return self._same(x, self.constants[x].take(range(start, stop), axis))
        return self.node("Slice", x, *[self.integers(number) for number in (start, stop, axis)])

    def expand(self, x: str, *sizes: int | str) -> str:
        """Repeats elements along axes of length 1. A size that is known only at run time is a value."""
        if self.batch not in sizes:
            return self.node("Expand", x, self.constant(sizes, np.int64))
        parts = [self.integers(size) if isinstance(size, int) else size for size in sizes]
        return self.node("Expand", x, self.node("Concat", *parts, axis=0))

    # The model

    def takes(self, name: str, shape: Sequence[int]) -> None:
        """Declares an input."""
        self._inputs.append(self._value(name, shape))

    def gives(self, name: str, value: str, shape: Sequence[int]) -> None:
        """Declares an output."""
        self.nodes.append(helper.make_node("Identity", [value], [name], f"{name}_given"))
        self._outputs.append(self._value(name, shape))

    def model(self) -> bytes:
        """The bytes of the model file, after ONNX's checks."""
        nodes = _needed(self.nodes, {output.name for output in self._outputs})
        used = _read(nodes)
        tensors = [self._tensor(name, self.constants[name]) for name in self.constants if name in used]
        graph = helper.make_graph(nodes, "glassgrad", self._inputs, self._outputs, tensors)
        opset = helper.make_opsetid("", _OPERATIONS)
        made = helper.make_model(graph, producer_name="glassgrad", ir_version=_FORMAT, opset_imports=[opset])
        checker.check_model(made, full_check=True)
        content: bytes = made.SerializeToString()
        return content

    def _value(self, name: str, shape: Sequence[int]) -> ValueInfoProto:
        sizes = ["batch" if size == OPEN else size for size in shape]
        made: ValueInfoProto = helper.make_tensor_value_info(name, self.kind, sizes)
        return made

    def _tensor(self, name: str, numbers: Numbers) -> TensorProto:
        tensor: TensorProto = numpy_helper.from_array(np.ascontiguousarray(numbers).reshape(numbers.shape), name)
        tensor.doc_string = self.notes[name]
        return tensor


def _needed(nodes: Sequence[NodeProto], wanted: set[str]) -> list[NodeProto]:
    """The nodes that the wanted values depend on, in order."""
    kept: list[NodeProto] = []
    for node in reversed(nodes):
        if not wanted.isdisjoint(node.output):
            kept.append(node)
            wanted |= _read([node])
    return kept[::-1]


def _read(nodes: Sequence[NodeProto]) -> set[str]:
    """The names that nodes read, including those within their branches."""
    names: set[str] = set()
    for node in nodes:
        names.update(node.input)
        for attribute in node.attribute:
            names |= _read(attribute.g.node)
    return names
