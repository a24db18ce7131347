"""Derivatives of ``scipy.interpolate``: linear and cubic interpolants, in their argument and their values.

An interpolant is made, with a rule for its values, and called, with a rule for its argument; in between its
gradient is that of its coefficients.
"""

from __future__ import annotations

import numpy as np
import scipy.interpolate

from srcad import runtime as rt
from srcad.rules import (  # noqa: F401  (their rules are wanted)
    scipy_interpolate_grids,
    scipy_interpolate_piecewise,
    scipy_interpolate_second,
)
from srcad.rules.registry import elementwise, jvp, refuse, vjp

# -- splines: piecewise polynomials and B-splines ----------------------------------------------------


@vjp(scipy.interpolate.CubicSpline, "y")
def cubic_spline(ans, g, x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
    if axis == 0:
        return rt.scipy_interpolate.cubic_data_adjoint(g, x, y, bc_type)
    front = rt.scipy_interpolate.cubic_data_adjoint(g, x, rt.scipy_interpolate.along_axis(y, axis), bc_type)
    return np.moveaxis(front, 0, axis)


@jvp(scipy.interpolate.CubicSpline, "y")
def cubic_spline_y(ans, t, x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
    if axis == 0:
        return rt.scipy_interpolate.cubic_coefficients(t, x, bc_type)
    return rt.scipy_interpolate.cubic_coefficients(rt.scipy_interpolate.along_axis(t, axis), x, bc_type)


@vjp(scipy.interpolate.make_interp_spline, "y")
def make_interp_spline(ans, g, x, y, k=3, t=None, bc_type=None, axis=0, check_finite=True):
    if axis == 0:
        return rt.scipy_interpolate.spline_data_adjoint(g, ans, x, y, k, bc_type)
    front = rt.scipy_interpolate.spline_data_adjoint(
        g, ans, x, rt.scipy_interpolate.along_axis(y, axis), k, bc_type
    )
    return np.moveaxis(front, 0, axis)


@jvp(scipy.interpolate.make_interp_spline, "y")
def make_interp_spline_y(ans, moved, x, y, k=3, t=None, bc_type=None, axis=0, check_finite=True):
    if axis == 0:
        return rt.scipy_interpolate.spline_coefficients(moved, ans, x, k, bc_type)
    front = rt.scipy_interpolate.along_axis(moved, axis)
    return rt.scipy_interpolate.spline_coefficients(front, ans, x, k, bc_type)


@vjp(scipy.interpolate.PPoly.__call__, "self", "x")
@vjp(scipy.interpolate.BSpline.__call__, "self", "x")
def evaluate_spline(ans, g, self, x, nu=0, extrapolate=None):
    slope = self(x, nu + 1, extrapolate)
    by_coefficients = rt.scipy_interpolate.spline_adjoint(g, self, x, nu, extrapolate)
    return by_coefficients, rt.scipy_interpolate.along_argument(
        g, slope, x, rt.scipy_interpolate.axis_of(self)
    )


@jvp(scipy.interpolate.PPoly.__call__, "self")
@jvp(scipy.interpolate.BSpline.__call__, "self")
def evaluate_spline_self(ans, t, self, x, nu=0, extrapolate=None):
    return rt.scipy_interpolate.spline_values(t, self, x, nu, extrapolate)


@jvp(scipy.interpolate.PPoly.__call__, "x")
@jvp(scipy.interpolate.BSpline.__call__, "x")
def evaluate_spline_x(ans, t, self, x, nu=0, extrapolate=None):
    slope = self(x, nu + 1, extrapolate)
    return rt.scipy_interpolate.beside_values(t, slope, rt.scipy_interpolate.axis_of(self)) * slope


# -- splines by their coefficients -------------------------------------------------------------------


@vjp(scipy.interpolate.BSpline, "c")
def bspline(ans, g, t, c, k, extrapolate=True, axis=0):
    if axis == 0:
        return rt.scipy_interpolate.interp1d_data_adjoint(g, c)
    front = rt.scipy_interpolate.interp1d_data_adjoint(g, rt.scipy_interpolate.along_axis(c, axis))
    return np.moveaxis(front, 0, axis)


@jvp(scipy.interpolate.BSpline, "c")
def bspline_c(ans, moved, t, c, k, extrapolate=True, axis=0):
    return {"c": rt.scipy_interpolate.along_axis(moved, axis)}


@vjp(
    scipy.interpolate.PPoly,
    "c",
    refused={"axis": "Coefficients along another axis have no derivative rule: move the axis before."},
)
def piecewise_polynomial(ans, g, c, x, extrapolate=None, axis=0):
    return rt.scipy_interpolate.interp1d_data_adjoint(g, c)


@jvp(scipy.interpolate.PPoly, "c")
def piecewise_polynomial_c(ans, t, c, x, extrapolate=None, axis=0):
    return {"c": t}


@vjp(scipy.interpolate.PPoly.derivative, "self")
@vjp(scipy.interpolate.BSpline.derivative, "self")
def derivative(ans, g, self, nu=1):
    return rt.scipy_interpolate.derived_adjoint(g, self, nu)


@jvp(scipy.interpolate.PPoly.derivative, "self")
@jvp(scipy.interpolate.BSpline.derivative, "self")
def derivative_self(ans, t, self, nu=1):
    return rt.scipy_interpolate.derived(t, self, nu)


@vjp(scipy.interpolate.PPoly.antiderivative, "self")
@vjp(scipy.interpolate.BSpline.antiderivative, "self")
def antiderivative(ans, g, self, nu=1):
    return rt.scipy_interpolate.derived_adjoint(g, self, -nu)


@jvp(scipy.interpolate.PPoly.antiderivative, "self")
@jvp(scipy.interpolate.BSpline.antiderivative, "self")
def antiderivative_self(ans, t, self, nu=1):
    return rt.scipy_interpolate.derived(t, self, -nu)


@vjp(scipy.interpolate.PPoly.integrate, "self", "a", "b")
@vjp(scipy.interpolate.BSpline.integrate, "self", "a", "b")
def integrate(ans, g, self, a, b, extrapolate=None):
    return (
        rt.scipy_interpolate.integral_adjoint(g, self, a, b, extrapolate),
        -np.sum(g * np.nan_to_num(self(a, 0, extrapolate))),
        np.sum(g * np.nan_to_num(self(b, 0, extrapolate))),
    )


@jvp(scipy.interpolate.PPoly.integrate, "self")
@jvp(scipy.interpolate.BSpline.integrate, "self")
def integrate_self(ans, t, self, a, b, extrapolate=None):
    return rt.scipy_interpolate.integral_of(t, self, a, b, extrapolate)


@jvp(scipy.interpolate.PPoly.integrate, "a")
@jvp(scipy.interpolate.BSpline.integrate, "a")
def integrate_a(ans, t, self, a, b, extrapolate=None):
    return -t * np.nan_to_num(self(a, 0, extrapolate))


@jvp(scipy.interpolate.PPoly.integrate, "b")
@jvp(scipy.interpolate.BSpline.integrate, "b")
def integrate_b(ans, t, self, a, b, extrapolate=None):
    return t * np.nan_to_num(self(b, 0, extrapolate))


@elementwise(scipy.interpolate.splev, "x")
def splev(ans, x, tck, der=0, ext=0):
    return scipy.interpolate.splev(x, tck, der + 1, ext)


# -- interp1d ----------------------------------------------------------------------------------------


@vjp(scipy.interpolate.interp1d, "y")
def interp1d(
    ans, g, x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=float("nan"), assume_sorted=False
):  # fmt: skip
    return rt.scipy_interpolate.interp1d_data_adjoint(g, y)


@jvp(scipy.interpolate.interp1d, "y")
def interp1d_y(
    ans, t, x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=float("nan"), assume_sorted=False
):  # fmt: skip
    return {"c": t}


@vjp(scipy.interpolate.interp1d.__call__, "self", "x")
def evaluate_interp1d(ans, g, self, x):
    slope = rt.scipy_interpolate.interp1d_slope(self, x, 1)
    by_values = rt.scipy_interpolate.interp1d_adjoint(g, self, x, 0)
    return by_values, rt.scipy_interpolate.along_argument(g, slope, x, rt.scipy_interpolate.axis_of(self))


@jvp(scipy.interpolate.interp1d.__call__, "self")
def evaluate_interp1d_self(ans, t, self, x):
    return rt.scipy_interpolate.interp1d_values(t, self, x, 0)


@jvp(scipy.interpolate.interp1d.__call__, "x")
def evaluate_interp1d_x(ans, t, self, x):
    slope = rt.scipy_interpolate.interp1d_slope(self, x, 1)
    return rt.scipy_interpolate.beside_values(t, slope, rt.scipy_interpolate.axis_of(self)) * slope


refuse(
    "This interpolant has no derivative rule in its values; use scipy.interpolate.CubicSpline, "
    "PchipInterpolator, make_interp_spline or interp1d.",
    *(scipy.interpolate.UnivariateSpline, scipy.interpolate.InterpolatedUnivariateSpline),
    *(scipy.interpolate.LSQUnivariateSpline, scipy.interpolate.BarycentricInterpolator),
    scipy.interpolate.KroghInterpolator,
    *(scipy.interpolate.griddata, scipy.interpolate.RBFInterpolator),
    *(scipy.interpolate.splrep, scipy.interpolate.splprep),
    *(scipy.interpolate.make_smoothing_spline, scipy.interpolate.make_lsq_spline),
)
