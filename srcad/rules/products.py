"""Derivatives of sums of products."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}
_EINSUM = {**_OUT, "dtype": "The argument 'dtype' of np.einsum is not differentiated: call astype before it."}


@vjp(np.dot, "a", "b", refused=_OUT, multilinear=True)
def dot(ans, g, a, b, out=None):
    return (
        rt.unbroadcast(rt.dot_adjoint_a(g, np.shape(a), b), a),
        rt.unbroadcast(rt.dot_adjoint_b(g, a, np.shape(b)), b),
    )


@vjp(np.matmul, "x1", "x2", multilinear=True)
def matmul(ans, g, x1, x2):
    return (
        rt.unbroadcast(rt.matmul_adjoint_a(g, np.shape(x1), x2), x1),
        rt.unbroadcast(rt.matmul_adjoint_b(g, x1, np.shape(x2)), x2),
    )


@vjp(np.inner, "a", "b", multilinear=True)
def inner(ans, g, a, b):
    return (
        rt.unbroadcast(rt.inner_adjoint_a(g, np.shape(a), b), a),
        rt.unbroadcast(rt.inner_adjoint_b(g, a, np.shape(b)), b),
    )


@vjp(np.outer, "a", "b", refused=_OUT, multilinear=True)
def outer(ans, g, a, b, out=None):
    return (
        rt.unbroadcast(np.reshape(g @ np.ravel(b), np.shape(a)), a),
        rt.unbroadcast(np.reshape(np.ravel(a) @ g, np.shape(b)), b),
    )


@vjp(np.vdot, "a", "b", multilinear=True)
def vdot(ans, g, a, b):
    return (
        rt.unbroadcast(np.conj(g * np.reshape(b, np.shape(a))), a),
        rt.unbroadcast(g * np.conj(np.reshape(a, np.shape(b))), b),
    )


@vjp(np.tensordot, "a", "b", multilinear=True)
def tensordot(ans, g, a, b, axes=2):
    return (
        rt.unbroadcast(rt.tensordot_adjoint_a(g, np.shape(a), b, axes), a),
        rt.unbroadcast(rt.tensordot_adjoint_b(g, a, np.shape(b), axes), b),
    )


@vjp(np.trace, "a", linear=True, refused=_OUT)
def trace(ans, g, a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    return rt.diagonal_adjoint(np.expand_dims(g, -1), np.shape(a), offset, axis1, axis2)


@vjp(np.einsum, "operands", multilinear=True, refused=_EINSUM)
def einsum(ans, g, *operands, out=None, optimize=False, dtype=None, order="K", casting="safe"):
    positions = rt.array_positions(operands)
    return [
        rt.einsum_gradient(g, operands, k, optimize) if k in positions else 0.0 for k in range(len(operands))
    ]


# -- stacks of vectors and matrices ------------------------------------------------------------------


@vjp(np.vecdot, "x1", "x2", multilinear=True, refused=_OUT)
def vecdot(ans, g, x1, x2, out=None, *, axis=-1):
    g = np.expand_dims(g, axis)
    return rt.unbroadcast(np.conj(g * x2), x1), rt.unbroadcast(g * np.conj(x1), x2)


@vjp(np.matvec, "x1", "x2", multilinear=True, refused=_OUT)
def matvec(ans, g, x1, x2, out=None):
    column = np.expand_dims(g, -1)
    return (
        rt.unbroadcast(column * np.expand_dims(x2, -2), x1),
        rt.unbroadcast(np.squeeze(np.swapaxes(x1, -1, -2) @ column, -1), x2),
    )


@vjp(np.vecmat, "x1", "x2", multilinear=True, refused=_OUT)
def vecmat(ans, g, x1, x2, out=None):
    column = np.expand_dims(g, -1)
    return (
        rt.unbroadcast(np.conj(np.squeeze(x2 @ column, -1)), x1),
        rt.unbroadcast(np.conj(np.expand_dims(x1, -1)) * np.expand_dims(g, -2), x2),
    )


@vjp(np.cross, "a", "b", multilinear=True)
def cross(ans, g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa, axisb, axisc = axis, axis, axis
    parts = rt.cross_adjoints(g, a, b, axisa, axisb, axisc)
    return parts[0], parts[1]


@vjp(np.kron, "a", "b", multilinear=True)
def kron(ans, g, a, b):
    shapes = rt.kron_shapes(np.shape(a), np.shape(b))
    blocks = np.reshape(g, shapes[2])
    return (
        rt.unbroadcast(np.reshape(np.sum(blocks * np.reshape(b, shapes[1]), axis=shapes[4]), np.shape(a)), a),
        rt.unbroadcast(np.reshape(np.sum(blocks * np.reshape(a, shapes[0]), axis=shapes[3]), np.shape(b)), b),
    )


# -- convolutions ------------------------------------------------------------------------------------


@vjp(np.convolve, "a", "v", multilinear=True)
def convolve(ans, g, a, v, mode="full"):
    whole = rt.whole_convolution(g, np.size(a), np.size(v), mode, False)
    return (
        rt.unbroadcast(np.reshape(np.correlate(whole, np.conj(np.atleast_1d(v)), "valid"), np.shape(a)), a),
        rt.unbroadcast(np.reshape(np.correlate(whole, np.conj(np.atleast_1d(a)), "valid"), np.shape(v)), v),
    )


@vjp(np.correlate, "a", "v", multilinear=True)
def correlate(ans, g, a, v, mode="valid"):
    whole = rt.whole_convolution(g, np.size(a), np.size(v), mode, True)
    from_v = np.conj(np.flip(np.correlate(whole, np.conj(a), "valid")))
    return (
        rt.unbroadcast(np.reshape(np.correlate(whole, np.flip(v), "valid"), np.shape(a)), a),
        rt.unbroadcast(np.reshape(from_v, np.shape(v)), v),
    )
