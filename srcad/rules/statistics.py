"""Derivatives of averages and covariances."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_DTYPE = {"dtype": "The argument 'dtype' of a covariance is not differentiated: call astype before it."}

# -- averages ----------------------------------------------------------------------------------------


@vjp(np.average, "a", "weights")
def average(ans, g, a, axis=None, weights=None, returned=False, *, keepdims=False):
    if returned:
        return average_and_total(ans, g, a, axis, weights, keepdims)
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    if weights is None:
        return np.broadcast_to(g / rt.reduced_size(np.shape(a), axis), np.shape(a)), 0.0
    layout = rt.weight_layout(np.shape(a), np.shape(weights), axis)
    spread = np.reshape(np.transpose(weights, layout[0]), layout[1])
    total = np.sum(np.broadcast_to(spread, np.shape(a)), axis=axis, keepdims=True)
    from_weights = np.reshape(rt.unbroadcast(g * (a - ans) / total, spread), layout[2])
    return rt.unbroadcast(g * spread / total, a), np.transpose(from_weights, np.argsort(layout[0]))


def average_and_total(ans, g, a, axis, weights, keepdims):
    """Return the gradients of ``np.average(..., returned=True)``, whose sum of weights is spread over the averages."""
    parts = average(ans[0], g[0], a, axis, weights, keepdims=keepdims)
    if weights is None:
        return parts[0], 0.0
    whole = g[1] + np.zeros_like(ans[1])
    if axis is not None and not keepdims:
        whole = np.expand_dims(whole, axis)
    layout = rt.weight_layout(np.shape(a), np.shape(weights), axis)
    spread = np.reshape(np.transpose(weights, layout[0]), layout[1])
    whole = rt.unbroadcast(whole, np.sum(spread, axis=axis, keepdims=True))
    from_total = np.reshape(np.broadcast_to(whole, np.shape(spread)), layout[2])
    return parts[0], parts[1] + np.transpose(from_total, np.argsort(layout[0]))


@jvp(np.average, "a")
def average_a(ans, t, a, axis=None, weights=None, returned=False, *, keepdims=False):
    change = np.average(t, axis=axis, weights=weights, keepdims=keepdims)
    if returned:
        return change, np.zeros_like(ans[1])
    return change


@jvp(np.average, "weights")
def average_weights(ans, t, a, axis=None, weights=None, returned=False, *, keepdims=False):
    if returned:
        change = average_weights(ans[0], t, a, axis, weights, keepdims=keepdims)
        layout = rt.weight_layout(np.shape(a), np.shape(weights), axis)
        spread = np.broadcast_to(np.reshape(np.transpose(t, layout[0]), layout[1]), np.shape(a))
        return change, np.sum(spread, axis=axis, keepdims=keepdims) + np.zeros_like(ans[1])
    if axis is not None and not keepdims:
        ans = np.expand_dims(ans, axis)
    layout = rt.weight_layout(np.shape(a), np.shape(weights), axis)
    spread = np.broadcast_to(np.reshape(np.transpose(weights, layout[0]), layout[1]), np.shape(a))
    change = np.reshape(np.transpose(t, layout[0]), layout[1])
    total = np.sum(spread, axis=axis, keepdims=keepdims)
    return np.sum((a - ans) * change, axis=axis, keepdims=keepdims) / total


# -- covariances -------------------------------------------------------------------------------------


@vjp(np.cov, "m", "y", "aweights", refused=_DTYPE)
def cov(ans, g, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    rows = rt.observations(m, y, rowvar)
    scale = covariance_scale(np.shape(rows), bias, ddof, fweights, aweights)
    g = np.reshape(g, (len(rows), len(rows)))
    centered = rows - np.sum(rows * scale[1], axis=1, keepdims=True)
    parts = rt.observed((g + np.conj(g).T) @ np.conj(centered) * scale[0], m, y, rowvar)
    if aweights is None:
        return parts[0], parts[1], 0.0
    along = np.real(np.sum(centered * (g @ np.conj(centered)), axis=0))
    slope = scale_slopes(fweights, aweights, bias, ddof)
    whole = np.real(np.sum(g * np.reshape(ans, np.shape(g))))
    return parts[0], parts[1], (along * slope[0] - whole * slope[1]) / scale[2]


def covariance_scale(shape, bias, ddof, fweights, aweights):
    """Return the weights of the observations in the sum of products and in the mean, and what the sum is divided by."""
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = np.ones(shape[1]) if fweights is None else np.asarray(fweights) * 1.0
    if aweights is None:
        total = np.sum(weights)
        factor = np.maximum(total - ddof, 0.0)
        return weights / factor, weights / total, factor
    weights = weights * aweights
    total = np.sum(weights)
    factor = np.maximum(total - ddof * np.sum(weights * aweights) / total, 0.0)
    return weights / factor, weights / total, factor


def scale_slopes(fweights, aweights, bias, ddof):
    """Return how the weights of the observations, and what the sum is divided by, change with each of ``aweights``."""
    ddof = (0 if bias else 1) if ddof is None else ddof
    aweights = np.asarray(aweights)
    counts = np.ones_like(aweights) * 1.0 if fweights is None else np.asarray(fweights) * 1.0
    weights = counts * aweights
    total = np.sum(weights)
    return counts, counts * (1 - ddof * (2 * aweights / total - np.sum(weights * aweights) / total**2))


@jvp(np.cov, "m")
def cov_m(ans, t, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    if y is None:
        change = rt.observations(t, None, rowvar)
    else:
        change = rt.observations(t, np.zeros_like(y), rowvar)
    return covariance_change(ans, change, m, y, rowvar, bias, ddof, fweights, aweights)


@jvp(np.cov, "y")
def cov_y(ans, t, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    change = rt.observations(np.zeros_like(m), t, rowvar)
    return covariance_change(ans, change, m, y, rowvar, bias, ddof, fweights, aweights)


@jvp(np.cov, "aweights")
def cov_aweights(
    ans, t, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None
):
    rows = rt.observations(m, y, rowvar)
    scale = covariance_scale(np.shape(rows), bias, ddof, fweights, aweights)
    centered = rows - np.sum(rows * scale[1], axis=1, keepdims=True)
    slope = scale_slopes(fweights, aweights, bias, ddof)
    products = np.reshape((centered * (t * slope[0])) @ np.conj(centered).T, np.shape(ans))
    return (products - ans * np.sum(t * slope[1])) / scale[2]


def covariance_change(ans, change, m, y, rowvar, bias, ddof, fweights, aweights):
    """Return the derivative of ``np.cov`` where the observations have the tangent ``change``."""
    rows = rt.observations(m, y, rowvar)
    scale = covariance_scale(np.shape(rows), bias, ddof, fweights, aweights)
    centered = rows - np.sum(rows * scale[1], axis=1, keepdims=True)
    half = (change * scale[0]) @ np.conj(centered).T
    return np.reshape(half + np.conj(half).T, np.shape(ans))


@vjp(np.corrcoef, "x", "y", refused=_DTYPE)
def corrcoef(ans, g, x, y=None, rowvar=True, *, dtype=None):
    covariance = np.atleast_2d(np.cov(x, y, rowvar))
    g = np.reshape(g, np.shape(covariance))
    variances = np.real(np.diagonal(covariance))
    scale = 1 / np.sqrt(np.outer(variances, variances))
    along = np.real(g * covariance * scale)
    from_variances = np.diag(-0.5 * (np.sum(along, axis=0) + np.sum(along, axis=1)) / variances)
    return cov(covariance, g * scale + from_variances, x, y, rowvar)[:2]


@jvp(np.corrcoef, "x")
def corrcoef_x(ans, t, x, y=None, rowvar=True, *, dtype=None):
    covariance = np.cov(x, y, rowvar)
    return correlation_change(ans, covariance, cov_m(covariance, t, x, y, rowvar))


@jvp(np.corrcoef, "y")
def corrcoef_y(ans, t, x, y=None, rowvar=True, *, dtype=None):
    covariance = np.cov(x, y, rowvar)
    return correlation_change(ans, covariance, cov_y(covariance, t, x, y, rowvar))


def correlation_change(ans, covariance, change):
    """Return the derivative of a correlation from that of the covariance."""
    covariance, change = np.atleast_2d(covariance), np.atleast_2d(change)
    variances = np.real(np.diagonal(covariance))
    relative = np.real(np.diagonal(change)) / variances
    scale = 1 / np.sqrt(np.outer(variances, variances))
    result = scale * (change - 0.5 * covariance * np.add.outer(relative, relative))
    return np.reshape(result, np.shape(ans))
