"""Derivatives of sums of products."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}


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


@vjp(np.einsum, "operands", multilinear=True)
def einsum(ans, g, subscripts, *operands):
    return [
        rt.unbroadcast(
            np.einsum(
                rt.einsum_pattern(subscripts, operands, k),
                g,
                *operands[:k],
                *operands[k + 1 :],
                *rt.einsum_extras(subscripts, operands, k),
            ),
            operands[k],
        )
        for k in range(len(operands))
    ]
