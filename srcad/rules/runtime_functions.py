"""Derivatives of the runtime's own functions, so that derivatives can be differentiated again.

A gradient that is the number 0.0 belongs to a parameter whose value does not matter.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, elementwise, jvp, vjp

constant(
    rt.kaiser_radii,
    rt.common_dtype,
    rt.core_ranks,
    rt.pieces_of,
    rt.result_types,
    rt.dispatched,
    rt.traceback_of,
    rt.without_numbers,
    rt.extreme_share,
    rt.grid_of,
    rt.holomorphic_seed,
    rt.inverse_axes,
    rt.keys,
    rt.late_global,
    rt.last_axes,
    rt.linspace_weights,
    rt.order_of,
    rt.standard_gauss,
    rt.called_method,
    rt.combined,
    rt.groups_of,
    rt.iterates_in_python,
    rt.check_iterator,
    rt.are_taken_in_turns,
    rt.check_late,
    rt.check_present,
    rt.check_late_method,
    rt.check_left,
    rt.may_grow,
    rt.check_method,
    rt.check_number,
    rt.slice_end,
    rt.keys_of,
    rt.sliced,
    rt.reduced_last,
    rt.reduced_size,
    rt.seed,
    rt.share,
    rt.share_of_numbers,
    rt.zeros_like,
    rt.along_axis_index,
    rt.einsum_subscripts,
    rt.catching,
    rt.has_method,
    rt.leaving,
    rt.diagonal_index,
    rt.entry_places,
    rt.flat_index,
    rt.gradient_axes,
    rt.stencil_ends,
    rt.stencil_places,
    rt.no_shadow,
    rt.lasting_shadow,
    rt.lasting_tangent,
    rt.places,
    rt.put_index,
    rt.selected_shape,
    rt.share_memory,
    rt.shared_arrays,
    rt.check_shared,
    rt.check_unwithheld,
    rt.withhold,
    rt.give_back,
    rt.check_writable,
)

# -- gradients on their way --------------------------------------------------------------------------


@vjp(rt.unbroadcast, "cotangent", "x", linear=("cotangent",), shaped=("x",))
def unbroadcast(ans, g, cotangent, x):
    return np.broadcast_to(g, np.shape(cotangent)), 0.0


@vjp(rt.fitting, "gradient", "x", linear=("gradient",), shaped=("x",))
def fitting(ans, g, gradient, x, title):
    return g, 0.0


@vjp(rt.gradients_given, "gradients", linear=True)
def gradients_given(ans, g, gradients, count, title):
    return g


@vjp(rt.with_names, "gradient", "result", linear=("gradient",), shaped=("result",))
def with_names(ans, g, gradient, result):
    return g, 0.0


@vjp(rt.fitting_tangent, "tangent", "value", linear=("tangent",), shaped=("value",))
def fitting_tangent(ans, g, tangent, value, title):
    return g, 0.0


@vjp(rt.scatter, "cotangent", "x", linear=("cotangent",), shaped=("x",))
def scatter(ans, g, cotangent, x, index):
    return g[index], 0.0


@vjp(rt.cast_back, "cotangent", "converted", "x", linear=("cotangent",), shaped=("converted", "x"))
def cast_back(ans, g, cotangent, converted, x):
    return rt.cast_back(g, converted, cotangent), 0.0, 0.0


@vjp(rt.copy, "value", linear=True)
@vjp(rt.copy_of_parts, "value", linear=True)
def copy(ans, g, value):
    return g


@vjp(rt.finish, "gradient", "value", linear=("gradient",), shaped=("value",))
def finish(ans, g, gradient, value):
    return g, 0.0


@vjp(rt.fitted, "gradient", "value", linear=("gradient",), shaped=("value",))
def fitted(ans, g, gradient, value):
    return g, 0.0


@vjp(rt.owned, "gradient", "value", linear=("gradient",), shaped=("value",))
def owned(ans, g, gradient, value):
    return g, 0.0


@vjp(rt.add, "first", "second", linear=True)
def add(ans, g, first, second):
    return g, g


@vjp(rt.real_only, "x", linear=True)
def real_only(ans, g, x, function):
    return g


@vjp(rt.imag_adjoint, "cotangent", "val", linear=("cotangent",), shaped=("val",))
def imag_adjoint(ans, g, cotangent, val):
    return np.imag(g), 0.0


@vjp(rt.vector_only, "x", "ord", "axis", linear=("x",), shaped=("ord", "axis"))
def vector_only(ans, g, x, ord, axis):
    return g, 0.0, 0.0


# -- elementwise functions with care at their edges --------------------------------------------------


@elementwise(rt.safe_reciprocal, "x")
def safe_reciprocal(ans, x):
    return -ans * ans


@elementwise(rt.safe_log, "x")
def safe_log(ans, x):
    return rt.safe_reciprocal(x)


@elementwise(rt.scaled_power, "scale", "x", "exponent")
def scaled_power(ans, scale, x, exponent):
    return (
        rt.scaled_power(1, x, exponent),
        rt.scaled_power(scale * exponent, x, exponent - 1),
        ans * rt.safe_log(x),
    )


@jvp(rt.scaled_power, "scale")
def scaled_power_scale(ans, t, scale, x, exponent):
    return rt.scaled_power(t, x, exponent)


@jvp(rt.scaled_power, "x")
def scaled_power_x(ans, t, scale, x, exponent):
    return rt.scaled_power(t * scale * exponent, x, exponent - 1)


@jvp(rt.scaled_power, "exponent")
def scaled_power_exponent(ans, t, scale, x, exponent):
    return rt.scaled_log(t * ans, x)


@vjp(rt.scaled_log, "scale", "x")
def scaled_log(ans, g, scale, x):
    return rt.unbroadcast(rt.scaled_log(g, x), scale), rt.unbroadcast(rt.quotient(g * scale, x), x)


@jvp(rt.scaled_log, "scale")
def scaled_log_scale(ans, t, scale, x):
    return rt.scaled_log(t, x)


@jvp(rt.scaled_log, "x")
def scaled_log_x(ans, t, scale, x):
    return rt.quotient(t * scale, x)


@elementwise(rt.difference, "x1", "x2")
def difference(ans, x1, x2):
    return 1, -1


@elementwise(rt.i0_derivative, "x")
def i0_derivative(ans, x, order):
    return rt.i0_derivative(x, order + 1)


@elementwise(rt.sinc_derivative, "x")
def sinc_derivative(ans, x, order):
    return rt.sinc_derivative(x, order + 1)


@elementwise(rt.polygamma, "x")
def polygamma(ans, order, x):
    return rt.polygamma(order + 1, x)


@vjp(rt.sign, "x")
def sign(ans, g, x):
    r = rt.safe_reciprocal(np.abs(x))
    return np.conj(g) * r - np.real(g * ans) * ans * r


@jvp(rt.sign, "x")
def sign_x(ans, t, x):
    r = rt.safe_reciprocal(np.abs(x))
    return np.conj(t) * r - np.real(t * ans) * ans * r


# -- products and determinants -----------------------------------------------------------------------


@vjp(rt.prod_others, "a")
def prod_others(ans, g, a, axis):
    order, flat = rt.reduced_last(a, axis)
    moved = np.shape(np.transpose(a, order))
    last = np.reshape(np.transpose(a, order), flat)
    weight = np.expand_dims(np.reshape(np.transpose(g, order), flat), -1)
    pairs = weight * rt.prod_others(rt.off_diagonal(last), -1)
    others = np.sum(np.tril(pairs, -1) + np.triu(pairs, 1), axis=-2)
    return np.transpose(np.reshape(others, moved), np.argsort(order))


@jvp(rt.prod_others, "a")
def prod_others_a(ans, t, a, axis):
    return prod_others(ans, t, a, axis)  # second derivatives of a product are symmetric


@vjp(rt.off_diagonal, "a")
def off_diagonal(ans, g, a):
    return np.sum(np.tril(g, -1) + np.triu(g, 1), axis=-2)


@jvp(rt.off_diagonal, "a")
def off_diagonal_a(ans, t, a):
    spread = rt.off_diagonal(t)
    return np.tril(spread, -1) + np.triu(spread, 1)


@vjp(rt.cofactor, "a")
def cofactor(ans, g, a):
    return rt.cofactor_along(a, g)  # second derivatives of a determinant are symmetric


@jvp(rt.cofactor, "a")
def cofactor_a(ans, t, a):
    return rt.cofactor_along(a, t)


# -- placing and accumulating ------------------------------------------------------------------------


@vjp(rt.split_like, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def split_like(ans, g, cotangent, arrays, axis):
    return np.concatenate(rt.parts_like(g, ans), axis), 0.0


@vjp(rt.unstack_like, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def unstack_like(ans, g, cotangent, arrays, axis):
    return np.stack(rt.parts_like(g, ans), axis), 0.0


@vjp(rt.structured_like, "cotangent", "value", linear=("cotangent",), shaped=("value",))
def structured_like(ans, g, cotangent, value):
    return rt.array_like(g, cotangent), 0.0


@vjp(rt.array_like, "parts", "x", linear=("parts",), shaped=("x",))
def array_like(ans, g, parts, x):
    return rt.structured_like(g, parts), 0.0


@vjp(rt.shaped, "cotangent", linear=True)
def shaped(ans, g, cotangent, shape):
    return rt.unbroadcast(g, cotangent)


@vjp(rt.split_rows, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def split_rows(ans, g, cotangent, arrays):
    return np.vstack(rt.parts_like(g, ans)), 0.0


@vjp(rt.split_columns, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def split_columns(ans, g, cotangent, arrays):
    return np.hstack(rt.parts_like(g, ans)), 0.0


@vjp(rt.split_stacked_columns, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def split_stacked_columns(ans, g, cotangent, arrays):
    return np.column_stack(rt.parts_like(g, ans)), 0.0


@vjp(rt.split_depths, "cotangent", "arrays", linear=("cotangent",), shaped=("arrays",))
def split_depths(ans, g, cotangent, arrays):
    return np.dstack(rt.parts_like(g, ans)), 0.0


@vjp(rt.parts_like, "cotangents", "parts", linear=("cotangents",), shaped=("parts",))
def parts_like(ans, g, cotangents, parts):
    return rt.parts_like(g, ans), 0.0


@vjp(rt.reshape_like, "cotangents", "arrays", linear=("cotangents",), shaped=("arrays",))
def reshape_like(ans, g, cotangents, arrays):
    if len(arrays) == 1:
        return np.reshape(g[0], np.shape(cotangents)), 0.0
    return rt.reshape_like(g, cotangents), 0.0


@vjp(rt.repeat_adjoint, "cotangent", linear=True)
def repeat_adjoint(ans, g, cotangent, shape, repeats, axis):
    return np.repeat(g, repeats, axis)


@vjp(rt.tile_adjoint, "cotangent", linear=True)
def tile_adjoint(ans, g, cotangent, shape, reps):
    return np.tile(g, reps)


@vjp(rt.take_adjoint, "cotangent", linear=True)
def take_adjoint(ans, g, cotangent, shape, indices, axis, mode):
    return np.take(g, indices, axis=axis, mode=mode)


@vjp(rt.scatter_along_axis, "cotangent", linear=True)
def scatter_along_axis(ans, g, cotangent, shape, indices, axis):
    return np.take_along_axis(g, indices, axis)


@vjp(rt.unsort, "cotangent", linear=True)
def unsort(ans, g, cotangent, order, axis):
    return np.take_along_axis(g, order, axis)


@vjp(rt.item_adjoint, "cotangent", linear=True)
def item_adjoint(ans, g, cotangent, shape, args):
    return np.sum(g * rt.item_adjoint(1.0, shape, args))


@vjp(rt.diag_adjoint, "cotangent", linear=True)
def diag_adjoint(ans, g, cotangent, shape, k):
    return np.diag(g, k)


@vjp(rt.diagonal_adjoint, "cotangent", linear=True)
def diagonal_adjoint(ans, g, cotangent, shape, offset, axis1, axis2):
    return rt.unbroadcast(np.diagonal(g, offset, axis1, axis2), cotangent)


@vjp(rt.diff_adjoint, "cotangent", linear=True)
def diff_adjoint(ans, g, cotangent, shape, n, axis):
    return np.diff(g, n, axis)


@vjp(rt.cumprod_adjoint, "cotangent", "a", linear=("cotangent",))
def cumprod_adjoint(ans, g, cotangent, a, axis):
    return rt.cumprod_tangent(g, a, axis), cumprod_curvature(cotangent, g, a, axis)


@jvp(rt.cumprod_adjoint, "a")
def cumprod_adjoint_a(ans, t, cotangent, a, axis):
    return cumprod_curvature(cotangent, t, a, axis)


@vjp(rt.cumprod_tangent, "tangent", "a", linear=("tangent",))
def cumprod_tangent(ans, g, tangent, a, axis):
    return rt.cumprod_adjoint(g, a, axis), cumprod_curvature(g, tangent, a, axis)


@jvp(rt.cumprod_tangent, "a")
def cumprod_tangent_a(ans, t, tangent, a, axis):
    rows = rt.lower_rows(np.moveaxis(a, axis, -1))
    others = rt.prod_others(rows, -1)
    moved = np.expand_dims(np.moveaxis(t, axis, -1), -2)
    change = prod_others(
        others, np.tril(np.expand_dims(np.moveaxis(tangent, axis, -1), -2) + 0 * rows), rows, -1
    )
    return np.moveaxis(np.sum(np.tril(change * moved), axis=-1), -1, axis)


def cumprod_curvature(cotangent, t, a, axis):
    """Return the gradient of ``sum(cotangent * cumprod_tangent(t, a))`` in ``a``."""
    weight = np.expand_dims(np.moveaxis(cotangent, axis, -1), -1)
    inner = np.expand_dims(np.moveaxis(t, axis, -1), -2)
    rows = rt.lower_rows(np.moveaxis(a, axis, -1))
    change = prod_others(rt.prod_others(rows, -1), np.tril(weight * inner), rows, -1)
    return np.moveaxis(np.sum(np.tril(change), axis=-2), -1, axis)


@vjp(rt.lower_rows, "a")
def lower_rows(ans, g, a):
    return np.sum(np.tril(g), axis=-2)


@jvp(rt.lower_rows, "a")
def lower_rows_a(ans, t, a):
    return np.tril(rt.lower_rows(t))


@vjp(rt.lower_half, "x", linear=True)
def lower_half(ans, g, x):
    return rt.lower_half(g)


@elementwise(rt.quotient, "g", "x")
def quotient(ans, g, x):
    return rt.quotient(1.0, x), -rt.quotient(ans, x)


@jvp(rt.quotient, "g")
def quotient_g(ans, t, g, x):
    return rt.quotient(t, x)


@jvp(rt.quotient, "x")
def quotient_x(ans, t, g, x):
    return -rt.quotient(t * ans, x)


@vjp(rt.masked_product, "g", "factor", multilinear=True)
def masked_product(ans, u, g, factor):
    return rt.unbroadcast(u * factor, g), rt.unbroadcast(rt.masked_product(g, u), factor)


@vjp(rt.masked_quotient, "g", "x")
def masked_quotient(ans, u, g, x):
    inner = rt.masked_quotient(u, x)
    return rt.unbroadcast(inner, g), rt.unbroadcast(-rt.masked_product(ans, inner), x)


@jvp(rt.masked_quotient, "g")
def masked_quotient_g(ans, t, g, x):
    return rt.masked_quotient(t, x) + np.zeros_like(ans)


@jvp(rt.masked_quotient, "x")
def masked_quotient_x(ans, t, g, x):
    return -rt.masked_product(ans, rt.masked_quotient(t, x))


@vjp(rt.fractions, "percentages", linear=True)
def fractions(ans, g, percentages):
    return rt.fractions(g)
