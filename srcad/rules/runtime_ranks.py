"""Derivatives of the runtime's ranks of quantiles, and of what picks entries by them."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(rt.lower_ranks, rt.next_ranks, rt.rank_slopes)


def rank_gap(x, a, ranks, axis, keepdims):
    """Return the difference of the two entries of ``x`` between which the ranks lie in the order of ``a``."""
    below = rt.lower_ranks(a, ranks, axis)
    above = rt.next_ranks(a, below, axis)
    return rt.quantile_tangent(x, a, above, axis, keepdims) - rt.quantile_tangent(x, a, below, axis, keepdims)


@vjp(rt.quantile_adjoint, "cotangent", "a", "ranks", linear=("cotangent",), shaped=("a",))
def quantile_adjoint(ans, g, cotangent, a, ranks, axis, keepdims):
    from_ranks = np.reshape(cotangent, np.shape(ranks)) * rank_gap(g, a, ranks, axis, False)
    return rt.quantile_tangent(g, a, ranks, axis, keepdims), 0.0, from_ranks


@jvp(rt.quantile_adjoint, "ranks")
def quantile_adjoint_ranks(ans, t, cotangent, a, ranks, axis, keepdims):
    moved = np.reshape(cotangent, np.shape(ranks)) * t
    below = rt.lower_ranks(a, ranks, axis)
    above = rt.next_ranks(a, below, axis)
    return rt.quantile_adjoint(moved, a, above, axis, False) - rt.quantile_adjoint(
        moved, a, below, axis, False
    )


@vjp(rt.quantile_tangent, "tangent", "a", "ranks", linear=("tangent",), shaped=("a",))
def quantile_tangent(ans, g, tangent, a, ranks, axis, keepdims):
    from_ranks = np.reshape(g, np.shape(ranks)) * rank_gap(tangent, a, ranks, axis, False)
    return rt.quantile_adjoint(g, a, ranks, axis, keepdims), 0.0, from_ranks


@jvp(rt.quantile_tangent, "ranks")
def quantile_tangent_ranks(ans, t, tangent, a, ranks, axis, keepdims):
    return np.reshape(t * rank_gap(tangent, a, ranks, axis, False), np.shape(ans))


@vjp(rt.quantile_ranks, "a", "q", shaped=("a",))
def quantile_ranks(ans, g, a, q, axis, method, skip_nan):
    moved = g * rt.rank_slopes(a, q, axis, method, None, skip_nan)
    return 0.0, rt.unbroadcast(np.sum(moved, axis=rt.axes_from(q, g)), q)


@jvp(rt.quantile_ranks, "q")
def quantile_ranks_q(ans, t, a, q, axis, method, skip_nan):
    slopes = rt.rank_slopes(a, q, axis, method, None, skip_nan)
    return rt.column_of(t, np.ndim(ans) - np.ndim(q)) * slopes


@vjp(rt.ranks_of, "a", "ans", "q", "weights", shaped=("a", "ans", "weights"))
def ranks_of(ans_, g, a, ans, q, axis, method, keepdims, weights, skip_nan):
    moved = g * rt.rank_slopes(a, q, axis, method, weights, skip_nan)
    return 0.0, 0.0, rt.unbroadcast(np.sum(moved, axis=rt.axes_from(q, g)), q), 0.0


@jvp(rt.ranks_of, "q")
def ranks_of_q(ans_, t, a, ans, q, axis, method, keepdims, weights, skip_nan):
    slopes = rt.rank_slopes(a, q, axis, method, weights, skip_nan)
    return rt.column_of(t, np.ndim(slopes) - np.ndim(q)) * slopes
