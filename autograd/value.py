"""`Value`: a scalar that remembers how it was made.

Arithmetic on Values builds a graph as it computes: each result keeps its operands and, for each of them, the local
derivative at that moment. `backward()` walks the graph from the result to its leaves and applies the chain rule.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from math import nan
from sys import _getframe
from typing import TYPE_CHECKING, Any, NoReturn, SupportsFloat, SupportsIndex, cast

from autograd import modes, ops, passes
from autograd.floats import NOTHING
from autograd.graph import every_node, named
from autograd.later import later
from autograd.looks import look
from autograd.methods import Methods
from autograd.modes import CHECKED, CUT, LOCATED, current
from autograd.nary import DOT, SUM
from autograd.ops import Operation
from autograd.scalars import as_float, is_scalar, refusal
from autograd.shown import LONGEST, as_code, printable, shown

if TYPE_CHECKING:
    from types import FrameType
    from typing import TypeAlias

    from autograd.kernels import Kernel

_NO_ANSWER: Value = cast("Value", NotImplemented)


class Handmade:
    """The rule of a node made by `Value(data, operands, …)`, instead of an `Operation`.

    Its derivatives are given numbers, or computed by a `_backward` closure assigned to it; there is no rule to
    differentiate again or to compile.
    """

    __slots__ = ("backward", "symbol")

    def __init__(self, symbol: str, backward: Callable[[], object] | None = None) -> None:
        self.symbol = symbol
        self.backward = backward


class Value(Methods):
    """A real number that remembers how it was computed.

    Args:
        data: the number, any real scalar: int, float, Fraction, Decimal, a numpy scalar.
        _children: the operands, for a node made by hand.
        _op: the symbol of such a node, or a tuple of its local derivatives, one for each operand.
        label: a name, for drawings and messages.
        _prev: an alias of `_children`.

    Subclasses may add attributes and methods; arithmetic on their instances returns plain Values.

    Raises:
        TypeError: `data` is not a real scalar, or an operand is not a Value.
        ValueError: the numbers of operands and of local derivatives differ.

    Example:
        >>> a = Value(2.0, label="a")
        >>> b = a * a + 3
        >>> b.backward()
        >>> b.data, a.grad
        (7.0, 4.0)
    """

    # Only this file and `passes.py` know how a node stores its operands; others use `_prev` and `_local_grads`.
    # One or two operands, and their local derivatives, are stored in the node itself, without tuples or closures, so
    # that a node is one object to the garbage collector, and in no cycle. More operands, and those of a node whose
    # `_backward` was assigned, are a tuple in `_a`, with their derivatives in `_da`; so are those of a node with a
    # derivative NOTHING, which the fast paths of the passes do not handle. A leaf's `_a` is None.
    # A dot has its ws, followed by the bias, in `_a`, and its xs in `_b`, as tuples that neurons and layers share.
    # Their data, which are each other's derivatives, are in `_db` and `_da`.
    # `_names` is None, or the label, the place, and the places that looked at it (`looks.py`).
    __slots__ = (
        "__dict__", "__weakref__", "_a", "_b", "_da", "_data", "_db", "_names", "_rule", "grad",
    )  # fmt: skip

    grad: Any
    """d(root)/d(this) after `root.backward()`: a float, or a Value after `backward(create_graph=True)`."""
    _data: float
    _a: Any
    _b: Any
    _da: Any
    _db: Any
    _rule: Operation | Handmade | None
    _names: tuple[Any, ...] | None

    def __init__(
        self,
        data: SupportsFloat,
        _children: Iterable[Value] = (),
        _op: str | tuple[float, ...] = "",
        label: str = "",
        *,
        _prev: Iterable[Value] = (),
    ) -> None:
        self._data = data if type(data) is float else as_float(data)
        self.grad = 0.0
        self._a = self._b = self._rule = None
        if _children or _prev or _op:
            self._make_by_hand(_children or _prev, _op)
        self._names = (label if type(label) is str else _as_text(label), "") if label else None

    def _make_by_hand(self, given: Iterable[Value], op: str | Iterable[float]) -> None:
        try:
            operands = tuple(given)
        except TypeError:
            raise TypeError(f"operands must be a tuple of Values, not {shown(given)}") from None
        for operand in operands:
            if not isinstance(operand, Value):
                raise TypeError(f"an operand must be a Value, not {shown(operand)}; wrap it: Value(...)")
        try:
            slopes = () if isinstance(op, str) else tuple(op)
        except TypeError:
            raise TypeError(
                f"an operation must be a string, or a tuple of local derivatives, not {shown(op)}"
            ) from None
        slopes = tuple(map(as_float, slopes))
        if not isinstance(op, str) and len(slopes) != len(operands):
            raise ValueError(
                f"each operand has one local derivative, but there are {len(operands)} and {len(slopes)} of them"
            )
        self._assemble(Handmade(op if isinstance(op, str) else ""), operands, slopes)
        if modes.unusual:
            _in_mode(self)

    def _assemble(
        self, rule: Operation | Handmade | None, operands: tuple[Value, ...], slopes: tuple[float, ...]
    ) -> None:
        """Makes this the node of a rule; without slopes if only a `_backward` knows them."""
        self._rule = rule
        self._a = self._b = self._da = self._db = self._names = None
        if rule is DOT:
            n = len(operands) // 2
            self._a, self._b = (*operands[:n], *operands[2 * n :]), operands[n : 2 * n]
            self._da, self._db = slopes[:n], slopes[n:]
        elif rule is SUM:
            self._a = operands
        elif len(operands) > 2 or (operands and not slopes) or any(slope is NOTHING for slope in slopes):
            self._a, self._da = operands, slopes or None
        elif len(operands) == 2:
            self._a, self._b = operands
            self._da, self._db = slopes
        elif operands:
            (self._a,) = operands
            (self._da,) = slopes

    def __init_subclass__(cls) -> None:
        """A class may have its own `__eq__`. Its hash stays that of identity, which graphs use to find nodes."""
        if cls.__hash__ is None:
            cls.__hash__ = Value.__hash__
        elif cls.__hash__ is not Value.__hash__:
            raise TypeError(
                f"{cls.__name__} has its own __hash__: Values that compare equal would become one node of a "
                "graph, with wrong gradients; an __eq__ alone is fine"
            )

    @property
    def label(self) -> str:
        """A name, for drawings and messages."""
        return "" if self._names is None else self._names[0]

    @label.setter
    def label(self, name: str) -> None:
        text = name if type(name) is str else _as_text(name)
        self._names = (text, *(("",) if self._names is None else self._names[1:]))

    @property
    def place(self) -> str:
        """The place in a network that computed it, such as `layers[0].neurons[3]`; `nn` sets it on modules' results."""
        return "" if self._names is None else self._names[1]

    @place.setter
    def place(self, name: str) -> None:
        self._names = _placed(name) if self._names is None else (self._names[0], name, *self._names[2:])

    # Reading how the node was made

    @property
    def data(self) -> float:
        """The number. Any real scalar may be assigned; call `refresh()` on a result to update it after a change."""
        look(self, _getframe(1))
        return self._data

    @data.setter
    def data(self, number: SupportsFloat) -> None:
        self._data = number if type(number) is float else as_float(number)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The operands in order, repeats included; empty for a leaf."""
        a, b = self._a, self._b
        if self._rule is DOT:
            return (*a[: len(b)], *b, *a[len(b) :])
        if b is not None:
            return (a, b)
        if a is None:
            return ()
        return a if type(a) is tuple else (a,)

    _children = _prev

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """This node's derivative for each operand, as of the forward pass; empty if only `_backward` knows them."""
        return () if self._closure is not None else self._slopes()

    def _slopes(self) -> tuple[float, ...]:
        if self._rule is DOT:
            return (*self._da, *self._db[: len(self._b)], *(1.0,) * (len(self._a) - len(self._b)))
        if self._rule is SUM:
            return (1.0,) * len(self._a)
        if self._b is not None:
            return (self._da, self._db)
        if self._a is None or self._da is None:
            return ()
        return self._da if type(self._da) is tuple else (self._da,)

    @property
    def _op(self) -> str:
        """The operation's symbol; empty for a leaf."""
        return "" if self._rule is None else self._rule.symbol

    @property
    def _closure(self) -> Callable[[], object] | None:
        """The function that was assigned to `_backward`, if any."""
        return self._rule.backward if isinstance(self._rule, Handmade) else None

    @property
    def _backward(self) -> Callable[[], object]:
        """Applies the chain rule at this one node. A function assigned to it replaces that."""
        return self._apply_chain_rule if self._closure is None else self._closure

    @_backward.setter
    def _backward(self, function: Callable[[], object]) -> None:
        if not callable(function):
            raise TypeError(f"_backward must be a function without arguments, not {shown(function)}")
        if not modes.recording():
            return
        operands, slopes = self._prev, self._slopes()
        if not operands:
            raise TypeError(
                f"{self!r} has no operands, so backward() would never call this function: "
                "pass them when you make the node, Value(data, (a, b), 'name')"
            )
        # The derivatives stay, for a function that calls the `_backward` it replaces.
        self._a, self._b, self._da, self._db = operands, None, slopes or None, None
        self._rule = Handmade(self._op, function)

    def _apply_chain_rule(self) -> None:
        """Adds this node's gradient, times the local derivative, to each operand's gradient."""
        operands, slopes = self._prev, self._slopes()
        for i in self._order() if slopes else ():
            if slopes[i] is not NOTHING:
                operands[i].grad += slopes[i] * self.grad

    def _order(self) -> Sequence[int]:
        """The operands' indices, in the order in which the backward pass adds to their gradients."""
        count = len(self._prev)
        return self._rule.order(count) if isinstance(self._rule, Operation) else range(count)

    # Arithmetic. Networks consist of `+`, `*` and `relu`, so these inline `apply`.

    def __add__(self, other: Number) -> Value:
        if type(other) is not Value:
            other = _operand(other, ops.ADD, self)
            if other is NotImplemented:
                return NotImplemented
        if modes.unusual:
            if current() == CUT:  # as `_number` does, whose call would be felt
                out = _new()
                out._data = self._data + other._data
                out.grad = 0.0
                out._a = out._b = out._names = out._rule = None
                return out
            return _unusual(ops.ADD, self, other, self._data + other._data, 1.0, 1.0)
        out = _new()
        out._data = self._data + other._data
        out.grad = 0.0
        out._a = self
        out._b = other
        out._da = out._db = 1.0
        out._names = None
        out._rule = _ADD
        return out

    def __mul__(self, other: Number) -> Value:
        if type(other) is not Value:
            other = _operand(other, ops.MUL, self)
            if other is NotImplemented:
                return NotImplemented
        if modes.unusual:
            if current() == CUT:  # as `_number` does, whose call would be felt
                out = _new()
                out._data = self._data * other._data
                out.grad = 0.0
                out._a = out._b = out._names = out._rule = None
                return out
            return _unusual(ops.MUL, self, other, self._data * other._data, other._data, self._data)
        out = _new()
        out._da = b = other._data
        out._db = a = self._data
        out._data = a * b
        out.grad = 0.0
        out._a = self
        out._b = other
        out._names = None
        out._rule = _MUL
        return out

    def relu(self) -> Value:
        """This if it is above 0, else 0. The derivative at 0 is 0; at nan, where the result is nan, it is 1."""
        x = self._data
        if modes.unusual:
            return _number(0.0 if x <= 0.0 else x) if current() == CUT else self._unary(ops.RELU)
        out = _new()
        out._data = 0.0 if x <= 0.0 else x
        out.grad = 0.0
        out._a = self
        out._da = 0.0 if x <= 0.0 else 1.0
        out._b = out._db = out._names = None
        out._rule = ops.RELU
        return out

    def __radd__(self, other: Number) -> Value:
        other = _operand(other, ops.ADD, self)
        return other if other is _NO_ANSWER else other + self

    def __rmul__(self, other: Number) -> Value:
        other = _operand(other, ops.MUL, self)
        return other if other is _NO_ANSWER else other * self

    def __sub__(self, other: Number) -> Value:
        return _binary(ops.SUB, self, other)

    def __rsub__(self, other: Number) -> Value:
        return _binary(ops.SUB, other, self)

    def __truediv__(self, other: Number) -> Value:
        return _binary(ops.DIV, self, other)

    def __rtruediv__(self, other: Number) -> Value:
        return _binary(ops.DIV, other, self)

    def __pow__(self, exponent: Number) -> Value:
        if isinstance(exponent, Value):
            return _binary(ops.POW, self, exponent)
        if type(exponent) is not float:
            if not is_scalar(exponent):
                return _refuse(exponent, ops.POW, self)
            exponent = as_float(exponent)
        return self._unary(ops.power(exponent))

    def __rpow__(self, base: Number) -> Value:
        return _binary(ops.POW, base, self)

    def __neg__(self) -> Value:
        return self._unary(ops.NEG)

    def __pos__(self) -> Value:
        return self

    def conjugate(self) -> Value:
        """This itself, since it is real. numpy calls it on arrays of Values, for `std` and `var`."""
        return self

    def __abs__(self) -> Value:
        """The absolute value. The derivative at 0 is 0."""
        return self._unary(ops.ABS)

    def __mod__(self, other: Number) -> Value:
        return _binary(ops.REMAINDER, self, other)

    def __rmod__(self, other: Number) -> Value:
        return _binary(ops.REMAINDER, other, self)

    def _unary(self, operation: Operation) -> Value:
        """`apply` for one operand, inlined for speed."""
        try:
            data, slope = operation.evaluate(self._data)
        except (ArithmeticError, ValueError) as error:
            raise passes.explained(error, made(operation, (self,), nan, (nan,))) from None
        if modes.unusual:
            if current() == CUT:  # as `_number` does, whose call would be felt
                out = _new()
                out._data = data
                out.grad = 0.0
                out._a = out._b = out._names = out._rule = None
                return out
            return _unusual(operation, self, None, data, slope, None)
        out = _new()
        out._data = data
        out.grad = 0.0
        out._a = self
        out._da = slope
        out._b = out._db = out._names = None
        out._rule = operation
        return out

    def _binary(self, operation: Operation, other: Number) -> Value:
        """The operation on this and another, for methods, which raise instead of returning NotImplemented."""
        answer = _binary(operation, self, other)
        if answer is _NO_ANSWER:
            raise TypeError(refusal(other))
        return answer

    @staticmethod
    def _of(operation: Operation, *operands: Number) -> Value:
        """`apply` for operands that may be plain numbers."""
        return apply(operation, *map(operand, operands))

    # Comparisons use the data. But two Values are equal only if identical, which sets and dicts of nodes rely on.

    def __eq__(self, other: object) -> bool:
        if self is other or isinstance(other, Value):
            return self is other
        if not is_scalar(other):
            return NotImplemented
        look(self, _getframe(1))
        return bool(self._data == other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        """Whether the number is not 0."""
        look(self, _getframe(1))
        return self._data != 0.0

    def __lt__(self, other: Number) -> bool:
        return _compared(operator.lt, self, other, _getframe(1))

    def __le__(self, other: Number) -> bool:
        return _compared(operator.le, self, other, _getframe(1))

    def __gt__(self, other: Number) -> bool:
        return _compared(operator.gt, self, other, _getframe(1))

    def __ge__(self, other: Number) -> bool:
        return _compared(operator.ge, self, other, _getframe(1))

    def __float__(self) -> NoReturn:
        raise TypeError(
            "a Value does not convert to a float implicitly, since that would cut it off from its graph: "
            "use v.data for the number, and v.exp(), v.log(), v.sin(), … instead of the functions of math"
        )

    __int__ = __float__

    def __round__(self, ndigits: object = None) -> NoReturn:
        raise TypeError(
            "a Value is not rounded, since that would cut it off from its graph: use round(v.data, 2) for the number, "
            'and f"{v:.2f}" to show it'
        )

    def __repr__(self) -> str:
        name = f"{printable(self.label, LONGEST)} = " if self.label else ""
        shown = f"{name}Value(data={self._data}, grad={self.grad})"
        if self._rule is None:
            return shown
        outdated = later("stale")(self)
        return f"{shown}  # {outdated}" if outdated else shown

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """For IPython and Jupyter: the text and the drawing."""
        shown: dict[str, str] = later("display")(repr(self), self)
        return shown

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    # Leaving the graph, and keeping it

    def detach(self) -> Value:
        """A new leaf with this number, cut off from this node's graph."""
        look(self, _getframe(1))
        return Value(self._data)

    def expanded(self) -> Value:
        """The same graph with each `sum` and `dot` written out: a node for each product and each partial sum.

        The leaves are those of this graph; all other nodes are new, with the numbers, gradients and labels of the
        originals. The graph below a node with its own `_backward` is not replaced.

        Example:
            >>> from autograd import Value, dot, tree
            >>> w, x, b = Value(2.0, label="w"), Value(3.0, label="x"), Value(1.0, label="b")
            >>> print(tree(dot([w], [x], b)))
            node         data  grad  operation
            b + w * x     7.0   0.0  dot
            ├─ w          2.0   0.0
            ├─ x          3.0   0.0
            └─ b          1.0   0.0
            >>> print(tree(dot([w], [x], b).expanded()))
            node         data  grad  operation
            b + w * x     7.0   0.0  +
            ├─ b          1.0   0.0
            └─ w * x      6.0   0.0  *
               ├─ w       2.0   0.0
               └─ x       3.0   0.0
        """
        whole: Value = later("expansion")(self)
        return whole

    def __copy__(self) -> Value:
        """A second node with the same operands.

        Raises:
            TypeError: a function was assigned to its `_backward`, which belongs to this node alone.
        """
        later("refusal of a closure")(self)
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._data, other.grad = self._data, self.grad
        other._assemble(self._rule, self._prev, self._slopes())
        other._name_like(self)
        return other

    def _name_like(self, other: Value) -> None:
        """Takes over the label and the place of another node, if it has them."""
        self._names = other._names

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        reduced: tuple[Any, ...] = later("pickling")(self)
        return reduced

    # Differentiation

    def backward(self, gradient: Number = 1.0, *, create_graph: bool = False) -> None:
        """Computes the derivative of this with respect to every node it was made from, into `.grad`.

        Each node is visited once, after all its users, and sends each operand its own gradient times the local
        derivative. Gradients of inner nodes are overwritten; those of leaves accumulate until they are zeroed. The
        local derivatives are those of the forward pass, even if `.data` has been assigned since.

        Args:
            gradient: the gradient of this, by which all derivatives are multiplied. With `create_graph` it may be a
                Value.
            create_graph: make the gradients Values, which can be differentiated in turn.

        Raises:
            FloatingPointError: within `detect_anomaly()`, a gradient is not finite. After any error leaves have their
                earlier gradients, and inner nodes have 0.
            TypeError: with `create_graph`, a node made by hand has no rule that could be differentiated. Or a leaf's
                earlier gradient, which was assigned, is not a number.
            RuntimeError: with `create_graph`, `.data` was changed since the forward pass.
        """
        if isinstance(gradient, bool):
            raise TypeError("the first argument of backward() is this gradient: write backward(create_graph=True)")
        if create_graph:
            later("backward pass that can be differentiated")(self, gradient)
        else:
            passes.backward(self, gradient if type(gradient) is float else as_float(gradient))

    def topological(self) -> list[Value]:
        """All nodes that this was computed from, and this, in topological order: each after its operands.

        Example:
            >>> a = Value(2.0, label="a")
            >>> [v._op or v.label for v in (a * a + a).topological()]
            ['a', '*', '+']
        """
        return every_node(self)

    def refresh(self) -> Value:
        """Evaluates the graph again, in place, from the current data of its leaves; returns this.

        Raises:
            TypeError: a node made by hand cannot be evaluated again.
            ValueError, ZeroDivisionError, OverflowError, FloatingPointError: as at the first evaluation. After any
                error the graph is unchanged.
        """
        passes.evaluate_again(self)
        return self


Number: TypeAlias = Value | SupportsFloat
"""A Value, or a real number of any type."""

_new: Callable[[], Value] = partial(object.__new__, Value)
"""Makes an empty node. Calling `Value()` would run `__init__`, which needs a number."""


@lru_cache(maxsize=4096)
def _placed(place: str) -> tuple[str, str]:
    """An empty label and the place, as one tuple that all nodes computed there share."""
    return "", place


_ADD = ops.ADD
_MUL = ops.MUL


def apply(operation: Operation, *operands: Value, evaluate: Kernel | None = None) -> Value:
    """The Value of an operation on Values, recorded in the graph.

    Args:
        operation: the operation.
        operands: its operands.
        evaluate: computes it instead of `operation.evaluate`.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: an operand is out of the operation's domain.
        FloatingPointError: within `detect_anomaly()`, the result is not finite.
    """
    if operation is DOT:
        n = len(operands) // 2
        return dotted((*operands[:n], *operands[2 * n :]), operands[n : 2 * n])
    out = _new()
    out.grad = 0.0
    out._names = None
    out._rule = operation
    if operation is SUM or len(operands) > 2:
        out._a = operands
        out._b = out._da = out._db = None
    elif len(operands) == 2:
        out._a, out._b = operands
    else:
        out._a = operands[0]
        out._b = out._db = None
    passes.evaluate(out, operation, evaluate)
    if out._da is NOTHING or out._db is NOTHING:
        out._assemble(operation, operands, out._slopes())
    return _in_mode(out) if modes.unusual else out


def dotted(ws: tuple[Value, ...], xs: tuple[Value, ...], x_data: tuple[float, ...] | None = None) -> Value:
    """`apply(DOT, …)` for tuples that many nodes share.

    Args:
        ws: at least one factor, and then the bias, if there is one.
        xs: the other factors.
        x_data: the data of the xs, if the caller has them already.
    """
    if x_data is None:
        x_data = data_of(xs)
    if modes.unusual and current() == CUT:
        return _number(passes.dot(ws, x_data))
    out = _new()
    out.grad = 0.0
    out._names = None
    out._rule = DOT
    out._a = ws
    out._b = xs
    out._da = x_data
    out._db = data_of(ws)
    passes.add_up(out)
    return _in_mode(out) if modes.unusual else out


def data_of(values: tuple[Value, ...]) -> tuple[float, ...]:
    """The data of each."""
    return tuple([value._data for value in values])


def made(
    rule: Operation | Handmade | None, operands: tuple[Value, ...], data: float, slopes: tuple[float, ...]
) -> Value:
    """A node with these parts; nothing is computed or checked."""
    out = _new()
    out._data = data
    out.grad = 0.0
    out._assemble(rule, operands, slopes)
    return out


def _binary(operation: Operation, a: Any, b: Any) -> Value:  # noqa: ANN401 - mypy does not follow `type(a) is`
    """`apply` for two operands, one of which may be a plain number, inlined for speed."""
    if type(a) is not Value and (a := _operand(a, operation, b)) is _NO_ANSWER:
        return _NO_ANSWER
    if type(b) is not Value and (b := _operand(b, operation, a)) is _NO_ANSWER:
        return _NO_ANSWER
    try:
        data, da, db = operation.evaluate(a._data, b._data)
    except (ArithmeticError, ValueError) as error:
        raise passes.explained(error, made(operation, (a, b), nan, (nan, nan))) from None
    if modes.unusual:
        if current() == CUT:  # as `_number` does, whose call would be felt
            out = _new()
            out._data = data
            out.grad = 0.0
            out._a = out._b = out._names = out._rule = None
            return out
        return _unusual(operation, a, b, data, da, db)
    out = _new()
    out._data = data
    out.grad = 0.0
    out._a = a
    out._b = b
    out._da = da
    out._db = db
    out._names = None
    out._rule = operation
    return out


def _number(data: float) -> Value:
    """The result of an operation within `no_grad()`: a leaf."""
    out = _new()
    out._data = data
    out.grad = 0.0
    out._a = out._b = out._names = out._rule = None
    return out


def _unusual(rule: Operation, a: Value, b: Value | None, data: float, da: float, db: float | None) -> Value:
    """A node with one or two operands, in a mode."""
    out = _new()
    out._data = data
    out.grad = 0.0
    out._a, out._b, out._da, out._db, out._names, out._rule = a, b, da, db, None, rule
    return _in_mode(out)


def _in_mode(out: Value) -> Value:
    """Applies the active modes to a new node: checks it, or cuts it off from its operands."""
    mode = current()
    if mode & CHECKED:
        passes.check(out)
    if mode & LOCATED:
        later("line")(out)
    if mode & CUT:
        out._a = out._b = out._rule = None
    return out


def _operand(x: object, operation: Operation, other: object) -> Value:
    """An operand as a Value, or NotImplemented."""
    if type(x) is float or type(x) is int:
        return Value(x)
    if isinstance(x, Value):
        return x
    return Value(x) if is_scalar(x) else _refuse(x, operation, other)


def _refuse(x: object, operation: Operation | None = None, other: object = None) -> Value:
    """Returns NotImplemented for objects with their own operators, such as numpy arrays; else raises an error."""
    if x is not None and not isinstance(x, (str, bytes, complex, list, tuple, dict, set)):
        return _NO_ANSWER
    where = ""
    if operation is not None and isinstance(other, Value):
        where = f"{operation.name} with {named(other)}: "
    raise TypeError(where + refusal(x))


def _as_text(label: object) -> str:
    """A label that is not a plain str, as text."""
    return str(label) if isinstance(label, str) else as_code(label, LONGEST)


def operand(x: Number) -> Value:
    """A number as a Value; a Value unchanged."""
    return x if isinstance(x, Value) else Value(x)


def _compared(compare: Callable[[Any, Any], bool], a: Value, b: object, frame: FrameType) -> bool:
    look(a, frame)
    if isinstance(b, Value):
        look(b, frame)
        return compare(a._data, b._data)
    return compare(a._data, b) if is_scalar(b) else cast(bool, _refuse(b))
