"""Derivatives of the products, inverses and determinants of ``np.linalg``.

The formulas are those of M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008), written for stacks of matrices and without conjugates: the gradient of a holomorphic
function is the transposed derivative.  ``np.linalg.inv``, ``solve`` and ``slogdet`` have no derivative at a singular
matrix, and raise there; ``det`` has one everywhere.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, refuse, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}

constant(np.linalg.LinAlgError, np.linalg.matrix_rank)

refuse("A test runner has no derivative: leave it out.", np.linalg.test)

# -- inverses ----------------------------------------------------------------------------------------


@vjp(np.linalg.inv, "a")
def inv(ans, g, a):
    transposed = np.swapaxes(ans, -1, -2)
    return -transposed @ g @ transposed


@vjp(np.linalg.solve, "a", "b", linear=("b",))
def solve(ans, g, a, b):
    if np.ndim(b) == 1:
        if np.ndim(a) == 2:
            column = np.linalg.solve(np.transpose(a), g)
            return rt.unbroadcast(-np.outer(column, ans), a), rt.unbroadcast(column, b)
        column = np.linalg.solve(np.swapaxes(a, -1, -2), np.expand_dims(g, -1))
        return (
            rt.unbroadcast(-column * np.expand_dims(ans, -2), a),
            rt.unbroadcast(np.squeeze(column, -1), b),
        )
    whole = np.linalg.solve(np.swapaxes(a, -1, -2), g)
    return rt.unbroadcast(-whole @ np.swapaxes(ans, -1, -2), a), rt.unbroadcast(whole, b)


@vjp(np.linalg.tensorsolve, "a", "b", linear=("b",))
def tensorsolve(ans, g, a, b, axes=None):
    order = rt.axes_moved_last(np.ndim(a), axes)
    matrix = np.reshape(np.transpose(a, order), (np.size(b), np.size(b)))
    row = np.linalg.solve(np.transpose(matrix), np.ravel(g))
    whole = np.reshape(-np.outer(row, np.ravel(ans)), np.shape(np.transpose(a, order)))
    return (
        rt.unbroadcast(np.transpose(whole, rt.inverse_axes(order, np.ndim(a))), a),
        rt.unbroadcast(np.reshape(row, np.shape(b)), b),
    )


@vjp(np.linalg.tensorinv, "a")
def tensorinv(ans, g, a, ind=2):
    size = rt.reduced_size(np.shape(a)[:ind], None)
    inverse = np.transpose(np.reshape(ans, (size, size)))
    return np.reshape(-inverse @ np.reshape(g, (size, size)) @ inverse, np.shape(a))


# -- determinants ------------------------------------------------------------------------------------


@vjp(np.linalg.det, "a")
def det(ans, g, a):
    return np.expand_dims(g, (-2, -1)) * rt.cofactor(a)


@vjp(np.linalg.slogdet, "a")
def slogdet(ans, g, a):
    if np.iscomplexobj(a):
        turned = g[0] * ans[0]
        logarithm = np.real(g[1]) + (turned - np.conj(turned)) / 2
        return np.expand_dims(logarithm, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)
    if np.ndim(a) == 2:
        return g[1] * np.transpose(np.linalg.inv(a))
    return np.expand_dims(g[1], (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


# -- powers and chains -------------------------------------------------------------------------------


@vjp(np.linalg.matrix_power, "a")
def matrix_power(ans, g, a, n):
    return power_change(np.swapaxes(a, -1, -2), g, n)


def power_change(a, direction, n):
    """Return the derivative of ``np.linalg.matrix_power(a, n)`` along a direction, by squaring as the power itself."""
    if n < 0:
        a = np.linalg.inv(a)
        direction, n = -a @ direction @ a, -n
    if n == 0:
        return np.zeros_like(direction)
    power, change, doublings = a, direction, rt.doublings(n)
    for k in range(len(doublings)):
        if doublings[k]:
            change = change @ power + power @ change
            other = power
        else:
            change = change @ a + power @ direction
            other = a
        if k + 1 < len(doublings):
            power = power @ other
    return change


@vjp(np.linalg.multi_dot, "arrays", refused=_OUT)
def multi_dot(ans, g, arrays, *, out=None):
    matrices = rt.chain_matrices(arrays)
    middle = np.reshape(g, (np.shape(matrices[0])[0], np.shape(matrices[-1])[1]))
    turned = [np.transpose(m) for m in matrices]
    return [
        rt.unbroadcast(
            np.reshape(
                np.linalg.multi_dot([*turned[:k][::-1], middle, *turned[k + 1 :][::-1]]), np.shape(arrays[k])
            ),
            arrays[k],
        )
        for k in range(len(arrays))
    ]


# -- the namespace's own forms of products and diagonals ---------------------------------------------


@vjp(np.linalg.matmul, "x1", "x2", multilinear=True)
def matmul(ans, g, x1, x2):
    return (
        rt.unbroadcast(rt.matmul_adjoint_a(g, np.shape(x1), x2), x1),
        rt.unbroadcast(rt.matmul_adjoint_b(g, x1, np.shape(x2)), x2),
    )


@vjp(np.linalg.tensordot, "x1", "x2", multilinear=True)
def tensordot(ans, g, x1, x2, *, axes=2):
    return (
        rt.unbroadcast(rt.tensordot_adjoint_a(g, np.shape(x1), x2, axes), x1),
        rt.unbroadcast(rt.tensordot_adjoint_b(g, x1, np.shape(x2), axes), x2),
    )


@vjp(np.linalg.outer, "x1", "x2", multilinear=True)
def outer(ans, g, x1, x2):
    return rt.unbroadcast(g @ x2, x1), rt.unbroadcast(x1 @ g, x2)


@vjp(np.linalg.cross, "x1", "x2", multilinear=True)
def cross(ans, g, x1, x2, *, axis=-1):
    return (
        rt.unbroadcast(np.linalg.cross(x2, g, axis=axis), x1),
        rt.unbroadcast(np.linalg.cross(g, x1, axis=axis), x2),
    )


@vjp(np.linalg.vecdot, "x1", "x2", multilinear=True)
def vecdot(ans, g, x1, x2, *, axis=-1):
    weight = np.expand_dims(g, axis)
    return rt.unbroadcast(np.conj(weight * x2), x1), rt.unbroadcast(weight * np.conj(x1), x2)


@vjp(np.linalg.matrix_transpose, "x", linear=True)
def matrix_transpose(ans, g, x):
    return np.swapaxes(g, -1, -2)


@vjp(np.linalg.diagonal, "x", linear=True)
def diagonal(ans, g, x, *, offset=0):
    return rt.diagonal_adjoint(g, np.shape(x), offset, -2, -1)


@vjp(
    np.linalg.trace,
    "x",
    linear=True,
    refused={"dtype": "The argument 'dtype' of a trace is not differentiated: call astype before it."},
)
def trace(ans, g, x, *, offset=0, dtype=None):
    return rt.diagonal_adjoint(np.expand_dims(g, -1), np.shape(x), offset, -2, -1)
