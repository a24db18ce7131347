"""Splines of ``scipy.interpolate`` by their coefficients, their derivatives, antiderivatives and integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import BSpline, CubicSpline, PPoly, make_interp_spline

from srcad import check_grads, grad, value_and_grad
from srcad.errors import NoDerivativeError

rng = np.random.default_rng(11)
KNOTS = np.array([0.0, 0.3, 0.4, 1.1, 1.3, 1.8, 2.1, 2.6, 3.0])
PLACES = np.array([1.15, 1.5])
C, TABLE = rng.normal(size=5), rng.normal(size=(2, 5))
VALUES, PAIRS = rng.normal(size=9), rng.normal(size=(9, 2))
PIECES = rng.normal(size=(4, 3))
FIXED = CubicSpline(KNOTS, VALUES)

PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "a B-spline": (lambda c, x: BSpline(KNOTS, c, 3)(x), (C, PLACES)),
    "a B-spline along another axis": (lambda c, x: BSpline(KNOTS, c, 3, axis=1)(x), (TABLE, PLACES)),
    "a B-spline without what lies beyond": (
        lambda c: BSpline(KNOTS, c, 3, extrapolate=False)(PLACES, 1),
        (C,),
    ),
    "pieces": (lambda c, x: PPoly(c, KNOTS[:4])(x), (PIECES, 0.2)),
    "a derivative": (lambda c, x: BSpline(KNOTS, c, 3).derivative()(x), (C, PLACES)),
    "a derivative of pieces": (lambda y, x: CubicSpline(KNOTS, y).derivative(2)(x), (PAIRS, PLACES)),
    "a derivative of an interpolant": (
        lambda y: make_interp_spline(KNOTS, y).derivative()(PLACES),
        (VALUES,),
    ),
    "an antiderivative": (lambda c, x: BSpline(KNOTS, c, 3).antiderivative()(x), (C, PLACES)),
    "an antiderivative of pieces": (lambda y, x: CubicSpline(KNOTS, y).antiderivative(2)(x), (PAIRS, PLACES)),
    "an integral": (lambda c, a, b: BSpline(KNOTS, c, 3).integrate(a, b), (C, 1.2, 1.7)),
    "an integral from beyond": (
        lambda c, a, b: BSpline(KNOTS, c, 3, extrapolate=False).integrate(a, b),
        (C, 0.5, 1.7),
    ),
    "an integral of pieces": (lambda y, a, b: CubicSpline(KNOTS, y).integrate(a, b), (VALUES, 0.7, 2.7)),
    "an integral of several": (lambda y, a: CubicSpline(KNOTS, y).integrate(a, 3.2), (PAIRS, 0.7)),
    "an integral of what is fixed": (lambda a, b: FIXED.integrate(a, b) * FIXED.derivative()(a), (0.7, 2.7)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    function, args = PROGRAMS[name]
    weights = rng.uniform(0.5, 1.5, np.shape(function(*args)))

    def total(*args: Any) -> Any:
        return np.sum(weights * function(*args) ** 2)

    assert value_and_grad(total)(*args)[0] == total(*args)
    check_grads(total, args, order=2)


def test_a_derivative_of_constants_is_zero() -> None:
    gradient = grad(lambda c: PPoly(c, KNOTS[:4]).derivative()(0.2) + 0.0 * c[0, 0])(PIECES[:1])
    assert np.array_equal(gradient, np.zeros((1, 3)))


@pytest.mark.parametrize(
    "function",
    [
        lambda t: BSpline(t, C, 3)(1.2),
        lambda t: PPoly(PIECES, t[:4])(0.2),
        lambda y: CubicSpline(KNOTS, np.append(y[1:], y[1]), bc_type="periodic").integrate(0.0, 4.0),
    ],
)
def test_knots_and_periods_are_refused_with_the_line(function: Callable[..., Any]) -> None:
    with pytest.raises(NoDerivativeError) as caught:
        grad(function)(KNOTS.copy())
    assert "lambda" in caught.value.location.text
