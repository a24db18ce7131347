"""Operands that do not move beside those that do, where their partial derivative is infinite or not a number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from srcad import grad, hessian, jacfwd, jacrev, jvp


def logarithms(s, f=special.xlogy):
    return f(np.stack([np.zeros_like(s), s]), np.stack([np.zeros_like(s), 2 * s + 1]))


@pytest.mark.parametrize("f", [special.xlogy, special.xlog1py, special.rel_entr, special.kl_div])
def test_a_zero_that_stands_still_has_no_tangent(f):
    along = jacfwd(lambda s: logarithms(s, f))(0.7)
    assert along[0] == 0.0
    assert np.allclose(along, jacrev(lambda s: logarithms(s, f))(0.7), rtol=1e-14)
    second = jacfwd(jacrev(lambda s: logarithms(s, f)))(0.7)
    step = 1e-6
    slope = jacrev(lambda s: logarithms(s, f))
    assert np.allclose(second, (slope(0.7 + step) - slope(0.7 - step)) / (2 * step), atol=1e-8)
    with np.errstate(invalid="ignore"):
        assert np.isclose(grad(grad(lambda s: np.sum(logarithms(s, f))))(0.7), second[1])


def test_entropy_beside_zeros():
    x = np.array([0.0, 2.0, 0.0])
    assert np.allclose(
        jvp(special.entr, (x,), (np.array([0.0, 1.0, 0.0]),))[1], [0.0, -1.0 - np.log(2.0), 0.0]
    )
    with np.errstate(divide="ignore"):
        assert np.array_equal(
            np.diag(hessian(lambda x: np.sum(special.entr(x)))(x)), [-np.inf, -0.5, -np.inf]
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_of_products_with_logarithms(dtype):
    x, y = np.array([0.0, 0.5], dtype), np.array([0.3, 2.0], dtype)
    for f in (special.xlogy, special.xlog1py, special.rel_entr, special.kl_div):
        with np.errstate(divide="ignore"):
            gradients = grad(lambda x, y, f=f: np.sum(f(x, y)), argnums=(0, 1))(x, y)
        assert [part.dtype for part in gradients] == [dtype, dtype]
        assert jvp(f, (x, y), (x, y))[1].dtype == dtype


@pytest.mark.parametrize("power", [lambda x, n: x**n, np.power, np.float_power, pow])
def test_an_exponent_at_rest_has_negative_bases(power):
    def energy(p):
        return np.sum(power(p[0], p[1]))

    p = [np.array([-1.0, 2.0]), 3]
    assert np.array_equal(jvp(energy, (p,), ([np.array([1.0, 0.0]), 0.0],))[1], 3.0)
    assert np.array_equal(jacfwd(energy)(p)[0], [3.0, 12.0])
    second = hessian(energy)(p)
    assert np.array_equal(second[0][0], [[-6.0, 0.0], [0.0, 12.0]])
    assert np.array_equal(jacrev(grad(energy))(p)[0][0], [[-6.0, 0.0], [0.0, 12.0]])


def test_numbers_to_the_power_of_numbers_at_rest():
    def cubes(p):
        return p[0] ** p[1] + np.float_power(p[0], p[1])

    assert jvp(cubes, ([-2.0, 3],), ([1.0, 0.0],))[1] == 24.0
    assert hessian(cubes)([-2.0, 3])[0][0] == -24.0
