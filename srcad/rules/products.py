"""Derivatives of sums of products."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}


@vjp(np.dot, "a", "b", refused=_OUT)
def dot(ans, g, a, b, out=None):
    return rt.dot_adjoint_a(g, np.shape(a), b), rt.dot_adjoint_b(g, a, np.shape(b))


@vjp(np.matmul, "x1", "x2")
def matmul(ans, g, x1, x2):
    return rt.matmul_adjoint_a(g, np.shape(x1), x2), rt.matmul_adjoint_b(g, x1, np.shape(x2))


@vjp(np.inner, "a", "b")
def inner(ans, g, a, b):
    return rt.inner_adjoint_a(g, np.shape(a), b), rt.inner_adjoint_b(g, a, np.shape(b))


@vjp(np.outer, "a", "b", refused=_OUT)
def outer(ans, g, a, b, out=None):
    return np.reshape(g @ np.ravel(b), np.shape(a)), np.reshape(np.ravel(a) @ g, np.shape(b))


@vjp(np.vdot, "a", "b")
def vdot(ans, g, a, b):
    return np.conj(g) * np.conj(np.reshape(b, np.shape(a))), g * np.conj(np.reshape(a, np.shape(b)))


@vjp(np.tensordot, "a", "b")
def tensordot(ans, g, a, b, axes=2):
    return rt.tensordot_adjoint_a(g, np.shape(a), b, axes), rt.tensordot_adjoint_b(g, a, np.shape(b), axes)


@vjp(np.trace, "a", linear=True, refused=_OUT)
def trace(ans, g, a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    return rt.diagonal_adjoint(np.expand_dims(g, -1), np.shape(a), offset, axis1, axis2)


@vjp(np.einsum, "operands")
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
