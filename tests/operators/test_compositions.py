"""Operators on operators on functions that are passed as values: third and fourth derivatives."""

from __future__ import annotations

import collections
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcad
from srcad import (
    checkpoint,
    elementwise_grad,
    ggnvp,
    grad,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    tree,
    value_and_grad,
    vjp,
)
from srcad.errors import ArgumentError, UnsupportedError

X, V = np.array([0.4, 0.7, 0.2]), np.array([0.3, -0.2, 0.5])


def by_branches(x):
    s = 1.0
    for i in range(3):
        if x[i] > 0.3:
            s = s * x[i]
        else:
            s = s + x[i] ** 3
    return s


def straight(x):
    return np.sum(x**2) * x[0]


def sloped(f):
    return lambda x: np.sum(grad(f)(x) * V)


def multiplied(f):
    return lambda x: np.prod(elementwise_grad(f)(x))


def directed(f):
    return lambda x: jvp(f, (x,), (V,))[1]


def by_rows(f):
    return lambda x: np.sum(jacrev(f)(x))


def by_columns(f):
    return lambda x: np.sum(jacobian(f)(x) ** 2)


def curved(f):
    return lambda x: np.sum(hvp(f)(x, V) * V)


def differences(f, x, step=1e-4):
    units = step * np.eye(x.size)
    return np.array([(f(x + unit) - f(x - unit)) / (2 * step) for unit in units])


CHAINS = [
    multiplied(sloped(by_branches)),
    by_rows(directed(by_branches)),
    directed(multiplied(straight)),
    by_columns(multiplied(straight)),
    curved(directed(multiplied(straight))),
    sloped(sloped(by_branches)),
]


@pytest.mark.parametrize("f", CHAINS)
def test_the_gradient_of_a_chain_of_operators_is_that_of_differences(f):
    np.testing.assert_allclose(grad(f)(X), differences(f, X), rtol=1e-5, atol=1e-6)


def test_the_pullback_of_a_pullback_has_the_gradient_of_what_it_captured():
    def pulled_twice(p):
        _, pull = vjp(straight, p)
        _, again = vjp(lambda c: pull(c)[0], 1.0)
        return again(V)[0]

    np.testing.assert_allclose(grad(pulled_twice)(X), hvp(straight)(X, V), rtol=1e-12)


def test_the_pullback_of_a_pullback_has_a_gradient_in_a_dict():
    def cubes(p):
        return np.sum(p["w"] ** 3) * p["b"]

    def pulled_twice(p):
        _, pull = vjp(cubes, p)
        _, again = vjp(lambda c: pull(c)[0], 1.0)
        return again({"w": V, "b": 0.5})[0]

    found = grad(pulled_twice)({"w": X, "b": 2.0})
    np.testing.assert_allclose(found["w"], 6 * X * V * 2.0 + 3 * X**2 * 0.5, rtol=1e-12)
    assert np.isclose(found["b"], np.sum(3 * X**2 * V))


@dataclass
class Layer:
    w: Any
    b: Any


def of_a_dict(p):
    return np.sum(np.tanh(p["w"] * p["b"])) * p["b"] ** 2


def of_a_list(p):
    w, (b, c) = p
    return np.sum(w**3) * b * b + np.sin(c) * b


def of_an_object(p):
    return np.sum(p.w**3) * p.b + p.b**4


def appended(p):
    rows = []
    for value in p["w"]:
        rows.append(value * value)
        rows.append(rows[0] * value)
    return sum(rows) * p["b"]


W, DW = np.array([0.6, 0.4]), np.array([0.3, -0.2])
POINTS = {
    of_a_dict: ({"w": W, "b": 0.8}, {"w": DW, "b": 0.5}, lambda g: np.sum(g["w"]) * g["b"]),
    appended: ({"w": W, "b": 0.8}, {"w": DW, "b": 0.5}, lambda g: np.sum(g["w"]) * g["b"]),
    of_a_list: ([W, (0.8, 0.3)], [DW, (0.5, -0.3)], lambda g: np.sum(g[0]) * g[1][0] + g[1][1]),
    of_an_object: (Layer(W, 0.8), Layer(DW, 0.5), lambda g: np.sum(g.w) * g.b),
}


def by_its_vector(f, v, measure):
    """The product with the Hessian as the gradient of a quadratic form by its vector."""

    def form(u, p):
        return 0.5 * jvp(lambda q: jvp(f, (q,), (u,))[1], (p,), (u,))[1]

    return lambda p: measure(grad(form)(v, p))


def pulled_twice(f, v, measure):
    def chain(p):
        _, pull = vjp(f, p)
        _, again = vjp(lambda c: pull(c)[0], 1.0)
        return again(v)[0]

    return chain


def pulled_twice_and_pushed(f, v, measure):
    return lambda p: jvp(pulled_twice(f, v, measure), (p,), (v,))[1]


def columns_recomputed(f, v, measure):
    return lambda p: measure(grad(checkpoint(lambda q: measure(jacfwd(f)(q))))(p))


def gauss_newton_of_a_pullback(f, v, measure):
    return lambda p: measure(ggnvp(pulled_twice(f, v, measure))(p, v))


@pytest.mark.parametrize("f", POINTS, ids=lambda f: f.__name__)
def test_the_product_with_the_hessian_is_the_gradient_of_its_quadratic_form_by_the_vector(f):
    point, direction, measure = POINTS[f]
    chained = by_its_vector(f, direction, measure)
    assert np.isclose(chained(point), measure(hvp(f)(point, direction)))
    vector, layout = tree.flatten(point)
    expected = differences(lambda x: measure(hvp(f)(layout(x), direction)), vector)
    np.testing.assert_allclose(tree.flatten(grad(chained)(point))[0], expected, rtol=2e-5, atol=1e-6)


def test_the_pullback_of_a_pullback_is_differentiated_in_both_modes():
    f, (point, direction, measure) = appended, POINTS[appended]
    chained = pulled_twice_and_pushed(f, direction, measure)
    vector, layout = tree.flatten(point)
    way = tree.flatten(direction)[0]
    expected = differences(lambda x: way @ tree.flatten(hvp(f)(layout(x), direction))[0], vector)
    np.testing.assert_allclose(tree.flatten(grad(chained)(point))[0], expected, rtol=2e-5, atol=1e-6)


def test_columns_of_a_list_are_recomputed():
    point, direction, measure = POINTS[of_a_list]
    chained = columns_recomputed(of_a_list, direction, measure)
    vector, layout = tree.flatten(point)
    expected = differences(lambda x: measure(grad(lambda q: measure(grad(of_a_list)(q)))(layout(x))), vector)
    np.testing.assert_allclose(tree.flatten(grad(chained)(point))[0], expected, rtol=2e-5, atol=1e-6)


def test_the_gauss_newton_product_of_a_pullback_is_differentiated_by_an_object():
    point, direction, measure = POINTS[of_an_object]
    found = gauss_newton_of_a_pullback(of_an_object, direction, measure)(point)
    second = tree.flatten(hvp(of_an_object)(point, direction))[0]
    _, layout = tree.flatten(point)
    way = tree.flatten(direction)[0]
    assert np.isclose(found, measure(layout(second * (second @ way))))


def test_a_pullback_is_differentiated_after_vjp_has_returned():
    def filled(x):
        rows = [x[0] ** 2]
        for value in x:
            rows.append(rows[0] * value)
        return sum(rows) * x

    value, pull = vjp(filled, X)
    matrix = jacobian(filled)(X)
    np.testing.assert_allclose(vjp(lambda c: pull(c)[0], value)[1](V)[0], matrix @ V)
    np.testing.assert_allclose(jvp(lambda c: pull(c)[0], (value,), (V,))[1], matrix.T @ V)
    np.testing.assert_allclose(grad(lambda c: np.sum(pull(c * c)[0]))(V), 2 * V * matrix.sum(axis=1))


def test_a_pullback_whose_arguments_have_changed_is_not_differentiated():
    x = X.copy()
    _, pull = vjp(straight, x)
    x[0] = 2.0
    with pytest.raises(UnsupportedError, match="its arguments have changed since"):
        grad(lambda c: np.sum(pull(c)[0] ** 2))(1.0)


def test_the_auxiliary_output_and_the_options_of_an_inner_vjp_are_given():
    def scaled(x, s=1.0):
        return s * x**3, x * 2.0

    def outer(x):
        value, pull, aux = vjp(scaled, x, s=2.0, has_aux=True)
        pushed, push, same = linearize(scaled, x, has_aux=True)
        return np.sum(pull(value)[0] * aux) + np.sum(push(x) * same)

    # 2 x**3 * 6 x**2 * 2 x + 3 x**3 * 2 x
    np.testing.assert_allclose(grad(outer)(X), 144 * X**5 + 24 * X**3)


def test_an_inner_cotangent_of_the_wrong_shape_is_refused_at_the_call():
    def outer(x):
        _, pull = vjp(straight, x)
        return np.sum(pull(np.ones(3))[0])

    with pytest.raises(ArgumentError, match=r"cotangent has the shape \(3,\)") as refused:
        grad(outer)(X)
    assert "pull(np.ones(3))" in str(refused.value)


def test_an_inner_product_without_its_vector_is_refused():
    with pytest.raises(ArgumentError, match="without an argument to differentiate by"):
        grad(lambda x: np.sum(ggnvp(straight)(x)))(X)


def test_a_gradient_of_a_partial_function_by_forward_mode_and_again():
    fourth = functools.partial(lambda a, x: a * x**4, 2.0)

    def slope(x):
        return value_and_grad(fourth)(x)[1]

    def curvature(x):
        return jvp(slope, (x,), (1.0,))[1]

    assert np.isclose(grad(curvature)(0.7), 48 * 0.7) and np.isclose(vjp(curvature, 0.7)[1](1.0)[0], 48 * 0.7)
    assert np.isclose(jvp(curvature, (0.7,), (1.0,))[1], 48 * 0.7)


def test_a_third_derivative_through_a_partial_function():
    fourth = functools.partial(lambda a, x: a * x**4, 2.0)

    assert np.isclose(grad(grad(lambda x: jvp(fourth, (x,), (1.0,))[1]))(0.7), 48.0 * 0.7)


def slope_of(f):
    return lambda x: linearize(f, x)[1](1.0)


def test_a_function_that_is_captured_under_its_own_name_ends_no_search():
    """The names of a called function are its own: one was looked up in its caller, where it was the function itself."""
    assert np.isclose(grad(elementwise_grad(slope_of(np.sin)))(0.7), -np.cos(0.7))


def test_reverse_mode_over_the_tangent_of_a_bounded_deque():
    def last_rows(m, x):
        rows = collections.deque(m, maxlen=2)
        return sum(np.sum(row * row) * x for row in rows)

    m, direction = np.arange(6.0).reshape(3, 2), np.ones((3, 2))

    def tangent(m, x):
        return jvp(last_rows, (m, x), (direction, 1.0))[1]

    by_m, by_x = grad(tangent, argnums=(0, 1))(m, 0.5)
    np.testing.assert_allclose(by_m, np.where(np.arange(3)[:, None] > 0, 2 * m + 2 * 0.5, 0.0))
    assert by_x == pytest.approx(2 * np.sum(m[1:]))


def cubes(x):
    return x**3


def filled(x):
    out = np.zeros(3)
    for i in range(3):
        out[i] = x ** (i + 2)
    return out[2]


def numbers_and_text(x):
    return {"cube": x**3, "others": [x**2, "text", None]}


def test_elementwise_grad_of_a_plain_function_is_plain_code_to_what_is_around_it():
    second = srcad.value_and_grad(srcad.elementwise_grad(cubes))
    assert second(2.0) == (12.0, 12.0)
    assert "rt." not in second.source
    assert srcad.elementwise_grad(second)(2.0) == 18.0
    assert srcad.jacobian(second)(2.0) == (12.0, 6.0)
    assert srcad.jvp(second, (2.0,), (1.0,)) == ((12.0, 12.0), (12.0, 6.0))
    assert srcad.vjp(second, 2.0)[1]((1.0, 1.0)) == (18.0,)
    assert np.isclose(srcad.elementwise_grad(srcad.value_and_grad(srcad.elementwise_grad(filled)))(2.0), 96.0)


def test_elementwise_grad_of_containers_is_differentiated_again():
    x = np.array([1.0, 2.0])
    slopes = srcad.elementwise_grad(numbers_and_text)
    np.testing.assert_allclose(slopes(x), 3 * x**2 + 2 * x)
    for above in (srcad.elementwise_grad(slopes), srcad.grad(lambda x: np.sum(slopes(x)))):
        np.testing.assert_allclose(above(x), 6 * x + 2)
    np.testing.assert_allclose(srcad.jvp(slopes, (x,), (x,))[1], (6 * x + 2) * x)
    inside = srcad.grad(lambda x: np.sum(srcad.elementwise_grad(numbers_and_text)(x)))
    np.testing.assert_allclose(inside(x), 6 * x + 2)
