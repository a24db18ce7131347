"""Polynomials of NumPy's class in forward mode, where their coefficients are fixed."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import hvp, jvp
from srcad.errors import UnsupportedError


def test_a_polynomial_with_fixed_coefficients_is_followed():
    def value(x):
        p = np.polynomial.Polynomial([1.0, 2.0, 3.0])
        p.coef[1] = x
        return p(x)

    assert jvp(value, (2.0,), (1.0,)) == (17.0, 16.0)
    np.testing.assert_allclose(hvp(value)(2.0, 1.0), 8.0)


def test_coefficients_that_move_are_refused():
    with pytest.raises(UnsupportedError, match="given to 'Polynomial'"):
        jvp(lambda x: np.polynomial.Polynomial([x, 2.0])(x), (2.0,), (1.0,))
