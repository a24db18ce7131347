"""Operators on operators on functions that are passed as values: third and fourth derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import elementwise_grad, grad, hvp, jacobian, jacrev, jvp

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
