"""Tapes inside tapes: derivatives of derivatives, and levels that are not confused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import srcad
from srcad import grad, hessian, jvp
from srcad.errors import SrcadError
from srcad.tape import GradientTape, Traced
from tests.programs.numerical import numerical_gradient

A = np.array([[0.6, 1.4, 0.3], [1.1, 0.7, 1.9]])


def derivative(f):
    """Return the derivative of a function of one number, by a tape of its own."""

    def slope(x):
        with GradientTape() as tape:
            x = tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    return slope


def test_the_derivatives_of_a_power_up_to_the_fourth():
    f, expected = (lambda x: x**4), [16.0, 32.0, 48.0, 48.0, 24.0]
    for value in expected:
        assert f(2.0) == pytest.approx(value)
        f = derivative(f)


def test_the_fifth_derivative_of_the_sine_is_the_cosine():
    f = np.sin
    for _ in range(5):
        f = derivative(f)
    assert f(0.7) == pytest.approx(math.cos(0.7))


def test_levels_are_not_confused():
    # Siskind and Pearlmutter's example: d/dx (x * d/dy (x + y)) is 1, not 2.
    assert derivative(lambda x: x * derivative(lambda y: x + y)(1.0))(1.0) == 1.0
    assert derivative(lambda x: x * derivative(lambda y: x * y)(2.0))(3.0) == 6.0


def test_an_inner_gradient_is_traced_by_the_outer_tape_alone():
    with GradientTape() as outer:
        x = outer.watch(3.0)
        with GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        slope = inner.gradient(y, x)
        assert isinstance(slope, Traced)
    assert outer.gradient(slope, x) == 18.0


def test_an_inner_gradient_of_what_the_outer_tape_does_not_follow_is_plain():
    with GradientTape() as outer:
        x = outer.watch(3.0)
        slope = derivative(lambda y: y * y)(5.0)
        z = x * slope
    assert type(slope) is float
    assert outer.gradient(z, x) == 10.0


def test_tapes_need_not_be_nested_in_their_use():
    with GradientTape(persistent=True) as first, GradientTape(persistent=True) as second:
        x = first.watch(2.0)
        second.watch(x)
        y = x**3
        by_second = second.gradient(y, x)
        by_first = first.gradient(y, x)
    assert by_first.value == by_second.value == 12.0
    assert first.gradient(by_second, x) == second.gradient(by_first, x) == 12.0


def test_a_persistent_tape_records_its_own_gradient():
    with GradientTape(persistent=True) as tape:
        x = tape.watch(2.0)
        y = x**3
        slope = tape.gradient(y, x)
        curvature = tape.gradient(slope, x)
    assert (slope.value, curvature.value) == (12.0, 12.0)
    assert tape.gradient(curvature, x) == 6.0


def test_watching_a_result_does_not_record_how_it_came_about():
    with GradientTape() as outer:
        x = outer.watch(2.0)
        y = x * x
        with GradientTape() as inner:
            inner.watch([x, y])
            z = x * y
    assert inner.gradient(z, [x, y]) == [4.0, 2.0]
    assert outer.gradient(z, x) == 12.0


FUNCTIONS = {
    "products": lambda x: np.sum((x @ x.T) ** 2 @ x),
    "elementwise": lambda x: np.sum(np.exp(np.sin(x)) / (1.0 + x * x) ** 1.5),
    "reductions": lambda x: np.prod(x.mean(axis=0)) * x.std() + np.sum(np.max(x, axis=1) ** 3),
    "entries": lambda x: np.sum(x[[0, 1, 1], [2, 0, 0]] ** 3) + x[0, 1] * x[1, 2] ** 2,
    "joining": lambda x: np.sum(np.concatenate([x * x, np.stack([x[0], x[1] * x[0]])]) ** 2),
    "splitting": lambda x: np.sum(np.split(x, 3, axis=1)[1] ** 3 * np.split(x, 3, axis=1)[0]),
    "linear algebra": lambda x: np.linalg.slogdet(x @ x.T)[1] + np.sum(np.linalg.inv(x @ x.T) ** 2),
    "solving": lambda x: np.sum(np.linalg.solve(x @ x.T + np.eye(2), x) ** 2),
    "einsum": lambda x: np.einsum("ij,kj,ik->", x, x * x, x @ x.T),
    "cumulative": lambda x: np.sum(np.cumsum(x, axis=1) ** 3) + np.sum(np.cumprod(x, axis=1) ** 2),
    "branches": lambda x: np.sum(np.where(x > 1.0, x**3, np.sqrt(x))) + np.sum(np.clip(x, 0.5, 1.5) ** 2),
    "norm": lambda x: np.linalg.norm(x) ** 3 + np.sum(np.linalg.norm(x, axis=1)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hessian_vector_products_against_differences_of_gradients(name):
    f = FUNCTIONS[name]
    direction = np.array([[0.3, -0.5, 0.8], [0.1, 0.9, -0.2]])

    def slope(x):
        with GradientTape() as tape:
            x = tape.watch(x)
            y = f(x)
        return np.sum(tape.gradient(y, x) * direction)

    with GradientTape() as outer:
        x = outer.watch(A)
        along = slope(x)
    product = outer.gradient(along, x)
    np.testing.assert_allclose(product, numerical_gradient(slope, (A,), 1.0)[(0,)], rtol=1e-6, atol=1e-8)


def test_a_target_with_several_sources_twice_nested():
    def f(x, w):
        return np.sum(np.tanh(w @ x) ** 2) * x[0]

    x0, w0 = np.array([0.3, -0.7, 0.4]), A
    with GradientTape() as outer:
        x, w = outer.watch((x0, w0))
        with GradientTape() as inner:
            inner.watch([x, w])
            y = f(x, w)
        dx, dw = inner.gradient(y, [x, w])
        z = [np.sum(dx * dx), np.sum(dw) * x[1]]
    gradients = outer.gradient(z, {"x": x, "w": w})

    def total(x, w):
        with GradientTape() as tape:
            watched = tape.watch((x, w))
            y = f(*watched)
        dx, dw = tape.gradient(y, watched)
        return np.sum(dx * dx) + np.sum(dw) * x[1]

    numerical = numerical_gradient(total, (x0, w0), 1.0)
    np.testing.assert_allclose(gradients["x"], numerical[(0,)], rtol=1e-6)
    np.testing.assert_allclose(gradients["w"], numerical[(1,)], rtol=1e-6)


def test_output_gradients_may_be_traced():
    with GradientTape() as outer:
        weight = outer.watch(np.array([1.0, 2.0]))
        with GradientTape() as inner:
            x = inner.watch(np.array([3.0, 4.0]))
            y = x * x
        pulled = np.sum(inner.gradient(y, x, output_gradients=weight))
    np.testing.assert_array_equal(outer.gradient(pulled, weight), [6.0, 8.0])


def test_a_particle_is_steered_through_the_gradient_of_a_potential():
    # Pearlmutter and Siskind (2008): the outer derivative goes through an inner gradient in every step.
    def landing(push):
        charge = np.array([10.0, 10.0])
        position, velocity = np.array([0.0, 8.0]), np.array([0.75, 0.0])
        for _ in range(20):
            with GradientTape() as tape:
                here = tape.watch(position)
                potential = 1.0 / np.linalg.norm(here - charge + push * np.array([0.0, 1.0]))
                potential = potential + 1.0 / np.linalg.norm(here - np.array([10.0, 0.0]))
            velocity = velocity - 0.1 * tape.gradient(potential, here)
            position = position + 0.1 * velocity
        return position[0] ** 2 + position[1]

    with GradientTape() as outer:
        push = outer.watch(0.4)
        result = landing(push)
    step = 1e-4
    numerical = (landing(0.4 + step) - landing(0.4 - step)) / (2 * step)
    assert outer.gradient(result, push) == pytest.approx(numerical, rel=1e-5)


def test_a_tape_inside_of_a_differentiated_function_is_refused() -> None:
    def slope(x):
        with GradientTape() as tape:
            y = tape.watch(x)
            z = y**3
        return tape.gradient(z, y)

    assert slope(2.0) == 12.0
    with pytest.raises(SrcadError, match="A tape is opened"):
        grad(slope)(2.0)


@pytest.mark.parametrize(
    "inner",
    [grad(np.sum), lambda x: hessian(np.sum)(x), lambda x: jvp(np.sum, (x,), (np.ones(2),))[1]],
)
def test_a_derivative_of_source_inside_of_a_tape_says_what_to_do(inner: Any) -> None:
    with GradientTape() as tape, pytest.raises(SrcadError, match="Take the inner derivative by a tape too"):
        inner(tape.watch(np.ones(2)))


@pytest.mark.parametrize(
    "derivative",
    [
        lambda f, x: srcad.hvp(f)(x, x),
        lambda f, x: srcad.hvp(f)(x.value, x),
        lambda f, x: srcad.linearize(f, x),
        lambda f, x: srcad.jvp(f, (x.value,), (x,)),
        lambda f, x: srcad.ggnvp(f)(x, x),
        lambda f, x: srcad.hessian(f)(x),
    ],
)
def test_a_derivative_of_a_value_that_a_tape_follows_is_refused(derivative):
    with srcad.GradientTape() as tape:
        x = tape.watch(np.ones(2))
        with pytest.raises(srcad.SrcadError, match="Take the inner derivative by a tape too"):
            derivative(lambda x: np.sum(x**3), x)


@pytest.mark.parametrize(
    "inner",
    [
        lambda x: grad(lambda y: np.sum(y**3))(x),
        lambda x: grad(lambda y: np.sum(x * y))(np.ones(2)),
        lambda x: grad(lambda p: np.sum(p["a"] ** 3))({"a": x}),
        lambda x: srcad.vjp(lambda p: np.sum(p[0] ** 3), [x]),
        lambda x: srcad.jvp(lambda p: p["a"], ({"a": x},), ({"a": np.ones(2)},)),
        lambda x: grad(lambda y: np.sum(y**3))(srcad.Variable(np.ones(2))),
    ],
)
def test_what_a_tape_follows_is_no_point_of_a_derivative_of_source(inner: Any) -> None:
    with GradientTape() as tape, pytest.raises(SrcadError, match=r"pass x\.value for a constant"):
        inner(2.0 * tape.watch(np.ones(2)))
