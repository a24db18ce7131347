"""Derivatives of programs that change memory leave the caller's own alone, and know which arguments share it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad.api import grad, value_and_grad, vjp
from srcad.errors import UnsupportedError
from srcad.operators import hvp, jvp

X = np.array([0.3, 1.2, -0.7, 0.9])
Y = np.array([0.8, -0.5, 0.6, 1.1])
DIRECTION = np.array([0.7, -0.4, 0.9, 0.5])


def mix(x, y):
    x[1:] += y[:-1] * y[1:]
    y[0] = x[-1] * 2.0
    return np.sum(x * y)


def store_and_square(x):
    x[0] = x[1] * x[2]
    x.reshape(-1)[3] = 2.0
    return np.sum(x * x)


def changed_containers(p):
    p["new"] = p["a"] * 2.0
    p["list"].append(p["a"])
    p["list"][0] = 5.0
    del p["b"]
    p["a"] *= 3.0
    return p["new"] + sum(p["list"]) + p["a"]


class Model:
    """An object that is differentiated."""

    def __init__(self, scale: float, values: list[float]) -> None:
        self.scale = scale
        self.values = values


def changed_object(model):
    model.scale *= 2.0
    model.values[0] = model.scale * model.values[1]
    model.extra = model.scale
    return model.extra * model.values[0]


def difference(f: Callable[[Any], float], x: Any) -> float:
    """Return the derivative of ``f``, which gets fresh copies, along the direction."""
    step = 1e-4
    at = {k: f(x + k * step * DIRECTION) for k in (-2, -1, 1, 2)}
    return float((8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * step))


def test_one_array_in_two_positions_has_two_gradients_that_sum_to_the_derivative() -> None:
    x = X.copy()
    first, second = grad(mix, argnums=(0, 1))(x, x)

    numerical = difference(lambda z: mix(z, z), X)
    np.testing.assert_allclose(np.sum((first + second) * DIRECTION), numerical, rtol=1e-7)
    np.testing.assert_array_equal(x, X)


def test_overlapping_arrays_have_gradients_that_sum_to_the_derivative() -> None:
    x = X.copy()
    first, second = grad(mix, argnums=(0, 1))(x, x[::-1])

    numerical = difference(lambda z: mix(z, z[::-1]), X)
    np.testing.assert_allclose(np.sum((first + second[::-1]) * DIRECTION), numerical, rtol=1e-7)


def test_tangent_where_one_array_is_in_two_positions() -> None:
    x = X.copy()
    _, tangent = jvp(mix, (x, x), (DIRECTION.copy(), DIRECTION.copy()))

    np.testing.assert_allclose(tangent, difference(lambda z: mix(z, z), X), rtol=1e-7)


def test_array_of_an_enclosing_function_is_changed_as_by_the_primal() -> None:
    data = X.copy()

    def f(z):
        data[1] = 5.0
        z[0] = data[1] * z[1]
        return np.sum(z * data)

    grad(f)(Y.copy())
    np.testing.assert_array_equal(data, [X[0], 5.0, *X[2:]])


def test_gradient_where_one_changed_array_is_in_two_positions_is_not_differentiated() -> None:
    x = X.copy()
    with pytest.raises(UnsupportedError, match=r"share memory that it may change(.|\n)*def mix"):
        hvp(mix, (0, 1))(x, x, (DIRECTION, DIRECTION))

    product = hvp(mix, (0, 1))(x, x.copy(), (DIRECTION, DIRECTION))
    assert all(np.all(np.isfinite(part)) for part in product)


@pytest.mark.parametrize(
    "x",
    [np.repeat(X, 2)[::2], X[::-1].copy()[::-1], np.broadcast_to(0.7, (4,))],
    ids=["step", "negative", "one"],
)
def test_arguments_that_lie_in_memory_in_any_way(x: Any) -> None:
    values = np.array(x)

    gradient = grad(store_and_square)(x)

    np.testing.assert_array_equal(x, values)
    np.testing.assert_allclose(np.sum(gradient * DIRECTION), difference(store_and_square, values), rtol=1e-7)


def test_read_only_argument() -> None:
    x = X.copy()
    x.flags.writeable = False

    np.testing.assert_array_equal(grad(store_and_square)(x), grad(store_and_square)(X.copy()))


def test_integer_and_boolean_arguments_keep_their_values() -> None:
    def f(z, n, mask):
        n += 1
        mask[0] = True
        z[n] *= 2.0
        z[mask] += 1.0
        return np.sum(z * z)

    n, mask = np.array([0, 1]), np.array([False, True, False, True])
    grad(f)(X.copy(), n, mask)

    assert n.tolist() == [0, 1]
    assert mask.tolist() == [False, True, False, True]


def test_containers_keep_their_items_and_give_gradients_of_their_structure() -> None:
    p = {"a": 0.5, "b": 1.0, "list": [1.0, 2.0]}
    before = copy.deepcopy(p)

    gradient = grad(changed_containers)(p)

    assert p == before
    assert gradient == {"a": 6.0, "b": 0.0, "list": [0.0, 1.0]}


def test_objects_keep_their_attributes_and_give_gradients_of_their_class() -> None:
    model = Model(0.5, [1.0, 2.0])

    gradient = grad(changed_object)(model)

    assert vars(model) == {"scale": 0.5, "values": [1.0, 2.0]}
    assert type(gradient) is Model
    # The result is (2 scale)^2 values[1].
    np.testing.assert_allclose(gradient.scale, 8.0 * 0.5 * 2.0)
    np.testing.assert_allclose(gradient.values, [0.0, 4.0 * 0.5**2])


def test_exception_of_the_primal_leaves_the_argument_alone() -> None:
    def f(z):
        z[0] = 5.0
        z[9] = 1.0
        return np.sum(z)

    x = X.copy()
    with pytest.raises(IndexError):
        grad(f)(x)
    np.testing.assert_array_equal(x, X)


def test_what_is_printed_between_stores_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    def f(z):
        for i in range(3):
            z[i] *= 2.0
            print(i, float(z[i]))
        return np.sum(z * z)

    f(X.copy())
    expected = capsys.readouterr().out
    grad(f)(X.copy())
    assert capsys.readouterr().out == expected


def test_pullback_does_not_depend_on_what_happens_to_argument_and_value_afterwards() -> None:
    def f(z):
        z[0] = z[1]
        return z * z

    x = X.copy()
    value, pullback = vjp(f, x)
    expected = pullback(DIRECTION)[0].copy()
    x[:] = 0.0
    value[:] = 0.0

    np.testing.assert_array_equal(pullback(DIRECTION)[0], expected)


def test_cotangent_and_gradient_share_no_memory() -> None:
    def f(z):
        z *= 2.0
        return z

    cotangent = DIRECTION.copy()
    _, pullback = vjp(f, X.copy())
    pullback(cotangent)[0][:] = 7.0

    np.testing.assert_array_equal(cotangent, DIRECTION)
    np.testing.assert_array_equal(pullback(cotangent)[0], 2.0 * DIRECTION)


def test_derivative_is_the_same_at_every_call() -> None:
    def f(z):
        kept = []
        for i in range(3):
            z[i] *= z[i + 1]
            kept.append(z[i])
        return sum(kept)

    gradient = grad(f)
    np.testing.assert_array_equal(gradient(X.copy()), gradient(X.copy()))


def test_pullback_keeps_the_argument_that_the_caller_then_overwrites() -> None:
    x = X.copy()
    _, pullback = vjp(lambda z: z * z, x)
    x[:] = 0.0

    np.testing.assert_allclose(pullback(DIRECTION)[0], 2.0 * X * DIRECTION, rtol=1e-15)


def test_pullback_keeps_the_value_that_the_caller_then_overwrites() -> None:
    value, pullback = vjp(np.exp, X.copy())
    value[:] = 0.0

    np.testing.assert_allclose(pullback(DIRECTION)[0], np.exp(X) * DIRECTION, rtol=1e-15)


def counted() -> tuple[Callable[[float], float], list[float], Any]:
    """Return a function with the list that it appends to and the array that it adds into."""
    seen: list[float] = []
    total = np.zeros(2)

    def f(x):
        seen.append(x)
        total[0] += x
        return x**2

    return f, seen, total


@pytest.mark.parametrize(
    "differentiate",
    [lambda f: grad(f)(2.0), lambda f: value_and_grad(f)(2.0), lambda f: vjp(f, 2.0)[1](1.0)],
    ids=["grad", "value_and_grad", "vjp"],
)
def test_side_effects_on_what_is_captured_are_those_of_one_call(differentiate: Callable[..., Any]) -> None:
    f, seen, total = counted()
    f(2.0)
    g, seen_by_derivative, total_of_derivative = counted()
    differentiate(g)

    assert seen_by_derivative == seen
    np.testing.assert_array_equal(total_of_derivative, total)
