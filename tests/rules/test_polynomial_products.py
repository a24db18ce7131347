"""Products of polynomials whose factors, or their tangents, begin with zeros: NumPy leaves these out of the result."""

from __future__ import annotations

import numpy as np

from srcad import grad, jacobian, jvp


def product(x, y):
    return np.polymul(x, y)


X, Y = np.array([0.3, 0.7, 1.4]), np.array([1.1, 0.4])


def test_a_tangent_may_begin_with_zeros() -> None:
    for t in (np.zeros(3), np.array([0.0, 0.0, 1.0])):
        tangent = jvp(product, (X, Y), (t, np.zeros(2)))[1]
        np.testing.assert_allclose(tangent, np.convolve(t, Y))


def test_a_factor_may_begin_with_zeros() -> None:
    factor = np.array([0.0, 0.0, 0.8])
    np.testing.assert_allclose(jacobian(product, argnums=1)(factor, Y), 0.8 * np.eye(2))
    assert np.isclose(grad(lambda s: np.sum(np.polymul([0.0, s], Y)))(0.7), Y.sum())
