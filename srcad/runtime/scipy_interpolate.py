"""What interpolants depend on: their argument, and the coefficients or values they were made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = [
    "along_argument",
    "along_axis",
    "axis_of",
    "beside_values",
    "coefficients_gradient",
    "cubic_coefficients",
    "cubic_data_adjoint",
    "derived",
    "derived_adjoint",
    "integral_adjoint",
    "integral_of",
    "interp1d_adjoint",
    "interp1d_data_adjoint",
    "interp1d_slope",
    "interp1d_values",
    "spline_adjoint",
    "spline_coefficients",
    "spline_data_adjoint",
    "spline_values",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number

_STEPS = ("nearest", "nearest-up", "previous", "next", "zero")


def along_argument(g: Array, slope: Array, x: Array, axis: int = 0) -> Array:
    """Return the gradient of the argument ``x``: ``g * slope`` summed over the axes of the values.

    The axes of ``x`` are those from ``axis`` on.
    """
    product = g * slope
    others = (*range(axis), *range(axis + np.ndim(x), np.ndim(product)))
    return np.sum(product, axis=others) if others else product


def beside_values(x: Array, values: Array, axis: int = 0) -> Array:
    """Return ``x`` with axes of length 1 for those that ``values`` has more, before ``axis`` and behind."""
    behind = np.ndim(values) - np.ndim(x) - axis
    return np.reshape(x, (*[1] * axis, *np.shape(x), *[1] * behind))


def axis_of(interpolant: Any) -> int:
    """Return the axis of the values along which they are interpolated."""
    return int(interpolant.axis)


def along_axis(values: Array, axis: int) -> Array:
    """Return values with the axis along which they are interpolated in front."""
    return np.moveaxis(np.asarray(values), axis, 0)


def _to_front(g: Array, x: Array, axis: int) -> Array:
    """Return ``g`` with the axes of ``x`` in front."""
    axes = list(range(np.ndim(x)))
    return np.moveaxis(g, [k + axis for k in axes], axes) if axis else g


def _from_front(values: Array, x: Array, axis: int) -> Array:
    """Return values with the axes of ``x`` where an interpolant along ``axis`` has them."""
    axes = list(range(np.ndim(x)))
    return np.moveaxis(values, axes, [k + axis for k in axes]) if axis else values


def _rows(g: Array, x: Array, axis: int = 0) -> Array:
    """Return ``g`` with one row for each entry of ``x``."""
    return np.reshape(_to_front(g, x, axis), (np.size(x), -1))


def spline_adjoint(g: Array, spline: Any, x: Array, nu: int, extrapolate: Any) -> dict[str, Array]:
    """Return the gradient of the coefficients of a spline of which a derivative was evaluated at ``x``."""
    outside = spline.extrapolate if extrapolate is None else extrapolate
    g = _to_front(g, x, spline.axis)
    of_kind = _bspline_adjoint if isinstance(spline, scipy.interpolate.BSpline) else _polynomial_adjoint
    return {"c": np.reshape(of_kind(g, spline, x, nu, outside), np.shape(spline.c))}


def _bspline_adjoint(g: Array, spline: Any, x: Array, nu: int, outside: Any) -> Array:
    basis = scipy.interpolate.BSpline(spline.t, np.eye(np.shape(spline.c)[0]), spline.k, outside)
    weights = np.nan_to_num(_rows(basis(np.asarray(x, dtype=float), nu), x))
    return weights.T @ _rows(g, x)


def _polynomial_adjoint(g: Array, spline: Any, x: Array, nu: int, outside: Any) -> Array:
    points, knots = np.ravel(np.asarray(x, dtype=float)), spline.x
    if outside == "periodic":
        points = knots[0] + (points - knots[0]) % (knots[-1] - knots[0])
    interval = np.clip(np.searchsorted(knots, points, "right") - 1, 0, len(knots) - 2)
    rows, steps = _rows(g, x), points - knots[interval]
    if not outside:
        rows = np.where(((points < knots[0]) | (points > knots[-1]))[:, None], 0.0, rows)
    degree = len(spline.c) - 1
    result = np.zeros((*np.shape(spline.c)[:2], np.shape(rows)[1]), inexact_dtype(g, spline.c))
    for row in range(degree + 1 - nu):
        power = degree - row
        factor = np.prod(np.arange(power - nu + 1, power + 1, dtype=float))
        np.add.at(result[row], interval, (factor * steps ** (power - nu))[:, None] * rows)
    return result


def cubic_data_adjoint(g: Array, x: Array, y: Array, bc_type: Any) -> Array:
    """Return the gradient of the values that a cubic spline interpolates, in that of its coefficients.

    The coefficients are linear in the values, so the splines of the unit vectors give the transpose.

    Raises
    ------
    NoDerivativeError
        If slopes other than 0 are prescribed at the ends.
    """
    n = np.shape(y)[0]
    try:
        unit = scipy.interpolate.CubicSpline(x, np.eye(n), bc_type=bc_type).c
    except ValueError as error:
        raise NoDerivativeError(
            f"The derivative of a spline in its values is not available for this bc_type: {error}",
            "Use one of 'not-a-knot', 'clamped' and 'natural'.",
        ) from None
    gradient = np.reshape(
        coefficients_gradient(g) + np.zeros((4, n - 1, *np.shape(y)[1:])), (4 * (n - 1), -1)
    )
    return np.reshape(np.reshape(unit, (4 * (n - 1), n)).T @ gradient, np.shape(y))


def cubic_coefficients(t: Array, x: Array, bc_type: Any) -> dict[str, Array]:
    """Return the tangent of a cubic spline, whose coefficients are linear in its values with the tangent ``t``."""
    return {"c": scipy.interpolate.CubicSpline(x, t, bc_type=_plain_ends(bc_type)).c}


def spline_coefficients(t: Array, spline: Any, x: Array, k: int, bc_type: Any) -> dict[str, Array]:
    """Return the tangent of an interpolating B-spline, whose values have the tangent ``t`` along the first axis."""
    return {"c": scipy.interpolate.make_interp_spline(x, t, k, spline.t, _plain_ends(bc_type)).c}


def _plain_ends(bc_type: Any) -> Any:
    """Return what is prescribed at the ends of a spline, if it is 0: the coefficients are linear in the values."""
    if bc_type is None or isinstance(bc_type, str):
        return bc_type
    raise NoDerivativeError(
        "The derivative of a spline in its values is not available for prescribed derivatives at its ends.",
        "Use one of 'not-a-knot', 'clamped' and 'natural'.",
    )


def spline_values(t: Any, spline: Any, x: Array, nu: int, extrapolate: Any) -> Array:
    """Return what a spline with the coefficients of a tangent has for values."""
    coefficients = coefficients_gradient(t) + np.zeros(np.shape(spline.c))
    outside = spline.extrapolate if extrapolate is None else extrapolate
    if isinstance(spline, scipy.interpolate.BSpline):
        moved = scipy.interpolate.BSpline(spline.t, coefficients, spline.k, outside)
    else:
        moved = scipy.interpolate.PPoly(coefficients, spline.x, outside)
    values = _from_front(moved(x, nu), x, spline.axis)
    return values if outside else np.nan_to_num(values)


def derived(t: Any, spline: Any, nu: int) -> dict[str, Array]:
    """Return the tangent of the derivative ``nu`` of a spline, under a negative ``nu`` of its antiderivative."""
    coefficients = coefficients_gradient(t) + np.zeros(np.shape(spline.c))
    if isinstance(spline, scipy.interpolate.BSpline):
        moved = scipy.interpolate.BSpline(spline.t, coefficients, spline.k)
    else:
        moved = scipy.interpolate.PPoly(coefficients, spline.x)
    return {"c": moved.derivative(nu).c}


def derived_adjoint(g: Any, spline: Any, nu: int) -> dict[str, Array]:
    """Return the gradient of the coefficients of a spline in that of its derivative ``nu``."""
    image = spline.derivative(nu).c
    gradient = coefficients_gradient(g) + np.zeros(np.shape(image))
    if isinstance(spline, scipy.interpolate.BSpline):
        units = np.eye(np.shape(spline.c)[0])
        weights = scipy.interpolate.BSpline(spline.t, units, spline.k).derivative(nu).c
        return {"c": np.tensordot(weights, gradient, (0, 0))}
    if nu >= len(spline.c):
        return {"c": np.zeros(np.shape(spline.c))}
    widths = np.reshape(np.diff(spline.x), (-1, *[1] * (gradient.ndim - 2)))
    for _ in range(nu):
        count = gradient.shape[0]
        powers = np.reshape(np.arange(count, 0, -1.0), (-1, *[1] * (gradient.ndim - 1)))
        gradient = np.concatenate((gradient * powers, np.zeros((1, *gradient.shape[1:]))))
    for _ in range(-nu):
        # the constant of an interval is the sum of the integrals over those before it
        later = np.flip(np.cumsum(np.flip(gradient[-1], 0), 0), 0) - gradient[-1]
        powers = np.reshape(np.arange(len(gradient) - 1, 0, -1.0), (-1, *[1] * (gradient.ndim - 1)))
        gradient = (gradient[:-1] + later * widths**powers) / powers
    return {"c": np.reshape(gradient[: np.shape(spline.c)[0]], np.shape(spline.c))}


def integral_of(t: Any, spline: Any, a: float, b: float, extrapolate: Any) -> Array:
    """Return the integral of a spline with the coefficients of a tangent."""
    beyond = _not_periodic(spline, extrapolate)
    coefficients = coefficients_gradient(t) + np.zeros(np.shape(spline.c))
    if isinstance(spline, scipy.interpolate.BSpline):
        return scipy.interpolate.BSpline(spline.t, coefficients, spline.k).integrate(a, b, beyond)
    return scipy.interpolate.PPoly(coefficients, spline.x).integrate(a, b, beyond)


def integral_adjoint(g: Array, spline: Any, a: float, b: float, extrapolate: Any) -> dict[str, Array]:
    """Return the gradient of the coefficients of a spline that was integrated: that of its antiderivative at the ends."""
    beyond = _not_periodic(spline, extrapolate)
    whole = spline.antiderivative()
    ends = np.array([a, b], dtype=float)
    if isinstance(spline, scipy.interpolate.BSpline) and not beyond:
        ends = np.clip(ends, spline.t[spline.k], spline.t[-spline.k - 1])
    gradient = np.stack((-np.asarray(g), np.asarray(g)))
    of_kind = _bspline_adjoint if isinstance(spline, scipy.interpolate.BSpline) else _polynomial_adjoint
    by_whole = np.reshape(of_kind(gradient, whole, ends, 0, beyond), np.shape(whole.c))
    return derived_adjoint({"c": by_whole}, spline, -1)


def _not_periodic(spline: Any, extrapolate: Any) -> Any:
    """Return how a spline goes on beyond its ends.

    Raises
    ------
    NoDerivativeError
        If it is periodic.
    """
    beyond = spline.extrapolate if extrapolate is None else extrapolate
    if beyond == "periodic":
        raise NoDerivativeError(
            "The integral of a periodic spline has no derivative rule.", "Integrate over each period apart."
        )
    return beyond


def interp1d_values(t: Any, interpolant: Any, x: Array, nu: int) -> Array:
    """Return the derivative ``nu`` of an ``interp1d`` with the tangents of its values, 0 where it fills in others."""
    values = coefficients_gradient(t) + np.zeros(np.shape(interpolant.y))
    found = _derivative(interpolant, along_axis(values, interpolant.axis), x, nu)
    return _from_front(found, x, interpolant.axis)


def _derivative(interpolant: Any, values: Array, x: Array, nu: int) -> Array:
    """Return a derivative of what interpolates ``values``, given along the first axis, as ``interpolant`` does."""
    points, knots, kind = np.asarray(x, dtype=float), interpolant.x, _kind(interpolant)
    shape = (*np.shape(points), *np.shape(values)[1:])
    if nu and kind in _STEPS or nu > 1 and kind == "linear":
        return np.zeros(shape)
    if not nu:
        found = scipy.interpolate.interp1d(knots, values, kind, axis=0, fill_value="extrapolate")(points)
    elif kind == "linear":
        interval = np.clip(np.searchsorted(knots, points, "right") - 1, 0, len(knots) - 2)
        steps = np.reshape(np.diff(knots), (-1, *[1] * (values.ndim - 1)))
        found = (np.diff(values, axis=0) / steps)[interval]
    else:
        found = scipy.interpolate.make_interp_spline(knots, values, k=kind)(points, nu)
    return np.where(_beyond(interpolant, points, values.ndim), 0.0, found)


def coefficients_gradient(g: Any) -> Array:
    """Return the gradient of the coefficients in that of an interpolant."""
    return g.get("c", 0.0) if isinstance(g, dict) else 0.0


def spline_data_adjoint(g: Array, ans: Any, x: Array, y: Array, k: int, bc_type: Any) -> Array:
    """Return the gradient of the values that a B-spline interpolates, in that of its coefficients."""
    ends = _plain_ends(bc_type)
    unit = scipy.interpolate.make_interp_spline(x, np.eye(np.shape(y)[0]), k, ans.t, ends).c
    gradient = np.reshape(coefficients_gradient(g) + np.zeros(np.shape(ans.c)), (np.shape(ans.c)[0], -1))
    return np.reshape(unit.T @ gradient, np.shape(y))


def _kind(interpolant: Any) -> str | int:
    """Return the ``kind`` that an ``interp1d`` was made with; SciPy keeps it to itself."""
    kind = interpolant._kind
    return interpolant._spline.k if kind == "spline" else kind


def interp1d_slope(interpolant: Any, x: Array, nu: int) -> Array:
    """Return the derivative ``nu`` of an ``interp1d`` at ``x``: 0 beyond its ends, unless it extrapolates."""
    values = along_axis(interpolant.y, interpolant.axis)
    return _from_front(_derivative(interpolant, values, x, nu), x, interpolant.axis)


def _beyond(interpolant: Any, points: Array, ndim: int) -> Array:
    beyond = (points < interpolant.x[0]) | (points > interpolant.x[-1])
    beyond = beyond & (not isinstance(interpolant.fill_value, str))
    return np.reshape(beyond, (*np.shape(points), *[1] * (ndim - 1)))


def interp1d_adjoint(g: Array, interpolant: Any, x: Array, nu: int) -> dict[str, Array]:
    """Return the gradient of the values of an ``interp1d`` of which a derivative was evaluated at ``x``."""
    weights = _derivative(interpolant, np.eye(len(interpolant.x)), x, nu)
    shape = np.shape(along_axis(interpolant.y, interpolant.axis))
    gradient = np.reshape(_rows(weights, x).T @ _rows(g, x, interpolant.axis), shape)
    return {"c": np.moveaxis(gradient, 0, interpolant.axis)}


def interp1d_data_adjoint(g: Any, y: Array) -> Array:
    """Return the gradient of the values that an ``interp1d`` was made of."""
    return coefficients_gradient(g) + np.zeros(np.shape(y))
