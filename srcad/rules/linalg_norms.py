"""Derivatives of the norms and condition numbers of ``np.linalg``, with gradient 0 where a norm is 0.

Entries, rows, columns and singular values that are equally large share the gradient of a maximum.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp


@vjp(np.linalg.norm, "x")
def norm(ans, g, x, ord=None, axis=None, keepdims=False):
    if ord is None or ord == "fro" or ord == "f":
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
            ans = np.expand_dims(ans, axis)
        return g * rt.safe_reciprocal(ans) * np.conj(x)
    axes = rt.norm_axes(np.ndim(x), axis)
    if not keepdims:
        g = np.expand_dims(g, axes)
        ans = np.expand_dims(ans, axes)
    if len(axes) == 1:
        return vector_norm(ans, g, x, axis=axes, keepdims=True, ord=ord)
    g = np.moveaxis(g, axes, (-2, -1))
    ans = np.moveaxis(ans, axes, (-2, -1))
    whole = matrix_norm(ans, g, np.moveaxis(x, axes, (-2, -1)), keepdims=True, ord=ord)
    return np.moveaxis(whole, (-2, -1), axes)


@vjp(np.linalg.vector_norm, "x")
def vector_norm(ans, g, x, *, axis=None, keepdims=False, ord=2):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
    if ord == 2 or ord is None:
        return g * rt.safe_reciprocal(ans) * np.conj(x)
    if ord == 0:
        return 0.0
    if ord == 1:
        return g * rt.sign(x)
    size = np.abs(x)
    if ord == np.inf:
        return g * rt.sign(x) * rt.extreme_share(size, np.max(size, axis=axis, keepdims=True), axis)
    if ord == -np.inf:
        return g * rt.sign(x) * rt.extreme_share(size, np.min(size, axis=axis, keepdims=True), axis)
    ratio = np.where(np.equal(x, 0), 1, size) / np.where(np.equal(ans, 0), 1, ans)
    return g * rt.sign(x) * np.power(ratio, ord - 1) * np.sign(ans)


@vjp(np.linalg.matrix_norm, "x")
def matrix_norm(ans, g, x, *, keepdims=False, ord="fro"):
    if not keepdims:
        g = np.expand_dims(g, (-2, -1))
        ans = np.expand_dims(ans, (-2, -1))
    if ord == "fro" or ord == "f" or ord is None:
        return g * rt.safe_reciprocal(ans) * np.conj(x)
    if ord == "nuc" or ord == 2 or ord == -2:
        parts = np.linalg.svd(x, full_matrices=False)
        weights = rt.above_rank(parts[1], np.shape(x))
        if ord == 2:
            weights = weights * rt.extreme_share(parts[1], parts[1][..., :1], -1)
        elif ord == -2:
            weights = weights * rt.extreme_share(parts[1], parts[1][..., -1:], -1)
        return g * np.conj((parts[0] * np.expand_dims(weights, -2)) @ parts[2])
    summed, compared = -1, -2
    if ord == 1 or ord == -1:
        summed, compared = -2, -1
    sums = np.sum(np.abs(x), axis=summed, keepdims=True)
    extreme = np.max(sums, axis=compared, keepdims=True)
    if ord == -1 or ord == -np.inf:
        extreme = np.min(sums, axis=compared, keepdims=True)
    return g * rt.sign(x) * rt.extreme_share(sums, extreme, compared)


@vjp(np.linalg.cond, "x")
def cond(ans, g, x, p=None):
    if p is None or p == 2 or p == -2:
        parts = np.linalg.svd(x, full_matrices=False)
        first = parts[0][..., :1] @ parts[2][..., :1, :]
        last = parts[0][..., -1:] @ parts[2][..., -1:, :]
        ratio = np.expand_dims(ans, (-2, -1))
        weight = np.expand_dims(g, (-2, -1))
        if p == -2:
            return weight * np.conj(last - ratio * first) / np.expand_dims(parts[1][..., :1], -1)
        return weight * np.conj(first - ratio * last) / np.expand_dims(parts[1][..., -1:], -1)
    inverse = np.linalg.inv(x)
    size = np.linalg.matrix_norm(x, ord=p)
    inverse_size = np.linalg.matrix_norm(inverse, ord=p)
    turned = np.swapaxes(inverse, -1, -2)
    through = matrix_norm(inverse_size, g * size, inverse, ord=p)
    return matrix_norm(size, g * inverse_size, x, ord=p) - turned @ through @ turned
