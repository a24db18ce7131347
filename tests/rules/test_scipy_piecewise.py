"""Cubic interpolants with slopes, and interpolation along any axis, by SciPy: values and derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import (
    Akima1DInterpolator,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
    interp1d,
    make_interp_spline,
)

from srcad import SrcadError, grad
from tests.rules.written import check_written

rng = np.random.default_rng(3)
PLACES = np.array([0.0, 0.7, 1.5, 2.6, 3.1, 4.0])
VALUES, SLOPES = rng.normal(size=6), rng.normal(size=6)
TABLE, CUBE = rng.normal(size=(2, 6)), rng.normal(size=(2, 6, 3))
AT = np.array([0.3, 2.9, 1.9])
MATRIX = np.array([[0.4, 1.1], [2.2, 3.3]])
RISING = np.cumsum(np.exp(VALUES))

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "pchip by values": (lambda y: PchipInterpolator(PLACES, y)(AT), VALUES),
    "pchip by places": (lambda x: PchipInterpolator(x, RISING)(AT), PLACES),
    "pchip at": (lambda a: PchipInterpolator(PLACES, RISING)(a), MATRIX),
    "slope of pchip": (lambda y: PchipInterpolator(PLACES, y, axis=1)(MATRIX, 1), TABLE),
    "pchip beyond": (lambda a: PchipInterpolator(PLACES, RISING)(a + 3.0), AT),
    "pchip of two": (lambda y: PchipInterpolator(PLACES[:2], y)(0.3), VALUES[:2]),
    "akima by values": (lambda y: Akima1DInterpolator(PLACES, y)(AT), VALUES),
    "akima by places": (lambda x: Akima1DInterpolator(x, VALUES, method="makima")(AT), PLACES),
    "akima along an axis": (lambda y: Akima1DInterpolator(PLACES, y, axis=-2)(MATRIX), CUBE),
    "hermite by slopes": (lambda d: CubicHermiteSpline(PLACES, VALUES, d)(AT) ** 2, SLOPES),
    "hermite by places": (lambda x: CubicHermiteSpline(x, VALUES, SLOPES)(AT, nu=2), PLACES),
    "periodic": (lambda a: CubicHermiteSpline(PLACES, VALUES, SLOPES, extrapolate="periodic")(a + 3.0), AT),
    "cubic along an axis": (lambda y: CubicSpline(PLACES, y, axis=1)(MATRIX) ** 2, CUBE),
    "cubic along an axis at": (lambda a: CubicSpline(PLACES, TABLE, axis=-1)(a), MATRIX),
    "b-spline along an axis": (lambda y: make_interp_spline(PLACES, y, axis=1)(AT) ** 2, TABLE),
    "natural b-spline": (lambda y: make_interp_spline(PLACES, y, bc_type="natural")(AT) ** 2, VALUES),
    "linear along the last axis": (lambda y: interp1d(PLACES, y)(MATRIX) ** 2, TABLE),
    "quadratic along an axis at": (lambda a: interp1d(PLACES, CUBE, "quadratic", axis=1)(a) ** 2, AT),
    "filled along an axis": (
        lambda y: interp1d(PLACES, y, axis=1, bounds_error=False, fill_value=0.5)(AT * 2) ** 2,
        CUBE,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def test_beyond_its_ends_an_akima_interpolant_is_nan() -> None:
    assert np.isnan(Akima1DInterpolator(PLACES, VALUES)(5.0))
    gradient = grad(lambda y: np.nansum(Akima1DInterpolator(PLACES, y)(np.array([0.3, 5.0]))))(VALUES)
    assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize(
    "function",
    [
        lambda y: PchipInterpolator(PLACES, y).integrate(0.0, 1.0),
        lambda y: np.sum(make_interp_spline(PLACES, y, bc_type=([(1, 0.3)], [(1, 0.0)]))(AT)),
    ],
)
def test_what_has_no_derivative_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError):
        grad(function)(VALUES)
