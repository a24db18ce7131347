"""Operators on operators on functions that are passed as values: third and fourth derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import elementwise_grad, grad, hvp, jacobian, jacrev, jvp, vjp

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
