"""Derivatives of ``np.gradient``, with respect to the array and to the spacings.

Each entry of the result is ``C0 f[i] + C1 f[i + 1] + C2 f[i + 2]`` along its axis, with coefficients that depend on the
two steps ``h`` and ``k`` between these entries: ``C2 = h / (k (h + k))`` inside, quotients of two or of three entries at
the ends.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp


@vjp(np.gradient, "f", "varargs", linear=("f",))
def gradient(ans, g, f, *varargs, axis=None, edge_order=1):
    return (
        rt.gradient_adjoint(g, np.shape(f), varargs, axis, edge_order),
        spacing_adjoints(rt.parts_like(g, ans), f, varargs, axis, edge_order),
    )


@jvp(np.gradient, "varargs")
def gradient_varargs(ans, t, f, *varargs, axis=None, edge_order=1):
    axes = rt.gradient_axes(np.ndim(f), axis)
    changes = [
        np.moveaxis(difference_change(t[k % len(t)], f, varargs[k % len(t)], axes[k], edge_order), 0, axes[k])
        for k in range(len(axes))
    ]
    if len(axes) == 1:
        return changes[0]
    return tuple(changes)


@vjp(rt.gradient_adjoint, "cotangent", "varargs", linear=("cotangent",))
def gradient_adjoint(ans, g, cotangent, shape, varargs, axis, edge_order):
    return (
        np.gradient(g, *varargs, axis=axis, edge_order=edge_order),
        spacing_adjoints(cotangent, g, varargs, axis, edge_order),
    )


@jvp(rt.gradient_adjoint, "varargs")
def gradient_adjoint_varargs(ans, t, cotangent, shape, varargs, axis, edge_order):
    if len(t) == 0:
        return np.zeros_like(ans)
    axes = rt.gradient_axes(np.ndim(ans), axis)
    total = np.zeros_like(ans)
    for k in range(len(axes)):
        part = cotangent[k] if len(axes) > 1 else cotangent
        total = total + transposed_change(t[k % len(t)], part, varargs[k % len(t)], axes[k], edge_order)
    return total


def spacing_adjoints(parts, f, varargs, axis, edge_order):
    """Return the gradients of the spacings, of which one may serve all axes."""
    axes = rt.gradient_axes(np.ndim(f), axis)
    single = len(axes) == 1
    found = [
        spacing_adjoint(parts if single else parts[k], f, varargs[k % len(varargs)], axes[k], edge_order)
        for k in range(len(axes) if len(varargs) else 0)
    ]
    if len(varargs) == 1 and len(axes) > 1:
        return (sum(found),)
    return tuple(found)


def spacing_adjoint(g, f, spacing, axis, edge_order):
    """Return the gradient of the spacing of one axis."""
    g, f = np.moveaxis(g, axis, 0), np.moveaxis(f, axis, 0)
    count = np.shape(f)[0]
    places = rt.stencil_places(count)
    slopes = coefficient_slopes(spacing, count, edge_order)
    left, right = 0.0, 0.0
    for k in range(3):
        moments = np.sum(np.reshape(g * f[places[k]], (count, -1)), axis=1)
        left = left + moments * slopes[0][k]
        right = right + moments * slopes[1][k]
    change = rt.take_adjoint(left, (count - 1,), places[3], 0, "raise")
    change = change + rt.take_adjoint(right, (count - 1,), places[4], 0, "raise")
    if np.ndim(spacing) == 0:
        return rt.unbroadcast(change, spacing)
    return rt.unbroadcast(rt.diff_adjoint(change, (count,), 1, 0), spacing)


def difference_change(t, f, spacing, axis, edge_order):
    """Return the tangent of the differences along an axis, which comes first, where its spacing has the tangent ``t``."""
    f = np.moveaxis(f, axis, 0)
    count = np.shape(f)[0]
    places = rt.stencil_places(count)
    changes = coefficient_changes(t, spacing, count, edge_order)
    column = rt.axis_shape(np.ndim(f), 0)
    return sum([np.reshape(changes[k], column) * f[places[k]] for k in range(3)])


def transposed_change(t, g, spacing, axis, edge_order):
    """Return the tangent of the gradient of ``f`` in differences along an axis, where its spacing has the tangent ``t``."""
    g = np.moveaxis(g, axis, 0)
    count = np.shape(g)[0]
    places = rt.stencil_places(count)
    changes = coefficient_changes(t, spacing, count, edge_order)
    column = rt.axis_shape(np.ndim(g), 0)
    parts = [
        rt.take_adjoint(np.reshape(changes[k], column) * g, np.shape(g), places[k], 0, "raise")
        for k in range(3)
    ]
    return np.moveaxis(sum(parts), 0, axis)


def coefficient_changes(t, spacing, count, edge_order):
    """Return the tangents of the three coefficients at each entry."""
    places = rt.stencil_places(count)
    slopes = coefficient_slopes(spacing, count, edge_order)
    steps = steps_of(t, count)
    left, right = steps[places[3]], steps[places[4]]
    return [slopes[0][k] * left + slopes[1][k] * right for k in range(3)]


def steps_of(spacing, count):
    """Return the steps between the entries along an axis."""
    if np.ndim(spacing) == 0:
        return np.full(count - 1, spacing)
    return np.diff(spacing)


def coefficient_slopes(spacing, count, edge_order):
    """Return the derivatives of the three coefficients with respect to the left step, and to the right one."""
    steps = steps_of(spacing, count)
    places = rt.stencil_places(count)
    left, right = 1 / steps[places[3]] ** 2, 1 / steps[places[4]] ** 2
    if count == 2:
        none = np.zeros_like(left)
        return (left, -left, none), (none, none, none)
    both = 1 / (steps[places[3]] + steps[places[4]]) ** 2
    first, inner, last = rt.stencil_ends(count)
    if edge_order == 1:
        return (
            (inner * (left - both) + first * left, -(inner + first) * left, inner * both),
            (-inner * both, (inner + last) * right, inner * (both - right) - last * right),
        )
    return (
        (
            inner * (left - both) + first * (left + both) + last * (both - left),
            (last - inner - first) * left,
            (inner - first - last) * both,
        ),
        (
            (first - inner + last) * both,
            (inner - first + last) * right,
            inner * (both - right) + first * (right - both) - last * (right + both),
        ),
    )
