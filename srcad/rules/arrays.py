"""Reductions, products, reshaping, joining, selection and linear algebra: the gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import vjp

_WHERE = {
    "where": "The keyword 'where' of a reduction has no derivative; multiply by the mask instead.",
    "initial": "The keyword 'initial' of a reduction has no derivative; add it afterwards.",
    "dtype": "The keyword 'dtype' has no derivative; convert with astype.",
    "out": "The keyword 'out' has no derivative; assign the result.",
}


@vjp(np.sum, "a", linear=True, refused=_WHERE)
def sum_(ans: Any, g: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
         initial: Any = None, where: Any = None) -> Any:  # fmt: skip
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(a))


@vjp(np.mean, "a", linear=True, refused=_WHERE)
def mean(ans: Any, g: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
         where: Any = None) -> Any:  # fmt: skip
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g * (np.size(ans) / np.size(a)), np.shape(a))


@vjp(np.prod, "a", refused=_WHERE)
def prod(ans: Any, g: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
         initial: Any = None, where: Any = None) -> Any:  # fmt: skip
    return rt.prod_adjoint(g, a, axis, keepdims)


@vjp(np.max, "a", refused=_WHERE)
@vjp(np.min, "a", refused=_WHERE)
def extremum(ans: Any, g: Any, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False,
             initial: Any = None, where: Any = None) -> Any:  # fmt: skip
    return rt.extremum_adjoint(g, ans, a, axis, keepdims)


@vjp(np.var, "a", refused=_WHERE)
def var(ans: Any, g: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0,
        keepdims: Any = False, where: Any = None) -> Any:  # fmt: skip
    scale = 2.0 / (np.size(a) / np.size(ans) - ddof)
    return rt.expand(g, a, axis, keepdims) * (scale * (a - np.mean(a, axis=axis, keepdims=True)))


@vjp(np.std, "a", refused=_WHERE)
def std(ans: Any, g: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0,
        keepdims: Any = False, where: Any = None) -> Any:  # fmt: skip
    scale = rt.expand(g * rt.reciprocal_or_zero(ans), a, axis, keepdims) / (np.size(a) / np.size(ans) - ddof)
    return scale * (a - np.mean(a, axis=axis, keepdims=True))


@vjp(rt.expand, "g_", linear=True)
def expand(ans: Any, g: Any, g_: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    return np.reshape(g, np.shape(g_))


@vjp(np.cumsum, "a", linear=True, refused=_WHERE)
def cumsum(ans: Any, g: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return rt.cumsum_adjoint(g, a, axis)


@vjp(np.matmul, "x1", "x2")
def matmul(ans: Any, g: Any, x1: Any, x2: Any) -> Any:
    return rt.matmul_adjoint_a(g, x1, x2), rt.matmul_adjoint_b(g, x1, x2)


@vjp(np.dot, "a", "b")
def dot(ans: Any, g: Any, a: Any, b: Any) -> Any:
    return rt.dot_adjoint_a(g, a, b), rt.dot_adjoint_b(g, a, b)


@vjp(np.inner, "a", "b")
def inner(ans: Any, g: Any, a: Any, b: Any) -> Any:
    return rt.dot_adjoint_a(g, a, np.swapaxes(b, -1, -np.ndim(b[None]) + 1)), np.tensordot(
        g, a, (list(range(np.ndim(a) - 1)), list(range(np.ndim(a) - 1)))
    )


@vjp(np.outer, "a", "b")
def outer(ans: Any, g: Any, a: Any, b: Any) -> Any:
    return np.reshape(g @ np.ravel(b), np.shape(a)), np.reshape(np.ravel(a) @ g, np.shape(b))


@vjp(np.einsum, "operands")
def einsum(ans: Any, g: Any, subscripts: Any, *operands: Any) -> Any:
    return rt.einsum_adjoint(g, subscripts, operands)


@vjp(np.tensordot, "a", "b")
def tensordot(ans: Any, g: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    return rt.tensordot_adjoint_a(g, a, b, axes), rt.tensordot_adjoint_b(g, a, b, axes)


@vjp(np.diagonal, "a", linear=True)
def diagonal(ans: Any, g: Any, a: Any) -> Any:
    return rt.diag_adjoint(g, a, 0)


@vjp(np.repeat, "a", linear=True)
def repeat(ans: Any, g: Any, a: Any, repeats: Any, axis: Any = None) -> Any:
    return rt.repeat_adjoint(g, a, repeats, axis)


@vjp(np.trace, "a", linear=True)
def trace(ans: Any, g: Any, a: Any) -> Any:
    return g * np.eye(np.shape(a)[0], np.shape(a)[1])


@vjp(np.reshape, "a", linear=True)
def reshape(ans: Any, g: Any, a: Any, *shape: Any, order: Any = "C") -> Any:
    return np.reshape(g, np.shape(a), order=order)


@vjp(np.ravel, "a", linear=True)
def ravel(ans: Any, g: Any, a: Any, order: Any = "C") -> Any:
    return np.reshape(g, np.shape(a), order=order)


@vjp(np.squeeze, "a", linear=True)
def squeeze(ans: Any, g: Any, a: Any, axis: Any = None) -> Any:
    return np.reshape(g, np.shape(a))


@vjp(np.expand_dims, "a", linear=True)
def expand_dims(ans: Any, g: Any, a: Any, axis: Any) -> Any:
    return np.reshape(g, np.shape(a))


@vjp(np.atleast_1d, "a", linear=True)
@vjp(np.atleast_2d, "a", linear=True)
def atleast(ans: Any, g: Any, a: Any) -> Any:
    return np.reshape(g, np.shape(a))


@vjp(np.transpose, "a", linear=True)
def transpose(ans: Any, g: Any, a: Any, axes: Any = None) -> Any:
    if axes is None:
        return np.transpose(g)
    return np.transpose(g, np.argsort(axes))


@vjp(np.swapaxes, "a", linear=True)
def swapaxes(ans: Any, g: Any, a: Any, axis1: Any, axis2: Any) -> Any:
    return np.swapaxes(g, axis1, axis2)


@vjp(np.moveaxis, "a", linear=True)
def moveaxis(ans: Any, g: Any, a: Any, source: Any, destination: Any) -> Any:
    return np.moveaxis(g, destination, source)


@vjp(np.broadcast_to, "array", linear=True)
def broadcast_to(ans: Any, g: Any, array: Any, shape: Any) -> Any:
    return rt.unbroadcast(g, array)


@vjp(np.copy, "a", linear=True)
@vjp(np.asarray, "a", linear=True)
def copy(ans: Any, g: Any, a: Any) -> Any:
    return g


@vjp(np.array, "object", linear=True, refused={"dtype": "Give np.array's derivative no dtype; convert with astype."})
def array(ans: Any, g: Any, object: Any, dtype: Any = None) -> Any:
    return rt.structured_like(g, object)


@vjp(np.ndarray.astype, "a", linear=True)
def astype(ans: Any, g: Any, a: Any, dtype: Any) -> Any:
    return rt.astype_adjoint(g, a, dtype)


@vjp(np.concatenate, "arrays", linear=True)
def concatenate(ans: Any, g: Any, arrays: Any, axis: Any = 0) -> Any:
    return rt.split_like(g, arrays, axis)


@vjp(np.stack, "arrays", linear=True)
def stack(ans: Any, g: Any, arrays: Any, axis: Any = 0) -> Any:
    return list(np.moveaxis(g, axis, 0))


@vjp(np.hstack, "tup", linear=True)
def hstack(ans: Any, g: Any, tup: Any) -> Any:
    return rt.unstack_like(g, tup, 1)


@vjp(np.vstack, "tup", linear=True)
def vstack(ans: Any, g: Any, tup: Any) -> Any:
    return rt.unstack_like(g, tup, 0)


@vjp(np.flip, "m", linear=True)
def flip(ans: Any, g: Any, m: Any, axis: Any = None) -> Any:
    return np.flip(g, axis)


@vjp(np.roll, "a", linear=True)
def roll(ans: Any, g: Any, a: Any, shift: Any, axis: Any = None) -> Any:
    return np.roll(g, -np.asarray(shift), axis)


@vjp(np.tril, "m", linear=True)
def tril(ans: Any, g: Any, m: Any, k: Any = 0) -> Any:
    return np.tril(g, k)


@vjp(np.triu, "m", linear=True)
def triu(ans: Any, g: Any, m: Any, k: Any = 0) -> Any:
    return np.triu(g, k)


@vjp(np.diag, "v", linear=True)
def diag(ans: Any, g: Any, v: Any, k: Any = 0) -> Any:
    return rt.diag_adjoint(g, v, k)


@vjp(np.take, "a", linear=True)
def take(ans: Any, g: Any, a: Any, indices: Any, axis: Any = None) -> Any:
    return rt.take_positions(g, a, indices, axis)


@vjp(np.linspace, "start", "stop", linear=True)
def linspace(ans: Any, g: Any, start: Any, stop: Any, num: Any = 50) -> Any:
    return np.sum(g * np.linspace(1.0, 0.0, num)), np.sum(g * np.linspace(0.0, 1.0, num))


@vjp(np.linalg.solve, "a", "b")
def solve(ans: Any, g: Any, a: Any, b: Any) -> Any:
    return rt.solve_adjoint_a(g, ans, a, b), np.linalg.solve(np.swapaxes(a, -1, -2), g)


@vjp(np.linalg.inv, "a")
def inv(ans: Any, g: Any, a: Any) -> Any:
    return -np.swapaxes(ans, -1, -2) @ g @ np.swapaxes(ans, -1, -2)


@vjp(np.linalg.det, "a")
def det(ans: Any, g: Any, a: Any) -> Any:
    return np.expand_dims(g * ans, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@vjp(np.linalg.norm, "x", refused={"ord": "Only the default norm (2-norm, Frobenius) has a derivative."})
def norm(ans: Any, g: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    return rt.norm_adjoint(g, ans, x, axis, keepdims)


@vjp(np.linalg.cholesky, "a")
def cholesky(ans: Any, g: Any, a: Any) -> Any:
    return rt.cholesky_adjoint(g, ans)


@vjp(np.linalg.slogdet, "a")
def slogdet(ans: Any, g: Any, a: Any) -> Any:
    return np.expand_dims(g[1], (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@vjp(rt.finish, "gradient", linear=True)
@vjp(rt.owned, "gradient", linear=True)
def finish(ans: Any, g: Any, gradient: Any, value: Any) -> Any:
    return g


@vjp(rt.copy, "value", linear=True)
def copied(ans: Any, g: Any, value: Any) -> Any:
    return g


@vjp(rt.add, "first", "second", linear=True)
def structured_add(ans: Any, g: Any, first: Any, second: Any) -> Any:
    return g, g
