"""Least squares by SciPy are differentiated implicitly, to all orders that minima are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from srcad import SrcadError, grad, hvp, jvp, value_and_grad

TIMES = np.arange(5.0)
DATA = np.array([0.9, 0.6, 0.5, 0.3, 0.35])
EXACT = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}


def decay(t: Any, amplitude: Any, rate: Any) -> Any:
    return amplitude * np.exp(-rate * t)


def fitted(y: Any) -> Any:
    p, _ = scipy.optimize.curve_fit(decay, TIMES, y, p0=[0.7, 0.1], **EXACT)
    return p[0] + 0.3 * p[1] ** 2


def fitted_with_a_lambda(y: Any) -> Any:
    p = scipy.optimize.curve_fit(lambda t, a, c: a * np.exp(-c * t), TIMES, y, sigma=TIMES + 1.0, **EXACT)[0]
    return p[0] + 0.3 * p[1] ** 2


def line(y: Any) -> Any:
    return np.sum(scipy.optimize.curve_fit(lambda t, a, c: a + c * t, TIMES, y)[0] ** 2)


def solved(d: Any) -> Any:
    def residuals(t: Any, scale: Any) -> Any:
        return np.array([t[0] - d[0], scale * t[0] * t[1] - d[1], t[1] ** 2 - d[2]])

    found = scipy.optimize.least_squares(residuals, np.ones(2), args=(d[3],), **EXACT)
    return found.x[0] + 0.3 * found.x[1] ** 2 + found.cost + found.fun[1]


@pytest.mark.parametrize("function", [fitted, fitted_with_a_lambda, line, solved])
def test_value_and_derivatives_of_two_orders(function: Callable[..., Any]) -> None:
    v = np.array([0.1, 0.3, -0.2, 0.5, 0.7])
    value, gradient = value_and_grad(function)(DATA)
    np.testing.assert_allclose(value, function(DATA), rtol=1e-9)
    quotient = (function(DATA + 1e-3 * v) - function(DATA - 1e-3 * v)) / 2e-3
    np.testing.assert_allclose(gradient @ v, quotient, rtol=1e-3)
    np.testing.assert_allclose(jvp(function, (DATA,), (v,))[1], gradient @ v, rtol=1e-6)
    change = (grad(function)(DATA + 1e-3 * v) - grad(function)(DATA - 1e-3 * v)) / 2e-3
    np.testing.assert_allclose(hvp(function)(DATA, v), change, rtol=1e-2, atol=1e-4)


def test_a_line_has_the_derivative_of_its_normal_equations() -> None:
    basis = np.stack((np.ones(5), TIMES), axis=1)
    inverse = np.linalg.pinv(basis)
    np.testing.assert_allclose(grad(line)(DATA), 2.0 * inverse.T @ (inverse @ DATA), rtol=1e-6)


@pytest.mark.parametrize(
    "function",
    [
        lambda y: np.sum(scipy.optimize.curve_fit(decay, TIMES, y)[1]),
        lambda y: np.sum(scipy.optimize.curve_fit(decay, TIMES, y, bounds=(0.0, [0.5, 1.0]))[0]),
        lambda y: np.sum(scipy.optimize.least_squares(lambda t: t - y, np.full(5, 0.5), bounds=(0.4, 1.0)).x),
        lambda y: np.sum(scipy.optimize.least_squares(lambda t: t - y, y, loss="soft_l1").x),
        lambda y: np.sum(scipy.optimize.least_squares(lambda t: t - y, y).jac),
    ],
)
def test_what_has_no_derivative_is_refused_with_the_line(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError) as caught:
        grad(function)(DATA)
    assert "scipy.optimize" in caught.value.location.text
