"""Derivatives of sums, products, extremes and moments along axes."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_DTYPE = {
    **_OUT,
    "dtype": "The argument 'dtype' of this reduction is not differentiated: call astype before it.",
}

# -- sums --------------------------------------------------------------------------------------------


@vjp(np.sum, "a", "initial", linear=True, refused=_OUT)
def sum_(ans, g, a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True):
    if dtype is not None:
        g = rt.cast_back(g, ans, a)
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
    if where is True:
        return np.broadcast_to(g, np.shape(a)), rt.unbroadcast(g, initial)
    return rt.where_used(where, g, np.shape(a)), rt.unbroadcast(g, initial)


@vjp(np.nansum, "a", "initial", refused=_DTYPE)
def nansum(ans, g, a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
    return rt.where_used(rt.numbers(a, where), g, np.shape(a)), rt.unbroadcast(g, initial)


@jvp(np.nansum, "a")
def nansum_a(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True):
    return np.sum(t, axis=axis, keepdims=keepdims, where=rt.numbers(a, where))


@jvp(np.nansum, "initial")
def nansum_initial(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True):
    return np.broadcast_to(t, np.shape(ans))


@vjp(np.mean, "a", linear=True, refused=_OUT)
def mean(ans, g, a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    if dtype is not None:
        g = rt.cast_back(g, ans, a)
    if where is not True:
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return rt.where_used(where, g / rt.used_size(where, a, axis), np.shape(a))
    if axis is None:
        return np.broadcast_to(g / max(np.size(a), 1), np.shape(a))
    if not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g / rt.reduced_size(np.shape(a), axis), np.shape(a))


@vjp(np.nanmean, "a", refused=_DTYPE)
def nanmean(ans, g, a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
    used = rt.numbers(a, where)
    return rt.where_used(used, g / rt.used_size(used, a, axis), np.shape(a))


@jvp(np.nanmean, "a")
def nanmean_a(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    return np.mean(t, axis=axis, keepdims=keepdims, where=rt.numbers(a, where))


# -- products ----------------------------------------------------------------------------------------


@vjp(np.prod, "a", "initial", refused=_DTYPE)
def prod(ans, g, a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
    if where is True:
        return g * initial * rt.prod_others(a, axis), rt.unbroadcast(
            g * np.prod(a, axis=axis, keepdims=True), initial
        )
    return (
        rt.where_used(where, g * initial, np.shape(a)) * rt.prod_others(np.where(where, a, 1), axis),
        rt.unbroadcast(g * np.prod(a, axis=axis, keepdims=True, where=where), initial),
    )


@jvp(np.prod, "a")
def prod_a(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    if where is True:
        return np.sum(t * rt.prod_others(a, axis), axis=axis, keepdims=keepdims) * initial
    others = rt.prod_others(np.where(where, a, 1), axis)
    return np.sum(t * others, axis=axis, keepdims=keepdims, where=where) * initial


@jvp(np.prod, "initial")
def prod_initial(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    return t * np.prod(a, axis=axis, keepdims=keepdims, where=where)


@vjp(np.nanprod, "a", "initial", refused=_DTYPE)
def nanprod(ans, g, a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    return prod(ans, g, a, axis=axis, keepdims=keepdims, initial=initial, where=rt.numbers(a, where))


@jvp(np.nanprod, "a")
def nanprod_a(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    return prod_a(ans, t, a, axis=axis, keepdims=keepdims, initial=initial, where=rt.numbers(a, where))


@jvp(np.nanprod, "initial")
def nanprod_initial(ans, t, a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    return t * np.prod(a, axis=axis, keepdims=keepdims, where=rt.numbers(a, where))


# -- extremes ----------------------------------------------------------------------------------------


@vjp(np.amin, "a", "initial", refused=_OUT)
@vjp(np.min, "a", "initial", refused=_OUT)
@vjp(np.amax, "a", "initial", refused=_OUT)
@vjp(np.max, "a", "initial", refused=_OUT)
def extreme(ans, g, a, axis=None, out=None, keepdims=False, initial=None, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    if initial is None and where is True:
        return g * rt.extreme_share(a, ans, axis), 0.0
    return (
        g * rt.limited_share(a, ans, axis, initial, where),
        rt.unbroadcast(g * rt.initial_share(a, ans, axis, initial, where), initial),
    )


@jvp(np.amin, "a")
@jvp(np.min, "a")
@jvp(np.amax, "a")
@jvp(np.max, "a")
def extreme_a(ans, t, a, axis=None, out=None, keepdims=False, initial=None, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        ans = np.expand_dims(ans, axis)
    if initial is None and where is True:
        return np.sum(t * rt.extreme_share(a, ans, axis), axis=axis, keepdims=keepdims)
    return np.sum(t * rt.limited_share(a, ans, axis, initial, where), axis=axis, keepdims=keepdims)


@vjp(np.nanmin, "a", "initial", refused=_OUT)
@vjp(np.nanmax, "a", "initial", refused=_OUT)
def nanmax(ans, g, a, axis=None, out=None, keepdims=False, initial=None, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    return (
        g * rt.limited_share(a, ans, axis, initial, where),
        rt.unbroadcast(g * rt.initial_share(a, ans, axis, initial, where), initial),
    )


@jvp(np.nanmin, "a")
@jvp(np.nanmax, "a")
def nanmax_a(ans, t, a, axis=None, out=None, keepdims=False, initial=None, where=True):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        ans = np.expand_dims(ans, axis)
    return np.sum(t * rt.limited_share(a, ans, axis, initial, where), axis=axis, keepdims=keepdims)


@jvp(np.amin, "initial")
@jvp(np.min, "initial")
@jvp(np.amax, "initial")
@jvp(np.max, "initial")
@jvp(np.nanmin, "initial")
@jvp(np.nanmax, "initial")
def extreme_initial(ans, t, a, axis=None, out=None, keepdims=False, initial=None, where=True):
    wide = ans if axis is None or keepdims else np.expand_dims(ans, axis)
    return t * np.reshape(rt.initial_share(a, wide, axis, initial, where), np.shape(ans))


@vjp(np.ptp, "a", refused=_OUT)
def ptp(ans, g, a, axis=None, out=None, keepdims=False):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
    larger = np.max(a, axis=axis, keepdims=True)
    smaller = np.min(a, axis=axis, keepdims=True)
    return g * rt.extreme_share(a, larger, axis) - g * rt.extreme_share(a, smaller, axis)


@jvp(np.ptp, "a")
def ptp_a(ans, t, a, axis=None, out=None, keepdims=False):
    larger = np.max(a, axis=axis, keepdims=True)
    smaller = np.min(a, axis=axis, keepdims=True)
    change = t * rt.extreme_share(a, larger, axis) - t * rt.extreme_share(a, smaller, axis)
    return np.sum(change, axis=axis, keepdims=keepdims)


# -- moments -----------------------------------------------------------------------------------------


def deviations(a, axis, where, mean):
    """Return ``a`` less its mean over ``axis``, and 0 where it is not used."""
    if mean is not None:
        return np.where(where, a - mean, 0)
    return np.where(where, a - np.mean(a, axis=axis, keepdims=True, where=where), 0)


@vjp(np.var, "a", "mean", refused=_DTYPE)
def var(
    ans, g, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    if axis is not None and not keepdims and np.ndim(a) != 0:
        g = np.expand_dims(g, axis)
    if where is True and mean is None:
        centered = a - np.mean(a, axis=axis, keepdims=True)
        return g * (2 / rt.freedom(np.shape(a), axis, ddof + correction)) * np.conj(centered), 0.0
    factor = 2 / (rt.used_size(where, a, axis) - ddof - correction)
    change = g * factor * np.conj(deviations(a, axis, where, mean))
    return change, rt.unbroadcast(-change, mean)


@jvp(np.var, "a")
def var_a(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    if where is True and mean is None:
        centered = a - np.mean(a, axis=axis, keepdims=True)
        factor = 2 / rt.freedom(np.shape(a), axis, ddof + correction)
        return np.sum(np.real(np.conj(centered) * t), axis=axis, keepdims=keepdims) * factor
    factor = 2 / (rt.used_size(where, a, axis) - ddof - correction)
    change = np.real(np.conj(deviations(a, axis, where, mean)) * t)
    return np.sum(change * factor, axis=axis, keepdims=keepdims)


@jvp(np.var, "mean")
def var_mean(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    factor = 2 / (rt.used_size(where, a, axis) - ddof - correction)
    change = np.real(np.conj(deviations(a, axis, where, mean)) * t)
    return -np.sum(change * factor, axis=axis, keepdims=keepdims)


@vjp(np.std, "a", "mean", refused=_DTYPE)
def std(
    ans, g, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    if where is True and mean is None:
        if axis is not None and not keepdims and np.ndim(a) != 0:
            g = np.expand_dims(g, axis)
            ans = np.expand_dims(ans, axis)
        centered = a - np.mean(a, axis=axis, keepdims=True)
        scale = rt.safe_reciprocal(ans) / rt.freedom(np.shape(a), axis, ddof + correction)
        return g * scale * np.conj(centered), 0.0
    half = 0.5 * g * rt.safe_reciprocal(ans)
    return var(
        ans, half, a, axis=axis, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction
    )


@jvp(np.std, "a")
def std_a(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    change = var_a(
        ans, t, a, axis=axis, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction
    )
    return 0.5 * change * rt.safe_reciprocal(ans)


@jvp(np.std, "mean")
def std_mean(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    change = var_mean(
        ans, t, a, axis=axis, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction
    )
    return 0.5 * change * rt.safe_reciprocal(ans)


@vjp(np.nanvar, "a", "mean", refused=_DTYPE)
def nanvar(
    ans, g, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    used = rt.numbers(a, where)
    return var(
        ans, g, a, axis=axis, ddof=ddof, keepdims=keepdims, where=used, mean=mean, correction=correction
    )


@jvp(np.nanvar, "a")
def nanvar_a(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    used = rt.numbers(a, where)
    return var_a(
        ans, t, a, axis=axis, ddof=ddof, keepdims=keepdims, where=used, mean=mean, correction=correction
    )


@jvp(np.nanvar, "mean")
def nanvar_mean(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    used = rt.numbers(a, where)
    return var_mean(
        ans, t, a, axis=axis, ddof=ddof, keepdims=keepdims, where=used, mean=mean, correction=correction
    )


@vjp(np.nanstd, "a", "mean", refused=_DTYPE)
def nanstd(
    ans, g, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    used = rt.numbers(a, where)
    return std(
        ans, g, a, axis=axis, ddof=ddof, keepdims=keepdims, where=used, mean=mean, correction=correction
    )


@jvp(np.nanstd, "a")
def nanstd_a(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    used = rt.numbers(a, where)
    return std_a(
        ans, t, a, axis=axis, ddof=ddof, keepdims=keepdims, where=used, mean=mean, correction=correction
    )


@jvp(np.nanstd, "mean")
def nanstd_mean(
    ans, t, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0
):
    used = rt.numbers(a, where)
    return std_mean(
        ans, t, a, axis=axis, ddof=ddof, keepdims=keepdims, where=used, mean=mean, correction=correction
    )
