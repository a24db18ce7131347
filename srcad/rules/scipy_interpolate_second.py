"""Derivatives of the derivatives of interpolants.

An interpolant is linear in its values, so that each function here is the adjoint of another one; in the place where it
is evaluated, the derivative is that of the next order.
"""

from __future__ import annotations

import numpy as np
import scipy.interpolate  # noqa: F401  (the functions of the runtime need it)

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(rt.scipy_interpolate.axis_of)

# -- splines -----------------------------------------------------------------------------------------


@vjp(rt.scipy_interpolate.spline_adjoint, "g", "x", "spline", shaped=("spline",))
def spline_adjoint(ans, w, g, spline, x, nu, extrapolate):
    slope = rt.scipy_interpolate.spline_values(w, spline, x, nu + 1, extrapolate)
    by_values = rt.scipy_interpolate.spline_values(w, spline, x, nu, extrapolate)
    return (
        by_values,
        rt.scipy_interpolate.along_argument(g, slope, x, rt.scipy_interpolate.axis_of(spline)),
        0.0,
    )


@jvp(rt.scipy_interpolate.spline_adjoint, "g")
def spline_adjoint_g(ans, t, g, spline, x, nu, extrapolate):
    return rt.scipy_interpolate.spline_adjoint(t, spline, x, nu, extrapolate)


@jvp(rt.scipy_interpolate.spline_adjoint, "x")
def spline_adjoint_x(ans, t, g, spline, x, nu, extrapolate):
    weighted = rt.scipy_interpolate.beside_values(t, g, rt.scipy_interpolate.axis_of(spline)) * g
    return rt.scipy_interpolate.spline_adjoint(weighted, spline, x, nu + 1, extrapolate)


@vjp(rt.scipy_interpolate.spline_values, "t", "x", "spline", shaped=("spline",))
def spline_values(ans, g, t, spline, x, nu, extrapolate):
    slope = rt.scipy_interpolate.spline_values(t, spline, x, nu + 1, extrapolate)
    by_coefficients = rt.scipy_interpolate.spline_adjoint(g, spline, x, nu, extrapolate)
    return (
        by_coefficients,
        rt.scipy_interpolate.along_argument(g, slope, x, rt.scipy_interpolate.axis_of(spline)),
        0.0,
    )


@jvp(rt.scipy_interpolate.spline_values, "t")
def spline_values_t(ans, change, t, spline, x, nu, extrapolate):
    return rt.scipy_interpolate.spline_values(change, spline, x, nu, extrapolate)


@jvp(rt.scipy_interpolate.spline_values, "x")
def spline_values_x(ans, change, t, spline, x, nu, extrapolate):
    slope = rt.scipy_interpolate.spline_values(t, spline, x, nu + 1, extrapolate)
    return rt.scipy_interpolate.beside_values(change, slope, rt.scipy_interpolate.axis_of(spline)) * slope


@vjp(rt.scipy_interpolate.cubic_data_adjoint, "g", "y", linear=("g",), shaped=("y",))
def cubic_data_adjoint(ans, w, g, x, y, bc_type):
    return rt.scipy_interpolate.cubic_coefficients(w, x, bc_type), 0.0


@vjp(rt.scipy_interpolate.cubic_coefficients, "t", linear=True)
def cubic_coefficients(ans, g, t, x, bc_type):
    return rt.scipy_interpolate.cubic_data_adjoint(g, x, t, bc_type)


@vjp(rt.scipy_interpolate.spline_data_adjoint, "g", "ans", "y", linear=("g",), shaped=("ans", "y"))
def spline_data_adjoint(result, w, g, ans, x, y, k, bc_type):
    return rt.scipy_interpolate.spline_coefficients(w, ans, x, k, bc_type), 0.0, 0.0


@vjp(rt.scipy_interpolate.spline_coefficients, "t", "spline", linear=("t",), shaped=("spline",))
def spline_coefficients(ans, g, t, spline, x, k, bc_type):
    return rt.scipy_interpolate.spline_data_adjoint(g, spline, x, t, k, bc_type), 0.0


@vjp(rt.scipy_interpolate.derived, "t", "spline", linear=("t",), shaped=("spline",))
def derived(ans, g, t, spline, nu):
    return rt.scipy_interpolate.derived_adjoint(g, spline, nu), 0.0


@vjp(rt.scipy_interpolate.derived_adjoint, "g", "spline", linear=("g",), shaped=("spline",))
def derived_adjoint(ans, w, g, spline, nu):
    return rt.scipy_interpolate.derived(w, spline, nu), 0.0


@vjp(rt.scipy_interpolate.integral_adjoint, "g", "a", "b", "spline", shaped=("spline",))
def integral_adjoint(ans, w, g, spline, a, b, extrapolate):
    return (
        rt.scipy_interpolate.integral_of(w, spline, a, b, extrapolate),
        -np.sum(g * rt.scipy_interpolate.spline_values(w, spline, a, 0, extrapolate)),
        np.sum(g * rt.scipy_interpolate.spline_values(w, spline, b, 0, extrapolate)),
        0.0,
    )


@jvp(rt.scipy_interpolate.integral_adjoint, "g")
def integral_adjoint_g(ans, t, g, spline, a, b, extrapolate):
    return rt.scipy_interpolate.integral_adjoint(t, spline, a, b, extrapolate)


@jvp(rt.scipy_interpolate.integral_adjoint, "a")
def integral_adjoint_a(ans, t, g, spline, a, b, extrapolate):
    return rt.scipy_interpolate.spline_adjoint(-t * g, spline, a, 0, extrapolate)


@jvp(rt.scipy_interpolate.integral_adjoint, "b")
def integral_adjoint_b(ans, t, g, spline, a, b, extrapolate):
    return rt.scipy_interpolate.spline_adjoint(t * g, spline, b, 0, extrapolate)


@vjp(rt.scipy_interpolate.integral_of, "t", "a", "b", "spline", shaped=("spline",))
def integral_of(ans, g, t, spline, a, b, extrapolate):
    return (
        rt.scipy_interpolate.integral_adjoint(g, spline, a, b, extrapolate),
        -np.sum(g * rt.scipy_interpolate.spline_values(t, spline, a, 0, extrapolate)),
        np.sum(g * rt.scipy_interpolate.spline_values(t, spline, b, 0, extrapolate)),
        0.0,
    )


@jvp(rt.scipy_interpolate.integral_of, "t")
def integral_of_t(ans, change, t, spline, a, b, extrapolate):
    return rt.scipy_interpolate.integral_of(change, spline, a, b, extrapolate)


@jvp(rt.scipy_interpolate.integral_of, "a")
def integral_of_a(ans, change, t, spline, a, b, extrapolate):
    return -change * rt.scipy_interpolate.spline_values(t, spline, a, 0, extrapolate)


@jvp(rt.scipy_interpolate.integral_of, "b")
def integral_of_b(ans, change, t, spline, a, b, extrapolate):
    return change * rt.scipy_interpolate.spline_values(t, spline, b, 0, extrapolate)


# -- interp1d ----------------------------------------------------------------------------------------


@vjp(rt.scipy_interpolate.interp1d_adjoint, "g", "x", "interpolant", shaped=("interpolant",))
def interp1d_adjoint(ans, w, g, interpolant, x, nu):
    slope = rt.scipy_interpolate.interp1d_values(w, interpolant, x, nu + 1)
    by_values = rt.scipy_interpolate.interp1d_values(w, interpolant, x, nu)
    return (
        by_values,
        rt.scipy_interpolate.along_argument(g, slope, x, rt.scipy_interpolate.axis_of(interpolant)),
        0.0,
    )


@jvp(rt.scipy_interpolate.interp1d_adjoint, "g")
def interp1d_adjoint_g(ans, t, g, interpolant, x, nu):
    return rt.scipy_interpolate.interp1d_adjoint(t, interpolant, x, nu)


@jvp(rt.scipy_interpolate.interp1d_adjoint, "x")
def interp1d_adjoint_x(ans, t, g, interpolant, x, nu):
    weighted = rt.scipy_interpolate.beside_values(t, g, rt.scipy_interpolate.axis_of(interpolant)) * g
    return rt.scipy_interpolate.interp1d_adjoint(weighted, interpolant, x, nu + 1)


@vjp(rt.scipy_interpolate.interp1d_values, "t", "x", "interpolant", shaped=("interpolant",))
def interp1d_values(ans, g, t, interpolant, x, nu):
    slope = rt.scipy_interpolate.interp1d_values(t, interpolant, x, nu + 1)
    by_values = rt.scipy_interpolate.interp1d_adjoint(g, interpolant, x, nu)
    return (
        by_values,
        rt.scipy_interpolate.along_argument(g, slope, x, rt.scipy_interpolate.axis_of(interpolant)),
        0.0,
    )


@jvp(rt.scipy_interpolate.interp1d_values, "t")
def interp1d_values_t(ans, change, t, interpolant, x, nu):
    return rt.scipy_interpolate.interp1d_values(change, interpolant, x, nu)


@jvp(rt.scipy_interpolate.interp1d_values, "x")
def interp1d_values_x(ans, change, t, interpolant, x, nu):
    slope = rt.scipy_interpolate.interp1d_values(t, interpolant, x, nu + 1)
    return (
        rt.scipy_interpolate.beside_values(change, slope, rt.scipy_interpolate.axis_of(interpolant)) * slope
    )


@vjp(rt.scipy_interpolate.interp1d_slope, "interpolant", "x")
def interp1d_slope(ans, g, interpolant, x, nu):
    slope = rt.scipy_interpolate.interp1d_slope(interpolant, x, nu + 1)
    by_values = rt.scipy_interpolate.interp1d_adjoint(g, interpolant, x, nu)
    return by_values, rt.scipy_interpolate.along_argument(
        g, slope, x, rt.scipy_interpolate.axis_of(interpolant)
    )


@jvp(rt.scipy_interpolate.interp1d_slope, "interpolant")
def interp1d_slope_interpolant(ans, t, interpolant, x, nu):
    return rt.scipy_interpolate.interp1d_values(t, interpolant, x, nu)


@jvp(rt.scipy_interpolate.interp1d_slope, "x")
def interp1d_slope_x(ans, t, interpolant, x, nu):
    slope = rt.scipy_interpolate.interp1d_slope(interpolant, x, nu + 1)
    return rt.scipy_interpolate.beside_values(t, slope, rt.scipy_interpolate.axis_of(interpolant)) * slope


@vjp(rt.scipy_interpolate.interp1d_data_adjoint, "g", "y", linear=("g",), shaped=("y",))
def interp1d_data_adjoint(ans, w, g, y):
    return {"c": w}, 0.0


# -- along and beside --------------------------------------------------------------------------------


@vjp(rt.scipy_interpolate.along_argument, "g", "slope", multilinear=True)
def along_argument(ans, cotangent, g, slope, x, axis=0):
    whole = rt.scipy_interpolate.beside_values(cotangent, g, axis)
    return whole * slope, whole * g


@vjp(rt.scipy_interpolate.beside_values, "x", linear=True)
def beside_values(ans, g, x, values, axis=0):
    return rt.scipy_interpolate.along_argument(g, 1.0, x, axis)


@vjp(rt.scipy_interpolate.along_axis, "values", linear=True)
def along_axis(ans, g, values, axis):
    return np.moveaxis(g, 0, axis)
