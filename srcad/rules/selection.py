"""Derivatives of functions that choose, order or look up entries."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_COPY = {"copy": "The argument 'copy' of np.nan_to_num may change the array in place: leave it out."}


@vjp(np.where, "condition", "x", "y", linear=("x", "y"), shaped=("condition",))
def where(ans, g, condition, x=None, y=None):
    return 0.0, rt.unbroadcast(np.where(condition, g, 0), x), rt.unbroadcast(np.where(condition, 0, g), y)


# -- limits ------------------------------------------------------------------------------------------


@vjp(np.clip, "a", "a_min", "a_max", "min", "max", refused=_OUT)
def clip(ans, g, a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    if min is not None:
        a_min = min
    if max is not None:
        a_max = max
    if a_min is None and a_max is None:
        return g, 0.0, 0.0, 0.0, 0.0
    if a_min is None:
        above = rt.unbroadcast(g * rt.share(a, a_max), a_max)
        return rt.unbroadcast(g * rt.share(a_max, a), a), 0.0, above, 0.0, above
    if a_max is None:
        below = rt.unbroadcast(g * rt.share(a_min, a), a_min)
        return rt.unbroadcast(g * rt.share(a, a_min), a), below, 0.0, below, 0.0
    raised = np.maximum(a, a_min)
    inside = g * rt.share(a_max, raised)
    below = rt.unbroadcast(inside * rt.share(a_min, a), a_min)
    above = rt.unbroadcast(g * rt.share(raised, a_max), a_max)
    return rt.unbroadcast(inside * rt.share(a, a_min), a), below, above, below, above


@jvp(np.clip, "a")
def clip_a(ans, t, a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    if min is not None:
        a_min = min
    if max is not None:
        a_max = max
    if a_min is not None:
        t = t * rt.share(a, a_min)
        a = np.maximum(a, a_min)
    if a_max is not None:
        t = t * rt.share(a_max, a)
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.clip, "min")
@jvp(np.clip, "a_min")
def clip_a_min(ans, t, a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    if min is not None:
        a_min = min
    if max is not None:
        a_max = max
    if a_min is None:
        return np.zeros(np.shape(ans))
    t = t * rt.share(a_min, a)
    if a_max is not None:
        t = t * rt.share(a_max, np.maximum(a, a_min))
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.clip, "max")
@jvp(np.clip, "a_max")
def clip_a_max(ans, t, a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    if min is not None:
        a_min = min
    if max is not None:
        a_max = max
    if a_max is None:
        return np.zeros(np.shape(ans))
    if a_min is not None:
        a = np.maximum(a, a_min)
    return np.broadcast_to(t * rt.share(a, a_max), np.shape(ans))


@vjp(np.nan_to_num, "x", "nan", "posinf", "neginf", refused=_COPY)
def nan_to_num(ans, g, x, copy=True, nan=0.0, posinf=None, neginf=None):
    return (
        np.where(np.isfinite(x), g, 0),
        rt.unbroadcast(np.where(np.isnan(x), g, 0), nan),
        0.0 if posinf is None else rt.unbroadcast(np.where(np.isposinf(x), g, 0), posinf),
        0.0 if neginf is None else rt.unbroadcast(np.where(np.isneginf(x), g, 0), neginf),
    )


@jvp(np.nan_to_num, "x")
def nan_to_num_x(ans, t, x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.where(np.isfinite(x), t, 0)


@jvp(np.nan_to_num, "nan")
def nan_to_num_nan(ans, t, x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.where(np.isnan(x), t, 0)


@jvp(np.nan_to_num, "posinf")
def nan_to_num_posinf(ans, t, x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.where(np.isposinf(x), t, 0)


@jvp(np.nan_to_num, "neginf")
def nan_to_num_neginf(ans, t, x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.where(np.isneginf(x), t, 0)


# -- look-up -----------------------------------------------------------------------------------------


@vjp(np.take, "a", linear=True, refused=_OUT)
def take(ans, g, a, indices, axis=None, out=None, mode="raise"):
    return rt.take_adjoint(g, np.shape(a), indices, axis, mode)


@vjp(np.take_along_axis, "arr", linear=True)
def take_along_axis(ans, g, arr, indices, axis=-1):
    return rt.scatter_along_axis(g, np.shape(arr), indices, axis)


@vjp(np.lib.stride_tricks.sliding_window_view, "x", linear=True)
def sliding_window_view(ans, g, x, window_shape, axis=None, *, subok=False, writeable=False):
    return rt.window_adjoint(g, np.shape(x), window_shape, axis)


@vjp(np.compress, "a", linear=True, refused=_OUT)
def compress(ans, g, condition, a, axis=None, out=None):
    return rt.take_adjoint(g, np.shape(a), np.flatnonzero(condition), axis, "raise")


@vjp(np.extract, "arr", linear=True)
def extract(ans, g, condition, arr):
    return rt.take_adjoint(g, np.shape(arr), np.flatnonzero(condition), None, "raise")


@vjp(np.choose, "choices", linear=True, refused=_OUT)
def choose(ans, g, a, choices, out=None, mode="raise"):
    return rt.choose_adjoint(g, a, choices, mode)


@vjp(np.select, "choicelist", "default", linear=True)
def select(ans, g, condlist, choicelist, default=0):
    return rt.select_adjoint(g, condlist, choicelist), rt.unbroadcast(g * rt.unchosen(condlist), default)


@vjp(np.trim_zeros, "filt")
def trim_zeros(ans, g, filt, trim="fb", axis=None):
    return rt.scatter(g, filt, rt.trimmed(filt, trim, axis))


@jvp(np.trim_zeros, "filt")
def trim_zeros_filt(ans, t, filt, trim="fb", axis=None):
    return np.asarray(t)[rt.trimmed(filt, trim, axis)]


# -- sets --------------------------------------------------------------------------------------------


@vjp(np.union1d, "ar1", "ar2")
def union1d(ans, g, ar1, ar2):
    both = np.concatenate((np.ravel(ar1), np.ravel(ar2)))
    whole = rt.take_adjoint(g, np.shape(both), rt.matching_entries(both, ans), None, "raise")
    return np.reshape(whole[: np.size(ar1)], np.shape(ar1)), np.reshape(whole[np.size(ar1) :], np.shape(ar2))


@jvp(np.union1d, "ar1")
def union1d_ar1(ans, t, ar1, ar2):
    both = np.concatenate((np.ravel(ar1), np.ravel(ar2)))
    change = np.concatenate((np.ravel(t), np.zeros_like(np.ravel(ar2))))
    return np.take(change, rt.matching_entries(both, ans))


@jvp(np.union1d, "ar2")
def union1d_ar2(ans, t, ar1, ar2):
    both = np.concatenate((np.ravel(ar1), np.ravel(ar2)))
    change = np.concatenate((np.zeros_like(np.ravel(ar1)), np.ravel(t)))
    return np.take(change, rt.matching_entries(both, ans))


@vjp(np.setxor1d, "ar1", "ar2")
def setxor1d(ans, g, ar1, ar2, assume_unique=False):
    return union1d(ans, g, ar1, ar2)


@jvp(np.setxor1d, "ar1")
def setxor1d_ar1(ans, t, ar1, ar2, assume_unique=False):
    return union1d_ar1(ans, t, ar1, ar2)


@jvp(np.setxor1d, "ar2")
def setxor1d_ar2(ans, t, ar1, ar2, assume_unique=False):
    return union1d_ar2(ans, t, ar1, ar2)


_INDICES = {"return_indices": "np.intersect1d with 'return_indices' has no derivative: leave it out."}


@vjp(np.intersect1d, "ar1", "ar2", shaped=("ar2",), refused=_INDICES)
def intersect1d(ans, g, ar1, ar2, assume_unique=False, return_indices=False):
    return rt.take_adjoint(g, np.shape(ar1), rt.matching_entries(ar1, ans), None, "raise"), 0.0


@jvp(np.intersect1d, "ar1")
def intersect1d_ar1(ans, t, ar1, ar2, assume_unique=False, return_indices=False):
    return np.take(t, rt.matching_entries(ar1, ans))


@vjp(np.setdiff1d, "ar1", "ar2", shaped=("ar2",))
def setdiff1d(ans, g, ar1, ar2, assume_unique=False):
    return rt.take_adjoint(g, np.shape(ar1), rt.matching_entries(ar1, ans), None, "raise"), 0.0


@jvp(np.setdiff1d, "ar1")
def setdiff1d_ar1(ans, t, ar1, ar2, assume_unique=False):
    return np.take(t, rt.matching_entries(ar1, ans))


# -- complex numbers ---------------------------------------------------------------------------------


@vjp(np.real, "val", linear=True)
def real(ans, g, val):
    return np.real(g)


@vjp(np.imag, "val", linear=True)
def imag(ans, g, val):
    return rt.imag_adjoint(g, val)


@vjp(np.conj, "x", linear=True)
def conj(ans, g, x):
    return np.conj(g)


@vjp(np.angle, "z")
def angle(ans, g, z, deg=False):
    if deg:
        g = g * 57.29577951308232
    return rt.unbroadcast(-1j * g * rt.safe_reciprocal(z), z)


@jvp(np.angle, "z")
def angle_z(ans, t, z, deg=False):
    if deg:
        t = t * 57.29577951308232
    return np.imag(t * rt.safe_reciprocal(z))


@vjp(np.real_if_close, "a")
def real_if_close(ans, g, a, tol=100):
    return rt.unbroadcast(g, a)


@jvp(np.real_if_close, "a")
def real_if_close_a(ans, t, a, tol=100):
    return rt.unbroadcast(t, ans)
