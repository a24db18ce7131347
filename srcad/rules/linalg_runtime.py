"""Derivatives of the runtime's functions for matrices, so that derivatives can be differentiated again."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(
    rt.above_rank,
    rt.allowed_option,
    rt.axes_moved_last,
    rt.default_rcond,
    rt.doublings,
    rt.is_zero,
    rt.largest_entries,
    rt.largest_modulus,
    rt.norm_axes,
)


@vjp(rt.conj_transpose, "x", linear=True)
def conj_transpose(ans, g, x):
    return rt.conj_transpose(g)


@vjp(rt.hermitian, "a", linear=True)
def hermitian(ans, g, a, uplo):
    return rt.fold_hermitian(g, uplo)


@vjp(rt.fold_hermitian, "x", linear=True)
def fold_hermitian(ans, g, x, uplo):
    return rt.hermitian(g, uplo)


@vjp(rt.cofactor_along, "a", "direction", linear=("direction",))
def cofactor_along(ans, g, a, direction):
    inverse = np.swapaxes(np.linalg.inv(a), -1, -2)
    whole = np.sum(g * ans, axis=(-2, -1), keepdims=True) * inverse
    along = np.sum(inverse * direction, axis=(-2, -1), keepdims=True)
    back = np.sum(inverse * g, axis=(-2, -1), keepdims=True)
    twist = inverse @ np.swapaxes(direction, -1, -2) @ inverse
    turned = inverse @ np.swapaxes(g, -1, -2) @ inverse
    determinant = np.expand_dims(np.linalg.det(a), (-2, -1))
    mixed = turned @ np.swapaxes(direction, -1, -2) @ inverse
    crossed = twist @ np.swapaxes(g, -1, -2) @ inverse
    from_a = whole + determinant * (mixed + crossed - back * twist - along * turned)
    return rt.unbroadcast(from_a, a), rt.unbroadcast(rt.cofactor_along(a, g), direction)


@jvp(rt.cofactor_along, "a")
def cofactor_along_a(ans, t, a, direction):
    inverse = np.swapaxes(np.linalg.inv(a), -1, -2)
    determinant = np.expand_dims(np.linalg.det(a), (-2, -1))
    moved = -inverse @ np.swapaxes(t, -1, -2) @ inverse
    twist = np.swapaxes(direction, -1, -2) @ inverse
    along = np.sum(inverse * direction, axis=(-2, -1), keepdims=True)
    along_moved = np.sum(moved * direction, axis=(-2, -1), keepdims=True)
    whole = np.sum(inverse * t, axis=(-2, -1), keepdims=True) * ans
    turned = moved @ twist + inverse @ np.swapaxes(direction, -1, -2) @ moved
    return whole + determinant * (along_moved * inverse + along * moved - turned)


@vjp(rt.divide_gaps, "x", "w", linear=("x",))
def divide_gaps(ans, g, x, w):
    from_x = rt.divide_gaps(g, w)
    share = from_x * ans
    return rt.unbroadcast(from_x, x), rt.unbroadcast(np.sum(share, axis=-1) - np.sum(share, axis=-2), w)


@jvp(rt.divide_gaps, "w")
def divide_gaps_w(ans, t, x, w):
    return -rt.divide_gaps(ans * (np.expand_dims(t, -2) - np.expand_dims(t, -1)), w)


@vjp(rt.filled, "cotangent", "x", linear=("cotangent",), shaped=("x",))
def filled(ans, g, cotangent, x):
    return rt.unbroadcast(g, cotangent), 0.0


@vjp(rt.diagonal_matrix, "x", linear=True)
def diagonal_matrix(ans, g, x):
    return np.diagonal(g, 0, -2, -1)


@vjp(rt.gauge_invariant, "value", "violation", "scale", linear=("value",), shaped=("violation", "scale"))
def gauge_invariant(ans, g, value, violation, scale, function):
    return g, 0.0, 0.0


@vjp(rt.record_like, "parts", linear=True)
def record_like(ans, g, record, *parts):
    return [g[k] for k in range(len(parts))]


@vjp(rt.chain_matrices, "arrays", linear=True)
def chain_matrices(ans, g, arrays):
    return [np.reshape(g[k], np.shape(arrays[k])) for k in range(len(arrays))]
