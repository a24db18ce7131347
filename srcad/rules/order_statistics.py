"""Derivatives of what sorts, ranks and picks entries by their order.

The result is made of entries of the argument, or of means of two neighbours in order, so that the derivative
moves gradients and tangents along the same ways; which entry goes where is constant.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp
from srcad.rules.runtime_ranks import rank_gap

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_ORDER = {"order": "The argument 'order' belongs to arrays of records, which have no derivative."}
_QUANTILE = {
    **_OUT,
    "overwrite_input": "The argument 'overwrite_input' destroys an array that the derivative reads: leave it out.",
}

# -- sorting -----------------------------------------------------------------------------------------


@vjp(np.sort, "a", refused=_ORDER)
def sort(ans, g, a, axis=-1, kind=None, order=None, *, stable=None):
    if axis is None:
        places = np.argsort(np.ravel(a), kind=kind, stable=stable)
        return np.reshape(rt.unsort(g, places, 0), np.shape(a))
    return rt.unsort(g, np.argsort(a, axis, kind=kind, stable=stable), axis)


@jvp(np.sort, "a")
def sort_a(ans, t, a, axis=-1, kind=None, order=None, *, stable=None):
    if axis is None:
        return np.take(np.ravel(t), np.argsort(np.ravel(a), kind=kind, stable=stable))
    return np.take_along_axis(np.asarray(t), np.argsort(a, axis, kind=kind, stable=stable), axis)


@vjp(np.partition, "a", refused=_ORDER)
def partition(ans, g, a, kth, axis=-1, kind="introselect", order=None):
    if axis is None:
        flat = rt.unsort(g, rt.matching_places(np.ravel(a), ans, kth, 0), 0)
        return np.reshape(flat, np.shape(a))
    return rt.unsort(g, rt.matching_places(a, ans, kth, axis), axis)


@jvp(np.partition, "a")
def partition_a(ans, t, a, kth, axis=-1, kind="introselect", order=None):
    if axis is None:
        return np.take(np.ravel(t), rt.matching_places(np.ravel(a), ans, kth, 0))
    return np.take_along_axis(np.asarray(t), rt.matching_places(a, ans, kth, axis), axis)


@vjp(np.sort_complex, "a")
def sort_complex(ans, g, a):
    return rt.unbroadcast(rt.unsort(g, np.argsort(a, -1), -1), a)


@jvp(np.sort_complex, "a")
def sort_complex_a(ans, t, a):
    return np.take_along_axis(t, np.argsort(a, -1), -1) + 0j


@vjp(np.unique, "ar")
def unique(
    ans,
    g,
    ar,
    return_index=False,
    return_inverse=False,
    return_counts=False,
    axis=None,
    *,
    equal_nan=True,
    sorted=True,
):
    if return_index or return_inverse or return_counts:
        g = g[0]
    return rt.take_adjoint(g, np.shape(ar), rt.first_places(ar, axis, equal_nan, sorted), axis, "raise")


@jvp(np.unique, "ar")
def unique_ar(
    ans,
    t,
    ar,
    return_index=False,
    return_inverse=False,
    return_counts=False,
    axis=None,
    *,
    equal_nan=True,
    sorted=True,
):
    values = np.take(t, rt.first_places(ar, axis, equal_nan, sorted), axis=axis)
    if return_index or return_inverse or return_counts:
        return rt.leading_tangent(values, ans)
    return values


@vjp(np.unique_values, "x")
def unique_values(ans, g, x):
    return rt.take_adjoint(g, np.shape(x), rt.matching_entries(x, ans), None, "raise")


@jvp(np.unique_values, "x")
def unique_values_x(ans, t, x):
    return np.take(t, rt.matching_entries(x, ans))


# -- quantiles ---------------------------------------------------------------------------------------


@vjp(np.median, "a", refused=_QUANTILE)
def median(ans, g, a, axis=None, out=None, overwrite_input=False, keepdims=False):
    ranks = rt.quantile_ranks(a, 0.5, axis, "linear", False)
    return rt.quantile_adjoint(g, a, ranks, axis, keepdims)


@jvp(np.median, "a")
def median_a(ans, t, a, axis=None, out=None, overwrite_input=False, keepdims=False):
    ranks = rt.quantile_ranks(a, 0.5, axis, "linear", False)
    return rt.quantile_tangent(t, a, ranks, axis, keepdims)


@vjp(np.nanmedian, "a", refused=_QUANTILE)
def nanmedian(ans, g, a, axis=None, out=None, overwrite_input=False, keepdims=False):
    ranks = rt.quantile_ranks(a, 0.5, axis, "linear", True)
    return rt.quantile_adjoint(g, a, ranks, axis, keepdims)


@jvp(np.nanmedian, "a")
def nanmedian_a(ans, t, a, axis=None, out=None, overwrite_input=False, keepdims=False):
    ranks = rt.quantile_ranks(a, 0.5, axis, "linear", True)
    return rt.quantile_tangent(t, a, ranks, axis, keepdims)


def quantile_slopes(a, q, ranks, axis, method, keepdims, weights, skip_nan):
    """Return the derivatives of quantiles by their probabilities: the gap between two entries, times that of ranks."""
    entries = np.where(np.isnan(a), 0, a) if skip_nan else a
    gap = rank_gap(entries, a, ranks, axis, keepdims)
    return gap * np.reshape(rt.rank_slopes(a, q, axis, method, weights, skip_nan), np.shape(gap))


@vjp(np.quantile, "a", "q", "weights", shaped=("weights",), refused=_QUANTILE)
def quantile(
    ans, g, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    ranks = rt.ranks_of(a, ans, q, axis, method, keepdims, weights, False)
    slopes = quantile_slopes(a, q, ranks, axis, method, keepdims, weights, False)
    return (
        rt.quantile_adjoint(g, a, ranks, axis, keepdims),
        rt.unbroadcast(np.sum(g * slopes, axis=rt.axes_from(q, g)), q),
        0.0,
    )


@jvp(np.quantile, "a")
def quantile_a(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    ranks = rt.ranks_of(a, ans, q, axis, method, keepdims, weights, False)
    return rt.quantile_tangent(t, a, ranks, axis, keepdims)


@jvp(np.quantile, "q")
def quantile_q(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    ranks = rt.ranks_of(a, ans, q, axis, method, keepdims, weights, False)
    slopes = quantile_slopes(a, q, ranks, axis, method, keepdims, weights, False)
    return rt.column_of(t, np.ndim(ans) - np.ndim(q)) * slopes


@vjp(np.percentile, "a", "q", "weights", shaped=("weights",), refused=_QUANTILE)
def percentile(
    ans, g, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    parts = quantile(ans, g, a, rt.fractions(q), axis=axis, method=method, keepdims=keepdims, weights=weights)
    return parts[0], rt.fractions(parts[1]), 0.0


@jvp(np.percentile, "a")
def percentile_a(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    return quantile_a(
        ans, t, a, rt.fractions(q), axis=axis, method=method, keepdims=keepdims, weights=weights
    )


@jvp(np.percentile, "q")
def percentile_q(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    return quantile_q(
        ans, rt.fractions(t), a, rt.fractions(q), axis=axis, method=method, keepdims=keepdims, weights=weights
    )


@vjp(np.nanquantile, "a", "q", "weights", shaped=("weights",), refused=_QUANTILE)
def nanquantile(
    ans, g, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    ranks = rt.ranks_of(a, ans, q, axis, method, keepdims, weights, True)
    slopes = quantile_slopes(a, q, ranks, axis, method, keepdims, weights, True)
    return (
        rt.quantile_adjoint(g, a, ranks, axis, keepdims),
        rt.unbroadcast(np.sum(g * slopes, axis=rt.axes_from(q, g)), q),
        0.0,
    )


@jvp(np.nanquantile, "a")
def nanquantile_a(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    ranks = rt.ranks_of(a, ans, q, axis, method, keepdims, weights, True)
    return rt.quantile_tangent(t, a, ranks, axis, keepdims)


@jvp(np.nanquantile, "q")
def nanquantile_q(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    ranks = rt.ranks_of(a, ans, q, axis, method, keepdims, weights, True)
    slopes = quantile_slopes(a, q, ranks, axis, method, keepdims, weights, True)
    return rt.column_of(t, np.ndim(ans) - np.ndim(q)) * slopes


@vjp(np.nanpercentile, "a", "q", "weights", shaped=("weights",), refused=_QUANTILE)
def nanpercentile(
    ans, g, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    parts = nanquantile(
        ans, g, a, rt.fractions(q), axis=axis, method=method, keepdims=keepdims, weights=weights
    )
    return parts[0], rt.fractions(parts[1]), 0.0


@jvp(np.nanpercentile, "a")
def nanpercentile_a(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    return nanquantile_a(
        ans, t, a, rt.fractions(q), axis=axis, method=method, keepdims=keepdims, weights=weights
    )


@jvp(np.nanpercentile, "q")
def nanpercentile_q(
    ans, t, a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    return nanquantile_q(
        ans, rt.fractions(t), a, rt.fractions(q), axis=axis, method=method, keepdims=keepdims, weights=weights
    )
