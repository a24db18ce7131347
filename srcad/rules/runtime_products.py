"""Derivatives of the runtime's functions for products of arrays."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(rt.array_positions, rt.kron_shapes)


@vjp(rt.dot_adjoint_a, "cotangent", "b", multilinear=True)
def dot_adjoint_a(ans, g, cotangent, shape, b):
    return np.dot(g, b), rt.dot_adjoint_b(cotangent, g, np.shape(b))


@vjp(rt.dot_adjoint_b, "cotangent", "a", multilinear=True)
def dot_adjoint_b(ans, g, cotangent, a, shape):
    return np.dot(a, g), rt.dot_adjoint_a(cotangent, np.shape(a), g)


@vjp(rt.inner_adjoint_a, "cotangent", "b", multilinear=True)
def inner_adjoint_a(ans, g, cotangent, shape, b):
    return np.inner(g, b), rt.inner_adjoint_b(cotangent, g, np.shape(b))


@vjp(rt.inner_adjoint_b, "cotangent", "a", multilinear=True)
def inner_adjoint_b(ans, g, cotangent, a, shape):
    return np.inner(a, g), rt.inner_adjoint_a(cotangent, np.shape(a), g)


@vjp(rt.matmul_adjoint_a, "cotangent", "b", multilinear=True)
def matmul_adjoint_a(ans, g, cotangent, shape, b):
    return np.matmul(g, b), rt.matmul_adjoint_b(cotangent, g, np.shape(b))


@vjp(rt.matmul_adjoint_b, "cotangent", "a", multilinear=True)
def matmul_adjoint_b(ans, g, cotangent, a, shape):
    return np.matmul(a, g), rt.matmul_adjoint_a(cotangent, np.shape(a), g)


@vjp(rt.tensordot_adjoint_a, "cotangent", "b", multilinear=True)
def tensordot_adjoint_a(ans, g, cotangent, shape, b, axes):
    return np.tensordot(g, b, axes), rt.tensordot_adjoint_b(cotangent, g, np.shape(b), axes)


@vjp(rt.tensordot_adjoint_b, "cotangent", "a", multilinear=True)
def tensordot_adjoint_b(ans, g, cotangent, a, shape, axes):
    return np.tensordot(a, g, axes), rt.tensordot_adjoint_a(cotangent, np.shape(a), g, axes)


@vjp(rt.cross_adjoints, "cotangent", "a", "b", linear=("cotangent",))
def cross_adjoints(ans, g, cotangent, a, b, axisa, axisb, axisc):
    parts = rt.parts_like(g, ans)
    first = rt.cross_adjoints(cotangent, a, parts[1], axisa, axisb, axisc)
    second = rt.cross_adjoints(cotangent, parts[0], b, axisa, axisb, axisc)
    return (
        np.cross(parts[0], b, axisa, axisb, axisc) + np.cross(a, parts[1], axisa, axisb, axisc),
        first[0],
        second[1],
    )


@jvp(rt.cross_adjoints, "a")
def cross_adjoints_a(ans, t, cotangent, a, b, axisa, axisb, axisc):
    parts = rt.cross_adjoints(cotangent, t, b, axisa, axisb, axisc)
    return np.zeros_like(ans[0]), parts[1]


@jvp(rt.cross_adjoints, "b")
def cross_adjoints_b(ans, t, cotangent, a, b, axisa, axisb, axisc):
    parts = rt.cross_adjoints(cotangent, a, t, axisa, axisb, axisc)
    return parts[0], np.zeros_like(ans[1])


# -- convolutions ------------------------------------------------------------------------------------


@vjp(rt.whole_convolution, "cotangent", linear=True)
def whole_convolution(ans, g, cotangent, n, m, mode, mirrored):
    return rt.part_of_convolution(g, n, m, mode, mirrored)


@vjp(rt.part_of_convolution, "whole", linear=True)
def part_of_convolution(ans, g, whole, n, m, mode, mirrored):
    return rt.whole_convolution(g, n, m, mode, mirrored)


# -- einsum ------------------------------------------------------------------------------------------


@vjp(rt.with_item, "items", "value", linear=True)
def with_item(ans, g, items, k, value):
    return rt.with_item(g, k, 0.0), g[k]


@vjp(rt.einsum_of, "operands")
def einsum_of(ans, g, operands, optimize):
    positions = rt.array_positions(operands)
    return [
        rt.einsum_gradient(g, operands, k, optimize) if k in positions else 0.0 for k in range(len(operands))
    ]


@jvp(rt.einsum_of, "operands")
def einsum_of_operands(ans, t, operands, optimize):
    total = 0.0
    for k in rt.array_positions(operands):
        total = total + rt.einsum_of(rt.with_item(operands, k, t[k]), optimize)
    return total


@vjp(rt.einsum_gradient, "cotangent", "operands", linear=("cotangent",))
def einsum_gradient(ans, g, cotangent, operands, k, optimize):
    changed = rt.with_item(operands, k, np.broadcast_to(g, np.shape(ans)))
    positions = rt.array_positions(operands)
    others = [
        rt.einsum_gradient(cotangent, changed, j, optimize) if j in positions else 0.0
        for j in range(len(operands))
    ]
    return rt.einsum_of(changed, optimize), rt.with_item(others, k, 0.0)


@jvp(rt.einsum_gradient, "operands")
def einsum_gradient_operands(ans, t, cotangent, operands, k, optimize):
    total = np.zeros_like(ans)
    for j in rt.array_positions(operands):
        if j != k:
            total = total + rt.einsum_gradient(cotangent, rt.with_item(operands, j, t[j]), k, optimize)
    return total
