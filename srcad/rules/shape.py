"""Derivatives of functions that rearrange or repeat entries."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp


@vjp(np.reshape, "a", linear=True)
def reshape(ans, g, a, shape, order="C", *, copy=None):
    if order == "C":
        return np.reshape(g, np.shape(a))
    if order == "F":
        return np.reshape(g, np.shape(a), order="F")
    return np.reshape(g, np.shape(a), order=rt.fixed_order(order))


@vjp(np.ravel, "a", linear=True)
def ravel(ans, g, a, order="C"):
    if order == "C":
        return np.reshape(g, np.shape(a))
    if order == "F":
        return np.reshape(g, np.shape(a), order="F")
    return np.reshape(g, np.shape(a), order=rt.fixed_order(order))


@vjp(np.transpose, "a", linear=True)
def transpose(ans, g, a, axes=None):
    if axes is None:
        return np.transpose(g)
    return np.transpose(g, rt.inverse_axes(axes, np.ndim(a)))


@vjp(np.matrix_transpose, "x", linear=True)
def matrix_transpose(ans, g, x):
    return np.matrix_transpose(g)


@vjp(np.swapaxes, "a", linear=True)
def swapaxes(ans, g, a, axis1, axis2):
    return np.swapaxes(g, axis1, axis2)


@vjp(np.moveaxis, "a", linear=True)
def moveaxis(ans, g, a, source, destination):
    return np.moveaxis(g, destination, source)


@vjp(np.squeeze, "a", linear=True)
def squeeze(ans, g, a, axis=None):
    return np.reshape(g, np.shape(a))


@vjp(np.expand_dims, "a", linear=True)
def expand_dims(ans, g, a, axis):
    return np.reshape(g, np.shape(a))


@vjp(np.atleast_1d, "arys", linear=True)
def atleast_1d(ans, g, *arys):
    return rt.reshape_like(g, arys)


@vjp(np.atleast_2d, "arys", linear=True)
def atleast_2d(ans, g, *arys):
    return rt.reshape_like(g, arys)


@vjp(np.broadcast_to, "array", linear=True)
def broadcast_to(ans, g, array, shape, subok=False):
    return rt.unbroadcast(g, array)


@vjp(np.flip, "m", linear=True)
def flip(ans, g, m, axis=None):
    return np.flip(g, axis)


@vjp(np.fliplr, "m", linear=True)
def fliplr(ans, g, m):
    return np.fliplr(g)


@vjp(np.flipud, "m", linear=True)
def flipud(ans, g, m):
    return np.flipud(g)


@vjp(np.rot90, "m", linear=True)
def rot90(ans, g, m, k=1, axes=(0, 1)):
    return np.rot90(g, -k, axes)


@vjp(np.roll, "a", linear=True)
def roll(ans, g, a, shift, axis=None):
    return np.roll(g, np.negative(shift), axis)


@vjp(np.repeat, "a", linear=True)
def repeat(ans, g, a, repeats, axis=None):
    return rt.repeat_adjoint(g, np.shape(a), repeats, axis)


@vjp(np.tile, "A", linear=True)
def tile(ans, g, A, reps):
    return rt.tile_adjoint(g, np.shape(A), reps)


@vjp(np.copy, "a", linear=True)
def copy(ans, g, a, order="K", subok=False):
    return g


@vjp(np.diag, "v", linear=True)
def diag(ans, g, v, k=0):
    return rt.diag_adjoint(g, np.shape(v), k)


@vjp(np.diagonal, "a", linear=True)
def diagonal(ans, g, a, offset=0, axis1=0, axis2=1):
    return rt.diagonal_adjoint(g, np.shape(a), offset, axis1, axis2)


@vjp(np.tril, "m", linear=True)
def tril(ans, g, m, k=0):
    return rt.unbroadcast(np.tril(g, k), m)


@vjp(np.triu, "m", linear=True)
def triu(ans, g, m, k=0):
    return rt.unbroadcast(np.triu(g, k), m)


@vjp(np.diagflat, "v", linear=True)
def diagflat(ans, g, v, k=0):
    return np.reshape(np.diagonal(g, k), np.shape(v))


@vjp(np.rollaxis, "a", linear=True)
def rollaxis(ans, g, a, axis, start=0):
    return np.transpose(g, rt.unrolled_axes(np.ndim(a), axis, start))


@vjp(np.unstack, "x", linear=True)
def unstack(ans, g, x, *, axis=0):
    return np.stack(rt.parts_like(g, ans), axis)


@vjp(np.atleast_3d, "arys", linear=True)
def atleast_3d(ans, g, *arys):
    return rt.reshape_like(g, arys)


@vjp(np.broadcast_arrays, "args", linear=True)
def broadcast_arrays(ans, g, *args, subok=False):
    return [rt.unbroadcast(part, value) for part, value in zip(rt.parts_like(g, ans), args)]


@vjp(np.meshgrid, "xi", linear=True)
def meshgrid(ans, g, *xi, copy=True, sparse=False, indexing="xy"):
    return rt.meshgrid_adjoint(rt.parts_like(g, ans), xi, indexing)


@vjp(np.ix_, "args", linear=True)
def ix_(ans, g, *args):
    return [np.reshape(part, np.shape(value)) for part, value in zip(rt.parts_like(g, ans), args)]


# -- entries put in, left out or repeated ------------------------------------------------------------


@vjp(np.pad, "array", "constant_values", "end_values")
def pad(
    ans,
    g,
    array,
    pad_width,
    mode="constant",
    constant_values=0,
    end_values=0,
    stat_length=None,
    reflect_type="even",
):
    return (
        rt.pad_adjoint(g, array, pad_width, mode, stat_length, reflect_type),
        rt.pad_value_adjoint(g, array, pad_width, mode, "constant", constant_values),
        rt.pad_value_adjoint(g, array, pad_width, mode, "linear_ramp", end_values),
    )


@jvp(np.pad, "array")
def pad_array(
    ans,
    t,
    array,
    pad_width,
    mode="constant",
    constant_values=0,
    end_values=0,
    stat_length=None,
    reflect_type="even",
):
    return rt.pad_tangent(t, array, pad_width, mode, stat_length, reflect_type)


@jvp(np.pad, "constant_values")
def pad_constant_values(
    ans,
    t,
    array,
    pad_width,
    mode="constant",
    constant_values=0,
    end_values=0,
    stat_length=None,
    reflect_type="even",
):
    return rt.pad_value_tangent(t, array, pad_width, mode, "constant")


@jvp(np.pad, "end_values")
def pad_end_values(
    ans,
    t,
    array,
    pad_width,
    mode="constant",
    constant_values=0,
    end_values=0,
    stat_length=None,
    reflect_type="even",
):
    return rt.pad_value_tangent(t, array, pad_width, mode, "linear_ramp")


@vjp(np.resize, "a", linear=True)
def resize(ans, g, a, new_shape):
    return rt.resize_adjoint(g, np.shape(a))


@vjp(np.delete, "arr", linear=True)
def delete(ans, g, arr, obj, axis=None):
    return rt.delete_adjoint(g, np.shape(arr), obj, axis)


@vjp(np.insert, "arr", "values", linear=True)
def insert(ans, g, arr, obj, values, axis=None):
    parts = rt.insert_adjoints(g, arr, obj, values, axis)
    return parts[0], parts[1]


@vjp(np.vander, "x")
def vander(ans, g, x, N=None, increasing=False):
    powers = rt.vander_powers(np.shape(ans), increasing)
    column = np.expand_dims(x, -1)
    return np.sum(g * rt.scaled_power(powers, column, powers - 1), axis=-1)


@jvp(np.vander, "x")
def vander_x(ans, t, x, N=None, increasing=False):
    powers = rt.vander_powers(np.shape(ans), increasing)
    return np.expand_dims(t, -1) * rt.scaled_power(powers, np.expand_dims(x, -1), powers - 1)


# -- rows of numbers at equal distances -----------------------------------------------------------------


@vjp(np.arange, "start", "stop", "step", shaped=("stop",))
def arange(ans, g, start=0, stop=None, step=1, dtype=None, *, device=None, like=None):
    if stop is None or np.issubdtype(ans.dtype, np.integer):
        return 0.0, 0.0, 0.0
    return np.sum(g), 0.0, np.sum(g * np.arange(len(ans)))


@jvp(np.arange, "start")
def arange_start(ans, t, start=0, stop=None, step=1, dtype=None, *, device=None, like=None):
    if stop is None or np.issubdtype(ans.dtype, np.integer):
        return np.zeros(len(ans))
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.arange, "step")
def arange_step(ans, t, start=0, stop=None, step=1, dtype=None, *, device=None, like=None):
    if np.issubdtype(ans.dtype, np.integer):
        return np.zeros(len(ans))
    return t * np.arange(len(ans))
