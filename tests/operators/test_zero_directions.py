"""Mixed tangents are not lost where one of the directions is zero, by chance or by choice."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from srcad import grad, hvp, jvp


def resolved_late(g, p):
    several = [np.multiply]
    return several[0](several[0](g, p), p)


def known(g, p):
    return g * p * p


@pytest.mark.parametrize("directions", [((0.0, 1.4), (0.9, 0.0)), ((0.9, 0.0), (0.0, 1.4))])
def test_mixed_tangents_of_a_gradient_where_the_values_are_zero(directions):
    first, second = directions

    def twice(f):
        along = lambda g, p: jvp(grad(f, (0, 1)), (g, p), first)[1]  # noqa: E731
        return jvp(along, (0.0, 0.5), second)[1]

    np.testing.assert_allclose(twice(resolved_late), twice(known), rtol=1e-12)
    np.testing.assert_allclose(twice(known), (0.0, 2.0 * 1.4 * 0.9), rtol=1e-12)


EXPONENTS = {"one": 2.0, "other": np.float64(3.0)}


def powers_from_a_dict(x):
    squares = x ** EXPONENTS["one"]
    squares **= EXPONENTS["other"]
    return np.sum(squares * x ** EXPONENTS["other"])


def test_an_exponent_that_stays_leaves_negative_numbers_their_powers() -> None:
    x = np.array([-1.5, 0.5])
    direction = np.array([1.0, 2.0])
    value, tangent = jvp(powers_from_a_dict, (x,), (direction,))
    np.testing.assert_allclose(value, np.sum(x**9), rtol=1e-12)
    np.testing.assert_allclose(tangent, np.sum(9 * x**8 * direction), rtol=1e-12)
    np.testing.assert_allclose(hvp(powers_from_a_dict)(x, direction), 72 * x**7 * direction, rtol=1e-12)


def powers_late(g, p):
    functions = [np.power, operator.pow]
    return functions[0](g, p) * functions[1](g, p)


def powers_known(g, p):
    return g ** (2.0 * p)


@pytest.mark.parametrize(
    "directions", [((0.0, 1.4), (0.9, 0.0)), ((0.9, 0.0), (0.0, 1.4)), ((0.9, 0.0), (0.5, 0.0))]
)
def test_mixed_tangents_of_powers(directions):
    first, second = directions

    def twice(f):
        return jvp(lambda g, p: jvp(f, (g, p), first)[1], (0.7, 1.5), second)[1]

    def reversed_once(f):
        return jvp(lambda g, p: jvp(grad(f), (g, p), first)[1], (0.7, 1.5), second)[1]

    np.testing.assert_allclose(twice(powers_late), twice(powers_known), rtol=1e-12)
    np.testing.assert_allclose(reversed_once(powers_late), reversed_once(powers_known), rtol=1e-12)
