"""Derivatives of ``np.linalg``."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp


@vjp(np.linalg.inv, "a")
def inv(ans, g, a):
    transposed = np.swapaxes(ans, -1, -2)
    return -transposed @ g @ transposed


@vjp(np.linalg.solve, "a", "b")
def solve(ans, g, a, b):
    if np.ndim(b) == 1:
        column = np.linalg.solve(np.swapaxes(a, -1, -2), np.expand_dims(g, -1))
        return -column * np.expand_dims(ans, -2), rt.unbroadcast(np.squeeze(column, -1), b)
    whole = np.linalg.solve(np.swapaxes(a, -1, -2), g)
    return rt.unbroadcast(-whole @ np.swapaxes(ans, -1, -2), a), rt.unbroadcast(whole, b)


@vjp(np.linalg.det, "a")
def det(ans, g, a):
    return np.expand_dims(g, (-2, -1)) * rt.cofactor(a)


@vjp(np.linalg.slogdet, "a")
def slogdet(ans, g, a):
    return np.expand_dims(g[1], (-2, -1)) * np.swapaxes(
        np.linalg.inv(rt.real_only(a, "np.linalg.slogdet")), -1, -2
    )


@vjp(np.linalg.cholesky, "a")
def cholesky(ans, g, a, *, upper=False):
    if upper:
        g = np.swapaxes(g, -1, -2)
        ans = np.swapaxes(ans, -1, -2)
    inverse = np.linalg.inv(rt.real_only(ans, "np.linalg.cholesky"))
    half = rt.lower_half(np.swapaxes(ans, -1, -2) @ g)
    middle = np.swapaxes(inverse, -1, -2) @ half @ inverse
    lower = rt.lower_half(middle + np.swapaxes(middle, -1, -2))
    if upper:
        return np.swapaxes(lower, -1, -2)
    return lower


@vjp(np.linalg.norm, "x")
def norm(ans, g, x, ord=None, axis=None, keepdims=False):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    if ord is None or ord == "fro":
        return g * rt.safe_reciprocal(ans) * np.conj(x)
    x = rt.vector_only(x, ord, axis)
    if ord == 1:
        return g * rt.sign(x)
    if ord == np.inf or ord == -np.inf:
        return g * rt.sign(x) * rt.extreme_share(np.abs(x), ans, axis)
    return g * rt.sign(x) * rt.scaled_power(1, np.abs(x) * rt.safe_reciprocal(ans), ord - 1)
