"""`Value`: a scalar that remembers how it was made.

Arithmetic on Values builds a graph as it computes: each result keeps its operands and, for each of them, the local
derivative at that moment. `backward()` walks the graph from the result to its leaves and applies the chain rule.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Union, cast

from autograd import modes, ops
from autograd.arithmetic import Arithmetic, quiet, strict
from autograd.ops import Operation

if TYPE_CHECKING:
    from typing import TypeAlias

Number: TypeAlias = Union["Value", float, int]

_new = object.__new__


class Handmade:
    """What stands in place of an `Operation` in a node made by `Value(data, operands, …)`.

    Its derivatives are numbers given with it, or a `_backward` closure assigned to it; there is no rule to
    differentiate again or to compile.
    """

    __slots__ = ("backward", "symbol")

    def __init__(self, symbol: str, backward: Callable[[], object] | None = None) -> None:
        self.symbol = symbol
        self.backward = backward


class Value:
    """A real number that remembers how it was computed.

    Args:
        data: the number. Anything that is a real scalar is taken: int, float, Fraction, Decimal, a numpy scalar.
        _children: the operands, for a node made by hand.
        _op: how such a node is shown, or a tuple with its local derivatives, one for each operand.
        label: a name, for drawings and messages.
        _prev: the same as `_children`.

    Raises:
        TypeError: `data` is no real scalar, or an operand is no Value.
        ValueError: as many operands as local derivatives are needed.

    Example:
        >>> a = Value(2.0, label="a")
        >>> b = a * a + 3
        >>> b.backward()
        >>> b.data, a.grad
        (7.0, 4.0)
    """

    # One or two operands and their local derivatives stand in the node itself: no tuples and no closures, so that a
    # node is one object to the garbage collector, and in no cycle. More operands, or those of a node made by hand,
    # are a tuple in `_a`, their derivatives a tuple in `_da`.
    __slots__ = ("__dict__", "_a", "_b", "_da", "_data", "_db", "_rule", "grad")

    grad: Any
    """d(root)/d(this) after `root.backward()`: a float, or a Value after `backward(create_graph=True)`."""
    _data: float
    _a: Any
    _b: Value | None
    _da: Any
    _db: Any
    _rule: Operation | Handmade | None

    label: str = ""
    """A name, for drawings and messages."""
    place: str = ""
    """Where in a network it was computed, such as `layers[0].neurons[3]`; set by `nn` on what a module returns."""

    def __init__(
        self,
        data: Any,
        _children: Iterable[Value] = (),
        _op: str | tuple[float, ...] = "",
        label: str = "",
        *,
        _prev: Iterable[Value] = (),
    ) -> None:
        self._data = data if type(data) is float else _as_float(data)
        self.grad = 0.0
        self._a = self._b = self._da = self._db = self._rule = None
        if label:
            self.label = label
        if _children or _prev or _op:
            self._make_by_hand(tuple(_children or _prev), _op)

    def _make_by_hand(self, operands: tuple[Value, ...], op: str | tuple[float, ...]) -> None:
        for operand in operands:
            if not isinstance(operand, Value):
                raise TypeError(f"an operand must be a Value, not {_shown(operand)}; wrap it: Value(...)")
        if isinstance(op, str):
            self._rule = Handmade(op)
        else:
            if len(op) != len(operands):
                raise ValueError(f"{len(operands)} operands need as many local derivatives, not {len(op)}")
            self._rule = Handmade("")
            self._da = tuple(map(_as_float, op))
        if operands and modes.recording():
            self._a = operands

    # How the node was made, for reading

    @property
    def data(self) -> float:
        """The number. Assigning takes any real scalar; `refresh()` carries a change on to what depends on it."""
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        self._data = number if type(number) is float else _as_float(number)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The operands in order, repeats included; empty for a leaf."""
        a, b = self._a, self._b
        if b is not None:
            return (a, b)
        if a is None:
            return ()
        return a if type(a) is tuple else (a,)

    _children = _prev

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """The derivative of this node for each operand, as of the forward pass; empty where only `_backward` knows."""
        if self._b is not None:
            return (self._da, self._db)
        if self._da is None:
            return ()
        return self._da if type(self._da) is tuple else (self._da,)

    @property
    def _op(self) -> str:
        """The operation's symbol; empty for a leaf."""
        return "" if self._rule is None else self._rule.symbol

    @property
    def _backward(self) -> Callable[[], object]:
        """Applies the chain rule at this one node. A function assigned to it takes that over."""
        if isinstance(self._rule, Handmade) and self._rule.backward is not None:
            return self._rule.backward
        return self._apply_chain_rule

    @_backward.setter
    def _backward(self, function: Callable[[], object]) -> None:
        operands = self._prev
        self._rule = Handmade(self._op, function)
        self._a, self._b, self._da, self._db = operands or None, None, None, None

    def _apply_chain_rule(self) -> None:
        """Adds to each operand's gradient this node's gradient times the local derivative."""
        for operand, local in zip(self._prev, self._local_grads, strict=False):
            operand.grad += local * self.grad

    # Arithmetic. Networks are made of `+` and `*`, so these two write their node out, as `apply` would make it.

    def __add__(self, other: Any) -> Value:
        if type(other) is not Value or modes.unusual:
            return _binary(ops.ADD, self, other)
        out = _new(Value)
        out._data = self._data + other._data
        out.grad = 0.0
        out._a = self
        out._b = other
        out._da = out._db = 1.0
        out._rule = _ADD
        return out

    def __mul__(self, other: Any) -> Value:
        if type(other) is not Value or modes.unusual:
            return _binary(ops.MUL, self, other)
        out = _new(Value)
        out._da = b = other._data
        out._db = a = self._data
        out._data = a * b
        out.grad = 0.0
        out._a = self
        out._b = other
        out._rule = _MUL
        return out

    def __radd__(self, other: Any) -> Value:
        return _binary(ops.ADD, other, self)

    def __rmul__(self, other: Any) -> Value:
        return _binary(ops.MUL, other, self)

    def __sub__(self, other: Any) -> Value:
        return _binary(ops.SUB, self, other)

    def __rsub__(self, other: Any) -> Value:
        return _binary(ops.SUB, other, self)

    def __truediv__(self, other: Any) -> Value:
        return _binary(ops.DIV, self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return _binary(ops.DIV, other, self)

    def __pow__(self, exponent: Any) -> Value:
        if isinstance(exponent, Value):
            return apply(ops.POW, self, exponent)
        if not _is_scalar(exponent):
            return _refuse(exponent)
        return apply(ops.power(_as_float(exponent)), self)

    def __rpow__(self, base: Any) -> Value:
        return _binary(ops.POW, base, self)

    def __neg__(self) -> Value:
        return apply(ops.NEG, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return apply(ops.ABS, self)

    def exp(self) -> Value:
        """e to the power of this. `OverflowError` above about 709.78."""
        return apply(ops.EXP, self)

    def log(self) -> Value:
        """Natural logarithm. `ValueError` unless above 0."""
        return apply(ops.LOG, self)

    def sqrt(self) -> Value:
        """Square root. `ValueError` below 0; at 0 its derivative is infinite."""
        return apply(ops.SQRT, self)

    def sin(self) -> Value:
        """Sine of this, in radians."""
        return apply(ops.SIN, self)

    def cos(self) -> Value:
        """Cosine of this, in radians."""
        return apply(ops.COS, self)

    def tan(self) -> Value:
        """Tangent of this, in radians."""
        return apply(ops.TAN, self)

    def tanh(self) -> Value:
        """Hyperbolic tangent: between -1 and 1, finite for every float."""
        return apply(ops.TANH, self)

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-this)): between 0 and 1, finite for every float."""
        return apply(ops.SIGMOID, self)

    def relu(self) -> Value:
        """This where it is above 0, else 0. The derivative at 0 is 0."""
        return apply(ops.RELU, self)

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """This where it is above 0, else `slope` times this."""
        return apply(ops.leaky_relu(_as_float(slope)), self)

    def softplus(self) -> Value:
        """log(1 + exp(this)), a smooth relu: finite for every float."""
        return apply(ops.SOFTPLUS, self)

    def maximum(self, other: Any) -> Value:
        """The larger of the two. On a tie each has half the derivative."""
        return _binary(ops.MAXIMUM, self, other)

    def minimum(self, other: Any) -> Value:
        """The smaller of the two. On a tie each has half the derivative."""
        return _binary(ops.MINIMUM, self, other)

    # Comparison is of data; equality and hashing are identity, as inherited.

    def __lt__(self, other: Any) -> bool:
        return self._data < _number_in(other)

    def __le__(self, other: Any) -> bool:
        return self._data <= _number_in(other)

    def __gt__(self, other: Any) -> bool:
        return self._data > _number_in(other)

    def __ge__(self, other: Any) -> bool:
        return self._data >= _number_in(other)

    def __float__(self) -> NoReturn:
        raise TypeError(
            "a Value does not turn into a float by itself, for that would cut it off from its graph: "
            "use v.data for the number, and v.exp(), v.log(), v.sin(), … in place of the functions of math"
        )

    __int__ = __float__

    def __repr__(self) -> str:
        name = f"{self.label} = " if self.label else ""
        return f"{name}Value(data={self._data}, grad={self.grad})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """For IPython and Jupyter: the text and the drawing."""
        from autograd.words.display import bundle

        return bundle(repr(self), self)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    # Leaving the graph, and keeping it

    def detach(self) -> Value:
        """A new leaf with this number: what is computed from it does not reach back here."""
        return Value(self._data)

    def __copy__(self) -> Value:
        """A second node of the same operands."""
        other = _new(type(self))
        other.__dict__.update(self.__dict__)
        for name in _FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        from autograd.pickling import reduce

        return reduce(self)

    # Differentiation

    def backward(self, create_graph: bool = False) -> None:
        """Computes the derivative of this with respect to every node it was made from, into `.grad`.

        Each node is visited once, after all that use it, and sends each operand its own gradient times the local
        derivative. Gradients of inner nodes are computed afresh; those of leaves add to what the leaves hold, until
        they are zeroed. The local derivatives are those of the forward pass, whatever has been assigned to `.data`
        since.

        Args:
            create_graph: make the gradients Values, which can be differentiated in turn.

        Raises:
            FloatingPointError: within `detect_anomaly()`, a gradient is not finite.
            TypeError: with `create_graph`, a node made by hand has no rule that could be differentiated.
            RuntimeError: with `create_graph`, `.data` was changed since the forward pass.
        """
        if create_graph:
            from autograd.transforms import backward_with_graph

            return backward_with_graph(self)
        zero = float("0")  # an object of its own: a gradient that *is* this zero marks a node met by this pass
        earlier: dict[Value, Any] = {}
        try:
            order = _meet(self, zero, earlier)
            self.grad = 1.0
            if modes.unusual and modes.checking():
                _send_checked(order)
            else:
                _send(order)
        finally:
            for leaf, grad in earlier.items():
                leaf.grad = grad + leaf.grad

    def refresh(self) -> Value:
        """Evaluates the graph again, in place, from the present data of its leaves; returns this.

        Raises:
            TypeError: a node made by hand cannot be evaluated again.
            ValueError, ZeroDivisionError, OverflowError: as at the first evaluation; the graph is then as it was.
        """
        done: list[tuple[Value, float, Any, Any]] = []
        try:
            for node in topological(self):
                done.append((node, node._data, node._da, node._db))
                _evaluate(node)
        except BaseException:
            for node, data, da, db in done:
                node._data, node._da, node._db = data, da, db
            raise
        return self


_FIELDS = ("_a", "_b", "_da", "_data", "_db", "_rule", "grad")
_NO_ANSWER = cast(Value, NotImplemented)
_ADD = ops.ADD
_MUL = ops.MUL


def apply(operation: Operation, *operands: Value, m: Arithmetic = strict) -> Value:
    """The Value of an operation on Values, recorded in the graph.

    With `m=quiet`, as in a rule, an answer may be inf or nan where `strict` raises.
    """
    out = _new(Value)
    out.grad = 0.0
    out._rule = operation
    out._b = out._db = None
    if len(operands) == 1:
        (out._a,) = operands
    elif len(operands) == 2:
        out._a, out._b = operands
    else:
        out._a = operands
    _evaluate(out, m)
    if modes.unusual:
        if modes.checking() and not math.isfinite(out._data):
            raise FloatingPointError(f"{describe(out)} is {out._data}, the first result that is not finite")
        if not modes.recording():
            out._a = out._b = out._da = out._db = out._rule = None
    return out


def _evaluate(node: Value, m: Arithmetic = strict) -> None:
    """Computes a node's data and local derivatives from its operands' data."""
    rule = node._rule
    if not isinstance(rule, Operation):
        raise TypeError(f"{describe(node)} was made by hand: only its maker knows how to compute it")
    a, b = node._a, node._b
    partials = rule.partials
    try:
        if b is not None:
            x, z = a._data, b._data
            y = rule.forward(m, x, z)
            da, db = partials[0](quiet, y, x, z), partials[1](quiet, y, x, z)
        elif type(a) is not tuple:
            x = a._data
            y = rule.forward(m, x)
            da, db = partials[0](quiet, y, x), None
        else:
            data = [operand._data for operand in a]
            y = rule.forward(m, *data)
            da, db = tuple([partial(quiet, y, *data) for partial in partials]), None
    except ArithmeticError as error:
        kind = ZeroDivisionError if isinstance(error, ZeroDivisionError) else OverflowError
        raise kind(f"{describe(node)}: {rule.domain or error}") from None
    except ValueError as error:
        raise ValueError(f"{describe(node)}: {rule.domain or error}") from None
    node._data, node._da, node._db = y, da, db


def describe(node: Value) -> str:
    """An operation with its operands' labels and numbers: `log(a = -1.0)`."""
    rule = node._rule
    name = rule.name if isinstance(rule, Operation) else node._op or "node"
    constants = [f"{key}={number!r}" for key, number in rule.attributes.items()] if isinstance(rule, Operation) else []
    operands = [f"{v.label} = {v._data!r}" if v.label else repr(v._data) for v in node._prev]
    return f"{name}({', '.join(operands + constants)})"


def topological(root: Value, known: Iterable[Value] = ()) -> list[Value]:
    """The nodes that `root` is computed from, itself included, operands before results; leaves left out.

    It is the order of `backward()`, which goes through it from the end. Nodes in `known`, and what is reached through
    them alone, are left out too.
    """
    order: list[Value] = []
    met = set(known)
    if root._a is None or root in met:
        return order
    met.add(root)
    path = [(root, iter(root._prev))]
    while path:
        node, operands = path[-1]
        for operand in operands:
            if operand not in met:
                met.add(operand)
                if operand._a is not None:
                    path.append((operand, iter(operand._prev)))
                    break
        else:
            order.append(node)
            path.pop()
    return order


def _meet(root: Value, zero: float, earlier: dict[Value, Any]) -> list[Value]:
    """The order of `topological`, by a faster walk that sets every gradient it meets to `zero`.

    What leaves held before goes into `earlier`.
    """
    order: list[Value] = []
    path: list[Value] = []
    rest: dict[Value, Iterator[Value]] = {}
    if root._a is None:
        earlier[root] = root.grad or 0.0
        return order
    root.grad = zero
    node = root
    while True:
        a, b = node._a, node._b
        if b is not None:
            # Written out for the common node of two operands: the walk over a million of them is short.
            if (held := a.grad) is not zero:
                a.grad = zero
                if a._a is not None:
                    path.append(node)
                    node = a
                    continue
                if held:
                    earlier[a] = held
            if (held := b.grad) is not zero:
                b.grad = zero
                if b._a is not None:
                    path.append(node)
                    node = b
                    continue
                if held:
                    earlier[b] = held
            order.append(node)
        else:
            for operand in rest.setdefault(node, iter(a)) if type(a) is tuple else (a,):
                if (held := operand.grad) is not zero:
                    operand.grad = zero
                    if operand._a is not None:
                        path += (node, operand)
                        break
                    if held:
                        earlier[operand] = held
            else:
                order.append(node)
        if not path:
            return order
        node = path.pop()


def _send(order: list[Value]) -> None:
    """Applies the chain rule at each node, the last first."""
    for node in reversed(order):
        a, b, grad = node._a, node._b, node.grad
        if b is not None:
            a.grad += node._da * grad
            b.grad += node._db * grad
        elif type(a) is tuple:
            node._backward()
        else:
            a.grad += node._da * grad


def _send_checked(order: list[Value]) -> None:
    """The same, raising at the first gradient that is not finite."""
    for node in reversed(order):
        node._backward()
        for operand in node._prev:
            check_gradient(operand, operand.grad, node, node.grad)


def check_gradient(operand: Value, gradient: float, node: Value, above: float) -> None:
    """Raises if the gradient that `node` sent to its operand is not finite; `above` is the gradient of `node`."""
    if not math.isfinite(gradient):
        name = operand.label or repr(operand)
        raise FloatingPointError(f"the gradient of {name} is {gradient} after {describe(node)} with gradient {above}")


def _binary(operation: Operation, a: Any, b: Any) -> Value:
    """The operation on two operands, one of which may be a plain number."""
    a = a if isinstance(a, Value) else _lift(a)
    b = b if isinstance(b, Value) else _lift(b)
    return apply(operation, a, b) if isinstance(a, Value) and isinstance(b, Value) else _NO_ANSWER


def _lift(x: Any) -> Value:
    return Value(x) if type(x) is float or _is_scalar(x) else _refuse(x)


def _refuse(x: Any) -> Value:
    """Leaves what defines operators of its own to them, as numpy arrays do; names the mistake for what does not."""
    if x is None or isinstance(x, (str, bytes, complex, list, tuple, dict, set)):
        raise TypeError(_not_a_scalar(x))
    return _NO_ANSWER


def _number_in(x: Any) -> float:
    return x._data if isinstance(x, Value) else _as_float(x)


def _is_scalar(x: Any) -> bool:
    """Whether x is one real number, of whatever type."""
    if isinstance(x, (float, int)):
        return True
    if isinstance(x, (str, bytes, complex, Value)) or getattr(x, "ndim", 0) != 0:
        return False
    if isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real):
        return False
    if getattr(getattr(x, "dtype", None), "kind", "f") not in "biuf":
        return False
    return hasattr(type(x), "__float__") or hasattr(type(x), "__index__")


def _as_float(x: Any) -> float:
    if not _is_scalar(x):
        raise TypeError(_not_a_scalar(x))
    try:
        return float(x)
    except OverflowError:
        raise OverflowError(f"{type(x).__name__} of about {len(str(x))} digits is too large for a float") from None


def _not_a_scalar(x: Any) -> str:
    if isinstance(x, Value):
        hint = "it is one already; use it as it is, or v.detach() for a new leaf"
    elif isinstance(x, (str, bytes)):
        hint = "convert it first: Value(float(text))"
    elif hasattr(x, "__len__") or getattr(x, "ndim", 0) != 0:
        hint = "make a Value of each element: [Value(x) for x in xs]"
    else:
        hint = "pass an int, a float or another real scalar"
    return f"a Value holds one real number, not {_shown(x)}; {hint}"


def _shown(x: Any) -> str:
    text = repr(x)
    return f"{text if len(text) <= 40 else text[:37] + '...'} ({type(x).__name__})"
