"""Derivatives of the runtime's functions that put entries in, leave them out or repeat them."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, stateful, vjp

constant(
    rt.axes_from,
    rt.axes_upto,
    rt.constant_factors,
    rt.fixed_order,
    rt.order_in_memory,
    rt.interpolation_cells,
    rt.kept_shape,
    rt.pad_widths,
    rt.power_factors,
    rt.record_places,
    rt.slice_ends,
    rt.unrolled_axes,
    rt.vander_powers,
    rt.still,
    rt.unmoved,
    rt.not_covered,
    rt.whole_only,
)
stateful(rt.not_covered, rt.still, rt.whole_only)  # what they check counts where nothing reads the argument


@vjp(rt.meshgrid_adjoint, "cotangents", "xi", linear=("cotangents",), shaped=("xi",))
def meshgrid_adjoint(ans, g, cotangents, xi, indexing):
    grids = np.meshgrid(*rt.parts_like(g, ans), indexing=indexing)
    return [rt.unbroadcast(grid, part) for grid, part in zip(grids, cotangents)], 0.0


@vjp(rt.resize_adjoint, "cotangent", linear=True)
def resize_adjoint(ans, g, cotangent, shape):
    return np.resize(g, np.shape(cotangent))


@vjp(rt.delete_adjoint, "cotangent", linear=True)
def delete_adjoint(ans, g, cotangent, shape, obj, axis):
    return np.delete(g, obj, axis)


@vjp(rt.insert_adjoints, "cotangent", "arr", "values", linear=("cotangent",), shaped=("arr", "values"))
def insert_adjoints(ans, g, cotangent, arr, obj, values, axis):
    parts = rt.parts_like(g, ans)
    return np.insert(parts[0], obj, parts[1], axis), 0.0, 0.0


@vjp(rt.pad_adjoint, "cotangent", "array", linear=("cotangent",), shaped=("array",))
def pad_adjoint(ans, g, cotangent, array, pad_width, mode, stat_length, reflect_type):
    return rt.pad_tangent(g, array, pad_width, mode, stat_length, reflect_type), 0.0


@vjp(rt.pad_tangent, "tangent", "array", linear=("tangent",), shaped=("array",))
def pad_tangent(ans, g, tangent, array, pad_width, mode, stat_length, reflect_type):
    return rt.pad_adjoint(g, array, pad_width, mode, stat_length, reflect_type), 0.0


@vjp(rt.pad_value_tangent, "tangent", "array", linear=("tangent",), shaped=("array",))
def pad_value_tangent(ans, g, tangent, array, pad_width, mode, own_mode):
    return rt.pad_value_adjoint(g, array, pad_width, mode, own_mode, tangent), 0.0


@vjp(
    *(rt.pad_value_adjoint, "cotangent", "array", "values"),
    linear=("cotangent",),
    shaped=("array", "values"),
)
def pad_value_adjoint(ans, g, cotangent, array, pad_width, mode, own_mode, values):
    return rt.pad_value_tangent(g, array, pad_width, mode, own_mode), 0.0, 0.0


@vjp(rt.block_adjoint, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def block_adjoint(ans, g, cotangent, arrays):
    return np.block(rt.nested_like(g, ans)), 0.0


@vjp(rt.nested_like, "cotangents", "arrays", linear=("cotangents",), shaped=("arrays",))
def nested_like(ans, g, cotangents, arrays):
    return rt.nested_like(g, ans), 0.0


@vjp(rt.vector, "x", linear=True)
def vector(ans, g, x, function):
    return g


@vjp(rt.column_of, "first", linear=True)
def column_of(ans, g, first, rank):
    return np.reshape(g, np.shape(first))


@vjp(rt.reduceat_adjoint, "cotangent", linear=True)
def reduceat_adjoint(ans, g, cotangent, shape, indices, axis):
    return np.add.reduceat(g, indices, axis)


@vjp(rt.window_adjoint, "cotangent", linear=True)
def window_adjoint(ans, g, cotangent, shape, window_shape, axis):
    return np.lib.stride_tricks.sliding_window_view(g, window_shape, axis)


@vjp(rt.rows_along, "array", linear=True)
def rows_along(ans, g, array, axis):
    return rt.rows_adjoint(g, np.shape(array), axis)


@vjp(rt.rows_adjoint, "cotangent", linear=True)
def rows_adjoint(ans, g, cotangent, shape, axis):
    return rt.rows_along(g, axis)
