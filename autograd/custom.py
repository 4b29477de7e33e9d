"""Operations of your own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd import ops
from autograd.arguments import a_function, a_text, iterated
from autograd.ops import Operation, Rule
from autograd.shown import as_code, many
from autograd.templates import from_user
from autograd.value import Number, Value, apply


def operation(
    name: str,
    *,
    forward: Rule,
    partials: Sequence[Rule],
    symbol: str = "",
    words: str = "",
    domain: str = "",
    text: str = "",
    latex: str = "",
) -> Callable[..., Value]:
    """Declares a differentiable operation, and returns the function that applies it.

    One declaration serves the forward and backward pass, derivatives of any order, explanations, drawings and the
    compiler, which all read the same rules. A rule is an expression of `m`, the arithmetic in which it is evaluated,
    and of the operands. It may use `+ - *` and the functions of `primitives.py`, such as
    `m.divide(a, b)`, `m.power(a, b)`, `m.exp`, `m.log1p`, `m.tanh`, `m.erf`, `m.maximum`; and for cases
    `m.where(m.greater(a, b), …, …)`, `m.equal` and `m.isfinite`. It must not use `if` or the functions of `math`: its
    operands are not always floats.

    Args:
        name: the operation's name, an identifier. Pickled graphs refer to it.
        forward: `forward(m, a, b, …)` returns the result.
        partials: for each operand, `partial(m, y, a, b, …)` returns the derivative of the result `y` for that operand.
        symbol: the text in a drawing; by default the name.
        words: the rule of differentiation in a sentence, for explanations.
        domain: the condition on the operands, for error messages: "the operand must be above 0".
        text: the notation, with `{}` for each operand; by default a call. If brackets do not enclose all operands,
            as in `{} @ {}`, they are written in parentheses, and so is the whole within other operations.
        latex: the notation in LaTeX.

    Raises:
        ValueError: the name is not an identifier, or belongs to another operation; or there are no partials; or a
            notation has no place for an operand.
        TypeError: a rule does not take the right number of arguments.

    Example:
        Swish, `a·σ(a)`, whose derivative is `y + σ(a)·(1 - y)`:

        >>> import autograd
        >>> swish = autograd.operation(
        ...     "swish",
        ...     forward=lambda m, a: a * m.sigmoid(a),
        ...     partials=[lambda m, y, a: y + m.sigmoid(a) * (1 - y)],
        ...     words="the result, and the sigmoid of the operand times one minus the result",
        ... )
        >>> a = autograd.Value(0.0, label="a")
        >>> y = swish(a)
        >>> y.backward()
        >>> y.data, a.grad
        (0.0, 0.5)
        >>> autograd.grad(autograd.grad(swish))(0.0)
        0.5
    """
    if callable(partials):
        raise TypeError("partials is a list, with a rule for each operand: partials=[lambda m, y, a: ...]")
    rules = tuple(iterated(partials, "partials", "rules"))
    if not a_text(name, "an operation's name").isidentifier():
        raise ValueError(f"an operation's name must be an identifier, such as 'swish', not {as_code(name)}")
    for what, given in (("symbol", symbol), ("words", words), ("domain", domain), ("text", text), ("latex", latex)):
        a_text(given, what)
    if not rules:
        raise ValueError(f"operation {name!r} needs a partial for each operand; there are none")
    _check_takes(f"forward of {name!r}", forward, 1 + len(rules), "(m, operands…)")
    for i, partial in enumerate(rules):
        _check_takes(f"partial {i} of {name!r}", partial, 2 + len(rules), "(m, y, operands…)")
    spelled, typeset = (from_user(form, len(rules)) if form else None for form in (text, latex))
    declared = Operation(name, symbol or name, forward, rules, words, domain, spelled, typeset)
    earlier = ops.OPERATIONS.get(name)
    if earlier is not None and not _same(earlier, declared):
        raise ValueError(f"an operation named {name!r} already exists: choose another name")
    ops.OPERATIONS[name] = declared
    return _function(declared)


def _check_takes(which: str, rule: Rule, count: int, form: str) -> None:
    import inspect  # here, since importing it takes as long as importing autograd

    a_function(rule, f"the {which}")
    try:
        inspect.signature(rule).bind(*range(count))
    except TypeError:
        raise TypeError(
            f"the {which} must take {many(count, 'argument')}, {form}: there are as many operands as partials"
        ) from None
    except ValueError:  # a builtin that does not tell its signature
        return


def _same(earlier: object, new: Operation) -> bool:
    """Whether a declaration repeats an earlier one, as when a notebook cell is run again."""
    if not isinstance(earlier, Operation):
        return False
    pairs = zip((earlier.forward, *earlier.partials), (new.forward, *new.partials), strict=False)
    return earlier.arity == new.arity and all(_code(one) == _code(other) for one, other in pairs)


def _code(rule: Rule) -> object:
    """The identity of a rule: its module and name, so that an edited notebook cell replaces its declaration."""
    return getattr(rule, "__module__", None), getattr(rule, "__qualname__", rule)


def _function(declared: Operation) -> Callable[..., Value]:
    def applied(*operands: Number) -> Value:
        if len(operands) != declared.arity:
            raise TypeError(f"{declared.name} takes {declared.arity} operands, not {len(operands)}")
        return apply(declared, *[x if isinstance(x, Value) else Value(x) for x in operands])

    applied.__name__ = applied.__qualname__ = declared.name
    applied.__doc__ = declared.words or None
    return applied
