"""Operations that a user declares."""

import copy
import pickle
from typing import Any

import pytest

import autograd
import viz
from autograd import Value, grad, hessian, ops

hypotenuse = autograd.operation(
    "hypotenuse",
    forward=lambda m, a, b: m.sqrt(a * a + b * b),
    partials=[lambda m, y, a, b: m.divide(a, y), lambda m, y, a, b: m.divide(b, y)],
    symbol="hyp",
    words="each side over the hypotenuse",
)
reciprocal = autograd.operation(
    "reciprocal",
    forward=lambda m, a: m.divide(1.0, a),
    partials=[lambda m, y, a: -y * y],
    domain="the operand must not be 0",
)
volume = autograd.operation(
    "volume",
    forward=lambda m, a, b, c: a * b * c,
    partials=[lambda m, y, a, b, c: b * c, lambda m, y, a, b, c: a * c, lambda m, y, a, b, c: a * b],
)


def test_forward_and_backward() -> None:
    a = Value(3.0)
    y = hypotenuse(a, 4) * 2
    y.backward()
    assert (y.data, a.grad, y._prev[0]._op) == (10.0, 1.2, "hyp")


def test_more_than_two_operands() -> None:
    sides = [Value(2.0), Value(3.0), Value(5.0)]
    y = volume(*sides) + 1
    y.backward()
    assert [side.grad for side in sides] == [15.0, 10.0, 6.0]
    sides[0].data = 4.0
    assert y.refresh().data == 61.0
    assert hessian(volume, (0, 1, 2))(2.0, 3.0, 5.0) == ((0.0, 5.0, 3.0), (5.0, 0.0, 2.0), (3.0, 2.0, 0.0))


def test_an_operand_used_in_every_place() -> None:
    a = Value(2.0)
    volume(a, a, a).backward()
    assert a.grad == 12.0


def test_any_order() -> None:
    assert grad(grad(grad(reciprocal)))(2.0) == pytest.approx(-6 / 2.0**4)
    a, b = 3.0, 4.0
    expected = [b * b / 125, -a * b / 125]
    assert hessian(hypotenuse, (0, 1))(a, b)[0] == pytest.approx(expected)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies(again: Any) -> None:
    y = volume(Value(2.0), 3, hypotenuse(3, 4))
    twin = again(y)
    twin.backward()
    assert (twin.data, twin._prev[0].grad, twin._op) == (30.0, 15.0, "volume")


def test_errors_out_of_domain_name_the_operation() -> None:
    with pytest.raises(ZeroDivisionError, match=r"reciprocal\(x = 0\.0\): the operand must not be 0"):
        reciprocal(Value(0.0, label="x"))


def test_loading_needs_the_declaration() -> None:
    y = autograd.operation("passing", forward=lambda m, a: a, partials=[lambda m, y, a: 1.0])(Value(1.0))
    text = pickle.dumps(y)
    del ops.OPERATIONS["passing"]
    with pytest.raises(LookupError, match=r"'passing'.*import"):
        pickle.loads(text)


def test_the_function_introduces_itself() -> None:
    assert (hypotenuse.__name__, hypotenuse.__doc__) == ("hypotenuse", "each side over the hypotenuse")
    with pytest.raises(TypeError, match="hypotenuse takes 2 operands, not 1"):
        hypotenuse(1.0)


def test_declaring_again() -> None:
    def declare(factor: float) -> Any:
        return autograd.operation("scaled", forward=lambda m, a: factor * a, partials=[lambda m, y, a: factor])

    declare(2.0)
    assert declare(3.0)(1.0).data == 3.0
    with pytest.raises(ValueError, match="an operation named 'tanh' already exists"):
        autograd.operation("tanh", forward=lambda m, a: a, partials=[lambda m, y, a: 1.0])
    with pytest.raises(ValueError, match="'power' already"):
        autograd.operation("power", forward=lambda m, a: a, partials=[lambda m, y, a: 1.0])


def test_mistakes_in_a_declaration() -> None:
    with pytest.raises(ValueError, match=r"identifier.*'two words'"):
        autograd.operation("two words", forward=lambda m, a: a, partials=[lambda m, y, a: 1.0])
    with pytest.raises(ValueError, match=r"'empty'.*partial"):
        autograd.operation("empty", forward=lambda m: 1.0, partials=[])
    with pytest.raises(TypeError, match=r"forward of 'short'.*3 arguments"):
        autograd.operation("short", forward=lambda m, a: a, partials=[lambda m, y, a, b: 1.0] * 2)
    with pytest.raises(TypeError, match=r"partial 0 of 'short'.*3 arguments"):
        autograd.operation("short", forward=lambda m, a: a, partials=[lambda m, a: 1.0])
    assert "short" not in ops.OPERATIONS


def test_its_repr_names_it() -> None:
    assert repr(ops.OPERATIONS["hypotenuse"]) == "<operation hypotenuse>"


def test_it_is_explained_and_drawn() -> None:
    a, b = Value(3.0, label="a"), Value(4.0, label="b")
    y = hypotenuse(a, b)
    y.label = "y"
    step = str(next(autograd.Backprop(y)))
    assert "each side over the hypotenuse" in step
    assert "∂y/∂a = a / y = 3.0 / 5.0 = 0.6" in step
    assert str(autograd.formula(y)) == "hypotenuse(a, b)"
    assert ">hyp<" in viz.svg(y)


def test_a_copy_keeps_the_rule_and_a_pickle_that_would_not_is_refused() -> None:
    def scaled(factor: float) -> Any:
        return autograd.operation(
            "test_custom_scaled", forward=lambda m, a: factor * a, partials=[lambda m, y, a: factor]
        )

    y = scaled(2.0)(Value(1.0))
    scaled(3.0)
    twin = copy.deepcopy(y)
    twin._prev[0].data = 10.0
    assert twin.refresh().data == 20.0
    with pytest.raises(TypeError, match=r"'test_custom_scaled'.*redeclared"):
        pickle.dumps(y)


def test_objects_that_are_not_numbers_are_refused() -> None:
    for k, answer in enumerate((2j, None, (1.0, 2.0))):
        forward = autograd.operation(
            f"test_custom_a{k}", forward=lambda m, a, x=answer: x, partials=[lambda m, y, a: 1.0]
        )
        with pytest.raises(TypeError, match=rf"forward of operation 'test_custom_a{k}' gave .*, which is not a float"):
            forward(1.0)
        partial = autograd.operation(
            f"test_custom_b{k}", forward=lambda m, a: a, partials=[lambda m, y, a, x=answer: x]
        )
        with pytest.raises(TypeError, match=rf"partial 0 of operation 'test_custom_b{k}' .* not a float"):
            partial(1.0)
    whole = autograd.operation("test_custom_whole", forward=lambda m, a: 2, partials=[lambda m, y, a: 0])
    above = autograd.operation("test_custom_above", forward=lambda m, a: m.greater(a, 1), partials=[lambda m, y, a: 0])
    assert [type(f(3.0).data) for f in (whole, above)] == [float, float]
    with pytest.raises(TypeError, match="partials is a list"):
        autograd.operation("test_custom_c", forward=lambda m, a: a, partials=lambda m, y, a: 1.0)  # type: ignore[arg-type]
