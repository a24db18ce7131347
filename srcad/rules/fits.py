"""Derivatives of fits by least squares: in the values, the places and the weights.

The coefficients ``c`` solve ``V.T W (V c - y) = 0``, where ``W`` has the squares of the weights.  With ``H = V.T W V``,
``dc = H^-1 (V.T W dy - dV.T W r - V.T W dV c - V.T dW r)`` where ``r = V c - y``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(rt.power_row)


def solved(inverse, w, g):
    """Return ``H^-1 g``, from the matrix that maps values to coefficients."""
    whole = inverse if w is None else inverse / w
    return whole @ (np.transpose(whole) @ g)


def residuals(c, x, y, deg, w):
    """Return ``W r``, as columns."""
    found = np.vander(x, deg + 1) @ c - y
    return found if w is None else np.reshape(np.square(w), (-1, 1)) * found


def slopes(x, deg):
    """Return the derivatives of the columns of ``np.vander(x, deg + 1)``."""
    return np.concatenate([np.vander(x, deg) * rt.power_row(deg), np.zeros((len(x), 1))], axis=1)


def places_adjoint(g, c, inverse, x, y, deg, w):
    """Return the gradient of the places of a fit, where all is given as columns."""
    s = solved(inverse, w, g)
    moved = np.vander(x, deg + 1) @ s
    if w is not None:
        moved = np.reshape(np.square(w), (-1, 1)) * moved
    table = residuals(c, x, y, deg, w) @ np.transpose(s) + moved @ np.transpose(c)
    return -np.sum(table * slopes(x, deg), axis=1)


def weights_adjoint(g, c, inverse, x, y, deg, w):
    """Return the gradient of the weights of a fit."""
    moved = np.vander(x, deg + 1) @ solved(inverse, w, g)
    return -2 * np.asarray(w) * np.sum(moved * residuals(c, x, y, deg, None), axis=1)


def places_tangent(t, c, inverse, x, y, deg, w):
    """Return the change of the coefficients where the places have the tangent ``t``."""
    change = slopes(x, deg) * np.reshape(t, (-1, 1))
    moved = change @ c
    if w is not None:
        moved = np.reshape(np.square(w), (-1, 1)) * moved
    table = np.transpose(change) @ residuals(c, x, y, deg, w) + np.transpose(np.vander(x, deg + 1)) @ moved
    return -solved(inverse, w, table)


def weights_tangent(t, c, inverse, x, y, deg, w):
    """Return the change of the coefficients where the weights have the tangent ``t``."""
    changed = np.reshape(2 * np.asarray(w) * t, (-1, 1)) * residuals(c, x, y, deg, None)
    return -solved(inverse, w, np.transpose(np.vander(x, deg + 1)) @ changed)


_REFUSED = {
    "full": "np.polyfit with 'full' has a derivative where the compiler reads the call, and none on a tape or where the "
    "function is known only when the program runs: leave the argument out there.",
    "cov": "np.polyfit with 'cov' has a derivative where the compiler reads the call, and none on a tape or where the "
    "function is known only when the program runs: leave the argument out there.",
}


@vjp(np.polyfit, "x", "y", "w", linear=("y",), refused=_REFUSED)
def polyfit(ans, g, x, y, deg, rcond=None, full=False, w=None, cov=False):
    inverse = rt.fitting_matrix(x, deg, rcond, w)
    columns, c = np.reshape(g, (deg + 1, -1)), np.reshape(ans, (deg + 1, -1))
    values = np.reshape(y, (len(x), -1))
    return (
        places_adjoint(columns, c, inverse, x, values, deg, w),
        np.tensordot(inverse, g, ((0,), (0,))),
        0.0 if w is None else weights_adjoint(columns, c, inverse, x, values, deg, w),
    )


@jvp(np.polyfit, "x")
def polyfit_x(ans, t, x, y, deg, rcond=None, full=False, w=None, cov=False):
    inverse = rt.fitting_matrix(x, deg, rcond, w)
    c, values = np.reshape(ans, (deg + 1, -1)), np.reshape(y, (len(x), -1))
    return np.reshape(places_tangent(t, c, inverse, x, values, deg, w), np.shape(ans))


@jvp(np.polyfit, "w")
def polyfit_w(ans, t, x, y, deg, rcond=None, full=False, w=None, cov=False):
    inverse = rt.fitting_matrix(x, deg, rcond, w)
    c, values = np.reshape(ans, (deg + 1, -1)), np.reshape(y, (len(x), -1))
    return np.reshape(weights_tangent(t, c, inverse, x, values, deg, w), np.shape(ans))


@vjp(rt.fitting_matrix, "x", "w")
def fitting_matrix(ans, g, x, deg, rcond, w):
    unit = np.eye(len(x))
    return (
        places_adjoint(g, ans, ans, x, unit, deg, w),
        0.0 if w is None else weights_adjoint(g, ans, ans, x, unit, deg, w),
    )


@jvp(rt.fitting_matrix, "x")
def fitting_matrix_x(ans, t, x, deg, rcond, w):
    return places_tangent(t, ans, ans, x, np.eye(len(x)), deg, w)


@jvp(rt.fitting_matrix, "w")
def fitting_matrix_w(ans, t, x, deg, rcond, w):
    return weights_tangent(t, ans, ans, x, np.eye(len(x)), deg, w)


def polyfit_with_statistics(
    x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None, cov: Any = False
) -> Any:
    """Do what ``np.polyfit`` does, with what it returns beside the coefficients, written out in NumPy."""
    places, values = np.asarray(x) + 0.0, np.asarray(y) + 0.0
    table = np.vander(places, deg + 1)
    if w is not None:
        weights = np.asarray(w) + 0.0
        table = table * weights[:, None]
        values = values * (weights[:, None] if np.ndim(values) == 2 else weights)
    limit = len(places) * np.finfo(places.dtype).eps if rcond is None else rcond
    scale = np.sqrt(np.sum(table * table, axis=0))
    solution, squares, rank, singular = np.linalg.lstsq(table / scale, values, limit)
    c = (solution.T / scale).T
    if full:
        return c, squares, rank, singular, limit
    if cov is False:
        return c
    spread = np.linalg.inv((table / scale).T @ (table / scale)) / np.outer(scale, scale)
    if np.ndim(values) == 2:
        spread = spread[:, :, None]
    if cov == "unscaled":
        return c, spread
    freedom = len(places) - deg - 1
    if freedom <= 0:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    return c, spread * (squares / freedom)
