"""Derivatives of averages, covariances and weighted counts."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_RETURNED = {
    "returned": "np.average with 'returned' has no derivative: compute the sum of the weights beside it."
}
_DENSITY = {"density": "A histogram normalised by 'density' has no derivative: divide the counts yourself."}
_DTYPE = {"dtype": "The argument 'dtype' of a covariance is not differentiated: call astype before it."}

# -- averages ----------------------------------------------------------------------------------------


@vjp(np.average, "a", "weights", refused=_RETURNED)
def average(ans, g, a, axis=None, weights=None, returned=False, *, keepdims=False):
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


@jvp(np.average, "a")
def average_a(ans, t, a, axis=None, weights=None, returned=False, *, keepdims=False):
    return np.average(t, axis=axis, weights=weights, keepdims=keepdims)


@jvp(np.average, "weights")
def average_weights(ans, t, a, axis=None, weights=None, returned=False, *, keepdims=False):
    if axis is not None and not keepdims:
        ans = np.expand_dims(ans, axis)
    layout = rt.weight_layout(np.shape(a), np.shape(weights), axis)
    spread = np.broadcast_to(np.reshape(np.transpose(weights, layout[0]), layout[1]), np.shape(a))
    change = np.reshape(np.transpose(t, layout[0]), layout[1])
    total = np.sum(spread, axis=axis, keepdims=keepdims)
    return np.sum((a - ans) * change, axis=axis, keepdims=keepdims) / total


# -- covariances -------------------------------------------------------------------------------------


@vjp(np.cov, "m", "y", refused=_DTYPE)
def cov(ans, g, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    rows = rt.observations(m, y, rowvar)
    scale = rt.covariance_scale(np.shape(rows), bias, ddof, fweights, aweights)
    g = np.reshape(g, (len(rows), len(rows)))
    centered = rows - np.sum(rows * scale[1], axis=1, keepdims=True)
    parts = rt.observed((g + np.conj(g).T) @ np.conj(centered) * scale[0], m, y, rowvar)
    return parts[0], parts[1]


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


def covariance_change(ans, change, m, y, rowvar, bias, ddof, fweights, aweights):
    """Return the derivative of ``np.cov`` where the observations have the tangent ``change``."""
    rows = rt.observations(m, y, rowvar)
    scale = rt.covariance_scale(np.shape(rows), bias, ddof, fweights, aweights)
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
    return cov(covariance, g * scale + from_variances, x, y, rowvar)


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


# -- counts ------------------------------------------------------------------------------------------


@vjp(np.bincount, "weights", linear=True)
def bincount(ans, g, x, weights=None, minlength=0):
    return rt.cast_back(g[x], ans, weights)


@vjp(np.histogram, "a", "weights", refused=_DENSITY)
def histogram(ans, g, a, bins=10, range=None, density=None, weights=None):
    return (
        rt.edges_adjoint(g[1], a, ans[1], bins, range),
        0.0 if weights is None else rt.counts_adjoint(g[0], ans[1:], (a,), weights),
    )


@jvp(np.histogram, "a")
def histogram_a(ans, t, a, bins=10, range=None, density=None, weights=None):
    return np.zeros_like(ans[0]) * 1.0, rt.edges_tangent(t, a, ans[1], bins, range)


@jvp(np.histogram, "weights")
def histogram_weights(ans, t, a, bins=10, range=None, density=None, weights=None):
    return np.histogram(a, ans[1], weights=t)[0], np.zeros_like(ans[1])


@vjp(np.histogram2d, "weights", refused=_DENSITY)
def histogram2d(ans, g, x, y, bins=10, range=None, density=None, weights=None):
    return rt.counts_adjoint(g[0], ans[1:], (x, y), weights)


@jvp(np.histogram2d, "weights")
def histogram2d_weights(ans, t, x, y, bins=10, range=None, density=None, weights=None):
    return (
        np.histogram2d(x, y, (ans[1], ans[2]), weights=t)[0],
        np.zeros_like(ans[1]),
        np.zeros_like(ans[2]),
    )


@vjp(np.histogramdd, "weights", refused=_DENSITY)
def histogramdd(ans, g, sample, bins=10, range=None, density=None, weights=None):
    return rt.counts_adjoint(g[0], ans[1], rt.coordinates(sample), weights)


@jvp(np.histogramdd, "weights")
def histogramdd_weights(ans, t, sample, bins=10, range=None, density=None, weights=None):
    return np.histogramdd(sample, ans[1], weights=t)[0], [np.zeros_like(edges) for edges in ans[1]]


@vjp(np.histogram_bin_edges, "a", "weights", shaped=("weights",))
def histogram_bin_edges(ans, g, a, bins=10, range=None, weights=None):
    return rt.edges_adjoint(g, a, ans, bins, range), 0.0


@jvp(np.histogram_bin_edges, "a")
def histogram_bin_edges_a(ans, t, a, bins=10, range=None, weights=None):
    return rt.edges_tangent(t, a, ans, bins, range)
